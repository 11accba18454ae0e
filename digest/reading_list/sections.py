"""Insert entries into the sections of a reading list's file: papers to read, and each day."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from itertools import chain, groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.reading_list import lines
from digest.reading_list.document import TO_READ, Entry, Heading, Text
from digest.reading_list.items import scan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.reading_list.document import Block

_HEADING: Final = re.compile(r"#{1,6}(?:[ \t\r\n]|\Z)")
_TITLE: Final = re.compile(r"#(?!#)")


class NewEntry(Struct, frozen=True):
    """An entry to be inserted into the file."""

    paper: str
    section: str
    """An ISO day, or `TO_READ`."""
    text: str
    """With the lines' ends."""


def without_empty_sections(blocks: Sequence[Block]) -> list[Block]:
    """Remove the program's own headings with nothing below them."""
    nonempty: list[Block] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        end = at + 1
        if isinstance(block, Heading) and _is_own(block):
            while end < len(blocks) and not blocks[end].text.strip():
                end += 1
            if end == len(blocks) or _begins_section(blocks[end]):
                at = end  # the blank lines between belong to the empty section
                continue
        nonempty.append(block)
        at += 1
    return nonempty


def cut_at_headings(blocks: Sequence[Block]) -> list[Block]:
    """Split a person's texts so that each heading begins a block."""
    cut: list[Block] = []
    for block in blocks:
        if not isinstance(block, Text) or "#" not in block.text:
            cut.append(block)
            continue
        part: list[str] = []
        lines = block.text.splitlines(keepends=True)
        for line, is_code in zip(lines, scan(lines).code, strict=True):
            if part and not is_code and _HEADING.match(line):
                cut.append(Text("".join(part)))
                part = []
            part.append(line)
        cut.append(Text("".join(part)))
    return cut


def _begins_section(block: Block) -> bool:
    return isinstance(block, Heading) or (
        isinstance(block, Text) and _HEADING.match(block.text.lstrip("\ufeff")) is not None
    )


def _is_own(heading: Heading) -> bool:
    try:
        return heading.text.rstrip("\r\n") == _heading(heading.section)
    except ValueError:
        return False


def _heading(section: str) -> str:
    """Return the program's heading of a section; raise `ValueError` for an invalid day."""
    if section == TO_READ:
        return lines.TO_READ_HEADING
    return lines.day_heading(date.fromisoformat(section))


class Order:
    """Finds the place of an entry in a section that has others."""

    def __init__(self, names: Mapping[str, str], order: Sequence[str]) -> None:
        self._names = names
        self._places = {paper: place for place, paper in enumerate(order)}

    def place(self, blocks: Sequence[Block], heading: int, new: NewEntry) -> int | None:
        """Return the block of a section before which an entry goes; None: the section has no entry.

        After the entries that it follows; first if none of them is there. Never before other lines
        of a person: if they are indented, they would become its note.
        """
        first: int | None = None
        place = self._places.get(new.paper, -1)
        after: int | None = None
        for at in range(heading + 1, _end_of_section(blocks, heading)):
            block = blocks[at]
            if not isinstance(block, Entry) or block.head[:1].isspace():
                continue
            first = at if first is None else first
            paper = self._names.get(block.paper, block.paper)
            if self._places.get(paper, len(self._places)) < place and not block.carried:
                after = at + 1
        return first if after is None else after


def inserted(blocks: list[Block], new: Sequence[NewEntry], end: str, order: Order) -> str:
    """Return the text with the new entries in their sections.

    A section without a heading gets one: the papers to read before all days, a day before the first
    older one.
    """
    sections: dict[str, int] = {}
    for at, block in enumerate(blocks):
        if isinstance(block, Heading):
            sections.setdefault(block.section, at)  # a person may have copied one
    pieces: defaultdict[int, list[_Piece]] = defaultdict(list)
    to_read = [entry for entry in new if entry.section == TO_READ]
    in_inbox = [entry for entry in new if entry.section != TO_READ]
    for section, group in chain(
        [(TO_READ, to_read)] if to_read else [], groupby(in_inbox, key=lambda entry: entry.section)
    ):
        entries = list(group)
        known = sections.get(section)
        if known is None:
            text = f"{_heading(section)}{end}{end}{''.join(entry.text for entry in entries)}"
            pieces[_place_of(blocks, sections, section)].append(_Piece(text, apart=True))
            continue
        places = [order.place(blocks, known, entry) for entry in entries]
        if None in places:  # the section is empty
            text = "".join(entry.text for entry in entries)
            pieces[_end_of_section(blocks, known)].append(_Piece(text, apart=True))
            continue
        for place, entry in zip(places, entries, strict=True):
            pieces[place or 0].append(_Piece(entry.text))
    return _joined(blocks, pieces, end)


def _place_of(blocks: Sequence[Block], sections: Mapping[str, int], section: str) -> int:
    """Return the block before which a new section goes."""
    days = {day: at for day, at in sections.items() if day != TO_READ}
    if section == TO_READ:
        return min(days.values()) if days else _before_entries(blocks)
    older = [at for day, at in days.items() if day < section]
    if older:
        return min(older)
    above = days or sections
    return _end_of_section(blocks, max(above.values())) if above else _before_entries(blocks)


class _Piece(Struct, frozen=True):
    """A text to be inserted into the file."""

    text: str
    apart: bool = False
    """Whether it needs an empty line before and after it."""


def _joined(blocks: Sequence[Block], pieces: Mapping[int, Sequence[_Piece]], end: str) -> str:
    """Return the text of the blocks, with each piece before the block of its number."""
    parts: list[str] = []
    for at in range(len(blocks) + 1):
        inserted = pieces.get(at, ())
        for piece in inserted:
            if piece.apart:
                parts.append(_gap("".join(parts[-2:]), end))
            elif parts and not parts[-1].endswith("\n"):
                parts.append(end)
            parts.append(piece.text)
        if at < len(blocks):
            if inserted and inserted[-1].apart:
                parts.append(end)
            parts.append(blocks[at].text)
    return "".join(parts)


def _end_of_section(blocks: Sequence[Block], heading: int) -> int:
    """Return the line of the next heading, or the end of the file."""
    for at in range(heading + 1, len(blocks)):
        if _begins_section(blocks[at]):
            return at
    return len(blocks)


def _before_entries(blocks: Sequence[Block]) -> int:
    """Return where the first day goes in a file without one: before the first entry.

    Before the heading above it, if there is one that is not the file's title, so that the entries
    under a person's heading stay there.
    """
    first = next((at for at, block in enumerate(blocks) if isinstance(block, Entry)), None)
    if first is None:
        return len(blocks)
    above = next((at for at in range(first, -1, -1) if _begins_section(blocks[at])), None)
    if above is not None and not _TITLE.match(blocks[above].text.lstrip("\ufeff")):
        return above
    return first


def _gap(before: str, end: str) -> str:
    """Return what is missing for an empty line in between."""
    if not before.strip():
        return "" if not before or before.endswith("\n") else end
    if not before.endswith("\n"):
        return end * 2
    return "" if before.endswith((f"{end}{end}", "\n\n", "\n\r\n")) else end
