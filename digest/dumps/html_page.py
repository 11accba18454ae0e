"""Read saved web pages: Hugging Face's papers, arXiv's lists, Scholar's alerts, pages of one paper.

Only what a site marks as data is read: the JSON in Hugging Face's `data-props`, arXiv's definition
lists, the classes of Scholar's results, and the `citation_` tags that publishers write for Scholar.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from msgspec.structs import replace

from digest.dumps.dates import parse_day
from digest.dumps.draft import Draft, parse_url, to_record
from digest.dumps.fields import BadRecordError, LeftOutError, day_in_name
from digest.dumps.html_documents import documents_of
from digest.dumps.json_documents import papers_in
from digest.dumps.json_objects import read_entry
from digest.dumps.json_scan import parse_json
from digest.dumps.json_values import at
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Refusal
from digest.text.names import split_authors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from digest.dumps.reader_types import ReadOptions
    from digest.model import Record

_SECTIONS: Final = (
    ("new submission", "new"), ("cross", "cross"), ("replacement", "replace"),
)  # fmt: skip
_BYLINE = re.compile(r"^(?P<authors>.*?)(?:\s+[-–]\s+(?P<rest>.*))?$", re.DOTALL)
_LIST_DAY = re.compile(r"listings? for (?P<day>[A-Z][a-z]+, \d{1,2} [A-Z][a-z]+ \d{4})")
_HEADING_DAY = re.compile(r"^\s*(?P<day>[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4})")


def read_html(content: bytes, options: ReadOptions) -> ReadResult[Record | Refusal]:
    """Return the papers of a web page; raise `DumpError` for one that marks none as data.

    Several pages in one file are read one after the other.
    """
    readings: list[ReadResult[Record | Refusal]] = []
    items: list[Iterator[Record | Refusal]] = []
    errors: list[DumpError] = []
    for page in documents_of(content):
        line = page.line + page.content[: len(page.content) - len(page.trailing)].count(b"\n") + 1
        try:
            readings.append(_read_page(page.content, options))
            items.append(_moved(readings[-1].items, page.line))
        except DumpError as error:
            errors.append(error)
            items.append(iter((Refusal(options.name, page.line + 1, f"this page {error.reason}"),)))
        if page.trailing:
            reason = "what follows the end of the web page is not HTML; it was not read"
            items.append(iter((Refusal(options.name, line, reason),)))
    if not readings:
        raise errors[0]
    return replace(readings[0], items=chain.from_iterable(items))


def _moved(items: Iterator[Record | Refusal], lines: int) -> Iterator[Record | Refusal]:
    """Yield the items of a page, with `lines` added to their line numbers."""
    for item in items:
        if isinstance(item, Refusal):
            yield replace(item, line=None if item.line is None else item.line + lines)
        else:
            yield replace(item, line=item.line + lines) if lines else item


def _read_page(content: bytes, options: ReadOptions) -> ReadResult[Record | Refusal]:
    page = _parsed(content)
    for reader in (_hugging_face, _arxiv_list, _scholar, _citation):
        reading = reader(page, options)
        if reading is not None and (b"</html" in content[-10_000:].lower() or b"</body" in content):
            return reading
        if reading is not None:
            return replace(reading, items=_without_the_last(reading.items, options.name))
    title = " ".join((page.findtext(".//title") or "").split())
    named = f' titled "{title[:80]}"' if title else ""
    raise DumpError(
        f"is a saved web page{named} in which no papers are marked as data; save an export of the "
        "site, its feed, or the page as text"
    )


def _without_the_last(items: Iterator[Record | Refusal], name: str) -> Iterator[Record | Refusal]:
    """Yield the items of a page that is cut off, without the last, which may be incomplete."""
    previous: Record | Refusal | None = None
    for item in items:
        if previous is not None:
            yield previous
        previous = item
    line = previous.line if previous is not None else None
    yield Refusal(name, line, "the page is cut off in this paper")


def _parsed(content: bytes) -> HtmlElement:
    from lxml import etree, html

    match = re.search(rb"<meta[^>]{0,100}charset\s*=\s*[\"']?([\w-]{3,20})", content[:4096])
    encoding = match[1].decode() if match else "utf-8"
    try:
        content.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        parser = html.HTMLParser(encoding=encoding, no_network=True, remove_comments=True)
        page = html.document_fromstring(content.replace(b"\x00", b""), parser=parser)
    except (etree.LxmlError, LookupError, ValueError, AssertionError) as error:
        raise DumpError(f"is a web page that cannot be parsed: {error}") from None
    return page


# --- Hugging Face --------------------------------------------------------------------------------


def _hugging_face(page: HtmlElement, options: ReadOptions) -> ReadResult[Record | Refusal] | None:
    """Read the JSON in the page of daily, weekly, monthly or trending papers."""
    for element in page.iter():
        props = element.get("data-props") if isinstance(element.tag, str) else None
        if not props or '"paper' not in props.lower():
            continue
        try:
            value = parse_json(props)
        except BadRecordError:
            continue
        for path in papers_in(value):
            entries = at(value, *path)
            if isinstance(entries, list) and path[-1] in ("dailyPapers", "papers"):
                line = element.sourceline or 1
                text = at(value, "dateString") or at(value, "date")
                day = parse_day(text) or _listed(entries) or day_in_name(options.name)
                items = _entries(entries, line, options.name)
                return ReadResult("huggingface-api", day, items)
    return None


def _listed(entries: list[Any]) -> Any:  # noqa: ANN401 - a day or None
    days = [
        day for entry in entries if (day := parse_day(at(entry, "paper", "submittedOnDailyAt")))
    ]
    return max(days, key=days.count) if days else None


def _entries(entries: list[Any], line: int, name: str) -> Iterator[Record | Refusal]:
    for entry in entries:
        try:
            yield read_entry(entry, line)
        except BadRecordError as error:
            yield Refusal(name, line, f"this record {error}")
        except LeftOutError as error:
            yield Refusal(name, line, f"this record {error}", "left out")


# --- arXiv ---------------------------------------------------------------------------------------


def _arxiv_list(page: HtmlElement, options: ReadOptions) -> ReadResult[Record | Refusal] | None:
    lists = [item for item in page.iter("dl") if item.find(".//dd") is not None]
    lists = [item for item in lists if item.find(".//div[@class='meta']") is not None
             or item.get("id") == "articles"]  # fmt: skip
    text = " ".join(heading.text_content() for heading in page.iter("h3", "h1"))
    match = _LIST_DAY.search(text)
    if not lists:
        if match or "No updates today" in page.text_content():
            return ReadResult("arxiv-list", parse_day(match["day"]) if match else None, iter(()))
        return None
    day = parse_day(match["day"]) if match else None
    items = chain.from_iterable(_listed_entries(item, options.name) for item in lists)
    return ReadResult("arxiv-list", day_in_name(options.name) or day, items)


def _listed_entries(listing: HtmlElement, name: str) -> Iterator[Record | Refusal]:
    previous = listing.getprevious()
    announce, listed = None, None
    if previous is not None and previous.tag == "h3":
        announce, listed = _section(previous.text_content(), None, None)
    term: HtmlElement | None = None
    for element in listing:
        if element.tag == "h3":
            announce, listed = _section(element.text_content(), announce, listed)
        elif element.tag == "dt":
            term = element
        elif element.tag == "dd" and term is not None:
            line = term.sourceline or 1
            try:
                yield to_record(_list_draft(term, element, announce, listed), line)
            except BadRecordError as error:
                yield Refusal(name, line, f"this record {error}")
            term = None


def _section(text: str, announce: str | None, listed: str | None) -> tuple[str | None, str | None]:
    lowered = text.lower()
    announce = next((kind for sign, kind in _SECTIONS if sign in lowered), announce)
    match = _HEADING_DAY.match(text)
    return announce, match["day"] if match else listed


def _list_draft(
    term: HtmlElement, entry: HtmlElement, announce: str | None, listed: str | None
) -> Draft:
    def part(name: str) -> str | None:
        for element in entry.iter("div"):
            if name in (element.get("class") or ""):
                text = " ".join(element.text_content().split())
                return re.sub(r"^[A-Z][A-Za-z-]+\s*:\s*", "", text) or None
        return None

    links = [address for _, name, address, _ in term.iterlinks() if name == "href"]
    paragraph = entry.find(".//p")
    marks = " ".join(term.text_content().split())
    if "(cross-list" in marks:
        announce = announce or "cross"
    elif "(replaced)" in marks:
        announce = announce or "replace"
    primary = entry.find(".//span[@class='primary-subject']")
    return Draft(
        title=part("list-title"),
        abstract=paragraph.text_content() if paragraph is not None else None,
        authors=part("list-authors"),
        listed=listed,
        identifiers=tuple(
            f"https://arxiv.org{link}" if link.startswith("/") else link for link in links
        ),
        dois=(part("list-doi"),),
        categories=part("list-subjects"),
        primary=primary.text_content() if primary is not None else None,
        journal=part("list-journal-ref"),
        comment=part("list-comments"),
        announce=announce,
    )


# --- Google Scholar ------------------------------------------------------------------------------


def _scholar(page: HtmlElement, options: ReadOptions) -> ReadResult[Record | Refusal] | None:
    heads = page.xpath("//a[contains(@class, 'gse_alrt_title')]")
    if not isinstance(heads, list) or not heads:
        return None
    return ReadResult("scholar-alert", day_in_name(options.name), _results(heads, options.name))


def _results(heads: list[Any], name: str) -> Iterator[Record | Refusal]:
    for head in heads:
        line = head.sourceline or 1
        try:
            yield to_record(_result(head), line)
        except BadRecordError as error:
            yield Refusal(name, line, f"this record {error}")


def _result(head: HtmlElement) -> Draft:
    """Read one result: the title's link, the line of authors, then a part of the text."""
    target = _target(head.get("href") or "")
    parent = head.getparent()
    following = parent.getnext() if parent is not None else None
    byline = following.text_content() if following is not None and following.tag == "div" else ""
    match = _BYLINE.match(" ".join(byline.replace("\xa0", " ").split()))
    authors, rest = (match["authors"], match["rest"] or "") if match else ("", "")
    if not rest and re.fullmatch(r".*\b\d{4}", authors):  # a journal alone
        authors, rest = "", authors
    snippet = following.getnext() if following is not None else None
    text = (snippet.text_content() if snippet is not None
            and "gse_alrt_sni" in (snippet.get("class") or "") else None)  # fmt: skip
    year = re.search(r"\b(?:19|20)\d\d\b(?!.*\b(?:19|20)\d\d\b)", rest)
    journal = re.sub(r",?\s*(?:19|20)\d\d$", "", rest).strip(" …,-")
    return Draft(
        title=head.text_content(),
        # A part of the text with an ellipsis is no abstract, but all that is known of it.
        abstract=text,
        authors=split_authors(authors) if authors else None,
        published=(year[0] if year else None,),
        identifiers=(target, *re.findall(r"arXiv:\S+?\d{4,5}", rest)),
        dois=(target,),
        urls=(target,),
        journal=None if "arxiv" in journal.lower() else journal,
    )


def _target(link: str) -> str:
    """Return the target of an alert's link, which leads through Scholar."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    if "scholar.google" in parts.netloc and "scholar_url" in parts.path:
        return (parse_qs(parts.query).get("url") or [""])[0]
    return link


# --- the page of one paper -----------------------------------------------------------------------


def _citation(page: HtmlElement, options: ReadOptions) -> ReadResult[Record | Refusal] | None:
    """Read the tags that Google Scholar asks publishers for (`citation_title` and others)."""
    tags: dict[str, list[str]] = {}
    for tag in page.iter("meta"):
        name, content = tag.get("name") or tag.get("property") or "", tag.get("content")
        if content and name.lower().startswith(("citation_", "dc.", "prism.")):
            tags.setdefault(name.lower(), []).append(content)
    if "citation_title" not in tags:
        return None

    def one(*names: str) -> str | None:
        return next((tags[name][0] for name in names if name in tags), None)

    draft = Draft(
        title=one("citation_title"),
        abstract=one("citation_abstract", "dc.description"),
        authors=tags.get("citation_author") or one("citation_authors"),
        published=tuple(
            one(f"citation_{name}") for name in ("publication_date", "date", "online_date", "year")
        ),
        identifiers=(one("citation_arxiv_id"), one("citation_pdf_url")),
        dois=(one("citation_doi", "dc.identifier", "prism.doi"),),
        urls=(one("citation_abstract_html_url", "citation_public_url"),),
        pdfs=(parse_url(one("citation_pdf_url")),),
        journal=one("citation_journal_title", "citation_conference_title", "prism.publicationname"),
        markup=True,
    )  # fmt: skip
    try:
        record: Record | Refusal = to_record(draft, 1)
    except BadRecordError as error:
        record = Refusal(options.name, 1, f"this record {error}")
    return ReadResult("citation-page", day_in_name(options.name), iter((record,)))
