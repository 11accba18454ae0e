"""What `digest triage` reads from the library and writes into it.

A mark is stored at once. The library is locked only while the list files are read and written: an
open terminal must not block the scheduled run.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING

from digest.cli.triage.session import Session
from digest.errors import LibraryError
from digest.explain.cards import card
from digest.explain.why_in_inbox import explain_inbox_paper
from digest.reading_list.decisions import decide, noted, starred
from digest.wording import counted, day_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from digest.config import Config
    from digest.explain.cards import Card
    from digest.explain.why_in_inbox import InboxExplanation
    from digest.library import Library
    from digest.model import Profile
    from digest.model.marks import Mark
    from digest.reading_list.decisions import Decision
    from digest.reading_list.sync import ListProblem, ReadingLists


class Store:
    """The lists of one reader, for one session."""

    def __init__(  # noqa: PLR0913 - keywords, each a part of the world
        self,
        config: Config,
        library: Library,
        lists: ReadingLists,
        profiles: tuple[Profile, ...],
        *,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
    ) -> None:
        self._config = config
        self._library = library
        self._lists = lists
        self._profiles = profiles
        self._clock = clock
        self._environment = environment
        self._changes: list[int] = []

    @property
    def reader(self) -> str:
        """The reader whose lists these are."""
        return self._profiles[0].reader

    @property
    def today(self) -> date:
        """Today, in the reader's time zone."""
        return self._lists.today(self._profiles[0])

    def now(self) -> datetime:
        """Return the current time."""
        return self._clock()

    def foot(self) -> tuple[str, ...]:
        """Return the closing sentences: how much there is to read, and the file that lists it."""
        files = [
            str(self._lists.path(profile)) for profile in self._profiles if profile.reading_list
        ]
        return (self.to_read(), *(f"Saved in {path}" for path in files[:1]))

    def read_files(self) -> bool:
        """Import changes from the list files; return False if a run that does so is active."""
        return self._with_lock(self._lists.read)

    def write_files(self) -> bool:
        """Update the files; return False if a run is active, because the next one updates them."""

        def sync() -> None:
            self._lists.read()
            self._lists.write()

        return self._with_lock(sync)

    def _with_lock(self, action: Callable[[], None]) -> bool:
        with suppress(LibraryError), self._library.lock():
            action()
            return True
        return False

    @property
    def problems(self) -> tuple[ListProblem, ...]:
        """Return messages about files that were not changed."""
        return self._lists.problems

    def session(self, day: date | None = None) -> Session:
        """Return the undecided papers of a day, or of the day of the last digest."""
        digests = [self._library.digests.last(profile.name) for profile in self._profiles]
        made = [digest for digest in digests if digest is not None]
        last = day or max((digest.day for digest in made), default=self.today)
        first = self._profiles[0]
        return Session(
            title=first.title if len(self._profiles) == 1 else self._config.title,
            day=last,
            cards=self._cards(lambda when: when == last),
            earlier=() if day else self._cards(lambda when: when != last),
            quiet_day=" ".join(digest.text.summary for digest in made if digest.day == last),
            inbox_days=first.inbox_days,
        )

    def _cards(self, is_wanted: Callable[[date], bool]) -> tuple[Card, ...]:
        cards: dict[str, Card] = {}
        for profile in self._profiles:
            cutoff = self._lists.left(profile)
            waiting = self._library.reading.waiting(profile.name, self.reader, cutoff)
            ids = [
                queued.paper
                for queued in waiting
                if queued.place(cutoff) == "inbox" and is_wanted(queued.day)
            ]
            picks = self._library.reading.picks(profile.name, ids)
            for paper in ids:
                if paper in picks:
                    cards.setdefault(paper, card(picks[paper], paper, self.today))
        return tuple(cards.values())

    def to_read(self) -> str:
        """Return a sentence about the papers to read."""
        waiting = {
            queued.paper: queued
            for profile in self._profiles
            for queued in self._library.reading.waiting(
                profile.name, self.reader, self._lists.left(profile)
            )
            if queued.mark.place == "to read"
        }
        if not waiting:
            return "Your list to read is empty."
        oldest = min(waiting.values(), key=lambda queued: queued.day)
        titles = self._library.papers.get_many([oldest.paper])
        title = titles[oldest.paper].title
        return (
            f"On your list to read: {counted(len(waiting), 'paper')}. "
            f"Oldest: {title}, since {day_name(oldest.day)}."
        )

    # --- marks ----------------------------------------------------------------------------------

    def decide(self, paper: str, decision: Decision) -> None:
        """Store a decision."""
        mark = self._library.marks.get(self.reader, paper)
        self._put(decide(mark, decision, now=self._clock(), today=self.today))

    def note(self, paper: str, text: str) -> None:
        """Add a line to the note of a paper, and star it."""
        mark = self._library.marks.get(self.reader, paper)
        now = self._clock()
        self._put(starred(noted(mark, text, now), now))

    def _put(self, mark: Mark) -> None:
        marks = self._library.marks
        with self._library.transaction():
            marks.put(self.reader, [mark], undoable=True)
            self._changes.append(marks.changed(self.reader))

    def undo(self) -> None:
        """Take back the last change of this session."""
        if self._changes:
            self._library.marks.undo(self.reader, self._changes.pop())

    # --- looking --------------------------------------------------------------------------------

    def why(self, shown: Card, cards: Sequence[Card]) -> InboxExplanation:
        """Return why a paper is here, its position, and the decisions on papers of its rule."""
        return explain_inbox_paper(
            shown,
            cards,
            library=self._library,
            rules=self._config.rules,
            profiles=self._profiles,
            today=self.today,
        )

    def open(self, url: str) -> bool:
        """Open an address in the browser; return whether there is a browser."""
        environment = self._environment
        remote = environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")
        screen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
        if remote or (sys.platform.startswith("linux") and not screen):
            return False
        return webbrowser.open(url, new=2)

    def place_of(self, rule: str) -> str:
        """Return the config file and line of a rule."""
        lines = {
            rule.name: line
            for rule, line in zip(self._config.rules, self._config.rule_lines, strict=True)
        }
        line = lines.get(rule)
        return f"{self._config.path}:{line}" if line else str(self._config.path)

    def editor(self, rule: str) -> Callable[[], None] | None:
        """Return the command that opens the config in the reader's editor; None if none is set."""
        program = self._environment.get("VISUAL") or self._environment.get("EDITOR")
        if not program:
            return None
        _, _, line = self.place_of(rule).rpartition(":")
        place = [f"+{line}"] if line.isdigit() else []

        def edit() -> None:
            with suppress(OSError):
                command = [*shlex.split(program), *place, str(self._config.path)]
                subprocess.run(command, check=False, env=dict(os.environ))  # noqa: S603 - the reader's own editor

        return edit
