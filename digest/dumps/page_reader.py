"""Read text copies of the Daily Papers page: form, year, day, records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.dumps.fields import day_in_name
from digest.dumps.page_entry import page_items, rendering_year
from digest.dumps.reading import Reading
from digest.errors import DumpError

if TYPE_CHECKING:
    from digest.dumps.page_entry import Page
    from digest.dumps.reading import Asked

_LINK_SIGNS = ("](", "][", "huggingface.co/papers/", "huggingface.co/login")
"""One of these is in each form of page that `page_links` reads, or front matter before it."""


def read_page_text(text: str, asked: Asked, damage: DumpError | None = None) -> Reading[Any]:
    """Return the papers of a page; raise `DumpError` for one without papers."""
    page = _page(text)
    if not page.entries and damage is None:
        raise DumpError("is a Daily Papers page without a single paper")
    year, inferred = rendering_year(page, name=asked.name, today=asked.today)
    day = page.header.in_year(year) if page.header else day_in_name(asked.name)
    items = page_items(page, name=asked.name, year=year)
    return Reading(
        "huggingface-page", day, items, day_inferred=inferred and page.header is not None
    )


def _page(text: str) -> Page:
    """Read a page by the form that it has: with links or without."""
    from digest.dumps.page import read_page

    # Told by plain characters: most pages have no links, and the expressions for them take longer
    # to be compiled than such a page to be read.
    if not text.startswith("---") and not any(sign in text for sign in _LINK_SIGNS):
        return read_page(text)
    from digest.dumps.page_links import has_links, link_form, read_linked_page
    from digest.dumps.page_trending import is_trending, read_trending

    if is_trending(text):
        return read_trending(text)
    form = link_form(text)
    if form is None and has_links(text):
        raise DumpError("is a Daily Papers page with links, cut off before its first paper")
    return read_linked_page(text, form) if form else read_page(text)
