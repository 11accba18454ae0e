"""`digest explain PAPER`: each rule's verdict on a paper, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.cli.commands._highlight import in_text, wrapped
from digest.cli.commands._options import DONE, FAILED, open_library, read_config
from digest.cli.console import fitted
from digest.explain.paper import explain
from digest.explain.paper_status import paper_statuses
from digest.model.serialize import match_to_json, paper_to_json
from digest.wording import counted, points

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from digest.explain.paper import Explanation, Score
    from digest.explain.paper_status import PaperStatus, State
    from digest.model import Match, Paper
    from digest.model.marks import Mark


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print every rule's verdict, selecting rules first, and the paper's state in each profile."""
    config = read_config(arguments)
    with open_library(config, scratch=True) as library:
        papers = library.papers.find(arguments.paper)
        if not papers:
            context.console.problem(
                f"digest: no paper in the library matches {arguments.paper!r}; "
                "`digest papers` lists them"
            )
            return FAILED
        paper, *other_papers = papers
        explanations = explain(config.rules, paper, today=context.today)
        selecting = {
            explanation.rule.name for explanation in explanations if explanation.verdict.selected
        }
        places = paper_statuses(config, library, paper, selecting)
    if arguments.json:
        context.console.json(to_json(paper, explanations, places))
        return DONE
    _print(paper, explanations, places, context.console)
    for other in other_papers:
        context.console.note(f"also meant? {other.id}  {fitted(other.title, 76)}")
    return DONE


def to_json(
    paper: Paper, explanations: tuple[Explanation, ...], places: tuple[PaperStatus, ...]
) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    selecting = [
        explanation.verdict for explanation in explanations if explanation.verdict.selected
    ]
    return {
        "paper": paper_to_json(paper),
        "score": round(sum(verdict.points for verdict in selecting), 9),
        "delivered": [place.profile for place in places if place.state in ("delivered", "listed")],
        "profiles": [
            {
                "name": place.profile,
                "state": place.state,
                "day": None if place.day is None else place.day.isoformat(),
                "digest": place.digest,
                "rule": place.rule,
                "rule_limit": place.rule_limit,
                "profile_limit": place.profile_limit,
                "mark": place.mark.state if place.mark else None,
            }
            for place in places
        ],
        "rules": [explanation_to_json(explanation) for explanation in explanations],
    }


def explanation_to_json(explanation: Explanation) -> dict[str, Any]:
    """Return one rule's verdict on one paper as JSON."""
    verdict = explanation.verdict
    return {
        "rule": verdict.rule,
        "selected": verdict.selected,
        "points": verdict.points,
        "weight": explanation.rule.weight,
        "min_score": explanation.rule.min_score,
        "keywords": [
            {
                "keyword": score.keyword,
                "boost": score.boost,
                "in_title": score.in_title,
                "points": score.points,
            }
            for score in explanation.scores
        ],
        "matches": [match_to_json(match) for match in verdict.matches],
        "missing": list(verdict.missing),
        "excluded_by": list(verdict.excluded_by),
        "exclusions": [
            {
                "keyword": exclusion.keyword,
                "places": [
                    {
                        name: value
                        for name, value in match_to_json(match).items()
                        if name in ("field", "index", "start", "end")
                    }
                    for match in exclusion.matches
                ],
            }
            for exclusion in explanation.exclusions
        ],
        "lacking": verdict.lacking,
    }


def _print(
    paper: Paper,
    explanations: tuple[Explanation, ...],
    places: tuple[PaperStatus, ...],
    console: Console,
) -> None:
    console.result(console.styled(paper.title, "bold"))
    day = "" if paper.published is None else f" · {paper.published.isoformat()}"
    console.result(f"{paper.id}{day}")
    for explanation in sorted(explanations, key=_nearness):
        console.result()
        print_verdict(paper, explanation, console)
    console.result()
    for place in places:
        console.result(f"{console.styled(place.profile, 'bold')}: {_status_sentence(place, paper)}")


def _nearness(explanation: Explanation) -> tuple[bool, bool, float]:
    """Sort key of rules: those that select first, then those with any match."""
    verdict = explanation.verdict
    near = bool(explanation.scores or explanation.exclusions)
    return not verdict.selected, not near, -verdict.points


def print_verdict(paper: Paper, explanation: Explanation, console: Console) -> None:
    """Print one rule's verdict with each keyword in its sentence."""
    verdict = explanation.verdict
    answer = f"selects it, {points(verdict.points)}" if verdict.selected else "does not select it"
    console.result(f"{console.styled(verdict.rule, 'bold')} {answer}")
    print_reasons(paper, explanation, console)


def print_reasons(
    paper: Paper, explanation: Explanation, console: Console, *, titled: bool = True
) -> None:
    """Print what matched, what is missing, what excludes, and how many points are lacking.

    With `titled`, titles are shown as well as sentences of the abstract.
    """
    verdict, weight = explanation.verdict, explanation.rule.weight
    for score in explanation.scores:
        console.result(f"  + {score.keyword}: {_sum(score, weight)}; {_fields_of(score.matches)}")
    penalty = round(sum(score.points for score in explanation.scores) - verdict.points, 9)
    if verdict.selected and explanation.scores and penalty > 0:
        console.result(f"  - what `avoid` names takes {points(penalty)}")
    if verdict.selected and not explanation.scores:
        console.result(f"  + comparisons alone: {points(verdict.points)}, the rule's weight")
    matches = [match for score in explanation.scores for match in score.matches]
    for line in in_text(paper, matches, console, titled=titled):
        console.result(line)
    for missing in verdict.missing:
        # For a rule without any match, one line of its keywords is enough.
        line = f"  - missing: {missing}"
        near = explanation.scores or explanation.exclusions
        console.result(wrapped(line, console) if near else fitted(line, console.width))
    for exclusion in explanation.exclusions:
        console.result(f"  - excluded by {exclusion.keyword}; {_fields_of(exclusion.matches)}")
        for line in in_text(paper, exclusion.matches, console, titled=titled):
            console.result(line)
    if verdict.lacking:
        least = f"{explanation.rule.min_score:g}"
        console.result(
            f"  - {points(verdict.points)} of the {least} that min_score asks for: "
            f"{verdict.lacking:g} too few"
        )


def _sum(score: Score, weight: float) -> str:
    if not score.points and score.boost and weight:
        return "0 points, because another alternative gives more"
    factors = f"boost {score.boost:g} × weight {weight:g}" + (
        " × 2 in the title" if score.in_title else ""
    )
    return f"{points(score.points)} = {factors}"


def _fields_of(matches: tuple[Match, ...]) -> str:
    """Return the fields of the matches: `title, abstract 3 times`."""
    counts: dict[str, int] = {}
    for match in matches:
        counts[match.field] = counts.get(match.field, 0) + 1
    return ", ".join(
        name if count == 1 else f"{name} {counted(count, 'time')}" for name, count in counts.items()
    )


def _status_sentence(place: PaperStatus, paper: Paper) -> str:
    """Return a sentence about the paper's state in one profile."""
    limits = [
        f"{subject} ({limit})"
        for subject, limit in (
            (f"the limit of “{place.rule}”", place.rule_limit),
            ("the limit of the profile", place.profile_limit),
        )
        if limit is not None
    ]
    cut = " or ".join(limits) or "a limit"
    since = paper.first_seen or (paper.published and paper.published.first)
    back = f"; `digest run {place.profile} --since {since}` looks back" if since else ""
    sentences: dict[State, str] = {
        "settled": "not offered",
        "delivered": f"delivered in the digest {place.digest}, under “{place.rule}”",
        "listed": f"listed on one line of the digest {place.digest}, because {cut} was full",
        "held back": f"selected on {place.day}, but {cut} was full; it is carried over",
        "next run": "the next run considers it",
        "not started": "never ran; it starts with the dumps of its first run",
        "passed by": f"came in before the profile's rules looked for it{back}",
        "not selected": "none of its rules selects it",
    }
    sentence = sentences[place.state]
    return sentence if place.mark is None else f"{sentence}; {_marked(place.mark)}"


def _marked(mark: Mark) -> str:
    """Return how the reader marked the paper, and when."""
    if mark.origin == "owned" and mark.state == "done":
        reason = "its reader had it already"
    elif mark.origin == "added" and mark.state == "queued":
        reason = "its reader put it on the list"
    else:
        reason = f"its reader marked it as {mark.state}"
    until = f" until {mark.until}" if mark.until else ""
    at = f", on {mark.state_at.date()}" if mark.state_at else ""
    return f"{reason}{until}{at}"
