"""The lines of papers as they are first written to a reading list."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.digests.entries import reason
from digest.library import load_pick
from digest.reading_list.lines import entry_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.library import Library
    from digest.model import Profile
    from digest.model.marks import QueuedPaper


def first_lines(
    library: Library, profile: Profile, papers: Sequence[QueuedPaper]
) -> dict[str, str]:
    """Return the lines of papers of a profile's list, by their ids."""
    picks = library.reading.stored_picks(profile.name, [queued.paper for queued in papers])
    added = library.papers.get_many(queued.paper for queued in papers if queued.paper not in picks)
    lines = {paper: entry_line(known, None) for paper, known in added.items()}
    return lines | {paper: _line(paper, *pick) for paper, pick in picks.items()}


@lru_cache(maxsize=1_024)  # the lists of many profiles have the same papers
def _line(paper: str, snapshot: str, body: bytes | None) -> str:
    pick = load_pick(snapshot, body)
    why = reason(pick.rules[0], pick.paper) if pick.rules else None
    shown = pick.paper if pick.paper.id == paper else replace(pick.paper, id=paper)
    return entry_line(shown, why)
