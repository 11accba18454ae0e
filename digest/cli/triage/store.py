"""What `digest triage` reads from the library, and writes into it.

A mark is stored at once. The library's lock is held only while the files of the lists are read and
written: a terminal that is left open must not hold up the scheduled run.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import webbrowser
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from digest.cli.triage.cards import card
from digest.cli.triage.session import Session
from digest.cli.triage.views import Why
from digest.errors import LibraryError
from digest.explain.paper import explain
from digest.matching.verdict import describe
from digest.model.marks import WAITING
from digest.rules.rule import leaves_of
from digest.wording import counted, day_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from digest.cli.triage.cards import Card
    from digest.cli.triage.session import Decision
    from digest.config import Config
    from digest.explain.paper import Explanation
    from digest.library import Library
    from digest.model import Profile
    from digest.model.marks import Mark
    from digest.reading_list.sync import ListProblem, ReadingLists

CLOSE: Final = 3
"""Rules, and things that a rule needs, that are named as close."""


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
        """Whose lists these are."""
        return self._profiles[0].reader

    @property
    def today(self) -> date:
        """The present day where the reader is."""
        return self._lists.today(self._profiles[0])

    def now(self) -> datetime:
        """Return the present moment."""
        return self._clock()

    def foot(self) -> tuple[str, ...]:
        """Return the sentences at the end: what is to be read, and where it stands."""
        files = [
            str(self._lists.path(profile)) for profile in self._profiles if profile.reading_list
        ]
        return (self.to_read(), *(f"Saved in {path}" for path in files[:1]))

    def read_files(self) -> bool:
        """Take over what was changed in the files; False if a run is at work that does."""
        return self._with_lock(self._lists.read)

    def write_files(self) -> bool:
        """Bring the files up to date; False if a run is at work: the next one does it."""

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
        """Files that were left alone."""
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

    def _cards(self, wanted: Callable[[date], bool]) -> tuple[Card, ...]:
        cards: dict[str, Card] = {}
        for profile in self._profiles:
            left = self._lists.left(profile)
            waiting = self._library.reading.waiting(profile.name, self.reader, left)
            ids = [
                queued.paper
                for queued in waiting
                if queued.place(left) == "inbox" and wanted(queued.day)
            ]
            picks = self._library.reading.picks(profile.name, ids)
            for paper in ids:
                if paper in picks:
                    cards.setdefault(paper, card(picks[paper], paper))
        return tuple(cards.values())

    def to_read(self) -> str:
        """Return a sentence on the list to read."""
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
        mark = self._library.reading.get(self.reader, paper)
        now = self._clock()
        match decision.action:
            case "star":
                mark = _starred(mark, now)
            case "later":
                until = self.today + timedelta(days=decision.days)
                mark = mark._replace(state="snoozed", state_at=now, until=until)
            case "read":
                mark = mark._replace(state="done", state_at=now, until=None)
            case "drop" | "fewer":
                quiet = decision.action == "drop"
                mark = mark._replace(state="dropped", state_at=now, until=None, quiet=quiet)
                if mark.starred:
                    mark = mark._replace(starred=False, star_at=now)
        self._put(mark)

    def note(self, paper: str, text: str) -> None:
        """Add a line to the note of a paper, and star it."""
        from digest.reading_list.document import as_note, note_tags

        mark = self._library.reading.get(self.reader, paper)
        now = self._clock()
        line = as_note(text)
        tags = tuple(sorted({*mark.tags, *note_tags(line)}))
        note = f"{mark.note}\n\n{line}" if mark.note else line
        mark = mark._replace(note=note, note_at=now)
        if tags != mark.tags:
            mark = mark._replace(tags=tags, tags_at=now)
        self._put(_starred(mark, now))

    def _put(self, mark: Mark) -> None:
        reading = self._library.reading
        with self._library.transaction():
            reading.put(self.reader, [mark], undoable=True)
            self._changes.append(reading.changed(self.reader))

    def undo(self) -> None:
        """Take back the last change of this session."""
        if self._changes:
            self._library.reading.undo(self.reader, self._changes.pop())

    # --- looking --------------------------------------------------------------------------------

    def why(self, shown: Card, cards: Sequence[Card]) -> Why:
        """Return why a paper is here, in what order, and what its reader made of its rule."""
        rows: list[tuple[str, str]] = []
        explained = self._explained(shown)
        missing = {each.rule.name: _not_found(each) for each in explained}
        for reason in shown.reasons:
            words = ", ".join(reason.words) + (", in the title" if reason.in_title else "")
            points = f"{reason.points:.2f}".rstrip("0").rstrip(".")
            rows.append(
                (reason.rule, f"{words} · {points} points" if words else f"{points} points")
            )
            if absent := missing.get(reason.rule):
                rows.append(("  not found", ", ".join(absent)))
        rows += _order(shown, cards)
        rows += _close(explained)
        if shown.section:
            counts = self._library.reading.decided_of(
                [profile.name for profile in self._profiles], self.reader, shown.section
            )
            of_rule = f"{counts.starred:,} of {counts.papers:,} papers of this rule"
            rows.append((f"You starred {of_rule} and dropped {counts.dropped:,}.", ""))
        return Why(tuple(rows))

    def _explained(self, shown: Card) -> tuple[Explanation, ...]:
        """Return what each rule of the profiles says of a paper."""
        names = {name for profile in self._profiles for name in profile.rules}
        rules = [rule for rule in self._config.rules if rule.name in names]
        papers = self._library.papers.get_many([shown.paper])
        return explain(rules, papers[shown.paper], today=self.today) if papers else ()

    def open(self, url: str) -> bool:
        """Open an address in the browser; return whether there is one here."""
        environment = self._environment
        remote = environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")
        screen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
        if remote or (sys.platform.startswith("linux") and not screen):
            return False
        return webbrowser.open(url, new=2)

    def place_of(self, rule: str) -> str:
        """Return the config and the line of a rule."""
        lines = {
            each.name: line
            for each, line in zip(self._config.rules, self._config.rule_lines, strict=True)
        }
        line = lines.get(rule)
        return f"{self._config.path}:{line}" if line else str(self._config.path)

    def editor(self, rule: str) -> Callable[[], None] | None:
        """Return what opens the config in the reader's editor; None if none is set."""
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


def _starred(mark: Mark, now: datetime) -> Mark:
    """Return the mark of a paper that is kept to read."""
    if not mark.starred:
        mark = mark._replace(starred=True, star_at=now)
    if mark.state not in WAITING:
        mark = mark._replace(state="queued", state_at=now, until=None)
    return mark


def _not_found(explained: Explanation) -> list[str]:
    """Return the keywords of a rule that do not occur in the paper."""
    found = {score.keyword for score in explained.scores}
    asked = dict.fromkeys(map(describe, leaves_of(explained.rule.selecting)))
    return [word for word in asked if word not in found]


def _close(explained: Sequence[Explanation]) -> list[tuple[str, str]]:
    """Return the rules that matched words of the paper and still did not take it."""
    rows: list[tuple[str, str]] = []
    for each in explained:
        verdict = each.verdict
        if verdict.selected or not (verdict.matches or verdict.excluded_by):
            continue
        why = f"excluded by {', '.join(verdict.excluded_by)}" if verdict.excluded_by else ""
        if not why and verdict.missing:
            why = f"needs {', '.join(verdict.missing[:CLOSE])}"
        label = "" if rows else "Close, but not enough"
        rows.append(
            (label or "  ", f"{verdict.rule}: {why or f'{verdict.lacking:g} points too few'}")
        )
    return rows[:CLOSE]


def _order(shown: Card, cards: Sequence[Card]) -> list[tuple[str, str]]:
    """Return why a paper stands behind the one before it in its section."""
    own = [each for each in cards if each.section == shown.section]
    place = own.index(shown) if shown in own else 0
    if place == 0 or not shown.reasons:
        return []
    before = own[place - 1]
    points, more = shown.reasons[0].points, before.reasons[0].points
    than = f"“{before.name}” ({more:g})"
    if points < more:
        said = f"fewer points than {than}"
    else:
        said = f"as many points as {than}, which has more matches or upvotes, or is newer"
    return [(f"Why it is number {place + 1}", said)]
