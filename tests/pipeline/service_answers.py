"""Minimal answers of services; every paper is invented."""

from __future__ import annotations

import json
from typing import Any


def arxiv_feed(*items: tuple[str, str, str]) -> bytes:
    """Return arXiv's feed of a day: identifier with version, title, kind of announcement."""
    body = "".join(
        f"""<item><title>{title}</title>
        <link>https://arxiv.org/abs/{identifier.partition("v")[0]}</link>
        <description>arXiv:{identifier} Announce Type: {kind}
Abstract: About {title}.</description>
        <guid isPermaLink="false">oai:arXiv.org:{identifier}</guid>
        <category>cs.LG</category>
        <pubDate>Tue, 06 Jan 2026 00:00:00 -0500</pubDate>
        <arxiv:announce_type>{kind}</arxiv:announce_type>
        <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
        <dc:creator>Ada Berg, Ben Lind</dc:creator></item>"""
        for identifier, title, kind in items
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
  version="2.0"><channel><title>cs.LG updates on arXiv.org</title>
<link>http://rss.arxiv.org/rss/cs.LG</link><description>updates</description>
{body}</channel></rss>""".encode()


def oai_list(*records: tuple[str, str, str, str], token: str = "") -> bytes:
    """Return an OAI-PMH list: identifier, title, day of creation, day of the update or nothing."""
    body = "".join(
        f"""<record><header><identifier>oai:arXiv.org:{identifier}</identifier>
        <datestamp>2026-01-06</datestamp><setSpec>cs:cs:LG</setSpec></header>
        <metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{identifier}</id>
        <created>{created}</created>{f"<updated>{updated}</updated>" if updated else ""}
        <authors><author><keyname>Berg</keyname><forenames>Ada</forenames></author></authors>
        <title>{title}</title><categories>cs.LG</categories><abstract>About {title}.</abstract>
        </arXiv></metadata></record>"""
        for identifier, title, created, updated in records
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-07T00:00:00Z</responseDate>
<request verb="ListRecords">https://oaipmh.arxiv.org/oai</request><ListRecords>{body}
<resumptionToken>{token}</resumptionToken></ListRecords></OAI-PMH>""".encode()


def biorxiv_list(*papers: tuple[str, str, int]) -> bytes:
    """Return a list of bioRxiv: DOI, title, version."""
    collection: list[dict[str, Any]] = [
        {
            "doi": doi, "title": title, "version": str(version), "authors": "Berg, A.; Lind, B.",
            "date": "2026-01-06", "type": "new results", "license": "cc_by",
            "category": "neuroscience", "abstract": f"About {title}.", "published": "NA",
            "server": "bioRxiv",
        }
        for doi, title, version in papers
    ]  # fmt: skip
    message = {
        "status": "ok", "interval": "2026-01-06:2026-01-06", "cursor": 0,
        "count": len(collection), "total": str(len(collection)),
    }  # fmt: skip
    return json.dumps({"messages": [message], "collection": collection}).encode()


def pubmed_search(*ids: str) -> bytes:
    return json.dumps({"esearchresult": {"count": str(len(ids)), "idlist": ids}}).encode()


def pubmed_records(*papers: tuple[str, str]) -> bytes:
    """Return records of PubMed: its id and the title."""
    body = "".join(
        f"""<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID>
        <Article><Journal><Title>Invented Letters</Title></Journal>
        <ArticleTitle>{title}</ArticleTitle>
        <Abstract><AbstractText>About {title}.</AbstractText></Abstract></Article>
        </MedlineCitation></PubmedArticle>"""
        for pmid, title in papers
    )
    return f"<?xml version='1.0'?><PubmedArticleSet>{body}</PubmedArticleSet>".encode()


def journal_feed(*titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://j.example.org/{number}</link>"
        f"<guid>https://j.example.org/{number}</guid></item>"
        for number, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>J</title>{items}</channel></rss>".encode()


LISTING = """\
From: no-reply@arXiv.org
To: cs daily title/abstract distribution <rabble@arXiv.org>
List-ID: <cs.daily.arXiv.org>
Subject: cs daily Subj-class mailing 200000d0 1
Date: {date}
Content-Type: text/plain; charset=us-ascii

------------------------------------------------------------------------------
------------------------------------------------------------------------------
Send any comments regarding submissions directly to submitter.
------------------------------------------------------------------------------
Archives at http://arxiv.org/
------------------------------------------------------------------------------
 Submissions to:
Machine Learning
 received from  Mon  5 Jan 26 19:00:00 GMT  to  Tue  6 Jan 26 19:00:00 GMT
------------------------------------------------------------------------------
------------------------------------------------------------------------------
\\\\
arXiv:{identifier}
Date: Mon, 5 Jan 2026 20:00:00 GMT   (40kb)

Title: {title}
Authors: Ada Berg, Ben Lind
Categories: cs.LG
\\\\
  About {title}.
\\\\ ( https://arxiv.org/abs/{identifier} ,  40kb)
------------------------------------------------------------------------------
%%%---%%%---%%%---%%%---%%%---%%%---%%%---%%%---%%%---%%%---%%%---%%%---%%%---
"""


def arxiv_mail(identifier: str, title: str, date: str = "Wed, 7 Jan 2026 01:00:00 GMT") -> bytes:
    """Return arXiv's daily mailing with one new paper."""
    return LISTING.format(identifier=identifier, title=title, date=date).encode()


def scholar_alert(title: str, url: str) -> bytes:
    """Return a Google Scholar alert with one result."""
    return f"""\
From: Google Scholar Alerts <scholaralerts-noreply@google.com>
To: reader@example.org
Subject: pruning - new results
Date: Wed, 7 Jan 2026 02:00:00 GMT
MIME-Version: 1.0
Content-Type: text/html; charset=UTF-8

<html><body><div><h3 style="font-weight:normal"><span>[PDF]</span>
<a href="https://scholar.google.com/scholar_url?url={url}&amp;hl=en"
 class="gse_alrt_title">{title}</a></h3>
<div style="color:#006621">A Berg, B Lind - Invented Letters, 2026</div>
<div class="gse_alrt_sni">About {title} in a few words.</div></div></body></html>
""".encode()
