"""Merge a person's changes in the file with the library.

A three-way merge: the file now, the file when it was last seen or written, and the library. A
change in the file wins; everything else comes from the library. If both changed a note, both texts
are kept.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.model.marks import WAITING, Mark
from digest.reading_list.lines import STATES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from digest.reading_list.document import Document, Entry

PUT_OFF: Final = timedelta(days=7)
"""How long `[>]` snoozes a paper: the box names no day."""

# One encoder: `json.dumps` creates one at each call with other options than ASCII.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class SeenEntry(Struct, frozen=True):
    """The state of one paper's entries."""

    box: str | None = None
    starred: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""
    moved: bool = False
    """Whether it is outside the inbox."""

    def to_json(self) -> str:
        """Return it as the library stores it."""
        form = {"box": self.box, "starred": self.starred, "tags": self.tags, "note": self.note}
        return _to_json({**form, "moved": True} if self.moved else form)

    @classmethod
    def from_json(cls, text: str) -> SeenEntry:
        """Return what `to_json` wrote."""
        form = json.loads(text)
        moved = form.get("moved", False)
        return cls(form["box"], form["starred"], tuple(form["tags"]), form["note"], moved)


class FileChanges(Struct, frozen=True):
    """What is to be stored of a file that was read."""

    marks: tuple[Mark, ...]
    """Marks that change."""
    seen: Mapping[str, SeenEntry]
    """The state of each paper's entries in the file, by its id."""
    adopted: tuple[str, ...]
    """Papers of the file that the library did not know to be in it."""
    deleted: tuple[str, ...]
    """Papers that were in the file and no longer are."""


_NOTHING: Final = SeenEntry()


def seen_in(
    document: Document, names: Mapping[str, str], before: Mapping[str, SeenEntry]
) -> dict[str, SeenEntry]:
    """Return the state in the file of each paper in `names`, by the paper's current id.

    If a paper has several entries, the first that differs from `before` counts.
    """
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    mentioned: set[str] = set()
    for entry in document.entries:
        if entry.paper in names:
            entries[names[entry.paper]].append(entry)
        mentioned.update(names[paper] for paper in entry.papers[1:] if paper in names)
    seen = {
        paper: _seen_in_entries(paper_entries, before.get(paper, _NOTHING))
        for paper, paper_entries in entries.items()
    }
    for paper in mentioned - seen.keys():
        seen[paper] = before.get(paper, _NOTHING)
    for marked in document.in_code:  # neither changed nor deleted
        paper = names.get(marked, "")
        if paper in before:
            seen.setdefault(paper, before[paper])
    return seen


def _seen_in_entries(entries: Sequence[Entry], before: SeenEntry) -> SeenEntry:
    if len(entries) == 1:  # nearly always
        (entry,) = entries
        box, starred, tags = entry.parts
        if entry.note:
            tags = tuple(sorted({*tags, *entry.note_tags}))
        return SeenEntry(box, starred, tags, entry.plain_note, entry.is_moved)
    boxes = [entry.parts.box for entry in entries]
    stars = [entry.parts.starred for entry in entries]
    all_tags = {tag for entry in entries for tag in (*entry.parts.tags, *entry.note_tags)}
    notes = dict.fromkeys(note for entry in entries if (note := entry.plain_note))
    return SeenEntry(
        next((box for box in boxes if box != before.box), before.box),
        next((star for star in stars if star != before.starred), before.starred),
        tuple(sorted(all_tags)),
        "\n\n".join(notes),
        any(entry.is_moved for entry in entries),
    )


def take_over(  # noqa: PLR0913 - the three sides, the moment and what left
    document: Document,
    names: Mapping[str, str],
    before: Mapping[str, SeenEntry],
    marks: Mapping[str, Mark],
    *,
    now: datetime,
    expired: Collection[str] = (),
) -> FileChanges:
    """Return the changes of a file that the library does not know yet.

    `names` maps identifiers to the current ids of papers; other entries are text. Papers that are
    `expired` left the inbox undecided: their entries are not missed.
    """
    seen = seen_in(document, names, before)
    changed: list[Mark] = []
    for paper, now_seen in seen.items():
        known = marks.get(paper) or Mark(paper)
        if paper in before:
            mark = _merged(known, now_seen, before[paper], now)
        else:
            mark = _adopted(known, now_seen, now)
        if mark != known:
            changed.append(mark)
    deleted = tuple(paper for paper in before if paper not in seen)
    for paper in deleted:
        known = marks.get(paper) or Mark(paper)
        # A snoozed paper is not in the file, unless a note kept it there.
        is_waiting = known.state in WAITING and paper not in expired
        if is_waiting or (known.state == "snoozed" and before[paper].note):
            changed.append(replace(known, state="dropped", state_at=now, until=None, quiet=False))
    adopted = tuple(paper for paper in seen if paper not in before)
    return FileChanges(tuple(changed), seen, adopted, deleted)


def _merged(mark: Mark, seen: SeenEntry, before: SeenEntry, now: datetime) -> Mark:
    if seen == before:
        return mark
    if seen.box != before.box:
        mark = _in_state(mark, seen, now)
    if seen.moved and not before.moved:
        mark = chosen(mark, now)
    if seen.starred not in (before.starred, mark.starred):
        mark = replace(mark, starred=seen.starred, star_at=now)
    if seen.tags != before.tags:
        removed_tags = set(before.tags) - set(seen.tags)
        tags = tuple(sorted((set(mark.tags) | set(seen.tags)) - removed_tags))
        if tags != mark.tags:
            mark = replace(mark, tags=tags, tags_at=now)
    if seen.note not in (before.note, mark.note):
        note = seen.note if mark.note == before.note else joined_notes(mark.note, seen.note)
        mark = replace(mark, note=note, note_at=now)
    return mark


def _adopted(mark: Mark, seen: SeenEntry, now: datetime) -> Mark:
    """Return the mark of a paper with a new entry in the file, merged with the stored one."""
    mark = _in_state(mark, seen, now)
    if seen.moved:
        mark = chosen(mark, now)
    if seen.starred and not mark.starred:
        mark = replace(mark, starred=True, star_at=now)
    if tags := set(seen.tags) - set(mark.tags):
        mark = replace(mark, tags=tuple(sorted({*mark.tags, *tags})), tags_at=now)
    if seen.note and seen.note != mark.note:
        mark = replace(mark, note=joined_notes(mark.note, seen.note), note_at=now)
    return mark


def chosen(mark: Mark, now: datetime) -> Mark:
    """Return the mark of a paper that was undecided and is now on the list to read."""
    return mark if mark.place is not None else replace(mark, state_at=now)


def _in_state(mark: Mark, seen: SeenEntry, now: datetime) -> Mark:
    """Return the mark with the state of the box, if the box has one."""
    state = STATES.get(seen.box or "")
    if state is None or state == mark.state:
        return mark
    until = now.date() + PUT_OFF if state == "snoozed" else None
    return replace(mark, state=state, state_at=now, until=until, quiet=False)


def joined_notes(first: str, second: str) -> str:
    """Return a note with all lines of both."""
    if f"\n{second}\n" in f"\n{first}\n":
        return first
    return second if f"\n{first}\n" in f"\n{second}\n" or not first else f"{first}\n\n{second}"
