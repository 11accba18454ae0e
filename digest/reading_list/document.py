"""Parse a reading list's file into blocks; joined, they are the whole file.

Nothing is repaired or refused here: everything but entries and day headings is text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from digest.reading_list import lines
from digest.reading_list.items import scan, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.reading_list.items import Scan

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+\Z")
_OWN_HEADING: Final = re.compile(r"#{1,6}(?=[ \t\r\n])")
TO_READ: Final = "to read"
"""Section of the papers that the reader has chosen."""
OWN: Final = "own"
"""Section under one of the reader's own headings, except the title of the file."""
MOST_LINES: Final = 12
"""Lines of a wrapped entry that are searched for its link."""


class Entry(Struct, frozen=True):
    """A list item for a paper: its lines up to the mark, and those below."""

    head: str
    """One line, or several if it was wrapped; with their ends."""
    note: str
    """The lines below it, unchanged; may be empty."""
    papers: tuple[str, ...]
    """Ids: the paper's own first, then others whose marks are in the same line."""
    parts: lines.Parts
    """Box, star and tags of the head."""
    section: str = ""
    """The ISO day, `TO_READ` or `OWN` of the heading that it is under; empty: none."""
    carried: bool = False
    """Whether text follows that belongs to it in Markdown, though it is not indented."""

    @property
    def text(self) -> str:
        """The full text of the block."""
        return self.head + self.note

    @property
    def paper(self) -> str:
        """The id of the paper that the entry is about."""
        return self.papers[0]

    @property
    def plain_note(self) -> str:
        """The note as separate Markdown: without indentation and line ends.

        Words after the mark are its beginning.
        """
        tail, below = lines.tail_of(self.head), dedented(self.note)
        return f"{tail}\n{below}" if tail and below else tail or below

    @property
    def is_moved(self) -> bool:
        """Whether it is outside the inbox."""
        return self.section in (TO_READ, OWN)

    @property
    def note_tags(self) -> tuple[str, ...]:
        """The tags in the note."""
        return note_tags(self.note)


class Heading(Struct, frozen=True):
    """The heading of a section that the program wrote."""

    text: str
    section: str
    """An ISO day, or `TO_READ`."""


class Text(Struct, frozen=True):
    """Lines that a person wrote."""

    text: str


Block: TypeAlias = Entry | Heading | Text


class Document(Struct, frozen=True, dict=True):
    """A whole file."""

    blocks: tuple[Block, ...]
    in_code: frozenset[str] = frozenset()
    """Papers whose marks occur only in code; text in code has no meaning."""
    open_fence: int | None = None
    """The line (from 0) of a code fence that is not closed."""

    @property
    def text(self) -> str:
        """The full text of the file."""
        return "".join(block.text for block in self.blocks)

    @property
    def entries(self) -> Iterator[Entry]:
        """The entries, in their order; one paper may have several."""
        return (block for block in self.blocks if isinstance(block, Entry))

    @cached_property
    def papers(self) -> frozenset[str]:
        """The ids of all papers that have an entry, or are named in one."""
        return frozenset(paper for entry in self.entries for paper in entry.papers)

    @property
    def unclear(self) -> Iterator[tuple[int, str]]:
        """Texts in place of a box, with their lines (from 1): `[done]`."""
        number = 1
        for block in self.blocks:
            box = lines.odd_box(block.head) if isinstance(block, Entry) else None
            if box is not None:
                yield number, box
            number += block.text.count("\n")

    @property
    def line_end(self) -> str:
        """The line end of the file's first line."""
        first, _, rest = self.text.partition("\n")
        return "\r\n" if first.endswith("\r") and (rest or first) else "\n"


def note_tags(note: str) -> tuple[str, ...]:
    """Return the tags in a note without those in code."""
    if "#" not in note:
        return ()
    cut = dedented(note).split("\n")
    code = scan(cut).code
    # Paragraph by paragraph: a code span may contain a line's end, not a blank line.
    text = "\n".join(
        "" if is_code else line.strip() for line, is_code in zip(cut, code, strict=True)
    )
    tags = {tag for paragraph in text.split("\n\n") for tag in lines.tags_in(paragraph)}
    return tuple(sorted(tags))


def as_note(text: str) -> str:
    """Return `text` as a note that stays the same when it is read from below an entry.

    Margin and empty lines around it are removed, and marks are escaped: they would turn its lines
    into entries.
    """
    return dedented(lines.without_marks(text)).strip("\n")


def parse(text: str, links: Mapping[str, str]) -> Document:
    """Return the document of `text`.

    `links` maps link targets to papers whose marks a person may have removed: a task with such a
    link is the paper's entry if its mark occurs nowhere.
    """
    cut: list[str] = _LINE.findall(text)
    scanned = scan(cut)
    heads, in_code = _marked_heads(text, cut, scanned)
    marked = {paper for head in heads.values() for paper in head.papers} | in_code
    unmarked = {url: paper for url, paper in links.items() if paper not in marked}
    if unmarked:
        in_code |= _add_linked_heads(cut, scanned, unmarked, heads)
    return Document(
        tuple(_blocks(cut, heads, scanned.code)),
        in_code - {paper for head in heads.values() for paper in head.papers},
        scanned.open_fence,
    )


class _Head(Struct, frozen=True):
    """The lines of an entry up to its mark."""

    end: int
    """The first line after it."""
    papers: tuple[str, ...]


def _marked_heads(
    text: str, cut: Sequence[str], scanned: Scan
) -> tuple[dict[int, _Head], frozenset[str]]:
    """Return the heads by their first lines, and the papers whose marks are in code."""
    heads: dict[int, _Head] = {}
    in_code: set[str] = set()
    places = lines.marks_in(text)
    offsets = list(accumulate(map(len, cut), initial=0)) if places else []
    last = 0
    """The first line after the previous head."""
    for place in places:
        first = bisect_right(offsets, place.start) - 1
        end = bisect_right(offsets, place.end - 1)
        if scanned.code[first]:
            in_code.add(place.paper)
            continue
        begin = _beginning(cut, scanned, first, last)
        if first < last and heads:  # a second mark on the same line
            begin = next(reversed(heads))
            known = heads[begin]
            heads[begin] = _Head(max(end, known.end), (*known.papers, place.paper))
        else:
            heads[begin] = _Head(end, (place.paper,))
        last = heads[begin].end
    return heads, frozenset(in_code)


def _beginning(cut: Sequence[str], scanned: Scan, marked: int, last: int) -> int:
    """Return the first line of the entry whose mark is on line `marked`.

    That is the first line of the list item with the mark, if it has a box and no other item or
    entry is in between; formatters move the mark to a line of its own.
    """
    begin = scanned.item[marked]
    if begin in (-1, marked) or begin < last or not lines.has_box(cut[begin]):
        return marked
    if any(scanned.item[number] != begin for number in range(begin, marked)):
        return marked
    return begin


def _add_linked_heads(
    cut: Sequence[str], scanned: Scan, links: Mapping[str, str], heads: dict[int, _Head]
) -> frozenset[str]:
    """Add the entries recognised only by their link; return the papers of those in code."""
    in_code: set[str] = set()
    head_lines = {number for first, head in heads.items() for number in range(first, head.end)}
    for number, line in enumerate(cut):
        if number in head_lines or not lines.has_box(line):
            continue
        if scanned.code[number]:
            in_code.update(filter(None, [links.get(lines.link_of(line) or "")]))
            continue
        end = number + 1
        while (
            end < len(cut)
            and end not in head_lines
            and cut[end].strip()
            and end < number + MOST_LINES
        ):
            if scanned.item[end] != number:
                break
            end += 1
        item = "".join(cut[number:end])
        paper = links.get(lines.link_of(item) or "")
        if paper is not None:
            link_end = number + 1 + item[: lines.end_of_link(item)].count("\n")
            heads[number] = _Head(link_end, (paper,))
    return frozenset(in_code)


def _blocks(
    cut: Sequence[str], heads: Mapping[int, _Head], code: Sequence[bool]
) -> Iterator[Block]:
    """Yield the blocks of lines, given where entries begin."""
    plain: list[str] = []
    section = ""
    at = 0
    while at < len(cut):
        line = cut[at]
        head = heads.get(at)
        opened = None if head is not None or code[at] else _section_of(line)
        if head is None and opened is None:
            if not code[at] and (title := _OWN_HEADING.match(line.lstrip("\ufeff"))):
                section = OWN if len(title[0]) > 1 else ""
            plain.append(line)
            at += 1
            continue
        if plain:
            yield Text("".join(plain))
            plain = []
        if head is None:
            section = opened or ""
            yield Heading(line, section)
            at += 1
        else:
            end = _end_of_note(cut, heads, at)
            yield _entry(cut, at, head, end, section, continues=_goes_on(cut, heads, end))
            at = end
    if plain:
        yield Text("".join(plain))


def _section_of(line: str) -> str | None:
    """Return the section that one of the program's headings begins."""
    return TO_READ if lines.is_to_read(line) else lines.day_of(line)


def _entry(  # noqa: PLR0913 - what is known of it
    cut: Sequence[str], at: int, head: _Head, end: int, section: str, *, continues: bool
) -> Entry:
    head_text = "".join(cut[at : head.end])
    note = "".join(cut[head.end : end])
    return Entry(
        head_text, note, head.papers, lines.parts_of(head_text), section, carried=continues
    )


def _end_of_note(cut: Sequence[str], heads: Mapping[int, _Head], entry: int) -> int:
    """Return the end of the lines that are indented more than the entry above them."""
    end = heads[entry].end
    indent = _indent(cut[entry])
    for number in range(end, len(cut)):
        line = cut[number]
        if not line.strip():
            continue  # a blank line belongs to the note only if more of it follows
        if number in heads or _indent(line) <= indent:
            break
        end = number + 1
    return end


_BLOCK: Final = r"[ \t]*(?:#{1,6}(?:[ \t]|\r?\n)|[-*+][ \t]|\d{1,9}[.)][ \t]|```|~~~|<)"


def _goes_on(cut: Sequence[str], heads: Mapping[int, _Head], at: int) -> bool:
    """Return whether a line continues the list item above it though it is not indented."""
    if at >= len(cut) or at in heads or not cut[at].strip():
        return False
    return not re.match(_BLOCK, cut[at])


def _indent(line: str) -> int:
    return width(line[: len(line) - len(line.lstrip(" \t\ufeff"))])


def dedented(note: str) -> str:
    """Return indented lines without their margin and without trailing blank lines."""
    if not note:
        return ""
    cut = [line.rstrip("\r") for line in note.split("\n")]
    while cut and not cut[-1].strip():
        cut.pop()
    filled = [line for line in cut if line.strip()]
    if not filled:
        return ""
    margin = _common([line[: len(line) - len(line.lstrip(" \t"))] for line in filled])
    return "\n".join(line[margin:] if line.strip() else "" for line in cut)


def _common(margins: list[str]) -> int:
    low, high = min(margins), max(margins)
    for number, (first, second) in enumerate(zip(low, high, strict=False)):
        if first != second:
            return number
    return len(low)
