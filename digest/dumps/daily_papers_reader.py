"""Read text copies of the Daily Papers page: form, year, day, records."""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from digest.dumps.daily_papers_entry import page_items, rendering_year
from digest.dumps.fields import day_in_name
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dumps.daily_papers_entry import Page
    from digest.dumps.reader_types import ReadOptions

_INVITATION = re.compile(
    r"^[^\n]{0,20}get trending papers in your email inbox", re.IGNORECASE | re.MULTILINE
)
"""Text at the top of each page, once or twice."""
_TOP_LINES = 6
"""Maximum number of lines between two invitations of one page."""
_ABOVE = frozenset({"", "new", "daily papers", "trending papers", "daily", "weekly", "monthly"})
"""Number of lines above the invitation."""
_LINK_SIGNS = ("](", "][", "huggingface.co/papers/", "huggingface.co/login")
"""Every page that `daily_papers_links` reads has one of these, or front matter before it."""


def read_page_text(
    text: str, options: ReadOptions, damage: DumpError | None = None
) -> ReadResult[Any]:
    """Return the papers of a page; raise `DumpError` for one without papers.

    Several pages in one file are read one after the other.
    """
    first, *more_pages = _pages(text)
    reading = _read(first, options, damage)
    if not more_pages:
        return reading
    items = [reading.items]
    line = first.count("\n")
    for page in more_pages:
        items.append(_following(page, line, options, damage))
        line += page.count("\n")
    return replace(reading, items=chain.from_iterable(items))


def _pages(text: str) -> list[str]:
    """Cut a text before the top of each page but the first."""
    tops: list[int] = []
    last = -1
    for match in _INVITATION.finditer(text):
        if last < 0 or text.count("\n", last, match.start()) > _TOP_LINES:
            tops.append(match.start())
        last = match.start()
    starts = [0, *(_start(text, top) for top in tops[1:])]
    return [text[start:end] for start, end in pairwise((*starts, len(text)))]


def _start(text: str, invitation: int) -> int:
    """Return the start of the page with this invitation."""
    start = invitation
    while (line := text.rfind("\n", 0, start - 1) + 1) < start:
        if text[line:start].strip(" \n\t#*-[]").lower() not in _ABOVE:
            break
        start = line
    return start


def _following(
    page: str, lines: int, options: ReadOptions, damage: DumpError | None
) -> Iterator[Any]:
    """Yield the items of a page, with `lines` added to their line numbers."""
    try:
        for item in _read(page, options, damage).items:
            if isinstance(item, Refusal):
                yield replace(item, line=item.line and item.line + lines)
            else:
                yield replace(item, line=item.line + lines)
    except DumpError as error:
        yield Refusal(options.name, lines + 1, f"this page {error.reason}")


def _read(text: str, options: ReadOptions, damage: DumpError | None) -> ReadResult[Any]:
    page = _page(text)
    if not page.entries and damage is None:
        raise DumpError("is a Daily Papers page without a single paper")
    year, inferred = rendering_year(page, name=options.name, today=options.today)
    day = page.header.in_year(year) if page.header else day_in_name(options.name)
    items = page_items(page, name=options.name, year=year)
    return ReadResult(
        "huggingface-page", day, items, day_inferred=inferred and page.header is not None
    )


def _page(text: str) -> Page:
    """Parse a page by its form: with links or without."""
    from digest.dumps.daily_papers_text import read_page

    # Plain strings decide: most pages have no links, and compiling the expressions for them takes
    # longer than reading such a page.
    if not text.startswith("---") and not any(sign in text for sign in _LINK_SIGNS):
        return read_page(text)
    from digest.dumps.daily_papers_links import has_links, link_form, read_linked_page
    from digest.dumps.daily_papers_trending import is_trending, read_trending

    if is_trending(text):
        return read_trending(text)
    form = link_form(text)
    if form is None and has_links(text):
        raise DumpError("is a Daily Papers page with links, cut off before its first paper")
    return read_linked_page(text, form) if form else read_page(text)
