"""Read items of feeds: RSS 2.0, RSS 1.0 (RDF), Atom, and the answers of arXiv's API.

arXiv's announcements and the conventions of journals are understood: authors, DOI and date in the
description, titles with an arXiv stamp, and names after `-- by`. Bibliographic data in place of an
abstract (`Volume 134, Issue 7, Page 2166-2214`) is not an abstract.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from digest.dumps.dates import parse_date
from digest.dumps.draft import Draft
from digest.dumps.fields import BadRecordError
from digest.dumps.xml_stream import children, local_name, text_of
from digest.text.markup import plain_text
from digest.text.names import Authors, parse_name, split_authors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_ARXIV_HEAD = re.compile(
    r"\s*arXiv:(?P<id>\S+?)\s+Announce Type:\s*(?P<announce>[\w-]+)\s+Abstract:\s*", re.IGNORECASE
)
_STAMP = re.compile(
    r"\.?\s*\((?P<stamp>arXiv:\S+ \[(?P<category>[^\]\s]+)\])"
    r"(?P<state>(?:\s+(?:UPDATED|CROSS LISTED))*)\)\s*$"
)
_BYLINE = re.compile(r"\s+--\s+by\s+(?P<authors>\S.{0,2000})$", re.DOTALL)
_LABELLED: Final = {
    "authors": re.compile(r"(?:Author\(?s?\)?|By)\s*:\s*(?P<text>[^\n]{1,20000})", re.IGNORECASE),
    "published": re.compile(
        r"(?:Publication date|Published(?: online)?|Date)\s*:\s*(?:Available online\s+)?"
        r"(?P<text>[^\n]{4,60})",
        re.IGNORECASE,
    ),
    "journal": re.compile(r"Source\s*:\s*(?P<text>[^\n,]{1,300})", re.IGNORECASE),
    "abstract": re.compile(r"(?:Abstract|Summary)\s*:\s*(?P<text>\S[^\n]{20,})", re.IGNORECASE),
    "upvotes": re.compile(r"Upvotes\s*:\s*(?P<text>[\d,]+)", re.IGNORECASE),
    "doi": re.compile(r"DOI\s*:\s*(?P<text>\S{8,300})", re.IGNORECASE),
}
_NO_ABSTRACT = re.compile(
    r"(?:[^.]{0,200},\s*)?(?:volume|vol\.?|issue|ahead of print|pages?|pp\.)\s*\d?.{0,160}$"
    r"|publication date\b.*|available online\b.*|source\s*:.*|author\(s\).*|the latest .{0,80}$",
    re.IGNORECASE | re.DOTALL,
)
_ANNOUNCED: Final = {"": "new", "UPDATED": "replace", "CROSS LISTED": "cross"}
_TRACKING = re.compile(r"(?:^|&)(?:utm_[a-z]+|dgcid|rss|af|fc|ff|v|mc_[a-z]+|cid|ref)=[^&]*")
_BLOCK_END = re.compile(r"<\s*(?:br|/p|/div|/li|/tr)\s*/?>", re.IGNORECASE)


class Channel(Struct, frozen=True):
    """The title and addresses of a feed."""

    title: str | None = None
    day: str | None = None
    """When it was made; for arXiv, the day of announcement."""
    journal: str | None = None


def read_item(element: _Element, channel: Channel) -> Draft:
    """Return the draft of an `item` or an `entry`."""
    values = _ItemTexts(element)
    if values.is_error:
        raise BadRecordError(f"is an error that the service answered: {values.error}")
    if (
        local_name(element) == "entry"
        and values.first("id")
        and "/api/errors" in values.first("id")
    ):
        raise BadRecordError("is an error that the service answered")
    draft = _arxiv(values, channel) if values.is_arxiv else _journal(values, channel)
    if not draft.title:
        raise BadRecordError("has no title")
    return draft


class _ItemTexts:
    """The texts of an item, by the local names of its elements."""

    def __init__(self, element: _Element) -> None:
        self.element = element
        self.texts: dict[str, list[str]] = {}
        for item in element:
            text = "".join(map(str, item.itertext())).strip()
            if text:
                self.texts.setdefault(local_name(item), []).append(text)

    def first(self, *names: str) -> str:
        return next((self.texts[name][0] for name in names if name in self.texts), "")

    def all(self, *names: str) -> list[str]:
        return [text for name in names for text in self.texts.get(name, ())]

    @property
    def is_error(self) -> bool:
        return self.first("title") == "Error" and "arxiv.org/api/errors" in (
            self.first("id") + "".join(self.links())
        )

    @property
    def error(self) -> str:
        return self.first("summary")[:200]

    @property
    def is_arxiv(self) -> bool:
        """Return whether it is arXiv's: only those are announced, stamped, or have its ids."""
        identifier = self.first("id", "guid")
        return (
            "announce_type" in self.texts
            or identifier.startswith(
                ("oai:arXiv.org:", "http://arxiv.org/abs/", "https://arxiv.org/abs/")
            )
            or _STAMP.search(self.first("title")) is not None
            or _ARXIV_HEAD.match(self.first("description", "summary")) is not None
        )

    def links(self, rel: str = "") -> Iterator[str]:
        """Yield the addresses of the links: Atom has them in attributes."""
        for item in children(self.element, "link"):
            address = item.get("href") or (item.text or "").strip()
            if address and rel in ("", item.get("rel", "alternate"), item.get("title", "")):
                yield address

    def categories(self) -> list[str]:
        """Return the categories, which Atom has in attributes."""
        terms = [
            item.get("term") or (item.text or "").strip()
            for item in children(self.element, "category")
        ]
        return [term for term in terms if term] + self.all("subject")

    def authors(self) -> Authors:
        """Return the authors: one element each, or all in one element."""
        names = [
            text for item in children(self.element, "author") if (text := text_of(item, "name"))
        ]
        if names:
            return Authors(tuple(map(parse_name, names)), total=len(names))
        texts = self.all("creator") or [
            text for text in self.all("author", "authors") if "@" not in text.split(" ")[0]
        ]
        if len(texts) > 1:
            return Authors(tuple(parse_name(text) for text in texts), total=len(texts))
        text = plain_text(_BLOCK_END.sub("\n", texts[0])) if texts else ""
        if re.search(r"[a-zé]{2}[A-Z][a-zé]+ [A-Z]", text) and not re.search(
            r"Mc[A-Z]|Mac[A-Z]", text
        ):
            return Authors()  # names and affiliations without anything between them
        return split_authors(text) if text else Authors()


def _arxiv(values: _ItemTexts, channel: Channel) -> Draft:
    """Read an item of arXiv's announcements or API."""
    title, announce, category = values.first("title"), values.first("announce_type"), None
    abstract = values.first("summary", "description")
    stamp = _STAMP.search(title)
    identifiers: list[object] = [values.first("id", "guid"), *values.links()]
    if stamp:
        title, category = title[: stamp.start()], stamp["category"]
        announce = announce or _ANNOUNCED.get(" ".join(stamp["state"].split()), "replace")
        identifiers.insert(0, stamp["stamp"])
    if head := _ARXIV_HEAD.match(abstract):
        abstract = abstract[head.end() :]
        announce = announce or head["announce"]
        identifiers.insert(0, f"arXiv:{head['id']}")
    is_api = "published" in values.texts and not announce
    categories = values.categories()
    listed = values.first("pubDate") or (values.first("published", "updated") if announce else "")
    return Draft(
        title=title,
        abstract=abstract,
        authors=values.authors(),
        # The day in a feed is that of the announcement; the API gives that of the first version.
        published=(values.first("published"),) if is_api else (),
        updated=values.first("updated") if is_api else None,
        listed=listed or (channel.day if announce else None),
        identifiers=tuple(identifiers),
        dois=tuple(values.all("doi", "DOI")),
        categories=categories,
        primary=category or _primary(values) or (categories[0] if categories else None),
        journal=values.first("journal_ref", "journal_reference") or None,
        comment=values.first("comment") or None,
        announce=announce or None,
        license=values.first("rights") or None,
        markup=stamp is not None or "<p>" in abstract,
    )


def _primary(values: _ItemTexts) -> str | None:
    return next((item.get("term") for item in children(values.element, "primary_category")), None)


def _journal(values: _ItemTexts, channel: Channel) -> Draft:
    """Read an item of any other feed."""
    title = values.first("title")
    body = max(
        values.all("description", "summary", "encoded", "content", "abstract"), key=len, default=""
    )
    text = plain_text(_BLOCK_END.sub("\n", body))
    labelled = {name: _labelled(name, text) for name in _LABELLED}
    byline = _BYLINE.search(title)
    authors = values.authors()
    if byline and not authors.names:
        title, authors = title[: byline.start()], split_authors(byline["authors"])
    if not authors.names and labelled["authors"]:
        authors = split_authors(labelled["authors"])
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    is_listing = labelled["doi"] is not None and len(text) < 3_000 and len(lines) > 1
    if not authors.names and is_listing:
        # A list made from Crossref: authors, then journal and volume, then the DOI.
        first = split_authors(lines[0])
        authors = first if all(1 < len(str(n).split()) < 6 for n in first.names) else authors
    identifiers = values.all("identifier", "doi", "guid", "id")
    links = [_untracked(link) for link in values.links()]
    if not links and values.first("guid").startswith("http"):
        links = [_untracked(values.first("guid"))]
    return Draft(
        title=title,
        abstract=labelled["abstract"] or (None if is_listing or not _is_abstract(text) else text),
        authors=authors,
        published=(
            values.first("date"),
            values.first("publicationDate"),
            values.first("published"),
            values.first("pubDate"),
            labelled["published"],
            values.first("coverDate"),
        ),
        updated=values.first("updated") or None,
        identifiers=(*identifiers, *links),
        dois=(*identifiers, *links, labelled["doi"]),
        urls=tuple(links),
        categories=[term for term in values.categories() if term != channel.title],
        upvotes=labelled["upvotes"],
        journal=values.first("publicationName") or labelled["journal"] or channel.journal,
        license=values.first("rights", "license") or None,
        markup=True,
    )


def _labelled(name: str, text: str) -> str | None:
    match = _LABELLED[name].search(text)
    return match["text"].strip() if match else None


def _is_abstract(text: str) -> bool:
    """Return whether a description is more than volume, pages and date."""
    flat = " ".join(text.split())
    return len(flat) > 10 and not (len(flat) < 400 and _NO_ABSTRACT.match(flat))


def _untracked(link: str) -> str:
    """Return a link without tracking parameters."""
    link = link.strip()
    if "?" not in link and "#" not in link:
        return link
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    query = _TRACKING.sub("", parts.query).strip("&")
    fragment = "" if parts.fragment.startswith("fromrss") else parts.fragment
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def read_channel(head: str) -> Channel:
    """Parse the channel: everything before the first item of a feed."""

    def value(*names: str) -> str | None:
        for name in names:
            match = re.search(rf"<(?:[\w-]+:)?{name}(?:\s[^<>]*)?>(.{{1,500}}?)</", head, re.DOTALL)
            if match:
                text = plain_text(
                    re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", match[1], flags=re.DOTALL)
                )
                return " ".join(text.split()) or None
        return None

    title = value("title")
    journal = value("publicationName")
    if journal is None and title and "sciencedirect publication:" in title.lower():
        journal = title.partition(":")[2].strip()
    day = value("pubDate", "date", "lastBuildDate", "updated")
    return Channel(title, day if parse_date(day) else None, journal)
