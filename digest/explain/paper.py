"""Explain a paper's points, and what excluded it, rule by rule.

The matcher gives the verdict. It does not keep the places of each single keyword and of the
excluding words, so these are matched again: with rules of one keyword each, on this paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.matching import compile_rules
from digest.matching.plan import Plan, bare
from digest.matching.points import ELSEWHERE, NOT, TITLE
from digest.matching.verdict import describe
from digest.rules import Rule
from digest.rules.syntax import leaves_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.matching.verdict import Verdict
    from digest.model import Match, Paper
    from digest.rules.syntax import Leaf


class Score(Struct, frozen=True):
    """The points of one keyword of a rule: weight × boost, twice that in the title.

    No points for an alternative of which another gives more.
    """

    keyword: str
    """As written, with its field."""
    boost: float
    in_title: bool
    points: float
    matches: tuple[Match, ...]


class Exclusion(Struct, frozen=True):
    """A keyword that keeps the rule from selecting the paper, and its places."""

    keyword: str
    matches: tuple[Match, ...]


class Explanation(Struct, frozen=True):
    """The complete explanation of one rule for one paper."""

    rule: Rule
    verdict: Verdict
    scores: tuple[Score, ...]
    """Of each scoring keyword, in the order of the rule; their points add up to the verdict's. The
    penalties of `avoid` are not included. Empty for a paper that only comparisons select: it gets
    the rule's weight."""
    exclusions: tuple[Exclusion, ...]


def explain(rules: Sequence[Rule], paper: Paper, *, today: date) -> tuple[Explanation, ...]:
    """Explain `paper` by each of `rules`, in their order."""
    verdicts = compile_rules(rules, today=today).explain(paper)
    plans = [Plan([rule], today) for rule in rules]
    scoring = [_scoring(plan, verdict) for plan, verdict in zip(plans, verdicts, strict=True)]
    places = _places([leaf for leaves in scoring for leaf in leaves], verdicts, paper, today)
    return tuple(
        Explanation(
            rule,
            verdict,
            _scores(plan, leaves, places),
            tuple(
                Exclusion(describe(leaf), places[bare(leaf)])
                for leaf in dict.fromkeys(map(bare, verdict.excluding))
            ),
        )
        for rule, verdict, plan, leaves in zip(rules, verdicts, plans, scoring, strict=True)
    )


def _scoring(plan: Plan, verdict: Verdict) -> list[Leaf]:
    """Return the keywords of a rule that may score, with their boosts."""
    if not verdict.matches:
        return []
    (planned,) = plan.rules
    numbers = dict.fromkeys((*(number for number, _ in planned.scoring), *planned.graded))
    best: dict[Leaf, Leaf] = {}
    for node in (planned.rule.selecting, *planned.rule.prefer):
        for leaf in leaves_of(node):
            known = best.get(bare(leaf))
            if known is None or (leaf.boost or 0.0) > (known.boost or 0.0):
                best[bare(leaf)] = leaf
    leaves = (plan.leaves[number] for number in numbers)
    return [best[leaf] for leaf in leaves if leaf in best and best[leaf].boost is not None]


def _places(
    scoring: Iterable[Leaf], verdicts: Iterable[Verdict], paper: Paper, today: date
) -> dict[Leaf, tuple[Match, ...]]:
    """Return every place of each of these keywords in `paper`."""
    excluding = (leaf for verdict in verdicts for leaf in verdict.excluding)
    leaves = list(dict.fromkeys(map(bare, (*scoring, *excluding))))
    # With a boost, because without one a comparison scores nothing and has no place.
    rules = [Rule(leaf.text, keywords=(replace(leaf, boost=1.0),)) for leaf in leaves]
    matcher = compile_rules(rules, today=today)
    verdicts = matcher.explain(paper) if leaves else ()
    return {leaf: verdict.matches for leaf, verdict in zip(leaves, verdicts, strict=True)}


def _scores(
    plan: Plan, leaves: Sequence[Leaf], places: Mapping[Leaf, tuple[Match, ...]]
) -> tuple[Score, ...]:
    """Return the points of each matching keyword of a rule."""
    (planned,) = plan.rules
    scores = [_score(leaf, planned.rule, places[bare(leaf)]) for leaf in leaves]
    if planned.shape.grading is not None:
        states = [_state(places.get(plan.leaves[number], ())) for number in planned.graded]
        shares = planned.shape.grading.shares(states)
        by_leaf = {plan.leaves[number]: place for place, number in enumerate(planned.graded)}
        weight = planned.rule.weight
        scores = [
            replace(score, points=round(shares.get(by_leaf[bare(leaf)], 0.0) * weight, 9))
            for score, leaf in zip(scores, leaves, strict=True)
        ]
    return tuple(score for score in scores if score.matches)


def _state(matches: tuple[Match, ...]) -> int:
    if not matches:
        return NOT
    return TITLE if any(match.field == "title" for match in matches) else ELSEWHERE


def _score(leaf: Leaf, rule: Rule, matches: tuple[Match, ...]) -> Score:
    boost = leaf.boost or 0.0
    in_title = any(match.field == "title" for match in matches)
    points = round(boost * rule.weight * (2 if in_title else 1), 9)
    return Score(describe(leaf), boost, in_title, points, matches)
