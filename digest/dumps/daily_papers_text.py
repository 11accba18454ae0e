"""Read text copies of the Daily Papers page that hold no links, in three layouts.

    with the lines of authors or organisation and of the day:   title, abstract, `• 5 authors`
                                                                or `handle Name`, `·`, `May 7 2`
    without them, blank lines between:                          title, abstract
    without blank lines and header, "Subscribe" glued to the first title

Blank lines mean nothing here. Where no lines but titles and abstracts are left, they should take
turns; where they do not, the text that has no partner is refused, so that no title gets another
paper's abstract.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.dumps.daily_papers_entry import (
    DAY,
    Page,
    PageEntry,
    PrintedDay,
    parse_page_count,
    parse_printed_day,
    printed_day,
)
from digest.errors import DumpError
from digest.text.clean import single_spaced

if TYPE_CHECKING:
    from collections.abc import Sequence

FURNITURE = frozenset(
    {
        "new", "get trending papers in your email inbox!",
        "get trending papers in your email inbox once a day!", "subscribe", "daily papers",
        "byak and the research community", "by ak and the research community", "by", "ak",
        "and the research community", "daily", "weekly", "monthly", "trending papers",
    }
)  # fmt: skip
"""Lines above the first paper, in lower case."""
MAX_LINES = 500_000
_GLUED = re.compile(r"subscribe(?=\S)", re.IGNORECASE)
_AUTHORS = re.compile(r"[•·*-]\s*(?P<count>[\d,]{1,7}) authors?", re.IGNORECASE)
_DATE_LINE = re.compile(DAY + r"(?:\s+(?P<comments>[\d,]{1,7}|[\d.]{1,5}[kK]))?")
_ODD_DATE = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2}\b.{0,24}|\d{1,2} [A-Z][a-z]{2,8}\b.{0,24}")
_SUBMITTED_BY = "submitted by"
_DOT = "·"
_HEADER_LINES = 25
"""Lines searched for the header's day; a search term may precede it."""
_LONGEST_TITLE = 300
"""In characters; the longest real title on the page has 169, the shortest real abstract 431."""
_SHORTEST_ABSTRACT = 120

_Line = tuple[int, str]


def read_page(text: str) -> Page:
    """Return the page's header day and its entries, faulty ones included.

    Raises `DumpError` for more lines than any page can have.
    """
    if text.count("\n") > MAX_LINES:
        raise DumpError(f"has more than {MAX_LINES:,} lines, which no page has")
    lines = [
        (number, single_spaced(line))
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]
    header, body = _split_header(lines)
    # Only the layout with days names the submitter: without a dot, the text is cut off.
    if any(line == _DOT or line.lower() == _SUBMITTED_BY for _, line in body):
        return Page(tuple(_without_repeats(_with_days(body))), header)
    return Page(tuple(_alternating(body)), header)


def _split_header(lines: list[_Line]) -> tuple[PrintedDay | None, list[_Line]]:
    """Return the header's day, if there is one, and the lines of the papers."""
    furniture = 0
    for index, (number, line) in enumerate(lines[:_HEADER_LINES]):
        if line.lower() in FURNITURE:
            furniture = index + 1
        elif (glued := _GLUED.match(line)) and furniture:
            return None, [(number, line[glued.end() :]), *lines[index + 1 :]]
        elif furniture and (day := parse_printed_day(line)):
            # The line before an entry's day is a dot, so this is the header's.
            if lines[index - 1][1] != _DOT and not day.year:
                return day, lines[index + 1 :]
            break
        elif len(line) > _LONGEST_TITLE:
            break
    return None, lines[furniture:]


# --- with days -----------------------------------------------------------------------------------


def _with_days(lines: list[_Line]) -> list[PageEntry]:
    """Cut at the dots: one paper is between a day and the next dot."""
    entries: list[PageEntry] = []
    start = at = 0
    while at < len(lines):
        if lines[at][1] != _DOT:
            at += 1
            continue
        date_line = lines[at + 1][1] if at + 1 < len(lines) else ""
        block = _without_stray(lines[start:at])
        if block or start == 0:  # a second dot in a row belongs to the paper before it
            entries.append(_entry_with_day(block, lines[at][0], date_line))
        is_date = _DATE_LINE.fullmatch(date_line) or _ODD_DATE.fullmatch(date_line)
        at = start = at + (2 if is_date else 1)
    if start < len(lines):
        number, title = lines[start]
        entries.append(PageEntry(number, title, fault="the page is cut off in this paper"))
    return entries


def _without_repeats(entries: list[PageEntry]) -> list[PageEntry]:
    """Mark successive papers with one title and different texts: the title is another line."""
    marked = list(entries)
    for number, (before, entry) in enumerate(pairwise(entries), 1):
        if before.title == entry.title and before.abstract != entry.abstract and not entry.fault:
            fault = "two papers in a row have this title"
            marked[number - 1] = replace(before, fault=before.fault or fault)
            marked[number] = replace(entry, fault=fault)
    return marked


def _without_stray(block: Sequence[_Line]) -> Sequence[_Line]:
    """Return the lines of a paper without a count that belongs to the paper before."""
    if (
        len(block) > 2
        and parse_page_count(block[0][1]) is not None
        and _reads_as_title(block[1][1])
        and not _reads_as_abstract(block[1][1])
        and _reads_as_abstract(block[2][1])
    ):
        return block[1:]
    return block


def _submitted(block: Sequence[_Line]) -> tuple[Sequence[_Line], int | None]:
    """Return the lines from the title on, and the upvotes after the submitter, if any."""
    if not block or block[0][1].lower() != _SUBMITTED_BY:
        return (block[1:] if block and block[0][1] == "-" else block), None
    lines = block[2:]
    if lines and (lines[0][1] == "-" or parse_page_count(lines[0][1]) is not None):
        return lines[1:], parse_page_count(lines[0][1])
    return lines, None


def _entry_with_day(block: Sequence[_Line], dot: int, date_line: str) -> PageEntry:
    block, upvotes = _submitted(block)
    if not block:
        return PageEntry(dot, date_line, fault="a day without a paper before it")
    number, title = block[0]
    match = _DATE_LINE.fullmatch(date_line)
    day = printed_day(match) if match else None
    if match is None or day is None:
        return PageEntry(number, title, fault="the day of this paper is missing or cut off")
    rest = [line for _, line in block[1:]]
    if len(rest) > 1 and not _reads_as_abstract(rest[0]) and _reads_as_abstract(rest[1]):
        return PageEntry(number, title, fault="a line that the page does not have")
    count, organization, handle = None, None, None
    if rest and (authors := _AUTHORS.fullmatch(rest[-1])):
        count = parse_page_count(authors["count"])
        rest.pop()
    elif len(rest) > 1 and len(rest[-1]) < _SHORTEST_ABSTRACT:
        # The copy joins the organisation's handle, from its picture, and its name.
        handle, _, organization = rest.pop().partition(" ")
        organization = organization or handle
    if not rest:
        return PageEntry(number, title, fault="a title without an abstract")
    return PageEntry(
        number,
        title,
        " ".join(rest),
        day,
        author_count=count,
        organization=organization,
        handle=handle,
        upvotes=upvotes,
        comments=parse_page_count(match["comments"] or ""),
    )


# --- titles and abstracts alone ------------------------------------------------------------------


def _reads_as_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and not (len(line) >= _SHORTEST_ABSTRACT and line[-1] == ".")


def _reads_as_abstract(line: str) -> bool:
    return len(line) > _LONGEST_TITLE or (
        len(line) >= _SHORTEST_ABSTRACT and line[-1] in ".!?)”\"'"
    )


def _alternating(lines: Sequence[_Line]) -> list[PageEntry]:
    """Pair each title with the abstract below it; a text without partner becomes a fault."""
    entries: list[PageEntry] = []
    at = 0
    while at < len(lines):
        number, line = lines[at]
        following = lines[at + 1][1] if at + 1 < len(lines) else None
        after = lines[at + 2][1] if at + 2 < len(lines) else None
        if not _reads_as_title(line):
            entries.append(PageEntry(number, line, fault="an abstract without a title above it"))
            at += 1
        elif following is None:
            fault = "the page is cut off after this title"
            entries.append(PageEntry(number, line, fault=fault))
            at += 1
        elif _is_next_title(following, after):
            entries.append(PageEntry(number, line, fault="a title without an abstract below it"))
            at += 1
        else:
            entries.append(PageEntry(number, line, following))
            at += 2
    return entries


def _is_next_title(line: str, after: str | None) -> bool:
    """Return whether `line`, below a title, is the title of the next paper, not an abstract.

    Abstracts of a single short sentence exist, so being short is not enough: an abstract must
    follow it.
    """
    if _reads_as_abstract(line) or not _reads_as_title(line):
        return False
    return after is None or _reads_as_abstract(after)
