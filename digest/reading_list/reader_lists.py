"""The papers of a reader's lists, with the reader's marks, and changes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.model.marks import WAITING, Mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from digest.library import Library
    from digest.model import Paper, Profile
    from digest.model.marks import Place, QueuedPaper
    from digest.reading_list.sync import ReadingLists


class Item(Struct, frozen=True):
    """A paper of a reader's lists."""

    paper: Paper
    mark: Mark
    queued: QueuedPaper | None
    """Its place on the first list that has it; None: on no list."""
    profiles: tuple[str, ...]
    """All profiles with the paper on their lists."""
    place: Place | None = None
    """Its place; None: on no list, or it left the inbox undecided."""

    @property
    def score(self) -> float:
        """Its points in the digest that selected it."""
        return self.queued.score if self.queued else 0.0


class ReaderLists(Struct, frozen=True):
    """The lists of one reader, at one moment."""

    library: Library
    lists: ReadingLists
    reader: str
    profiles: tuple[Profile, ...]
    """The reader's profiles, the named one first."""
    now: datetime

    @property
    def today(self) -> date:
        """Today, in the reader's time zone."""
        return self.lists.today(self.profiles[0])

    def items(
        self,
        profiles: tuple[Profile, ...] | None = None,
        *,
        papers: Sequence[str] | None = None,
        waiting: bool = False,
    ) -> list[Item]:
        """Return the papers of these profiles' lists, or of all: newest first, without repeats.

        `papers` restricts them to some, `waiting` to the inbox and the papers to read.
        """
        reading = self.library.reading
        places: dict[str, Place | None] = {}
        queues: list[QueuedPaper] = []
        for profile in profiles or self.profiles:
            cutoff = self.lists.left(profile)
            place = (
                reading.waiting(profile.name, self.reader, cutoff)
                if waiting
                else reading.queue(profile.name, self.reader, papers)
            )
            queues += place
            for queued in place:
                places[queued.paper] = places.get(queued.paper) or queued.place(cutoff)
        # Stable: the order of the digests of one day stays.
        queues.sort(key=lambda queued: queued.day, reverse=True)
        first: dict[str, QueuedPaper] = {}
        names: dict[str, list[str]] = {}
        for queued in queues:
            first.setdefault(queued.paper, queued)
            names.setdefault(queued.paper, []).append(queued.profile)
        known = self.library.papers.get_many(first)
        return [
            Item(known[paper], queued.mark, queued, tuple(names[paper]), places[paper])
            for paper, queued in first.items()
        ]

    def put(self, *changes: tuple[Paper, Mark]) -> int:
        """Store marks as one change; a paper that waits goes to the top of the list.

        Return the change's number, for undoing it.
        """
        back = [
            mark
            for paper, mark in changes
            if mark.state in WAITING
            and self.library.marks.get(self.reader, paper.id).state not in WAITING
        ]
        marks = [mark for _, mark in changes]
        with self.library.transaction():
            self.library.marks.put(self.reader, marks, undoable=True)
            change = self.library.marks.changed(self.reader)
            self.library.marks.put(self.reader, back, day=self.today)
            for paper, mark in changes:
                if mark.state in WAITING:
                    self.place(paper, mark)
        return change

    def place(self, paper: Paper, mark: Mark, *, undoable: bool = False) -> None:
        """Put a paper on the first profile's list, unless one of the lists has it."""
        if not self.items(papers=[paper.id]):
            origin = "added" if mark.origin == "digest" else mark.origin
            self.library.marks.put(
                self.reader,
                [replace(mark, origin=origin)],
                profile=self.profiles[0].name,
                day=self.today,
                undoable=undoable,
            )

    def item(self, paper: Paper) -> Item:
        """Return the current state of a paper."""
        items = self.items(papers=[paper.id])
        mark = self.library.marks.get(self.reader, paper.id)
        return items[0] if items else Item(paper, mark, None, (), mark.place)
