"""Update a reading list's file without changing what a person wrote.

Boxes, stars, tags and notes follow the library. Entries without a person's words are removed when
their papers are done, dropped, snoozed or gone from the inbox, and move when the reader decides on
them: papers to read first, then the inbox, newest day first. Every other character stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from digest.model.marks import WAITING, Mark
from digest.reading_list import lines
from digest.reading_list.document import OWN, TO_READ, Document, Entry, note_tags
from digest.reading_list.sections import (
    NewEntry,
    Order,
    cut_at_headings,
    inserted,
    without_empty_sections,
)
from digest.rendering.escape import markdown_text
from digest.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from digest.reading_list.document import Block


class WantedEntry(Struct, frozen=True):
    """An entry that the file should have."""

    paper: str
    day: date
    """Its day in the inbox."""
    line: str
    """As `lines.entry_line` returns it."""
    mark: Mark

    @property
    def section(self) -> str:
        """The section that it belongs to: its day in the inbox, or the papers to read."""
        return self.day.isoformat() if self.mark.place is None else TO_READ


class KnownEntries(NamedTuple):
    """The known state of a file's entries."""

    names: Mapping[str, str]
    """Current ids by identifier; entries of other papers are unchanged."""
    marks: Mapping[str, Mark]
    """By current id."""
    written: Mapping[str, str]
    """The line of each entry as the program wrote it, by current id."""


class UpdatedFile(Struct, frozen=True):
    """A file as it should be."""

    text: str
    edited: tuple[str, ...] = ()
    """Undecided papers that are no longer wanted, but stay: a person changed their entries."""


def new_document(title: str, inbox_days: int | None = 7) -> str:
    """Return the file of an empty list."""
    named = "reading list" in title.lower()
    leaves = (
        ""
        if inbox_days is None
        else (
            f": it leaves by itself after {counted(inbox_days, 'day')} (that does not count as "
            "dropped) unless you star, tick, note or move it"
        )
    )
    return (
        f"# {markdown_text(title if named else f'Reading list: {title}')}\n"
        "\n"
        "`[ ]` is to read, `[/]` is being read, `[x]` is read, `[-]` is dropped, and so is a line\n"
        "that you delete. ★ behind the box is a star; indented lines below it are your notes.\n"
        f"What stands under a day is your inbox{leaves}.\n"
    )


def renew(
    document: Document,
    names: Mapping[str, str],
    written: Mapping[str, str],
    new_lines: Mapping[str, str],
) -> Document:
    """Return the document with `new_lines` for the entries that nobody edited since `written`.

    Box and star stay, and so does every line in which a person changed anything else.
    """
    blocks: list[Block] = []
    for block in document.blocks:
        paper = names.get(block.paper, "") if isinstance(block, Entry) else ""
        old, new = written.get(paper), new_lines.get(paper)
        if (
            not isinstance(block, Entry)
            or old is None
            or new is None
            or new == old
            or lines.bare(block.head) != lines.bare(old)
        ):
            blocks.append(block)
        else:
            blocks.append(replace(block, head=_like(block, new)))
    return replace(document, blocks=tuple(blocks))


def _like(entry: Entry, line: str) -> str:
    """Return a line with the entry's box, star and line end."""
    head = line if entry.parts.box is None else lines.with_box(line, entry.parts.box)
    end = entry.head[len(entry.head.rstrip("\r\n")) :]
    return lines.with_star(head, on=entry.parts.starred) + end


def update(
    document: Document,
    known: KnownEntries,
    entries: Sequence[WantedEntry],
    order: Sequence[str] = (),
) -> UpdatedFile:
    """Return the file as it should be.

    `entries` is what should be in it: newest day first, each day in order. `order` has all papers
    of the days that get new entries, in order.
    """
    names, marks, written = known
    end = document.line_end
    blocks: list[Block] = []
    kept_papers: list[str] = []
    moved: set[str] = set()
    several = _several(document, names)
    by_paper = {entry.paper: entry for entry in entries}
    for block in document.blocks:
        paper = names.get(block.paper) if isinstance(block, Entry) else None
        if paper is None or not isinstance(block, Entry):
            blocks.append(block)
            continue
        mark = marks.get(paper) or Mark(paper)
        entry = by_paper.get(paper)
        alone = paper not in several
        if alone and _is_untouched(block, mark, written.get(paper)):
            if entry is None:
                continue
            if _is_elsewhere(block, entry):
                moved.add(paper)
                continue
        elif entry is None and mark.place is None:
            kept_papers.append(paper)
        blocks.append(_updated(block, mark, end, alone=alone))
    present = {names[paper] for paper in document.papers | document.in_code if paper in names}
    new = [entry for entry in entries if entry.paper in moved or entry.paper not in present]
    blocks = without_empty_sections(cut_at_headings(blocks))
    text = inserted(blocks, [_to_new(entry, end) for entry in new], end, Order(names, order))
    if document.text and not document.text.endswith("\n"):
        text = text.removesuffix(end)  # as the person's editor leaves files
    return UpdatedFile(text, tuple(dict.fromkeys(kept_papers)))


def _several(document: Document, names: Mapping[str, str]) -> set[str]:
    """Return the papers that have more than one entry."""
    seen: set[str] = set()
    several: set[str] = set()
    for entry in document.entries:
        paper = names.get(entry.paper, "")
        (several if paper in seen else seen).add(paper)
    return several


def _is_untouched(entry: Entry, mark: Mark, written: str | None) -> bool:
    """Return whether an entry has nothing of a person's but a box, a star or tags."""
    return (
        not entry.note
        and not entry.carried
        and len(entry.papers) == 1
        and bool(written)
        and (mark.state not in WAITING or entry.parts.box in lines.STATES)
        and lines.bare(_without_tags(entry, mark)) == lines.bare(written or "")
    )


def _without_tags(entry: Entry, mark: Mark) -> str:
    """Return the head without the tags that a command gave the paper."""
    command_tags = set(mark.tags) & set(entry.parts.tags) if mark.state in WAITING else set()
    return (
        lines.with_tags(entry.head, set(entry.parts.tags) - command_tags, ())
        if command_tags
        else entry.head
    )


def _is_elsewhere(entry: Entry, target: WantedEntry) -> bool:
    """Return whether an entry is in the inbox but belongs to the papers to read, or the reverse."""
    by_program = entry.section not in ("", OWN)
    return by_program and (entry.section == TO_READ) != (target.section == TO_READ)


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
    return replace(entry, head=head, note=note)


def _agrees(box: str, mark: Mark) -> bool:
    """Return whether a box agrees with the mark; a person's own sign may mean waiting."""
    state = lines.STATES.get(box)
    return mark.state in WAITING if state is None else state == mark.state


def _addition(entry: Entry, note: str, end: str) -> str:
    """Return the lines of a note that are not there yet.

    Nothing is removed: only the person who wrote it does that. Text that could not be read back is
    not written, because it would be missed and written again for ever.
    """
    more = _missing(entry.plain_note, note)
    first = end if entry.note and not entry.note.endswith("\n") else ""
    added = first + _indented(more, _note_indent(entry), end)
    read_again = replace(entry, note=entry.note + added).plain_note
    return added if not lines.ids_of(added) and not _missing(read_again, note) else ""


def _missing(existing: str, note: str) -> str:
    """Return the part of a note after `existing`; nothing unless it begins with that."""
    if note == existing or (existing and not note.startswith(f"{existing}\n")):
        return ""
    return note[len(existing) :].removeprefix("\n")


def _note_indent(entry: Entry) -> str:
    """Return the indentation of the entry's note, or what Markdown needs below its bullet."""
    first = next((line for line in entry.note.split("\n") if line.strip()), None)
    if first is not None:
        return first[: len(first) - len(first.lstrip(" \t"))]
    match = re.match(r"\ufeff?([ \t]*)([-*+]|\d{1,9}[.)])?", entry.head)
    before, bullet = ("", None) if match is None else match.groups()
    return f"{before}{' ' * (len(bullet or '-') + 1)}"


def _indented(note: str, indent: str, end: str) -> str:
    return "".join(
        f"{indent}{line}{end}" if line else end for line in (note.split("\n") if note else ())
    )


def _to_new(new_entry: WantedEntry, end: str) -> NewEntry:
    head, mark = new_entry.line, new_entry.mark
    if mark.state != "queued":
        head = lines.with_box(head, lines.BOXES[mark.state])
    if mark.starred:
        head = lines.with_star(head, on=True)
    if mark.tags:
        head = lines.with_tags(head, mark.tags, note_tags(mark.note))
    text = head + end + _indented(mark.note, "  ", end)
    return NewEntry(new_entry.paper, new_entry.section, text)
