"""Pick the papers that a profile's rules select, and order each section.

Pure: candidates and their matches in, a `Selection` out. `digest.digests.layout` applies limits; a
selection has everything that was selected.

A section is ordered by its own rule's points; among equals by evidence (a match in the title, the
number of different keywords, the number of places, how early the first is), then by upvotes, day of
publication and place in the dump. A rule may put another criterion first.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.model import Pick, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.model import Coverage, LearnedScore, Order, Paper, PartialDate, Profile, RuleMatch


_FIELDS = {"title": 0, "abstract": 1}
"""The order in which the fields of a paper are read."""


class Candidate(Struct, frozen=True):
    """A paper that may be selected for a profile, and the matching rules of the config."""

    paper: Paper
    matches: tuple[RuleMatch, ...]
    carried: Pick | None = None
    """The pick of an earlier digest that was carried over, with the paper at that time."""
    again: bool = False
    """Whether the profile had considered the paper before."""


def select(
    candidates: Iterable[Candidate],
    profile: Profile,
    coverage: Coverage,
    orders: Mapping[str, Order] | None = None,
) -> Selection:
    """Return what the profile's rules pick from `candidates`, in order of announcement.

    `orders` has the rules whose section is not ordered by points. A carried-over paper that no rule
    selects any more (the config or the paper changed) keeps its old pick: nothing that was selected
    is lost, and its matches refer to its former text.
    """
    picks: list[Pick] = []
    counts = dict.fromkeys(profile.rules, 0)
    place = {rule: number for number, rule in enumerate(profile.rules)}
    for candidate in candidates:
        rules = own_matches(candidate.matches, place)
        for match in rules:
            counts[match.rule] += 1
        pick = _pick(candidate, rules)
        if pick is not None:
            picks.append(pick)
    return Selection(coverage, in_order(picks, orders), tuple(counts.items()))


def own_matches(matches: Sequence[RuleMatch], place: Mapping[str, int]) -> tuple[RuleMatch, ...]:
    """Return the matches of a profile's own rules: most points first, then in the rules' order.

    `place` has each rule's place in the profile.
    """
    profile_matches = [match for match in matches if match.rule in place]
    return tuple(sorted(profile_matches, key=lambda match: (-match.points, place[match.rule])))


def _pick(candidate: Candidate, rules: tuple[RuleMatch, ...]) -> Pick | None:
    carried = candidate.carried
    if not rules:
        return carried
    score = round(sum(match.points for match in rules), 9)
    pick = Pick(candidate.paper, score, rules, again=candidate.again)
    if carried is None:
        return pick
    return replace(
        pick, carried_since=carried.carried_since, again=carried.again, rise=carried.rise
    )


def in_order(picks: Iterable[Pick], orders: Mapping[str, Order] | None = None) -> tuple[Pick, ...]:
    """Return `picks` with each section in its order; equal ones keep their order."""
    order_by_rule = orders or {}

    def key(pick: Pick) -> tuple[float, ...]:
        return (*_first(pick, order_by_rule.get(pick.rules[0].rule, "score")), *_by_points(pick))

    return tuple(sorted(picks, key=key))


def _first(pick: Pick, order: Order) -> tuple[float, ...]:
    """Return the criterion that a rule puts before its points."""
    paper = pick.paper
    if order == "upvotes":
        return (_most_first(paper.upvotes),)
    if order == "comments":
        return (_most_first(paper.comments),)
    if order == "newest":
        return _newest_first(paper.published)
    return (0.0,)  # score; the learned order is applied later, see `reordered`


def _by_points(pick: Pick) -> tuple[float, ...]:
    first_rule, paper = pick.rules[0], pick.paper
    places = [match for match in first_rule.matches if match.start is not None]
    first = min(
        ((_FIELDS.get(match.field, 2), match.start or 0) for match in places), default=(9, 0)
    )
    return (
        -first_rule.points,
        first[0] != 0,
        -len({match.keyword for match in places}),
        -len({(match.field, match.index, match.start) for match in places}),
        *first,
        _most_first(paper.upvotes),
        *_newest_first(paper.published),
    )


def _most_first(count: int | None) -> float:
    """Return a key that sorts the highest count first and an unknown one last."""
    return float("inf") if count is None else -count


def reordered(
    selection: Selection,
    learned: Mapping[str, LearnedScore],
    orders: Mapping[str, Order] | None = None,
) -> Selection:
    """Return the same picks, those of each section by the mean of two ranks.

    One is the rank in the section's order, with one rank for equal points; the other that of the
    `learned` score, which `learned` has by paper id and which breaks ties. A section with a paper
    that is not in it keeps its order. docs/learning.md has the measurements.
    """
    sections: dict[str, list[Pick]] = {}
    for pick in selection.picks:
        sections.setdefault(pick.rules[0].rule, []).append(pick)
    following: dict[str, Iterator[Pick]] = {}
    for name, picks in sections.items():
        if all(pick.paper.id in learned for pick in picks):
            by_points = (orders or {}).get(name, "score") in ("score", "learned", "library")
            following[name] = iter(_fused(picks, learned, by_points=by_points))
        else:
            following[name] = iter(picks)
    picks = [next(following[pick.rules[0].rule]) for pick in selection.picks]
    return replace(selection, picks=tuple(picks))


def _fused(
    picks: Sequence[Pick], learned: Mapping[str, LearnedScore], *, by_points: bool
) -> list[Pick]:
    """Return a section's picks by the mean of their places in its order and by their scores."""
    scores = [learned[pick.paper.id].score for pick in picks]
    # Descending scores: equal ones are adjacent, and share the mean of their places.
    by_score = sorted(range(len(picks)), key=lambda place: -scores[place])
    liking = _ranks([scores[place] for place in by_score])
    rank = dict(zip(by_score, liking, strict=True))
    order = _ranks(
        [pick.rules[0].points if by_points else place for place, pick in enumerate(picks)]
    )
    fused = sorted(range(len(picks)), key=lambda place: (order[place] + rank[place], rank[place]))
    return [replace(picks[place], learned=learned[picks[place].paper.id]) for place in fused]


def _ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each of some ordered values; equal neighbours share theirs."""
    ranks: list[float] = []
    for _, group in groupby(values):
        count = len(list(group))
        ranks += [len(ranks) + (count - 1) / 2] * count
    return ranks


def _newest_first(day: PartialDate | None) -> tuple[float, float, float]:
    """Return a key that sorts the newest date first and an unknown one last."""
    if day is None:
        return (1, 0, 0)
    year, month, date = day.order
    return (-year, -month, -date)
