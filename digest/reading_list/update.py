"""Bring a reading list's file up to date, and leave alone all that is not ours.

Changed are boxes, stars, tags and notes that say something else by now; taken out are entries of
papers that wait no longer, where a person wrote nothing into them; new entries come under the
heading of their day, the newest day first. Every other character stays where it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.model.marks import WAITING, Mark
from digest.reading_list import lines
from digest.reading_list.document import Document, Entry, Heading, Text, note_tags
from digest.reading_list.items import scan
from digest.rendering.escape import markdown_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.reading_list.document import Block

_HEADING: Final = re.compile(r"#{1,6}(?:[ \t\r\n]|\Z)")
_TITLE: Final = re.compile(r"#(?!#)")


class Wanted(NamedTuple):
    """An entry that is to be written."""

    paper: str
    day: date
    """Under whose heading it belongs."""
    line: str
    """As `lines.entry_line` gives it."""
    mark: Mark


def new_document(title: str) -> str:
    """Return the file of a list on which nothing stands yet."""
    says_so = "reading list" in title.lower()
    return (
        f"# {markdown_text(title if says_so else f'Reading list: {title}')}\n"
        "\n"
        "`[ ]` is to be read, `[/]` is being read, `[x]` is read, `[-]` is dropped, and so is\n"
        "a line that you delete. ★ after the box is a star; indented lines below an entry are\n"
        "your notes.\n"
    )


def renew(
    document: Document,
    names: Mapping[str, str],
    written: Mapping[str, str],
    fresh: Mapping[str, str],
) -> Document:
    """Return the document with `fresh` lines for entries whose lines are as the program wrote them.

    Box and star stay, and a line in which a person changed anything else.
    """
    blocks: list[Block] = []
    for block in document.blocks:
        paper = names.get(block.paper, "") if isinstance(block, Entry) else ""
        old, new = written.get(paper), fresh.get(paper)
        if (
            not isinstance(block, Entry)
            or old is None
            or new is None
            or new == old
            or lines.bare(block.head) != lines.bare(old)
        ):
            blocks.append(block)
        else:
            blocks.append(block._replace(head=_like(block, new)))
    return Document(tuple(blocks))


def _like(entry: Entry, line: str) -> str:
    """Return a line with the box, the star and the end of the entry's."""
    head = line if entry.parts.box is None else lines.with_box(line, entry.parts.box)
    end = entry.head[len(entry.head.rstrip("\r\n")) :]
    return lines.with_star(head, on=entry.parts.starred) + end


def update(
    document: Document,
    names: Mapping[str, str],
    marks: Mapping[str, Mark],
    written: Mapping[str, str],
    new: Sequence[Wanted],
) -> str:
    """Return the file's text as it should be.

    `names` maps identifiers to present ids, `marks` holds what the library knows of the papers,
    `written` each entry's line as the program wrote it, and `new` is what has no entry yet: the
    newest day first, each day in its order.
    """
    end = document.line_end
    blocks: list[Block] = []
    several = _several(document, names)
    for block in document.blocks:
        paper = names.get(block.paper) if isinstance(block, Entry) else None
        if paper is None or not isinstance(block, Entry):
            blocks.append(block)
            continue
        mark = marks.get(paper) or Mark(paper)
        if not _may_go(block, mark, written.get(paper)):
            blocks.append(_updated(block, mark, end, alone=paper not in several))
    text = _inserted(_without_empty_days(_cut_at_headings(blocks)), new, end)
    if document.text and not document.text.endswith("\n"):
        text = text.removesuffix(end)  # as the person's editor leaves files
    return text


def _several(document: Document, names: Mapping[str, str]) -> set[str]:
    """Return the papers that have more than one entry."""
    seen: set[str] = set()
    several: set[str] = set()
    for entry in document.entries:
        paper = names.get(entry.paper, "")
        (several if paper in seen else seen).add(paper)
    return several


def _may_go(entry: Entry, mark: Mark, written: str | None) -> bool:
    """Tell whether the entry of a paper that waits no longer holds nothing of a person's."""
    return (
        mark.state not in WAITING
        and not entry.note
        and not entry.carried
        and len(entry.papers) == 1
        and written is not None
        and lines.bare(entry.head) == lines.bare(written)
    )


# --- one entry -----------------------------------------------------------------------------------


def _updated(entry: Entry, mark: Mark, end: str, *, alone: bool) -> Entry:
    head = entry.head
    box = entry.parts.box
    if box is not None and not _agrees(box, mark):
        head = lines.with_box(head, lines.BOXES[mark.state])
    if entry.parts.starred != mark.starred:
        head = lines.with_star(head, on=mark.starred)
    note = entry.note
    if alone:
        note += _addition(entry, mark.note, end)
        noted = note_tags(note)
        if {*entry.parts.tags, *noted} != set(mark.tags):
            head = lines.with_tags(head, mark.tags, noted)
    if head == entry.head and note == entry.note:
        return entry
    if note and not head.endswith("\n"):
        head += end
    return entry._replace(head=head, note=note)


def _agrees(box: str, mark: Mark) -> bool:
    """Tell whether a box says what the mark is; a person's own sign may stand for what waits."""
    state = lines.STATES.get(box)
    return mark.state in WAITING if state is None else state == mark.state


def _addition(entry: Entry, note: str, end: str) -> str:
    """Return the lines that a note has beyond those that stand there.

    What stands there is never taken away: that is for the person to do who wrote it. What could
    not be read from there is not written, for it would be missed, and written again, for ever.
    """
    more = _missing(entry.plain_note, note)
    first = end if entry.note and not entry.note.endswith("\n") else ""
    added = first + _indented(more, _note_indent(entry), end)
    read_again = entry._replace(note=entry.note + added).plain_note
    return added if not lines.ids_of(added) and not _missing(read_again, note) else ""


def _missing(there: str, note: str) -> str:
    """Return what a note has beyond what is there; nothing unless it begins with that."""
    if note == there or (there and not note.startswith(f"{there}\n")):
        return ""
    return note[len(there) :].removeprefix("\n")


def _note_indent(entry: Entry) -> str:
    """Return the indentation of the entry's note, or what Markdown wants below its bullet."""
    first = next((line for line in entry.note.split("\n") if line.strip()), None)
    if first is not None:
        return first[: len(first) - len(first.lstrip(" \t"))]
    found = re.match(r"\ufeff?([ \t]*)([-*+]|\d{1,9}[.)])?", entry.head)
    before, bullet = ("", None) if found is None else found.groups()
    return f"{before}{' ' * (len(bullet or '-') + 1)}"


def _indented(note: str, indent: str, end: str) -> str:
    return "".join(
        f"{indent}{line}{end}" if line else end for line in (note.split("\n") if note else ())
    )


def _as_text(wanted: Wanted, end: str) -> str:
    head, mark = wanted.line, wanted.mark
    if mark.state != "queued":
        head = lines.with_box(head, lines.BOXES[mark.state])
    if mark.starred:
        head = lines.with_star(head, on=True)
    if mark.tags:
        head = lines.with_tags(head, mark.tags, note_tags(mark.note))
    return head + end + _indented(mark.note, "  ", end)


# --- days ----------------------------------------------------------------------------------------


def _without_empty_days(blocks: Sequence[Block]) -> list[Block]:
    """Take out headings of ours, in our words, under which nothing stands."""
    kept: list[Block] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        end = at + 1
        if isinstance(block, Heading) and _is_own(block):
            while end < len(blocks) and not blocks[end].text.strip():
                end += 1
            if end == len(blocks) or _begins_section(blocks[end]):
                at = end  # the blank lines between belong to the empty day
                continue
        kept.append(block)
        at += 1
    return kept


def _cut_at_headings(blocks: Sequence[Block]) -> list[Block]:
    """Cut a person's texts so that each of their headings begins a block."""
    cut: list[Block] = []
    for block in blocks:
        if not isinstance(block, Text) or "#" not in block.text:
            cut.append(block)
            continue
        part: list[str] = []
        own = block.text.splitlines(keepends=True)
        for line, is_code in zip(own, scan(own).code, strict=True):
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
        day = date.fromisoformat(heading.day)
    except ValueError:
        return False
    return heading.text.rstrip("\r\n") == lines.day_heading(day)


def _inserted(blocks: list[Block], new: Sequence[Wanted], end: str) -> str:
    """Return the text with the entries of each day under its heading, or with one where it belongs.

    Where a day has no heading yet it gets one before that of the first older day.
    """
    days: dict[str, int] = {}
    for at, block in enumerate(blocks):
        if isinstance(block, Heading):
            days.setdefault(block.day, at)  # a person may have copied one
    last = _end_of_section(blocks, max(days.values())) if days else _before_entries(blocks)
    pieces: defaultdict[int, list[_Piece]] = defaultdict(list)
    for day, group in groupby(new, key=lambda each: each.day):
        entries = "".join(_as_text(each, end) for each in group)
        own = days.get(day.isoformat())
        if own is None:
            older = [at for other, at in days.items() if other < day.isoformat()]
            text = f"{lines.day_heading(day)}{end}{end}{entries}"
            pieces[min(older, default=last)].append(_Piece(text, apart=True))
        else:
            first = _first_entry(blocks, own)
            at = _end_of_section(blocks, own) if first is None else first
            pieces[at].append(_Piece(entries, apart=first is None))
    return _joined(blocks, pieces, end)


class _Piece(NamedTuple):
    """What is put into the file."""

    text: str
    apart: bool = False
    """Whether it wants an empty line before and behind it."""


def _joined(blocks: Sequence[Block], pieces: Mapping[int, Sequence[_Piece]], end: str) -> str:
    """Return the text of the blocks with the pieces before those of their numbers."""
    parts: list[str] = []
    for at in range(len(blocks) + 1):
        own = pieces.get(at, ())
        for piece in own:
            if piece.apart:
                parts.append(_gap("".join(parts[-2:]), end))
            parts.append(piece.text)
        if at < len(blocks):
            if own and own[-1].apart:
                parts.append(end)
            parts.append(blocks[at].text)
    return "".join(parts)


def _end_of_section(blocks: Sequence[Block], heading: int) -> int:
    """Return where the next heading stands, or the file ends."""
    for at in range(heading + 1, len(blocks)):
        if _begins_section(blocks[at]):
            return at
    return len(blocks)


def _first_entry(blocks: Sequence[Block], heading: int) -> int | None:
    """Return where the first entry of a section stands that is not indented, if one does.

    New ones come before it, never before other lines: those, indented, would become theirs.
    """
    for at in range(heading + 1, _end_of_section(blocks, heading)):
        block = blocks[at]
        if isinstance(block, Entry) and not block.head[:1].isspace():
            return at
    return None


def _before_entries(blocks: Sequence[Block]) -> int:
    """Return where the first day goes in a file without one: before the first entry.

    Before the heading above it, if there is one that is not the file's title, so that the entries
    under a heading of a person's stay there.
    """
    first = next((at for at, block in enumerate(blocks) if isinstance(block, Entry)), None)
    if first is None:
        return len(blocks)
    above = next((at for at in range(first, -1, -1) if _begins_section(blocks[at])), None)
    if above is not None and not _TITLE.match(blocks[above].text.lstrip("\ufeff")):
        return above
    return first


def _gap(before: str, end: str) -> str:
    """Return what is wanted so that an empty line stands between."""
    if not before.strip():
        return "" if not before or before.endswith("\n") else end
    if not before.endswith("\n"):
        return end * 2
    return "" if before.endswith((f"{end}{end}", "\n\n", "\n\r\n")) else end
