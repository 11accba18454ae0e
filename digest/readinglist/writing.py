"""Bring a reading list's file up to date, and leave alone all that is not ours.

Changed are boxes, stars, tags and notes that say something else by now; taken out are entries of
papers that wait no longer, where a person wrote nothing into them; new entries come under the
heading of their day, the newest day first. Every other character stays where it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

from digest.marks import WAITING, Mark
from digest.markup import markdown_text
from digest.readinglist import lines
from digest.readinglist.document import Document, Entry, Heading, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.readinglist.document import Block

_HEADING: Final = re.compile(r"^[ \t]*#{1,6}(?:[ \t].*)?$", re.MULTILINE)
_LEVEL_ONE: Final = re.compile(r"#(?!#)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry that is to be written."""

    paper: str
    day: date
    """Under whose heading it belongs."""
    line: str
    """As `lines.entry_line` gives it."""
    mark: Mark


def new_document(title: str) -> str:
    """Return the file of a list on which nothing stands yet."""
    return (
        f"# Reading list: {markdown_text(title)}\n"
        "\n"
        "`[ ]` is to be read, `[/]` is being read, `[x]` is read, `[-]` is dropped, and so is\n"
        "a line that you delete. ★ after the box is a star; indented lines below an entry are\n"
        "your notes.\n"
    )


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
    blocks = _without_empty_days(blocks)
    for day, group in groupby(new, key=lambda each: each.day):
        _insert(blocks, day, [_as_text(each, end) for each in group], end)
    text = "".join(block.text for block in blocks)
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
    if {*entry.parts.tags, *entry.note_tags} != set(mark.tags) and alone:
        head = lines.with_tags(head, mark.tags, entry.note_tags)
    note = entry.note
    if alone and mark.note != entry.plain_note:
        note = _new_note(entry, mark.note, end)
    if note and not head.endswith("\n"):
        head += end
    return replace(entry, head=head, note=note)


def _agrees(box: str, mark: Mark) -> bool:
    """Tell whether a box says what the mark is; a person's own sign may stand for what waits."""
    state = lines.STATES.get(box)
    if state is None:
        return mark.state in WAITING or box == lines.BOXES[mark.state]
    return state == mark.state


def _new_note(entry: Entry, note: str, end: str) -> str:
    """Return the lines of a note; what stands there already stays as it is, if all of it stays."""
    old = entry.plain_note
    indent = _note_indent(entry)
    if old and not note.startswith(f"{old}\n"):
        return _indented(note, indent, end)
    kept = entry.note if not entry.note or entry.note.endswith("\n") else entry.note + end
    return kept + _indented(note[len(old) :].removeprefix("\n"), indent, end)


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


def _as_text(wanted: Wanted, end: str) -> Entry:
    head = wanted.line
    if wanted.mark.state != "queued":
        head = lines.with_box(head, lines.BOXES[wanted.mark.state])
    head = lines.with_star(head, on=wanted.mark.starred)
    note = _indented(wanted.mark.note, "  ", end)
    entry = Entry(head + end, note, (wanted.paper,))
    return replace(entry, head=lines.with_tags(entry.head, wanted.mark.tags, entry.note_tags))


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
            following = blocks[end] if end < len(blocks) else None
            if isinstance(following, Text) and _HEADING.match(following.text.lstrip("\r\n")):
                # The blank lines between belong to the empty day.
                kept.append(Text(following.text.lstrip("\r\n")))
                at = end + 1
                continue
            if following is None or isinstance(following, Heading):
                at = end
                continue
        kept.append(block)
        at += 1
    return kept


def _is_own(heading: Heading) -> bool:
    try:
        day = date.fromisoformat(heading.day)
    except ValueError:
        return False
    return heading.text.rstrip("\r\n") == lines.day_heading(day)


def _insert(blocks: list[Block], day: date, entries: Iterable[Entry], end: str) -> None:
    """Put the entries of one day under its heading, or with one where they belong."""
    wanted = day.isoformat()
    headings = [at for at, block in enumerate(blocks) if isinstance(block, Heading)]
    own = next((at for at in headings if _day(blocks[at]) == wanted), None)
    if own is not None:
        at = _first_entry(blocks, own)
        if at is None:
            blocks[own + 1 : own + 1] = [Text(end), *entries]
        else:
            blocks[at:at] = entries
        return
    at = next((at for at in headings if _day(blocks[at]) < wanted), None)
    if at is None:
        at = _end_of_days(blocks, headings[-1]) if headings else _before_entries(blocks)
    before = "".join(block.text for block in blocks[max(0, at - 2) : at])
    section: list[Block] = [
        Text(_gap(before, end)),
        Heading(lines.day_heading(day) + end, wanted),
        Text(end),
        *entries,
    ]
    if at < len(blocks):
        section.append(Text(end))
    blocks[at:at] = section


def _day(block: Block) -> str:
    return block.day if isinstance(block, Heading) else ""


def _first_entry(blocks: Sequence[Block], heading: int) -> int | None:
    """Return where the list below a heading begins; None where a person's words come first."""
    at = heading + 1
    while at < len(blocks) and not blocks[at].text.strip():
        at += 1
    block = blocks[at] if at < len(blocks) else None
    return at if isinstance(block, Entry) and block.head.startswith("- [") else None


def _end_of_days(blocks: list[Block], last: int) -> int:
    """Return where the last day ends: at a heading of a person's, or with the file."""
    for at in range(last + 1, len(blocks)):
        block = blocks[at]
        found = _HEADING.search(block.text) if isinstance(block, Text) else None
        if found is not None:
            return _split(blocks, at, found.start())
    return len(blocks)


def _before_entries(blocks: list[Block]) -> int:
    """Return where the first day goes in a file without one: before the first entry.

    Before the heading above it, if there is one that is not the file's title, so that the entries
    under a heading of a person's stay there.
    """
    first = next((at for at, block in enumerate(blocks) if isinstance(block, Entry)), None)
    if first is None:
        return len(blocks)
    for at in range(first - 1, -1, -1):
        block = blocks[at]
        found = list(_HEADING.finditer(block.text)) if isinstance(block, Text) else []
        if found and not _LEVEL_ONE.match(found[-1].group().lstrip()):
            return _split(blocks, at, found[-1].start())
        if found:
            break
    return first


def _split(blocks: list[Block], at: int, where: int) -> int:
    """Cut a text in two; return the number of the second part."""
    text = blocks[at].text
    if where == 0:
        return at
    blocks[at : at + 1] = [Text(text[:where]), Text(text[where:])]
    return at + 1


def _gap(before: str, end: str) -> str:
    """Return what is wanted so that an empty line stands between."""
    if not before.strip():
        return "" if not before or before.endswith("\n") else end
    if not before.endswith("\n"):
        return end * 2
    return "" if before.endswith((f"{end}{end}", "\n\n", "\n\r\n")) else end
