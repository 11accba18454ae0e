"""What readers like, by their marks: the papers that they judged, and orders learned from these.

Which mark says what is decided here alone: a star, or that a paper was read, says that it was
liked; that it was dropped without a star, the contrary. What one merely has already was no choice
among papers, and says nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.digests.selection import reordered
from digest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.learning.judged import Judged
    from digest.learning.ranking import Ranker
    from digest.library import Library
    from digest.model import Order, Paper, Profile, Selection
    from digest.model.marks import Mark


def judged_by(library: Library, reader: str) -> Judged:
    """Return what the reader liked and dropped, the last marked first, at most `MOST` of either."""
    from digest.learning.judged import MOST, Judged  # here: most profiles ask for points

    marks = library.reading.marks(reader).values()
    liked = [mark for mark in marks if is_liked(mark)]
    dropped = [
        mark for mark in marks if mark.state == "dropped" and not mark.starred and not mark.quiet
    ]
    return Judged(_papers(library, liked, MOST), _papers(library, dropped, MOST))


def is_liked(mark: Mark) -> bool:
    """Whether a mark says that its paper was liked."""
    return mark.starred or (mark.state == "done" and mark.origin != "owned")


def _papers(library: Library, marks: Iterable[Mark], most: int) -> tuple[Paper, ...]:
    last = sorted(marks, key=lambda mark: mark.paper)
    last.sort(key=_marked_at, reverse=True)
    known = library.papers.get_many([mark.paper for mark in last[:most]])
    return tuple(known[mark.paper] for mark in last[:most] if mark.paper in known)


def _marked_at(mark: Mark) -> float:
    moments = (mark.state_at, mark.star_at if mark.starred else None)
    return max((moment.timestamp() for moment in moments if moment), default=0.0)


class Tastes:
    """The tastes of those who read `profiles`, each learned at most once.

    Each profile is to be ordered once: after the last one of a reader, what was learned is let go,
    for of a thousand readers it would fill the memory.
    """

    def __init__(
        self,
        library: Library,
        profiles: Iterable[Profile],
        orders: Mapping[str, Order] | None = None,
    ) -> None:
        self._library = library
        self._learned = {rule for rule, order in (orders or {}).items() if order == "learned"}
        self._known: dict[str, Ranker | str] = {}
        self._left = Counter(profile.reader for profile in profiles)

    def ordered(self, profile: Profile, selection: Selection) -> Selection:
        """Return the selection in the order that the profile asks for.

        Where too few papers are marked, points order, and the selection says so.
        """
        ordered = self._in_order(profile, selection)
        self._left[profile.reader] -= 1
        if self._left[profile.reader] <= 0:
            self._known.pop(profile.reader, None)
        return ordered

    def _in_order(self, profile: Profile, selection: Selection) -> Selection:
        whole = profile.rank == "learned"
        asked = [
            pick.paper for pick in selection.picks if whole or pick.rules[0].rule in self._learned
        ]
        if not asked:
            return selection
        ranker = self._ranker(profile.reader)
        if isinstance(ranker, str):
            return selection._replace(
                unlearned=f"Ordered by points: there is too little to learn from ({ranker}).",
            )
        return reordered(selection, ranker.rank(asked))

    def _ranker(self, reader: str) -> Ranker | str:
        """Return the model of a reader, or what it lacks."""
        if reader not in self._known:
            judged = judged_by(self._library, reader)
            self._known[reader] = _learned(judged) if judged.enough else judged.lacking
        return self._known[reader]


def _learned(judged: Judged) -> Ranker:
    from digest.learning.ranking import Ranker

    try:
        return Ranker(judged)
    except ImportError as error:  # there, as the config found, but of no use
        raise ConfigError(
            f"rank: learned needs scikit-learn, which cannot be imported: {error}"
        ) from error
