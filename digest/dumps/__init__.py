"""Read dumps: bytes in, records and refusals out.

One reader a format, chosen by the content. JSON Lines is read lazily, block by block, at any size;
pages and lists of objects are read whole, up to `MAX_WHOLE`. Nothing here knows where a dump lies,
and no clock is read: `today` bounds the year of a page that says nothing of its year.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, BinaryIO, Generic, NamedTuple, TypeVar, overload

from digest.dumps.fields import day_in_name
from digest.dumps.sniff import sniff
from digest.dumps.stream import read_chunks, read_whole
from digest.errors import DumpError
from digest.model import DumpFormat, Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.dumps.jsonl import Share
    from digest.dumps.page_entry import Page

__all__ = ["MAX_WHOLE", "Reading", "read_dump"]

MAX_WHOLE = 64 << 20
"""Bytes; the largest page or answer ever seen has some 300 kB."""
_HEAD = 1 << 16
_LINK_SIGNS = ("](", "][", "huggingface.co/papers/", "huggingface.co/login")
"""One of these stands in each form of page that `page_links` reads, or front matter before it."""


_Item = TypeVar("_Item")
_Item_co = TypeVar("_Item_co", covariant=True)


class Reading(NamedTuple, Generic[_Item_co]):
    """What a dump turned out to be; `items` reads on while it is iterated, once."""

    format: DumpFormat
    day: date | None
    day_inferred: bool
    items: Iterator[_Item_co]


@overload
def read_dump(stream: BinaryIO, *, name: str, today: date) -> Reading[Record | Refusal]: ...


@overload
def read_dump(
    stream: BinaryIO, *, name: str, today: date, share: Share[_Item] | None
) -> Reading[Record | Refusal | _Item]: ...


def read_dump(
    stream: BinaryIO, *, name: str, today: date, share: Share[_Item] | None = None
) -> Reading[Record | Refusal | _Item]:
    """Return what the dump `name` holds, in the order of the dump.

    Raises `DumpError` where the dump as a whole is refused: empty, of no known format, too large,
    an archive, a decompression bomb. What goes wrong later is an item: a `Refusal` for a record, or
    for the rest of a dump that is cut off or damaged. `share` may let other processes read the
    lines, and make something of the records.
    """
    chunks = read_chunks(stream)
    head, damage = _read_head(chunks)
    if damage and not head.strip():
        raise damage
    kind = sniff(head)
    chunks = itertools.chain([head], _failing(damage) if damage else chunks)
    if kind == "lines":
        from digest.dumps.jsonl import read_jsonl

        items: Iterator[Record | Refusal | _Item]
        items = read_jsonl(chunks, name, share) if share else read_jsonl(chunks, name, map)
        return Reading("jsonl", day_in_name(name), day_inferred=False, items=items)
    content, damage = read_whole(chunks, MAX_WHOLE)
    if kind == "list":
        return _read_list(content, damage, name)
    return _read_page(content, damage, name, today)


def _read_head(chunks: Iterator[bytes]) -> tuple[bytes, DumpError | None]:
    """Return at least `_HEAD` bytes where there are so many, and what broke off before."""
    head = b""
    try:
        while len(head) < _HEAD and (chunk := next(chunks, None)) is not None:
            head += chunk
    except DumpError as error:
        if not head:
            raise
        return head, error
    return head, None


def _failing(error: DumpError) -> Iterator[bytes]:
    """Yield nothing and fail, as the stream did whose first part is at hand."""
    yield b""
    raise error


def _read_list(content: bytes, damage: DumpError | None, name: str) -> Reading[Record | Refusal]:
    from digest.dumps.daily_api import read_list

    records, day, is_api = read_list(_decoded(content, damage), name)
    items = _and_damage(records, damage, content, name)
    if is_api:
        return Reading("huggingface-api", day, day_inferred=False, items=items)
    return Reading("jsonl", day_in_name(name), day_inferred=False, items=items)


def _read_page(
    content: bytes, damage: DumpError | None, name: str, today: date
) -> Reading[Record | Refusal]:
    from digest.dumps.page_entry import page_items, rendering_year

    page = _page(_decoded(content, damage).replace("\r\n", "\n"))
    if not page.entries and damage is None:
        raise DumpError("is a Daily Papers page without a single paper")
    year, inferred = rendering_year(page, name=name, today=today)
    day = page.header.in_year(year) if page.header else day_in_name(name)
    items = list(page_items(page, name=name, year=year))
    return Reading(
        "huggingface-page",
        day,
        day_inferred=inferred and page.header is not None,
        items=_and_damage(items, damage, content, name),
    )


def _page(text: str) -> Page:
    """Read a page by the form that it has: with links or without."""
    from digest.dumps.page import read_page

    # Told by plain characters: most pages have no links, and the expressions for them take longer
    # to be compiled than such a page to be read.
    if not text.startswith("---") and not any(sign in text for sign in _LINK_SIGNS):
        return read_page(text)
    from digest.dumps.page_links import has_links, link_form, read_linked_page

    form = link_form(text)
    if form is None and has_links(text):
        raise DumpError("is a Daily Papers page with links, cut off before its first paper")
    return read_linked_page(text, form) if form else read_page(text)


def _decoded(content: bytes, damage: DumpError | None) -> str:
    """Decode UTF-8; a character that the damage cut in two is left out."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        if damage and error.end == len(content):
            return content[: error.start].decode()
        line = content.count(b"\n", 0, error.start) + 1
        raise DumpError(
            f"is not UTF-8: byte {error.start + 1}, on line {line}", line=line
        ) from None


def _and_damage(
    items: list[Record | Refusal], damage: DumpError | None, content: bytes, name: str
) -> Iterator[Record | Refusal]:
    yield from items
    if damage:
        line = content.count(b"\n") + 1
        yield Refusal(name, line, f"the dump {damage.reason}; what came before it was read")
