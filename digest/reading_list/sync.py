"""Keep the files of the reading lists and the library in step.

A file is read and its changes are stored before anything is decided; it is written last. What was
written is stored after writing: a run that is killed in between leaves entries that the library
does not know, which are adopted, and never a missing one that looks deleted. A file that cannot be
understood is left unchanged and ignored.

A file that nobody has changed since it was written is not compared with the whole list: only what
changed in the library since, by the file's stamp.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.errors import ListError
from digest.library import FileEntry, ListFile
from digest.model.marks import WAITING, Mark
from digest.reading_list.file import check, read_text, settle, write_text
from digest.reading_list.inbox import inbox_left
from digest.reading_list.lines import BOXES
from digest.reading_list.merge import chosen
from digest.reading_list.stamp import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from digest.library import Library
    from digest.model import Profile
    from digest.model.marks import QueuedPaper
    from digest.reading_list import Document, SeenEntry

FILE_NAME: Final = "reading-list.md"
TRIES: Final = 5
"""How often a file that changes during the write is read again."""
AT_ONCE: Final = 50
"""Files whose new content is stored together."""


class _Part(Struct, frozen=True):
    """What is compared with a file: everything, or the papers that changed."""

    listed: Mapping[str, FileEntry]
    """Stored entries of the file."""
    names: Mapping[str, str] | None
    """Current ids by identifier; None: of all papers of the file."""
    queue: tuple[QueuedPaper, ...]
    """The papers that should be in the file, and perhaps others."""
    stamp: str
    """Identifies what was parsed for it."""


class Written(Struct, frozen=True):
    """A file that shows the state of the library, and what is to be stored of it."""

    profile: str
    path: Path
    file: ListFile
    entries: tuple[FileEntry, ...]
    """Those that are new or changed."""
    removed: tuple[str, ...]


class ListProblem(Struct, frozen=True):
    """A list's file that was left unchanged, and why."""

    profile: str
    reason: str


class ReadingLists:
    """The lists of `profiles`, for one run or one command."""

    def __init__(
        self,
        library: Library,
        output: Path,
        profiles: Iterable[Profile],
        *,
        clock: Callable[[], datetime],
        day: date | None = None,
    ) -> None:
        self._library = library
        self._output = output
        self._profiles = tuple(profiles)
        self._clock = clock
        self._day = day
        self._problems: dict[str, ListProblem] = {}
        self._parsed: tuple[Path, str, str, Document] | None = None
        self._unclear: dict[str, ListProblem] = {}
        self._written: list[Written] = []

    @property
    def problems(self) -> tuple[ListProblem, ...]:
        """The files that were left unchanged, and boxes that could not be read."""
        return (*self._problems.values(), *self._unclear.values())

    def path(self, profile: Profile) -> Path:
        """Return the path of a profile's list."""
        return self._output / profile.name / FILE_NAME

    def today(self, profile: Profile) -> date:
        """Return the day of the run, or the current day in the profile's zone."""
        return self._day or self._clock().astimezone(profile.timezone).date()

    def left(self, profile: Profile) -> date | None:
        """Return the day up to which undecided papers have left the inbox; None: none has."""
        return inbox_left(self._library, profile, self.today(profile))

    def read(self) -> None:
        """Store what people changed in the files, and end snoozes up to today."""
        for profile in self._profiles:
            if profile.reading_list:
                self._guarded(profile, self._read)
        for profile in {profile.reader: profile for profile in self._profiles}.values():
            self._library.marks.unsnooze(profile.reader, self.today(profile))

    def write(self) -> None:
        """Update every file that does not show what the library knows."""
        self._write_all(self._due())

    def _due(self) -> list[Profile]:
        listed = (profile for profile in self._profiles if profile.reading_list)
        return [profile for profile in listed if profile.name not in self._problems]

    def _write_all(self, profiles: Iterable[Profile]) -> None:
        for profile in profiles:
            self._guarded(profile, self._write)
            if len(self._written) >= AT_ONCE:
                self._settle()
        self._settle()

    def _guarded(self, profile: Profile, action: Callable[[Profile], object]) -> None:
        try:
            action(profile)
        except ListError as error:
            self._problems[profile.name] = ListProblem(profile.name, str(error))

    def _before_change(self) -> None:
        """Do what is to be done before the library is changed, except for a file's new content."""

    # --- reading --------------------------------------------------------------------------------

    def _read(self, profile: Profile) -> str | None:
        """Store a file's changes; return its text, or None."""
        path = self.path(profile)
        text = read_text(path)
        if text is None:
            self._forget_all(profile)
            return None
        known = self._library.listings.file(profile.name)
        if known is not None and known.inbox_since is None:
            self._before_change()
            self._library.listings.start_inbox(profile.name, self.today(profile))
        if known is None or known.sha256 != _hash(text):
            self._take_over(profile, path, text)
        return text

    def _forget_all(self, profile: Profile) -> None:
        """Store that the file is gone: it is written again, and no paper counts as deleted."""
        listings = self._library.listings
        known = listings.file(profile.name)
        if known is not None and known.sha256:
            self._before_change()
            with self._library.transaction():
                listings.forget(profile.name, listings.entries(profile.name))
                listings.set_file(profile.name, ListFile("", ""))

    def _take_over(self, profile: Profile, path: Path, text: str) -> None:
        from digest.reading_list import take_over

        self._before_change()
        library, name, reader = self._library, profile.name, profile.reader
        listed = library.listings.entries(name)
        document = self._parse(path, text, listed)
        names = library.listings.names(document.papers | document.in_code)
        papers = {*listed, *names.values()}
        before = _seen_entries(listed)
        # One transaction: a mark that another process stores meanwhile must not be overwritten.
        with library.transaction():
            takeover = take_over(
                document,
                names,
                before,
                library.marks.of(reader, papers),
                now=self._clock(),
                expired=self._expired(profile, listed.keys() - set(names.values())),
            )
            adopted = self._adopted(profile, takeover.adopted)
            library.marks.put(reader, takeover.marks, undoable=True)
            strangers = [paper for paper in takeover.adopted if paper not in adopted]
            if strangers:
                marks = library.marks.of(reader, strangers)
                library.marks.put(
                    reader,
                    [
                        replace(marks.get(paper) or Mark(paper), origin="added")
                        for paper in strangers
                    ],
                    profile=name,
                    day=self.today(profile),
                )
            library.listings.forget(name, takeover.deleted)
            library.listings.keep(
                name,
                (
                    FileEntry(
                        paper,
                        listed[paper].line if paper in listed else adopted.get(paper, ""),
                        seen.to_json(),
                    )
                    for paper, seen in takeover.seen.items()
                    if before.get(paper) != seen
                ),
            )
            # The file differs from the library until it is written: no stamp.
            library.listings.set_file(name, ListFile(_hash(text), ""))
        self._tell_unclear(profile, path, document)

    def _expired(self, profile: Profile, papers: Iterable[str]) -> frozenset[str]:
        """Return those of the papers that have left the inbox undecided."""
        queue = self._library.reading.queue(profile.name, profile.reader, papers)
        cutoff = self.left(profile)
        return frozenset(queued.paper for queued in queue if queued.place(cutoff) is None)

    def _tell_unclear(self, profile: Profile, path: Path, document: Document) -> None:
        for line, box in document.unclear:
            known = ", ".join(f"[{sign}]" for sign in BOXES.values())
            reason = f"{path}:{line}: {box} is not a box; write one of {known} behind a dash"
            self._unclear[profile.name] = ListProblem(profile.name, reason)
            return

    def _parse(
        self, path: Path, text: str, listed: Mapping[str, FileEntry], part: str = ""
    ) -> Document:
        """Parse a file, once; `part` has the stored entries if that is not the whole file."""
        from digest.reading_list import parse
        from digest.reading_list.lines import link_of

        if self._parsed is not None and self._parsed[:3] == (path, part, text):
            return self._parsed[3]
        links = {url: paper for paper, entry in listed.items() if (url := link_of(entry.line))}
        document = parse(text, links)
        if not part:
            check(document, path, written={paper: entry.line for paper, entry in listed.items()})
        self._parsed = path, part, text, document
        return document

    def _adopted(self, profile: Profile, papers: Sequence[str]) -> dict[str, str]:
        """Return the program's lines, written or not, for papers of the profile."""
        if not papers:
            return {}
        queue = self._library.reading.queue(profile.name, profile.reader, papers)
        return self._lines(profile, queue)

    # --- writing --------------------------------------------------------------------------------

    def _write(self, profile: Profile) -> None:
        path = self.path(profile)
        for _ in range(TRIES):
            text = self._read(profile)
            stamp = self._stamp(profile)
            known = self._library.listings.file(profile.name)
            if known is not None and known.stamp == stamp:
                return
            part = self._part(profile, known, stamp)
            lines, after, kept_marks = self._rendered(profile, path, text, part)
            if kept_marks:
                # Changes what the file shows; a mark that comes now is seen by the next sync.
                self._before_change()
                self._library.marks.put(profile.reader, kept_marks)
                continue
            if after is None or after == text:
                self._note(profile, path, text, lines, part, stamp)
                return
            if write_text(path, after, expected=text):
                self._note(profile, path, after, lines, part, stamp)
                return
        raise ListError(path, "it changes faster than it can be read", taken=True)

    def _stamp(self, profile: Profile) -> str:
        """Return a value that changes whenever the file has to change."""
        reading, name = self._library.reading, profile.name
        return str(
            Stamp(
                reading.newest(name),
                self._library.marks.changed(profile.reader),
                reading.revised(name),
                self.left(profile),
            )
        )

    def _part(self, profile: Profile, known: ListFile | None, stamp: str) -> _Part:
        """Return what is to be compared with the file."""
        library, name, reader = self._library, profile.name, profile.reader
        cutoff = self.left(profile)
        old = None if known is None else Stamp.parse(known.stamp)
        reading = library.reading
        if old is None or not old.is_before(cutoff):
            return _Part(
                library.listings.entries(name), None, reading.waiting(name, reader, cutoff), ""
            )
        changed = {
            *reading.selected_since(name, old.digest),
            *library.marks.changed_since(reader, old.change),
            *reading.revised_since(name, old.dump),
        }
        if cutoff is not None:
            changed |= reading.left_inbox_between(name, reader, old.left, cutoff)
        return _Part(
            library.listings.entries(name, changed),
            library.listings.identifiers(changed),
            reading.queue(name, reader, changed),
            stamp,
        )

    def _rendered(
        self, profile: Profile, path: Path, text: str | None, part: _Part
    ) -> tuple[dict[str, str], str | None, list[Mark]]:
        """Return the lines of the entries, as the program writes them, and the file's new text.

        The text is None if there is no file, and nothing to put into one. The marks are those of
        papers whose entries stay, undecided, because a person changed them.
        """
        from digest.reading_list import (
            KnownEntries,
            WantedEntry,
            new_document,
            parse,
            renew,
            update,
        )

        library, listed = self._library, part.listed
        document = self._parse(path, text, listed, part.stamp) if text else parse("", {})
        names = self._names(document, part)
        present = set(names.values())
        cutoff = self.left(profile)
        waiting = [queued for queued in part.queue if _is_wanted(queued, cutoff)]
        missing = [queued for queued in waiting if queued.paper not in present]
        written = {paper: entry.line for paper, entry in listed.items()}
        if text is None and not missing:
            return written, None, []
        if text is None:
            document = parse(new_document(profile.title, profile.inbox_days), {})
        lines = self._lines(profile, missing)
        # For some of these only an identifier was known when they were added.
        new_lines = self._lines(
            profile,
            [queued for queued in part.queue if queued.digest is None and queued.paper in present],
        )
        document = renew(document, names, written, new_lines)
        written |= {**new_lines, **lines}
        entries = [
            WantedEntry(queued.paper, queued.day, written.get(queued.paper, ""), queued.mark)
            for queued in waiting
        ]
        marks = library.marks.of(profile.reader, {*present, *lines})
        days = {entry.day for entry in entries if entry.mark.place is None}
        order = library.reading.order_of(profile.name, profile.reader, days) if text else ()
        updated = update(document, KnownEntries(names, marks, written), entries, order)
        now = self._clock()
        kept_marks = [chosen(marks.get(paper) or Mark(paper), now) for paper in updated.edited]
        return written, updated.text, kept_marks

    def _names(self, document: Document, part: _Part) -> dict[str, str]:
        """Return the current ids of the papers named in the file, by identifier."""
        named = document.papers | document.in_code
        if part.names is None:
            return self._library.listings.names(named)
        return {identifier: part.names[identifier] for identifier in named & part.names.keys()}

    def _lines(self, profile: Profile, papers: Sequence[QueuedPaper]) -> dict[str, str]:
        from digest.reading_list.first_lines import first_lines

        return first_lines(self._library, profile, papers)

    def _note(  # noqa: PLR0913, PLR0917 - what is known of one file
        self,
        profile: Profile,
        path: Path,
        text: str | None,
        lines: Mapping[str, str],
        part: _Part,
        stamp: str,
    ) -> None:
        """Remember the content of the file, to be stored together with later writes."""
        from digest.reading_list.merge import seen_in

        listed = part.listed
        before = _seen_entries(listed)
        seen: dict[str, SeenEntry] = {}
        if text:
            # What the program wrote itself is not checked: the whole inbox may have left.
            document = self._parse(path, text, listed, part.stamp or "written")
            seen = seen_in(document, self._names(document, part), before)
        self._written.append(
            Written(
                profile.name,
                path,
                ListFile("" if text is None else _hash(text), stamp),
                tuple(
                    FileEntry(paper, lines.get(paper, ""), entry.to_json())
                    for paper, entry in seen.items()
                    if before.get(paper) != entry or listed[paper].line != lines.get(paper)
                ),
                tuple(before.keys() - seen.keys()),
            )
        )

    def _settle(self) -> None:
        """Force the written files to the disk, then store their state in the library.

        In this order: if a crash undid a file whose state is stored, it would look as if a person
        had deleted its new entries. Several together, because each is a wait for the disk.
        """
        written, self._written = self._written, []
        for line in tuple(written):
            try:
                settle(line.path)
            except ListError as error:
                self._problems[line.profile] = ListProblem(line.profile, str(error))
                written.remove(line)
        listings = self._library.listings
        with self._library.transaction():
            for update in written:
                listings.forget(update.profile, update.removed)
                listings.keep(update.profile, update.entries)
                listings.set_file(update.profile, update.file)


def _is_wanted(queued: QueuedPaper, cutoff: date | None) -> bool:
    """Return whether a paper should be in the file."""
    return queued.mark.state in WAITING and queued.place(cutoff) is not None


def _seen_entries(listed: Mapping[str, FileEntry]) -> dict[str, SeenEntry]:
    from digest.reading_list import SeenEntry

    return {paper: SeenEntry.from_json(entry.seen) for paper, entry in listed.items()}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
