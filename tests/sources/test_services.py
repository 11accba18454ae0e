"""The exact requests to each service, and its paging."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from digest.config import parse_config
from digest.errors import SourceError
from digest.model.sources import ServiceSource
from digest.sources.arxiv import oai_set
from digest.sources.request import DayRequest, Request
from digest.sources.services import host_key, service_of
from tests.conftest import PROJECT

MONDAY = date(2026, 11, 30)
TODAY = DayRequest(MONDAY, is_today=True, contact="you@example.org")
FRIDAY = DayRequest(date(2026, 11, 27), is_today=False)


def source(written: str) -> ServiceSource:
    """Return the source that one entry of a config describes."""
    rules = "rules: [{name: a, keywords: [b]}]"
    config = parse_config(f"sources:\n  - {written}\n{rules}\n", Path("config.yaml"))
    (result,) = config.sources
    assert isinstance(result, ServiceSource)
    return result


def urls(written: str, ask: DayRequest = TODAY) -> list[str]:
    result = source(written)
    return [request.url for request in service_of(result).first(result, ask)]


ASKED = [
    ("huggingface", TODAY, ["https://huggingface.co/api/daily_papers?date=2026-11-30&limit=100&p=0"]),
    (
        "{kind: huggingface, list: trending}",
        TODAY,
        ["https://huggingface.co/api/daily_papers?sort=trending&limit=100"],
    ),
    ("arxiv: [cs.CL, cs.LG]", TODAY, ["https://rss.arxiv.org/rss/cs.CL+cs.LG"]),
    (
        "arxiv: [cs.CL, hep-th]",
        FRIDAY,
        [
            ("https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv&set=cs:cs:CL"
            "&from=2026-11-27&until=2026-11-27"),
            ("https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv"
            "&set=physics:hep-th&from=2026-11-27&until=2026-11-27"),
        ],
    ),
    (
        "{kind: arxiv, query: 'abs:\"state space\"'}",
        FRIDAY,
        [
            ("https://export.arxiv.org/api/query?search_query="
            "%28abs:%22state%20space%22%29%20AND%20"
            "submittedDate:%5B202611270000%20TO%20202611272359%5D"
            "&sortBy=submittedDate&sortOrder=descending&start=0&max_results=200")
        ],
    ),
    (
        "biorxiv: [neuroscience, cell biology]",
        TODAY,
        [
            ("https://api.biorxiv.org/details/biorxiv/2026-11-30/2026-11-30/0/json"
            "?category=neuroscience"),
            ("https://api.biorxiv.org/details/biorxiv/2026-11-30/2026-11-30/0/json"
            "?category=cell_biology"),
        ],
    ),
    ("medrxiv", TODAY, ["https://api.biorxiv.org/details/medrxiv/2026-11-30/2026-11-30/0/json"]),
    (
        "pubmed: sepsis",
        TODAY,
        [
            ("https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi?db=pubmed&term=sepsis"
            "&datetype=edat&mindate=2026/11/30&maxdate=2026/11/30&retmode=json&retmax=10000"
            "&tool=digest&email=you%40example.org")
        ],
    ),
    (
        "europepmc: sepsis",
        TODAY,
        [
            ("https://www.ebi.ac.uk/europepmc/webservices/rest/search?query=%28sepsis%29%20AND%20"
            "%28FIRST_PDATE:%5B2026-11-30%20TO%202026-11-30%5D%29&resultType=core&format=json"
            "&pageSize=100&cursorMark=*")
        ],
    ),
    (
        "openalex: sepsis",
        TODAY,
        [
            ("https://api.openalex.org/works?search=sepsis&filter=from_publication_date:2026-11-16,"
            "to_publication_date:2026-11-30&sort=publication_date:desc&per_page=100&cursor=*"
            "&mailto=you%40example.org")
        ],
    ),
    (
        "{kind: crossref, filter: 'issn:2041-1723'}",
        FRIDAY,
        [
            ("https://api.crossref.org/works?filter=from-created-date:2026-11-27,"
            "until-created-date:2026-11-27,issn:2041-1723&rows=200&cursor=*")
        ],
    ),
    (
        "crossref: sepsis",
        TODAY,
        [
            ("https://api.crossref.org/works?query=sepsis&filter=from-created-date:2026-11-30,"
            "until-created-date:2026-11-30&rows=200&cursor=*&mailto=you%40example.org")
        ],
    ),
    (
        "semantic-scholar: sepsis",
        TODAY,
        [
            ("https://api.semanticscholar.org/graph/v1/paper/search/bulk?query=sepsis"
            "&publicationDateOrYear=2026-11-16:&sort=publicationDate:desc&fields=title,abstract,"
            "authors,externalIds,publicationDate,year,venue,journal,url,openAccessPdf")
        ],
    ),
    (
        "openreview: ICLR.cc/2026/Conference",
        TODAY,
        [
            ("https://api2.openreview.net/notes?content.venueid=ICLR.cc/2026/Conference"
            "&limit=1000&offset=0")
        ],
    ),
    ("feed: https://j.example.org/rss?a=b", TODAY, ["https://j.example.org/rss?a=b"]),
    (
        "http: 'https://l.example.org/{date:%Y/%m}/{date}.jsonl'",
        FRIDAY,
        ["https://l.example.org/2026/11/2026-11-27.jsonl"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("written", "ask", "expected"), ASKED)
def test_what_is_asked(written: str, ask: DayRequest, expected: list[str]) -> None:
    assert urls(written, ask) == expected


def test_a_mirror_takes_the_place_of_all_hosts_of_a_service() -> None:
    mirror = "endpoint: http://127.0.0.1:8080/papers/"
    assert urls(f"{{arxiv: [cs.CL], {mirror}}}") == ["http://127.0.0.1:8080/papers/rss/cs.CL"]
    (oai,) = urls(f"{{arxiv: [cs.CL], {mirror}}}", FRIDAY)
    assert oai.startswith("http://127.0.0.1:8080/papers/oai?verb=ListRecords&")


@pytest.mark.parametrize(("written", "ask", "expected"), ASKED)
def test_the_addresses_of_the_documentation_are_those(
    written: str, ask: DayRequest, expected: list[str]
) -> None:
    """docs/sources.md shows hosts and paths that are asked."""
    page = (PROJECT / "docs/sources.md").read_text(encoding="utf-8")
    for url in expected:
        if "example.org/" in url:
            continue
        assert url.partition("?")[0].replace("medrxiv/", "biorxiv/") in page


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cs.CL", "cs:cs:CL"),
        ("math.NA", "math:math:NA"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("astro-ph.CO", "physics:astro-ph:CO"),
        ("physics.optics", "physics:physics:optics"),
        ("quant-ph", "physics:quant-ph"),
        ("cs", "cs"),
        ("physics", "physics"),
    ],
)
def test_sets_of_arxiv(category: str, expected: str) -> None:
    assert oai_set(category) == expected


def test_one_service_is_asked_under_one_name() -> None:
    assert host_key(source("medrxiv")) == host_key(source("biorxiv"))
    assert host_key(source("feed: https://a.example.org/x")) == "a.example.org"


# --- paging


def after(written: str, body: Any, ask: DayRequest = TODAY, *, url: str = "") -> list[str]:
    """Return the URLs that an answer to the source's first request leads to."""
    result = source(written)
    service = service_of(result)
    first = service.first(result, ask)[0]
    request = replace(first, url=url) if url else first
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [item.url for item in service.following(request, raw)]


def test_pages_of_hugging_face() -> None:
    base = "https://huggingface.co/api/daily_papers?date=2026-11-30&limit=100"
    assert after("huggingface", [{}] * 100) == [f"{base}&p=1"]
    assert after("huggingface", [{}] * 100, url=f"{base}&p=9") == [f"{base}&p=10"]
    assert after("huggingface", [{}] * 99) == []
    with pytest.raises(SourceError, match="error: too early"):
        after("huggingface", {"error": "too early"})
    with pytest.raises(SourceError, match="damaged JSON"):
        after("huggingface", b'[{"paper": ')


OAI = b"<OAI-PMH><ListRecords>%s</ListRecords></OAI-PMH>"


def test_pages_of_oai_pmh() -> None:
    token = OAI % b"<record/><resumptionToken cursor='0'>a|b&amp;c</resumptionToken>"
    assert after("arxiv: [cs.CL]", token, FRIDAY) == [
        "https://oaipmh.arxiv.org/oai?verb=ListRecords&resumptionToken=a%7Cb%26c"
    ]
    assert after("arxiv: [cs.CL]", OAI % b"<resumptionToken/>", FRIDAY) == []
    none = b'<OAI-PMH><error code="noRecordsMatch">none</error></OAI-PMH>'
    assert after("arxiv: [cs.CL]", none, FRIDAY) == []
    bad = b'<OAI-PMH><error code="badResumptionToken">it has expired</error></OAI-PMH>'
    with pytest.raises(SourceError, match="badResumptionToken: it has expired"):
        after("arxiv: [cs.CL]", bad, FRIDAY)
    with pytest.raises(SourceError, match="cut off"):
        after("arxiv: [cs.CL]", b"<OAI-PMH><ListRecords><record>", FRIDAY)


def atom(entries: int, total: int, start: int) -> bytes:
    body = "<entry></entry>" * entries
    return (
        f"<feed><opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{body}</feed>"
    ).encode()


def test_pages_of_the_arxiv_api() -> None:
    query = "{kind: arxiv, query: 'all:x'}"
    (following,) = after(query, atom(200, 450, 0))
    assert "&start=200&max_results=200" in following
    assert after(query, atom(50, 450, 400)) == []
    assert after(query, atom(0, 0, 0)) == []
    with pytest.raises(SourceError, match="an empty page, though there are 450 papers"):
        after(query, atom(0, 450, 0))


def biorxiv(records: int, cursor: int, total: str, status: str = "ok") -> dict[str, Any]:
    message = {"status": status, "cursor": cursor, "total": total}
    return {"messages": [message], "collection": [{}] * records}


def test_pages_of_biorxiv_count_what_came() -> None:
    (following,) = after("biorxiv: [neuroscience]", biorxiv(30, 0, "100"))
    assert following.endswith("/2026-11-30/2026-11-30/30/json?category=neuroscience")
    assert after("biorxiv", biorxiv(10, 90, "100")) == []
    none = {"messages": [{"status": "no posts found"}], "collection": []}
    assert after("biorxiv", none) == []
    with pytest.raises(SourceError, match="error: server busy"):
        after("biorxiv", biorxiv(0, 0, "0", "server busy"))


def test_records_behind_the_ids_of_pubmed() -> None:
    ids = [str(number) for number in range(1, 302)]
    first, second = after("pubmed: sepsis", {"esearchresult": {"idlist": ids}})
    assert first == (
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/efetch.fcgi?db=pubmed&id="
        + ",".join(ids[:200])
        + "&rettype=abstract&retmode=xml&tool=digest&email=you%40example.org"
    )
    assert ",".join(ids[200:]) in second
    assert after("pubmed: sepsis", {"esearchresult": {"idlist": []}}) == []
    with pytest.raises(SourceError, match="API rate limit exceeded"):
        after("pubmed: sepsis", {"error": "API rate limit exceeded", "count": "11"})


def test_marks_of_europe_pmc() -> None:
    page = {"resultList": {"result": [{}]}, "nextCursorMark": "AoJ/x=="}
    (following,) = after("europepmc: sepsis", page)
    assert following.endswith("&cursorMark=AoJ/x%3D%3D")
    assert after("europepmc: sepsis", page, url=following) == []
    assert after("europepmc: sepsis", {"resultList": {"result": []}}) == []


def test_cursors_of_crossref_and_openalex() -> None:
    page = {"status": "ok", "message": {"items": [{}] * 200, "next-cursor": "DnF1/+="}}
    (following,) = after("crossref: sepsis", page)
    assert f"&cursor={quote('DnF1/+=', safe='/')}&" in following
    page["message"] = {"items": [{}], "next-cursor": "x"}
    assert after("crossref: sepsis", page) == []
    (following,) = after("openalex: sepsis", {"meta": {"next_cursor": "Ab="}, "results": [{}]})
    assert "&cursor=Ab%3D&" in following
    assert after("openalex: sepsis", {"meta": {"next_cursor": None}, "results": [{}]}) == []


def test_tokens_of_semantic_scholar() -> None:
    (following,) = after("semantic-scholar: sepsis", {"token": "T1", "data": [{}]})
    assert following.endswith("&token=T1")
    assert after("semantic-scholar: sepsis", {"token": None, "data": [{}]}) == []
    assert after("semantic-scholar: sepsis", {"total": 0, "offset": 0}) == []


def test_offsets_of_openreview() -> None:
    (following,) = after("openreview: ICLR.cc/2026/Conference", {"notes": [{}] * 1000})
    assert following.endswith("&limit=1000&offset=1000")
    assert after("openreview: ICLR.cc/2026/Conference", {"notes": [{}]}) == []


# --- recorded answers


@pytest.mark.shared
@pytest.mark.parametrize(
    ("written", "name", "following"),
    [
        ("biorxiv", "biorxiv/details_2024-01-01_2024-12-31_cursor0.json", 1),
        ("medrxiv", "biorxiv/medrxiv_details_2024-01-01_2024-12-31_cursor0.json", 1),
        ("pubmed: x", "pubmed/esearch.json", 1),
        ("europepmc: x", "europepmc/search_core_attention.json", 1),
        ("crossref: x", "crossref/works_cursor_widget.json", 0),
        ("openalex: x", "openalex/works_search_2026.json", 0),
        ("semantic-scholar: x", "semanticscholar/search_bulk_kubernetes_last_page.json", 0),
        ("semantic-scholar: x", "semanticscholar/search_empty.json", 0),
        ("openreview: x", "openreview/notes_search_gnn.json", 0),
        ("arxiv: [cs.CL]", "arxiv-rss/cs.CL_2026-04-27_first3.xml", 0),
        ("{kind: arxiv, query: 'all:x'}", "arxiv-api/query_fastpaper.atom.xml", 1),
    ],
)
def test_recorded_answers_are_understood(
    written: str, name: str, following: int, shared: Path
) -> None:
    body = (shared / "data/samples" / name).read_bytes()
    assert len(after(written, body)) == following


@pytest.mark.shared
def test_recorded_errors_are_told(shared: Path) -> None:
    samples = shared / "data/samples"
    for written, name in (
        ("semantic-scholar: x", "semanticscholar/error_400.json"),
        ("crossref: x", "crossref/error_400_validation.json"),
    ):
        with pytest.raises(SourceError):
            after(written, (samples / name).read_bytes())


@pytest.mark.shared
def test_recorded_lists_of_oai_pmh(shared: Path) -> None:
    folder = shared / "data/arxiv-oai-pmh"
    (following,) = after("arxiv: [cs.CL]", (folder / "ListRecords.xml").read_bytes(), FRIDAY)
    assert "resumptionToken=" in following
    assert after("arxiv: [cs.CL]", (folder / "noRecordsMatch.xml").read_bytes(), FRIDAY) == []
    with pytest.raises(SourceError, match="badResumptionToken"):
        after("arxiv: [cs.CL]", (folder / "badResumptionToken.xml").read_bytes(), FRIDAY)


def test_a_request_holds_no_key() -> None:
    for written in ("pubmed: x", "openalex: x", "semantic-scholar: x"):
        result = source(written)
        for request in service_of(result).first(result, TODAY):
            assert isinstance(request, Request)
            assert request.key is not None
            assert "api_key=" not in request.url
