"""A reader's lists for tests: a library, a folder, a clock; and hand-made digests."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from digest.library import DigestText, Library, NewDigest, NewEntry
from digest.model import Match, Pick, Profile, RuleMatch
from digest.model.marks import WAITING
from digest.reading_list.sync import ReadingLists
from tests.library.samples import add, record
from tests.people import people

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.marks import State

MONDAY: Final = datetime(2026, 1, 5, 7, tzinfo=UTC)
MARK: Final = re.compile(r"<!-- digest: (\S+) -->")


def profile(name: str = "daily", reader: str = "") -> Profile:
    return Profile(name, "My *list*", ZoneInfo("UTC"), ("Pruning",), person=reader)


class Shelf:
    """One reader's lists; `now` is the moment of the next sync."""

    def __init__(self, folder: Path, *profiles: Profile) -> None:
        self.folder = folder
        self.profiles = profiles or (profile(),)
        self.library = Library.in_memory()
        self.now = MONDAY
        self._papers = 0

    @property
    def path(self) -> Path:
        return self.path_of("daily")

    def path_of(self, name: str) -> Path:
        return self.folder / name / "reading-list.md"

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    @text.setter
    def text(self, text: str) -> None:
        self.path.write_bytes(text.encode())

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def select(self, count: int, name: str = "daily", *, title: str = "Paper") -> list[str]:
        """Add a digest of the present day with `count` new papers; return their ids."""
        first = self._papers
        self._papers += count
        ids = [f"2601.{number:05}" for number in range(first, first + count)]
        records = [
            record(f"{title} {paper}", arxiv_id=paper, authors=people("A. Author")) for paper in ids
        ]
        add(self.library, f"dump-{first}", records)
        self.offer(*ids, name=name)
        return ids

    def offer(self, *ids: str, name: str = "daily") -> None:
        """Add a digest of the present day with papers of the library."""
        day = self.now.date()
        number = self.library.digests.count_on(name, day) + 1
        entries = tuple(self._entry(paper, len(ids) - place) for place, paper in enumerate(ids))
        self.library.digests.add(NewDigest(name, day, number, self.now, DigestText(), entries))

    def _entry(self, paper: str, score: float) -> NewEntry:
        known = self.library.papers.get(paper)
        assert known is not None
        match = Match("Pruning", "prun*", "title", 0, 1, score)
        pick = Pick(known, score, (RuleMatch("Pruning", score, (match,)),))
        return NewEntry(pick, "Pruning", "shown", self.now)

    def lists(self) -> ReadingLists:
        return ReadingLists(self.library, self.folder, self.profiles, clock=lambda: self.now)

    def sync(self, *, days: float = 0) -> ReadingLists:
        """Read the files and write them, as a run does in which nothing else happens."""
        self.now += timedelta(days=days)
        lists = self.lists()
        lists.read()
        lists.write()
        return lists

    def edit(self, old: str, new: str) -> None:
        """Change one place of the file as an editor does."""
        assert self.text.count(old) == 1, f"{old!r} stands {self.text.count(old)} times"
        self.text = self.text.replace(old, new)

    def line(self, paper: str) -> str:
        """Return the line of a paper."""
        (result,) = (line for line in self.lines if f"<!-- digest: {paper} -->" in line)
        return result

    def tick(self, paper: str, box: str) -> None:
        line = self.line(paper)
        self.edit(line, re.sub(r"\[.\]", f"[{box}]", line, count=1))

    def state(self, paper: str, reader: str = "daily") -> State:
        return self.library.marks.get(reader, paper).state

    def shown(self) -> list[str]:
        """Return the papers of the file, in its order."""
        return MARK.findall(self.text)

    def waiting(self, reader: str = "daily", name: str = "daily") -> set[str]:
        queue = self.library.reading.queue(name, reader)
        return {queued.paper for queued in queue if queued.mark.state in WAITING}
