"""Read the forms of the Daily Papers page that kept its links.

- Markdown with links in place, as web scrapers write it: `### [Title](https://…/papers/2606.00683)`
- a notebook's export: each link's address on a line of its own, below its text
- Markdown with numbered links: `### [Title][32]`, their addresses at the end, or lost

Each form is cut at its papers' heads; a paper's body then holds the abstract as one link and, after
a dot, the day. A paper whose day is missing is cut off and is refused.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec.structs import replace

from digest.dumps import identifiers
from digest.dumps.daily_papers_entry import (
    DAY,
    Page,
    PageEntry,
    PrintedDay,
    parse_page_count,
    parse_printed_day,
    printed_day,
)
from digest.dumps.dates import parse_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

LinkForm: TypeAlias = Literal["inline", "below", "numbered"]

_ID = r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?"
_PAPER = rf"https?://huggingface\.co/papers/(?P<id>{_ID})"
_INLINE_HEAD = re.compile(
    rf"(?:^\[(?P<votes>[\d,]{{1,9}}|-)\]\([^()\s]{{0,300}}\)\s{{1,8}})?"
    rf"^#{{2,4}} \[(?P<title>[^\n]{{1,3000}}?)\]\({_PAPER}\)[ \t]*$",
    re.MULTILINE,
)
_BELOW_HEAD = re.compile(
    rf"(?:^ ?\[-\] (?P<votes>[\d,]{{1,9}}|-)\s{{1,8}})?^https?://huggingface\.co/login\S{{0,300}}\s{{1,8}}"
    rf"^(?P<title>[^\n]{{1,3000}})\s{{1,8}}^{_PAPER}[ \t]*$",
    re.MULTILINE,
)
_NUMBERED_HEAD = re.compile(
    r"(?:^\[\s{0,4}(?P<votes>[\d,]{1,9}|-)\s{0,4}\]\[\d{1,5}\]\s{1,8})?"
    r"^#{2,4} \[(?P<title>[^\n]{1,3000}?)\]\[(?P<id>\d{1,5})\][ \t]*$",
    re.MULTILINE,
)
_LINKED_TOP = re.compile(
    r"\A---\s|^\[Subscribe\][\[(]|^https?://huggingface\.co/login", re.MULTILINE
)
_TOP = 1 << 14
"""Length, in characters, of the part before the first paper."""
_TARGET = re.compile(rf"^ {{0,3}}\[?(?P<number>\d{{1,5}})[\].]:? {{1,4}}<?{_PAPER}", re.MULTILINE)
_FRONT_MATTER_DAY = re.compile(
    r"^(?:retrieved|fetched|date|accessed|captured)(?:_at)?: *\"?(\d{4}-\d{2}-\d{2})", re.MULTILINE
)
_DATE_LINK = re.compile(r"huggingface\.co/papers/date/(\d{4}-\d{2}-\d{2})")
_DOT = re.compile(r"^[ \t]*·[ \t]*$", re.MULTILINE)
_DATE = re.compile(DAY)
_AUTHORS = re.compile(r"(?P<count>[\d,]{1,7}) authors?\b")
_COMMENTS = {
    "inline": re.compile(r"\[\s*(\d[\d,]{0,6})\s*\]\([^()\s]{1,300}#community\)"),
    "below": re.compile(r"(\d[\d,]{0,6})\s+https?://\S{1,300}#community"),
    "numbered": re.compile(r"\[\s*(\d[\d,]{0,6})\s*\]\[\d{1,5}\]"),
}
_ORGANIZATION = {
    "inline": re.compile(
        r"\[!\[(?P<handle>[^\]\n]{0,200})\]\([^()\s]{0,500}\)(?P<name>[^\]\n]{1,300})\]"
        r"\(https?://huggingface\.co/(?P<link>[\w.-]{1,100})\)"
    ),
    "below": re.compile(
        r"^[ \t]*(?P<name>[^\n\[\]]{1,300}?)[ \t]*\n\s*"
        r"https?://huggingface\.co/(?P<link>[\w.-]{1,100})[ \t]*$",
        re.MULTILINE,
    ),
    "numbered": re.compile(
        r"\[\[(?P<handle>[^\]\n]{1,200})\] ?(?P<name>[^\]\n]{1,300})\]\[\d{1,5}\]"
    ),
}
_HEADS = {"inline": _INLINE_HEAD, "below": _BELOW_HEAD, "numbered": _NUMBERED_HEAD}
_HARD_BREAK = re.compile(r"\\{1,2}[ \t]*\n|\\[ \t]{2,}")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!~<>|-])")


def link_form(text: str) -> LinkForm | None:
    """Return the form at the beginning of a page; None for a page without links."""
    # Each form's plain strings first: most pages have no links, and a regular expression takes
    # longer to find that out than reading the whole page.
    if "](http" in text and _INLINE_HEAD.search(text):
        return "inline"
    if "][" in text and _NUMBERED_HEAD.search(text):
        return "numbered"
    return "below" if "huggingface.co/papers/" in text and _BELOW_HEAD.search(text) else None


def has_links(text: str) -> bool:
    """Return whether the beginning of a page has one of the forms here, with or without papers."""
    top = text[:_TOP]
    # Plain strings first, as in `link_form`.
    plain = top.startswith("---") or "[Subscribe]" in top or "huggingface.co/login" in top
    return plain and _LINKED_TOP.search(top) is not None


def read_linked_page(text: str, form: LinkForm) -> Page:
    """Return the page's header day, its entries and its evidence of the year."""
    heads = list(_HEADS[form].finditer(text))
    targets = {}
    if form == "numbered":
        targets = {match["number"]: match["id"] for match in _TARGET.finditer(text)}
    entries = []
    line, counted = 1, 0
    for index, head in enumerate(heads):
        end = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        title_at = head.start("title")
        line, counted = line + text.count("\n", counted, title_at), title_at
        link = targets.get(head["id"]) if form == "numbered" else head["id"]
        entry = _read_body(text[head.end() : end], form, link)
        entries.append(
            replace(
                entry,
                line=line,
                title=_unescaped(head["title"]) if form != "below" else head["title"],
                upvotes=parse_page_count(head["votes"] or ""),
                arxiv_id=identifiers.parse_arxiv_id(link),
            )
        )
    top = text[: heads[0].start()] if heads else text
    header, exact, bounds = _read_top(top)
    return Page(tuple(entries), header, exact, bounds)


def _read_top(top: str) -> tuple[PrintedDay | None, date | None, tuple[date, ...]]:
    """Return the header's day, that day with a printed year, and older days."""
    days = [day for line in top.split("\n") if (day := parse_printed_day(line)) and not day.year]
    header = days[-1] if days else None
    written = _FRONT_MATTER_DAY.findall(top) + _DATE_LINK.findall(top)
    bounds = tuple(filter(None, map(parse_day, written)))
    exact = None
    for bound in bounds:
        # The link to the day before is beside the header; both are close together.
        for year in (bound.year, bound.year + 1):
            rendered = header.in_year(year) if header else None
            if rendered and 0 <= (rendered - bound).days <= 4:
                exact = rendered
    return header, exact, bounds


def _read_body(body: str, form: LinkForm, link: str | None) -> PageEntry:
    """Parse the text after a title; the caller provides line, title and the rest of the head."""
    dot = _last_dot(body)
    match = _DATE.match(body, _after_space(body, dot.end())) if dot else None
    day = printed_day(match) if match else None
    if dot is None or match is None or day is None:
        return PageEntry(0, "", fault="the page is cut off in this paper")
    abstract, meta = _ABSTRACTS[form](body[: dot.start()], link)
    if not abstract.strip():
        return PageEntry(0, "", fault="a title without an abstract")
    authors = _AUTHORS.search(meta)
    organization = _ORGANIZATION[form].search(meta) if authors is None else None
    named = organization.groupdict() if organization else {}
    comments = _COMMENTS[form].match(body, _after_space(body, match.end()))
    return PageEntry(
        0,
        "",
        abstract,
        day,
        author_count=parse_page_count(authors["count"]) if authors else None,
        organization=named.get("name"),
        handle=named.get("link") or named.get("handle"),
        comments=parse_page_count(comments[1]) if comments else None,
    )


def _last_dot(body: str) -> re.Match[str] | None:
    """Return the last line that is only a dot: an abstract may contain one too."""
    last = deque(_DOT.finditer(body), maxlen=1)
    return last[0] if last else None


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _unescaped(text: str) -> str:
    """Undo the additions of Markdown writers: hard line breaks and backslashes before signs."""
    return _ESCAPE.sub(r"\1", _HARD_BREAK.sub("\n", text))


def _inline_abstract(body: str, link: str | None) -> tuple[str, str]:
    """Cut at the end of the link around the abstract, which may contain links."""
    end = re.search(
        rf"\]\(https?://huggingface\.co/papers/{re.escape(link or '')}\)[ \t]*$", body, re.M
    )
    start = _after_space(body, 0)
    if end is None or body[start : start + 1] != "[" or body.startswith("[![", start):
        return "", body
    return _unescaped(body[start + 1 : end.start()]), body[end.end() :]


def _abstract_above_link(body: str, link: str | None) -> tuple[str, str]:
    """Cut at the abstract's address, which is on the line below it."""
    end = re.search(rf"^https?://huggingface\.co/papers/{re.escape(link or '')}[ \t]*$", body, re.M)
    return (body[: end.start()], body[end.end() :]) if end else ("", body)


def _numbered_abstract(body: str, link: str | None) -> tuple[str, str]:
    """Cut at the number of the link around the abstract."""
    del link
    end = re.search(r"^\]\[\d{1,5}\][ \t]*$", body, re.M)
    start = _after_space(body, 0)
    if end is None or body[start : start + 1] != "[":
        return "", body
    return body[start + 1 : end.start()], body[end.end() :]


_ABSTRACTS: dict[LinkForm, Callable[[str, str | None], tuple[str, str]]] = {
    "inline": _inline_abstract,
    "below": _abstract_above_link,
    "numbered": _numbered_abstract,
}
