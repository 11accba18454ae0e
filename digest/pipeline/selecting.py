"""Select the papers of every profile of a run."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.digests.selection import own_matches, select
from digest.learning.preferences import ReaderModels
from digest.matching import compile_rules
from digest.model import Pick
from digest.pipeline.candidates import candidates, count_rise, coverage
from digest.pipeline.match_library import match_papers
from digest.pipeline.updates import is_news, new_version, version_of
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from digest.library import Library
    from digest.model import Coverage, Paper, Selection
    from digest.pipeline.ingest import Intake
    from digest.pipeline.match_library import Matched
    from digest.pipeline.profile_runs import ProfileRun
    from digest.rules import Rule


MOST_PASSED_OVER: Final = 2_000
"""Papers without a match that the learned model scores: a third of a second."""


class Selector:
    """Matches the rules against the papers that profiles consider."""

    def __init__(self, library: Library, rules: Sequence[Rule]) -> None:
        self._library = library
        self._rules = rules
        self._orders = {rule.name: rule.order for rule in rules if rule.order}

    def select_all(
        self, turns: Sequence[ProfileRun], sources: Sequence[Intake]
    ) -> Iterator[tuple[ProfileRun, Selection]]:
        """Yield each profile's part with its selection; `sources` is what the run read."""
        new = {paper for turn in turns for paper in turn.considered.new}
        tastes = ReaderModels(self._library, [turn.profile for turn in turns], self._orders, new)
        matched = {
            day: self._match([turn for turn in turns if turn.day == day], day)
            for day in {turn.day for turn in turns}
        }
        for turn in turns:
            chosen = select(
                candidates(turn.considered, matched[turn.day]),
                turn.profile,
                self._coverage(turn, sources),
                self._orders,
            )
            passed_over = cache(partial(self._passed_over, turn, chosen))
            chosen = tastes.ordered(turn.profile, chosen, passed_over)
            chosen = self._with_near_misses(turn, chosen, passed_over)
            yield turn, self._with_news(turn, self._with_rises(turn, chosen))

    def _match(self, turns: Sequence[ProfileRun], day: date) -> Matched:
        """Match the rules of these profiles once, against all papers that they consider."""
        rule_names = {name for turn in turns for name in turn.profile.rules}
        rules = [rule for rule in self._rules if rule.name in rule_names]
        ids = {
            paper for turn in turns for paper in (*turn.considered.new, *turn.considered.carried)
        }
        return match_papers(self._library, ids, rules, today=day)

    def _passed_over(self, turn: ProfileRun, selection: Selection) -> tuple[Paper, ...]:
        """Return the new papers that no rule selected, the last `MOST_PASSED_OVER` of them.

        A run that looks back for some rules only has none: the other rules were not asked.
        """
        if turn.only:
            return ()
        selected = {pick.paper.id for pick in selection.picks}
        considered_before = turn.considered.again
        ids = [
            paper
            for paper in turn.considered.new
            if paper not in selected and paper not in considered_before
        ]
        known = self._library.papers.get_many(ids[-MOST_PASSED_OVER:])
        return tuple(known[paper] for paper in ids if paper in known)

    def _with_near_misses(
        self, turn: ProfileRun, selection: Selection, passed_over: Callable[[], Sequence[Paper]]
    ) -> Selection:
        """Add the papers that a rule narrowly missed, if the profile asks for them."""
        profile = turn.profile
        if not profile.near_misses:
            return selection
        from digest.matching.near_misses import nearest_misses  # here: numpy takes 80 ms

        shown = {pick.paper.id for pick in selection.more}
        papers = [paper for paper in passed_over() if paper.id not in shown]
        profile_rules = frozenset(profile.rules)
        rules = [rule for rule in self._rules if rule.name in profile_rules]
        name = words_in(profile.language).text("Near misses")
        near = nearest_misses(rules, papers, today=turn.day, most=profile.near_misses)
        picks = (Pick(paper, 0.0, (), more=name, missed=miss) for paper, miss in near)
        return replace(selection, more=(*selection.more, *picks))

    def _with_news(self, turn: ProfileRun, selection: Selection) -> Selection:
        """Add new versions of papers that the profile was sent, if it asks for them."""
        profile = turn.profile
        if turn.only or not profile.updates:
            return selection
        sent = self._library.digests.versions_after(profile.name, turn.cursor)
        marks = self._library.marks.of(profile.reader, (paper.paper for paper in sent))
        sent = tuple(
            paper
            for paper in sent
            if is_news(paper)
            and not (paper.paper in marks and marks[paper.paper].state == "dropped")
        )
        if not sent:
            return selection
        known = self._library.papers.get_many(paper.paper for paper in sent)
        papers = [version_of(paper, known[paper.paper]) for paper in sent]
        rules = [rule for rule in self._rules if rule.name in profile.rules]
        place = {name: number for number, name in enumerate(profile.rules)}
        matches = compile_rules(rules, today=turn.day).match(papers)
        news = (
            new_version(last, paper, own_matches(rules_matched, place))
            for last, paper, rules_matched in zip(sent, papers, matches, strict=True)
        )
        return replace(selection, news=tuple(news))

    def _with_rises(self, turn: ProfileRun, selection: Selection) -> Selection:
        """Add to reconsidered papers how the count that a rule asks for has grown."""

        def risen(pick: Pick) -> Pick:
            if not pick.again or pick.carried_since or not any(rule.asked for rule in pick.rules):
                return pick
            counts = self._library.papers.counts_between(pick.paper.id, turn.started, turn.cursor)
            return replace(pick, rise=count_rise(pick, counts))

        return replace(selection, picks=tuple(map(risen, selection.picks)))

    def _coverage(self, turn: ProfileRun, sources: Sequence[Intake]) -> Coverage:
        papers = self._library.papers
        shown = papers.shown_after(turn.cursor)
        earlier = None
        if not turn.only and self._library.digests.last_whole(turn.profile.name) is None:
            earlier = papers.shown_after(0).dumps - shown.dumps
        if turn.since is not None:
            shown = papers.shown_since(turn.since, or_after=turn.cursor)
        seen = coverage(turn.considered, shown, earlier, sources, turn.since)
        return replace(seen, only=turn.only)
