"""Write the reading lists of many profiles, in several processes where that pays.

The others compare, render and write files. Only this process changes the library: it notes what
they wrote, and takes over itself what a person changed meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from digest.library import Library
from digest.parallel import shared, workers
from digest.reading_list.sync import AT_ONCE, ListProblem, ReadingLists, Written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digest.model import Profile

    Result: TypeAlias = "list[Written] | ListProblem | None"
    """What was written of one list, if anything; None if the library must be changed first."""

LEAST: Final = 32
"""Profiles from which on other processes are started."""


class ManyLists(ReadingLists):
    """The lists of the profiles of one run."""

    def write(self) -> None:
        """Update every file that does not show what the library knows."""
        profiles, path = self._due(), self._library.path
        if len(profiles) >= LEAST and workers() > 1 and path is not None and self._library.on_disk:
            profiles = self._write_together(profiles, path)
        self._write_all(profiles)

    def _write_together(self, profiles: Sequence[Profile], path: Path) -> list[Profile]:
        """Write the files; return the profiles whose files are left."""
        starts = range(0, len(profiles), AT_ONCE)
        batches = [profiles[start : start + AT_ONCE] for start in starts]

        def work(number: int) -> list[Result]:
            with Library.open(path, scratch=True) as library:
                copy = _Copy(library, self._output, (), clock=self._clock, day=self._day)
                return [copy.written(profile) for profile in batches[number]]

        left: list[Profile] = []
        for batch, results in zip(batches, shared(work, range(len(batches))), strict=True):
            for profile, result in zip(batch, results, strict=True):
                if result is None:
                    left.append(profile)
                elif isinstance(result, ListProblem):
                    self._problems[profile.name] = result
                else:
                    self._written += result
            self._settle()
        return left


class _MustChangeError(Exception):
    """The library must be changed, which another process must not do."""


class _Copy(ReadingLists):
    """The lists as another process writes them."""

    def written(self, profile: Profile) -> Result:
        """Write the file of a profile, unless the library must be changed first."""
        try:
            self._guarded(profile, self._write)
        except _MustChangeError:
            return None
        written, self._written = self._written, []
        return self._problems.get(profile.name, written)

    def _before_change(self) -> None:
        raise _MustChangeError
