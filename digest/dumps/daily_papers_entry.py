"""Shared by all text forms of the Daily Papers page: entries, days, years.

The page prints days without a year if it is the year of rendering: always for the header's day, for
an entry's day (the paper's arXiv day) if it is in that year, so that every printed year is earlier
than the header's.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.dumps import fields
from digest.dumps.dates import parse_month
from digest.dumps.draft import parse_url
from digest.dumps.fields import BadRecordError
from digest.model import PartialDate, Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = r"(?P<month>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2})(?:, (?P<year>(?:19|20)\d\d))?"
_HEADER_DAY = re.compile(DAY)
_GRACE = timedelta(days=2)
_LEAP_GAP = 9
"""Years within which every calendar day occurs: 1896 and 1904 were leap years, 1900 was not."""


class PrintedDay(Struct, frozen=True):
    """A day as the page prints it."""

    month: int
    day: int
    year: int | None = None

    def in_year(self, year: int) -> date | None:
        """Return the day in its own year, else in `year`; None if that year lacks it."""
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None


class PageEntry(Struct, frozen=True):
    """One paper as the page prints it: raw text, or the reason why it cannot be read."""

    line: int
    title: str
    abstract: str | None = None
    day: PrintedDay | None = None
    author_count: int | None = None
    organization: str | None = None
    handle: str | None = None
    upvotes: int | None = None
    comments: int | None = None
    arxiv_id: str | None = None
    code: str | None = None
    fault: str = ""
    """Why this is not a record; empty if it is one."""


class Page(Struct, frozen=True):
    """A page in order of printing, with everything that bounds the year of rendering."""

    entries: tuple[PageEntry, ...]
    header: PrintedDay | None = None
    exact: date | None = None
    """The day of rendering, if the page has it with its year."""
    bounds: tuple[date, ...] = ()
    """Days on or before the day of rendering, from links and front matter."""


def parse_printed_day(text: str) -> PrintedDay | None:
    """Return the day if it is the whole text."""
    match = _HEADER_DAY.fullmatch(text.strip())
    return printed_day(match) if match else None


def printed_day(match: re.Match[str]) -> PrintedDay | None:
    """Return the day of a match of `DAY`; None for a February 30."""
    month = parse_month(match["month"])
    year = int(match["year"]) if match["year"] else None
    if month is None or PrintedDay(month, int(match["day"])).in_year(year or 2000) is None:
        return None
    return PrintedDay(month, int(match["day"]), year)


def parse_page_count(text: str) -> int | None:
    """Parse a count of the page (`1,024`, `1.2k`); `-` means unknown."""
    text = text.strip()
    return fields.parse_count(text, "readers") if len(text) < 12 else None


def id_month(arxiv_id: str) -> date | None:
    """Return the first day of the month in which an identifier was assigned."""
    digits = arxiv_id.rpartition("/")[2]
    year = int(digits[:2])
    # The old scheme began in August 1991; identifiers of 2091 can wait.
    return date(year + (1900 if year > 90 else 2000), int(digits[2:4]), 1)


def rendering_year(page: Page, *, name: str, today: date) -> tuple[int, bool]:
    """Return the year in which the page was rendered, and whether that was inferred.

    It is the earliest year without contradiction: later than every printed year, and not before any
    day in links, front matter, identifiers or the dump's name. Only without such bounds it is the
    latest year in which the header's day (or the entries' days) had come by `today`.
    """
    if page.exact:
        return page.exact.year, False
    days = [entry.day for entry in page.entries if entry.day]
    printed = [day.year for day in days if day.year]
    bounds = [
        *page.bounds,
        *filter(None, (id_month(e.arxiv_id) for e in page.entries if e.arxiv_id)),
    ]
    named = fields.day_in_name(name)
    if named:
        bounds.append(named)
    heads = [page.header] if page.header else [day for day in days if not day.year]
    if not printed and not bounds:
        return _latest_year(heads, today), True
    year = max([value + 1 for value in printed] + [bound.year for bound in bounds])
    # Two days of tolerance: a file may be named or fetched across the date line.
    oldest = max(bounds, default=date.min + _GRACE) - _GRACE
    if page.header:
        year = _first_year(page.header, year, oldest)
    exact = named is not None and page.header is not None and page.header.in_year(year) == named
    return year, not exact


def _first_year(head: PrintedDay, year: int, oldest: date) -> int:
    """Return the first year from `year` on that has the day, not before `oldest`."""
    for candidate in range(year, year + _LEAP_GAP):
        day = head.in_year(candidate)
        if day and day >= oldest:
            return candidate
    return year


def _latest_year(heads: Sequence[PrintedDay], today: date) -> int:
    """Return the last year that has all the days, none of them after `today`."""
    for candidate in range(today.year, today.year - _LEAP_GAP, -1):
        days = [head.in_year(candidate) for head in heads]
        if all(day is not None and day <= today for day in days):
            return candidate
    return today.year


def page_items(page: Page, *, name: str, year: int) -> Iterator[Record | Refusal]:
    """Yield a record or a refusal for each entry of a page rendered in `year`."""
    rendered = page.header.in_year(year) if page.header else None
    for entry in page.entries:
        if entry.fault:
            yield Refusal(name, entry.line, f"{entry.fault}: {_shortened(entry.title)}")
            continue
        try:
            yield _record(entry, year, rendered)
        except BadRecordError as error:
            yield Refusal(name, entry.line, f"this record {error}")


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _record(entry: PageEntry, year: int, rendered: date | None) -> Record:
    url, pdf = fields.arxiv_links(entry.arxiv_id) if entry.arxiv_id else (None, None)
    published = entry.day.in_year(year) if entry.day else None
    inferred = published is not None and entry.day is not None and not entry.day.year
    if inferred and published and rendered and published > rendered + timedelta(days=1):
        published, inferred = None, False  # the page contradicts itself: no day rather than a guess
    return Record(
        title=fields.parse_title(entry.title),
        line=entry.line,
        abstract=fields.parse_abstract(entry.abstract),
        author_count=fields.parse_count(entry.author_count, "authors"),
        organization=fields.parse_name_of_group(entry.organization),
        organization_handle=fields.parse_label(entry.handle),
        published=PartialDate.of(published) if published else None,
        published_inferred=inferred,
        url=url,
        pdf_url=pdf,
        code_url=parse_url(entry.code),
        arxiv_id=entry.arxiv_id,
        upvotes=fields.parse_count(entry.upvotes, "upvotes"),
        comments=fields.parse_count(entry.comments, "comments"),
    )
