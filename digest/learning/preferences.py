"""What readers like, by their marks: the papers that they judged, and learned orders.

Only this module decides what a mark means: a star, a read paper or one imported from the reader's
own library is liked; a paper dropped without a star is not.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.digests.selection import reordered
from digest.model import Pick
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Set
    from datetime import date, datetime

    from digest.learning.judged_papers import JudgedPapers, TrainingData
    from digest.learning.ranking import Ranker
    from digest.library import Library
    from digest.model import LearnedScore, Order, Paper, Profile, Selection
    from digest.model.marks import Mark
    from digest.model.matches import HowLiked
    from digest.wording.languages import Words


def judged_by(library: Library, reader: str) -> JudgedPapers:
    """Return what the reader liked and dropped, last marked first, at most `MOST` each."""
    from digest.learning.judged_papers import (
        MOST,
        JudgedPapers,
    )  # here: most profiles are ordered by points

    liked, dropped = _sorted_out(library, reader)
    return JudgedPapers(_papers(library, liked[:MOST]), _papers(library, dropped[:MOST]))


def training_data_of(
    library: Library, reader: str, background: Sequence[Paper], *, dropped: bool = True
) -> TrainingData:
    """Return a reader's training data; without dropped papers if not `dropped`."""
    from digest.learning.judged_papers import MOST_LIKED, LikedPaper, TrainingData

    liked, unwanted = _sorted_out(library, reader)
    marks = {mark.paper: mark for mark in liked[:MOST_LIKED]}
    papers = _papers(library, liked[:MOST_LIKED])
    known = {paper.id for paper in papers}
    refused = _papers(library, unwanted[:MOST_LIKED]) if dropped else ()
    known.update(paper.id for paper in refused)
    return TrainingData(
        tuple(
            LikedPaper(paper, _how(marks[paper.id]), _day(marks[paper.id], paper))
            for paper in papers
        ),
        refused,
        tuple(paper for paper in background if paper.id not in known),
    )


def is_liked(mark: Mark) -> bool:
    """Return whether a mark says that its paper is liked."""
    return mark.starred or mark.state == "done"


def _sorted_out(library: Library, reader: str) -> tuple[list[Mark], list[Mark]]:
    """Return the marks of liked papers and of dropped ones, last marked first."""
    marks = sorted(library.marks.of(reader).values(), key=lambda mark: mark.paper)
    marks.sort(key=_marked_at, reverse=True)
    dropped = [
        mark for mark in marks if mark.state == "dropped" and not mark.starred and not mark.quiet
    ]
    return [mark for mark in marks if is_liked(mark)], dropped


def _papers(library: Library, marks: Sequence[Mark]) -> tuple[Paper, ...]:
    known = library.papers.get_many([mark.paper for mark in marks])
    return tuple(known[mark.paper] for mark in marks if mark.paper in known)


def _moment(mark: Mark) -> datetime | None:
    """Return when a paper was last starred or changed its state."""
    moments = (mark.state_at, mark.star_at if mark.starred else None)
    return max((moment for moment in moments if moment), default=None)


def _marked_at(mark: Mark) -> float:
    moment = _moment(mark)
    return moment.timestamp() if moment else 0.0


def _how(mark: Mark) -> HowLiked:
    if mark.starred:
        return "starred"
    return "owned" if mark.origin == "owned" else "read"


def _day(mark: Mark, paper: Paper) -> date | None:
    """Return when a paper was starred or read, or when an imported one was published.

    Papers are imported by the hundred on one day, which says nothing about how recent they are.
    """
    if _how(mark) == "owned":
        return paper.published.first if paper.published else None
    moment = mark.star_at if mark.starred else mark.state_at
    return moment.date() if moment else None


class _Model(Struct, frozen=True):
    """A reader's model."""

    liked: int
    """Number of papers that it was trained on."""
    ranker: Ranker | None
    """None if there are too few."""


class ReaderModels:
    """The models of the readers of `profiles`, each trained at most once.

    Each profile is ordered once: after the last one of a reader, the model is dropped, because
    those of a thousand readers would fill the memory.
    """

    def __init__(
        self,
        library: Library,
        profiles: Iterable[Profile],
        orders: Mapping[str, Order] | None = None,
        new: Set[str] = frozenset(),
    ) -> None:
        """`orders` has the rules whose section is not ordered by points, `new` the day's papers.

        These say nothing about what the reader ignores.
        """
        self._library = library
        self._new = new
        self._orders = orders or {}
        self._known: dict[tuple[str, bool], _Model] = {}
        self._left = Counter(profile.reader for profile in profiles)
        self._background: tuple[Paper, ...] | None = None

    def ordered(
        self,
        profile: Profile,
        selection: Selection,
        passed_over: Callable[[], Sequence[Paper]] = tuple,
    ) -> Selection:
        """Return the selection in the order of the profile and its rules.

        If the profile wants more like these, the papers from `passed_over` that are most similar to
        liked ones are added. If too few papers are liked, points decide, nothing is added, and the
        selection says so.
        """
        ordered = self._with_more(profile, self._in_order(profile, selection), passed_over)
        self._left[profile.reader] -= 1
        if self._left[profile.reader] <= 0:
            for dropped in (True, False):
                self._known.pop((profile.reader, dropped), None)
        return ordered

    def _in_order(self, profile: Profile, selection: Selection) -> Selection:
        papers_by_order: dict[bool, list[Paper]] = {True: [], False: []}
        for pick in selection.picks:
            rule_order = self._orders.get(pick.rules[0].rule, "score")
            order = rule_order if profile.rank == "points" else profile.rank
            if order in ("learned", "library"):
                papers_by_order[order == "learned"].append(pick.paper)
        learned: dict[str, LearnedScore] = {}
        for dropped, papers in papers_by_order.items():
            if not papers:
                continue
            model = self._model(profile.reader, dropped=dropped)
            if model.ranker is None:
                by_points = words_in(profile.language).text("Ordered by points.")
                return replace(
                    selection,
                    unlearned=f"{by_points} {_too_few(model, words_in(profile.language))}",
                )
            learned.update(model.ranker.rank(papers))
        return reordered(selection, learned, self._orders) if learned else selection

    def _with_more(
        self, profile: Profile, selection: Selection, passed_over: Callable[[], Sequence[Paper]]
    ) -> Selection:
        if not profile.more_like_these:
            return selection
        papers = {paper.id: paper for paper in passed_over()}
        if not papers:
            return selection
        model = self._model(profile.reader, dropped=True)
        words = words_in(profile.language)
        if model.ranker is None:
            return replace(selection, unlearned=selection.unlearned or _too_few(model, words))
        name = words.text("More like these")
        nearest = model.ranker.nearest(list(papers.values()), profile.more_like_these)
        more = (
            Pick(papers[paper], 0.0, (), learned=learned, more=name)
            for paper, learned in nearest.items()
        )
        return replace(selection, more=tuple(more))

    def _model(self, reader: str, *, dropped: bool) -> _Model:
        key = reader, dropped
        if key not in self._known:
            self._known[key] = self._learned(reader, dropped=dropped)
        return self._known[key]

    def _learned(self, reader: str, *, dropped: bool) -> _Model:
        from digest.learning.judged_papers import BACKGROUND, ENOUGH_LIKED, LEAST_OTHERS
        from digest.learning.ranking import Ranker  # 40 ms; here: most profiles ask for points

        if self._background is None:
            self._background = self._library.papers.spread(BACKGROUND)
        taste = training_data_of(self._library, reader, self._background, dropped=dropped)
        before = tuple(paper for paper in taste.background if paper.id not in self._new)
        if len(before) + len(taste.dropped) >= LEAST_OTHERS:
            taste = replace(taste, background=before)
        liked = len(taste.liked)
        return _Model(liked, Ranker(taste) if liked >= ENOUGH_LIKED else None)


def _too_few(model: _Model, words: Words) -> str:
    from digest.learning.judged_papers import ENOUGH_LIKED

    return words.text(
        "Likeness is learned from {needed} starred, read or imported papers,"
        " and there are {count}.",
        needed=words.number(ENOUGH_LIKED),
        count=words.number(model.liked),
    )
