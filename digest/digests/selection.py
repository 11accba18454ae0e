"""Pick, for one profile, the papers that its rules select among its candidates, in order.

Pure: candidates and their matches come in, a `Selection` goes out. Limits are not applied here
but in `digest.digests.layout`; nothing selected is left out of a selection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.model import Pick, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.model import Coverage, Learned, Paper, Profile, RuleMatch


class Candidate(NamedTuple):
    """A paper that may be selected for a profile, and the rules of the config that match it."""

    paper: Paper
    matches: tuple[RuleMatch, ...]
    carried: Pick | None = None
    """The pick of an earlier digest that a limit kept back, with the paper as it was then."""


def select(
    candidates: Iterable[Candidate],
    profile: Profile,
    coverage: Coverage,
) -> Selection:
    """Return what the profile's rules pick among `candidates`.

    A carried candidate that its rules no longer select (the config or the paper changed) stays
    the pick that it was: nothing that was selected once is lost, and the places of its matches
    are those of the text that it had then.
    """
    picks: list[Pick] = []
    counts = dict.fromkeys(profile.rules, 0)
    for candidate in candidates:
        rules = own_matches(candidate.matches, profile.rules)
        for match in rules:
            counts[match.rule] += 1
        pick = _pick(candidate.paper, rules, candidate.carried)
        if pick is not None:
            picks.append(pick)
    return Selection(coverage, in_order(picks), tuple(counts.items()))


def own_matches(matches: Sequence[RuleMatch], rules: Sequence[str]) -> tuple[RuleMatch, ...]:
    """Return the matches of a profile's own `rules`: most points first, then in their order."""
    place = {rule: number for number, rule in enumerate(rules)}
    own = [match for match in matches if match.rule in place]
    return tuple(sorted(own, key=lambda match: (-match.points, place[match.rule])))


def _pick(paper: Paper, rules: tuple[RuleMatch, ...], carried: Pick | None) -> Pick | None:
    since = carried.carried_since if carried else None
    if rules:
        score = round(sum(match.points for match in rules), 9)
        return Pick(paper, score, rules, since)
    return carried


def in_order(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """Return `picks` by score, upvotes, day of publication (newest first) and title.

    What a paper lacks comes last; docs/rule-language.md, "Points and order". The id decides
    between papers that are equal in all that, so that the order is always the same.
    """

    def key(pick: Pick) -> tuple[float, float, tuple[int, ...], str, str]:
        paper = pick.paper
        upvotes = float("inf") if paper.upvotes is None else -paper.upvotes
        newest = () if paper.published is None else tuple(-part for part in paper.published.order)
        return (-pick.score, upvotes, newest or (1,), paper.title, paper.id)

    return tuple(sorted(picks, key=key))


def reordered(selection: Selection, learned: Mapping[str, Learned]) -> Selection:
    """Return the same picks, those of each section in the order of their `learned` scores.

    A section keeps the places that points gave it among the others, so that a limit of the whole
    digest leaves each section as much room as before. `learned` has each paper's score by its id;
    equal ones stay in the order of points.
    """
    sections: dict[str, list[Pick]] = {}
    for pick in selection.picks:
        scored = pick._replace(learned=learned[pick.paper.id])
        sections.setdefault(pick.rules[0].rule, []).append(scored)
    following = {
        name: iter(sorted(picks, key=lambda pick: -learned[pick.paper.id].score))
        for name, picks in sections.items()
    }
    picks = tuple(next(following[pick.rules[0].rule]) for pick in selection.picks)
    return selection._replace(picks=picks)
