"""Keep the files of the reading lists and the library in step.

A file is read and taken over into the library before anything is decided, and written last. What
was written is noted after it is written: a run that is killed in between leaves entries that were
not known, which are adopted, and never an unwritten one that looks deleted. A file that cannot be
understood is left alone, and nothing is taken from it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.errors import ListError
from digest.library import Listed, ListFile
from digest.model.marks import WAITING, Mark
from digest.reading_list.file import check, read_text, settle, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from digest.library import Library
    from digest.model import Profile
    from digest.model.marks import Queued
    from digest.reading_list import Document, Seen, Wanted

FILE_NAME: Final = "reading-list.md"
TRIES: Final = 5
"""How often a file that changes at the very moment of writing is taken over again."""
AT_ONCE: Final = 50
"""Files whose new content is noted together."""


class _Written(NamedTuple):
    """A file that shows what the library knows, and what is to be noted of it."""

    profile: str
    path: Path
    file: ListFile
    entries: tuple[Listed, ...]
    """Those that are new, or say something else."""
    gone: tuple[str, ...]


class ListProblem(NamedTuple):
    """A list's file that was left alone, and why."""

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
        self._parsed: tuple[Path, str, Document] | None = None
        self._written: list[_Written] = []

    @property
    def problems(self) -> tuple[ListProblem, ...]:
        """The files that were left alone."""
        return tuple(self._problems.values())

    def path(self, profile: Profile) -> Path:
        """Return where the list of a profile lies."""
        return self._output / profile.name / FILE_NAME

    def today(self, profile: Profile) -> date:
        """Return the day of the run, or the present one where the profile is."""
        return self._day or self._clock().astimezone(profile.timezone).date()

    def read(self) -> None:
        """Take over what people changed in the files, and wake what is snoozed until today."""
        for profile in self._profiles:
            if profile.reading_list:
                self._guarded(profile, self._read)
        for profile in {each.reader: each for each in self._profiles}.values():
            self._library.reading.wake(profile.reader, self.today(profile))

    def write(self) -> None:
        """Bring every file up to date that does not show what the library knows."""
        for profile in self._profiles:
            if profile.reading_list and profile.name not in self._problems:
                self._guarded(profile, self._write)
            if len(self._written) >= AT_ONCE:
                self._settle()
        self._settle()

    def _guarded(self, profile: Profile, action: Callable[[Profile], object]) -> None:
        try:
            action(profile)
        except ListError as error:
            self._problems[profile.name] = ListProblem(profile.name, str(error))

    # --- reading --------------------------------------------------------------------------------

    def _read(self, profile: Profile) -> str | None:
        """Take the file over; return its text, None where there is none."""
        path = self.path(profile)
        text = read_text(path)
        if text is None:
            self._forget_all(profile)
            return None
        known = self._library.listings.file(profile.name)
        if known is None or known.sha256 != _hash(text):
            self._take_over(profile, path, text)
        return text

    def _forget_all(self, profile: Profile) -> None:
        """Note that the file is gone: it is written anew, and nothing of it was deleted."""
        listings = self._library.listings
        known = listings.file(profile.name)
        if known is not None and known.sha256:
            with self._library.transaction():
                listings.forget(profile.name, listings.entries(profile.name))
                listings.set_file(profile.name, ListFile("", ""))

    def _take_over(self, profile: Profile, path: Path, text: str) -> None:
        from digest.reading_list import take_over

        library, name, reader = self._library, profile.name, profile.reader
        listed = library.listings.entries(name)
        document = self._parse(path, text, listed)
        names = library.listings.names(document.papers | document.in_code)
        marks = library.reading.marks(reader)
        before = _seen(listed)
        taken = take_over(document, names, before, marks, now=self._clock())
        adopted = self._adopted(profile, taken.adopted)
        with library.transaction():
            library.reading.put(reader, taken.marks)
            strangers = [paper for paper in taken.adopted if paper not in adopted]
            if strangers:
                own = library.reading.marks(reader)
                library.reading.put(
                    reader,
                    [
                        (own.get(paper) or Mark(paper))._replace(origin="added")
                        for paper in strangers
                    ],
                    profile=name,
                    day=self.today(profile),
                )
            library.listings.forget(name, taken.deleted)
            library.listings.keep(
                name,
                (
                    Listed(
                        paper,
                        listed[paper].line if paper in listed else adopted.get(paper, ""),
                        seen.to_json(),
                    )
                    for paper, seen in taken.seen.items()
                    if before.get(paper) != seen
                ),
            )
            # Not yet what the library wants it to be: no stamp.
            library.listings.set_file(name, ListFile(_hash(text), ""))

    def _parse(self, path: Path, text: str, listed: Mapping[str, Listed]) -> Document:
        from digest.reading_list import parse
        from digest.reading_list.lines import link_of

        if self._parsed is not None and self._parsed[:2] == (path, text):
            return self._parsed[2]
        links = {url: paper for paper, each in listed.items() if (url := link_of(each.line))}
        document = parse(text, links)
        check(document, path, written={paper: each.line for paper, each in listed.items()})
        self._parsed = path, text, document
        return document

    def _adopted(self, profile: Profile, papers: Sequence[str]) -> dict[str, str]:
        """Return the lines that the program wrote, or would have, for papers of the profile's."""
        if not papers:
            return {}
        wanted = set(papers)
        queue = self._library.reading.queue(profile.name, profile.reader)
        return self._lines(profile, [each for each in queue if each.paper in wanted])

    # --- writing --------------------------------------------------------------------------------

    def _write(self, profile: Profile) -> None:
        path = self.path(profile)
        for _ in range(TRIES):
            text = self._read(profile)
            stamp = self._stamp(profile)
            known = self._library.listings.file(profile.name)
            if known is not None and known.stamp == stamp:
                return
            before, after = self._rendered(profile, path, text)
            if after is None or after == text:
                self._note(profile, path, text, before, stamp)
                return
            if write_text(path, after, expected=text):
                self._note(profile, path, after, before, stamp)
                return
        raise ListError(path, "it changes faster than it can be read", taken=True)

    def _stamp(self, profile: Profile) -> str:
        """Return what changes whenever the file has to change."""
        reading, name = self._library.reading, profile.name
        return f"{reading.newest(name)}:{reading.changed(profile.reader)}:{reading.revised(name)}"

    def _rendered(
        self, profile: Profile, path: Path, text: str | None
    ) -> tuple[dict[str, str], str | None]:
        """Return the lines of the entries, as the program writes them, and the file's new text.

        None where there is no file, and nothing to put into one.
        """
        from digest.reading_list import Wanted, new_document, parse, renew, update

        library = self._library
        listed = library.listings.entries(profile.name)
        document = self._parse(path, text, listed) if text else parse("", {})
        names = library.listings.names(document.papers | document.in_code)
        present = set(names.values())
        queue = library.reading.queue(profile.name, profile.reader)
        missing = [
            each for each in queue if each.mark.state in WAITING and each.paper not in present
        ]
        written = {paper: each.line for paper, each in listed.items()}
        if text is None and not missing:
            return written, None
        if text is None:
            document = parse(new_document(profile.title), {})
        lines = self._lines(profile, missing)
        new: list[Wanted] = [
            Wanted(each.paper, each.day, lines[each.paper], each.mark) for each in missing
        ]
        # An identifier was all that was known of some of these when they were added.
        fresh = self._lines(
            profile, [each for each in queue if each.digest is None and each.paper in present]
        )
        document = renew(document, names, written, fresh)
        written |= {**fresh, **lines}
        marks = library.reading.marks(profile.reader)
        return written, update(document, names, marks, written, new)

    def _lines(self, profile: Profile, papers: Sequence[Queued]) -> dict[str, str]:
        """Return the lines of papers as they are written first."""
        from digest.digests.layout import reason
        from digest.reading_list.lines import entry_line

        picks = self._library.reading.picks(profile.name, [each.paper for each in papers])
        added = self._library.papers.get_many(
            each.paper for each in papers if each.paper not in picks
        )
        lines = {paper: entry_line(known, None) for paper, known in added.items()}
        for paper, pick in picks.items():
            why = reason(pick.rules[0]) if pick.rules else None
            shown = pick.paper if pick.paper.id == paper else replace(pick.paper, id=paper)
            lines[paper] = entry_line(shown, why)
        return lines

    def _note(
        self, profile: Profile, path: Path, text: str | None, lines: Mapping[str, str], stamp: str
    ) -> None:
        """Take down what stands in the file now, to be noted with what is written next."""
        from digest.reading_list.merge import seen_in

        library, name = self._library, profile.name
        listed = library.listings.entries(name)
        before = _seen(listed)
        seen: dict[str, Seen] = {}
        if text:
            document = self._parse(path, text, listed)
            seen = seen_in(
                document, library.listings.names(document.papers | document.in_code), before
            )
        self._written.append(
            _Written(
                name,
                path,
                ListFile("" if text is None else _hash(text), stamp),
                tuple(
                    Listed(paper, lines.get(paper, ""), said.to_json())
                    for paper, said in seen.items()
                    if before.get(paper) != said or listed[paper].line != lines.get(paper)
                ),
                tuple(before.keys() - seen.keys()),
            )
        )

    def _settle(self) -> None:
        """Make what was written outlast a crash, then note it.

        In this order: a file that a crash takes back while the library has it noted would look as
        if a person had deleted its new entries. Together, for each is a wait for the disk.
        """
        written, self._written = self._written, []
        for each in tuple(written):
            try:
                settle(each.path)
            except ListError as error:
                self._problems[each.profile] = ListProblem(each.profile, str(error))
                written.remove(each)
        listings = self._library.listings
        with self._library.transaction():
            for each in written:
                listings.forget(each.profile, each.gone)
                listings.keep(each.profile, each.entries)
                listings.set_file(each.profile, each.file)


def _seen(listed: Mapping[str, Listed]) -> dict[str, Seen]:
    from digest.reading_list import Seen

    return {paper: Seen.from_json(each.seen) for paper, each in listed.items()}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
