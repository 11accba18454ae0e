"""A reading list's file → blocks that together are its every character; and what entries say.

Nothing is repaired and nothing refused here: what is no entry and no heading of ours is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from digest.reading_list import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+\Z")
_FENCE: Final = re.compile(r"[ \t]*(```|~~~)")
_TAB: Final = 4


class Entry(NamedTuple):
    """A line that stands for a paper, and the indented lines below it."""

    head: str
    """The line, with its end."""
    note: str
    """The lines below it as they stand; may be empty."""
    papers: tuple[str, ...]
    """Ids: the paper's own first, then others whose marks stand in the same line."""
    parts: lines.Parts
    """What the line says."""
    carried: bool = False
    """Whether text follows that belongs to it for Markdown, though it is not indented."""

    @property
    def text(self) -> str:
        """Every character of the block."""
        return self.head + self.note

    @property
    def paper(self) -> str:
        """The id of the paper that the entry is about."""
        return self.papers[0]

    @property
    def plain_note(self) -> str:
        """The note as Markdown of its own: without the indentation and the lines' ends."""
        return dedented(self.note)

    @property
    def note_tags(self) -> tuple[str, ...]:
        """The tags in the note."""
        return note_tags(self.note)


class Heading(NamedTuple):
    """The heading of a day, which the program wrote."""

    text: str
    day: str
    """ISO."""


class Text(NamedTuple):
    """Lines of a person's."""

    text: str


Block: TypeAlias = Entry | Heading | Text


@dataclass(frozen=True)
class Document:
    """A whole file."""

    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """Every character of the file."""
        return "".join(block.text for block in self.blocks)

    @property
    def entries(self) -> Iterator[Entry]:
        """The entries, in their order; one paper may have several."""
        return (block for block in self.blocks if isinstance(block, Entry))

    @cached_property
    def papers(self) -> frozenset[str]:
        """The ids of all papers that are named anywhere."""
        return frozenset(paper for entry in self.entries for paper in entry.papers)

    @property
    def line_end(self) -> str:
        """How the file ends its lines, as its first one does."""
        first, _, rest = self.text.partition("\n")
        return "\r\n" if first.endswith("\r") and (rest or first) else "\n"


def note_tags(note: str) -> tuple[str, ...]:
    """Return the tags in a note, those in fenced code left out."""
    found: set[str] = set()
    fenced = False
    for line in note.split("\n") if "#" in note else ():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            found.update(lines.tags_in(line.strip()))
    return tuple(sorted(found))


def as_note(text: str) -> str:
    """Return `text` as a note that says the same when it is read from below an entry.

    Without a margin, empty lines around it, and marks: those would make entries of its lines.
    """
    return dedented(lines.without_marks(text)).strip("\n")


def parse(text: str, links: Mapping[str, str]) -> Document:
    """Return the document of `text`.

    `links` maps the targets of links to papers whose marks a person may have taken away; a task
    with such a link is the paper's entry where no mark of it stands anywhere.
    """
    cut: list[str] = _LINE.findall(text)
    papers = [lines.ids_of(line) for line in cut]
    marked = {paper for own in papers for paper in own}
    unmarked = {url: paper for url, paper in links.items() if paper not in marked}
    if unmarked:
        for number, line in enumerate(cut):
            url = None if papers[number] else lines.link_of(line)
            if url in unmarked:
                papers[number] = (unmarked[url],)
    return Document(tuple(_blocks(cut, papers)))


def _blocks(cut: Sequence[str], papers: Sequence[tuple[str, ...]]) -> Iterator[Block]:
    """Yield the blocks of lines of which it is known whose entries they are."""
    plain: list[str] = []
    at = 0
    while at < len(cut):
        line, day = cut[at], None if papers[at] else lines.day_of(cut[at])
        if not papers[at] and day is None:
            plain.append(line)
            at += 1
            continue
        if plain:
            yield Text("".join(plain))
            plain = []
        if day is not None:
            yield Heading(line, day)
            at += 1
        else:
            end = _end_of_note(cut, papers, at)
            note = "".join(cut[at + 1 : end])
            parts = lines.parts_of(line)
            yield Entry(line, note, papers[at], parts, carried=_goes_on(cut, papers, end))
            at = end
    if plain:
        yield Text("".join(plain))


def _end_of_note(cut: Sequence[str], papers: Sequence[tuple[str, ...]], entry: int) -> int:
    """Return where the lines end that are indented deeper than the entry above them."""
    end = entry + 1
    indent = _indent(cut[entry])
    for number in range(end, len(cut)):
        line = cut[number]
        if not line.strip():
            continue  # a blank line belongs to the note only if more of it follows
        if papers[number] or _indent(line) <= indent:
            break
        end = number + 1
    return end


_BLOCK: Final = r"[ \t]*(?:#{1,6}(?:[ \t]|\r?\n)|[-*+][ \t]|\d{1,9}[.)][ \t]|```|~~~|<)"


def _goes_on(cut: Sequence[str], papers: Sequence[tuple[str, ...]], at: int) -> bool:
    """Tell whether a line goes on with a list item above it, for Markdown, without indentation."""
    if at >= len(cut) or papers[at] or not cut[at].strip():
        return False
    return not re.match(_BLOCK, cut[at])


def _indent(line: str) -> int:
    width = 0
    for character in line.removeprefix("\ufeff"):
        if character == " ":
            width += 1
        elif character == "\t":
            width += _TAB - width % _TAB
        else:
            break
    return width


def dedented(note: str) -> str:
    """Return indented lines without their margin, and without blank lines behind them."""
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
    for number, (one, other) in enumerate(zip(low, high, strict=False)):
        if one != other:
            return number
    return len(low)
