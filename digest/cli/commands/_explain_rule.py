"""`digest explain --rule NAME`: the newest papers of a rule, and its near misses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.cli.commands._explain_paper import explanation_to_json, print_reasons
from digest.cli.commands._highlight import title, wrapped
from digest.cli.commands._options import DONE, open_library, read_config
from digest.errors import UsageError
from digest.explain.paper import explain
from digest.matching.near_misses import ORDER, look_back
from digest.model.serialize import paper_to_json
from digest.text.nearest import nearest
from digest.wording import counted, points

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from digest.config import Config
    from digest.explain.paper import Explanation
    from digest.library import Library
    from digest.matching.near_misses import RuleHistory
    from digest.model import Paper
    from digest.model.matches import Shortfall
    from digest.rules import Rule

    Explained = tuple[Paper, Explanation]

_AT_ONCE = 2_000


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the papers that the rule selected last, and its near misses by kind."""
    config = read_config(arguments)
    rule = _rule(config, arguments.rule)
    limit = arguments.limit or None
    with open_library(config, scratch=True) as library:
        history = look_back(
            rule, library.papers.batches(_AT_ONCE), today=context.today, within=arguments.within
        )
        view = _View(rule, library, context)
        recent = view.explained(history.selected[:limit])
        misses = {
            shortfall: view.explained([miss.paper for miss in history.of(shortfall)[:limit]])
            for shortfall in ORDER
        }
    report = _Report(rule, history, recent, misses)
    if arguments.json:
        context.console.json(_to_json(report))
    else:
        _print(report, context.console, within=arguments.within)
    return DONE


def _rule(config: Config, name: str) -> Rule:
    known = {rule.name: rule for rule in config.rules}
    if name not in known:
        near = nearest(name, known)
        hint = f" Did you mean {near!r}?" if near else ""
        raise UsageError(f"{config.path} has no rule {name!r}.{hint} It has: {'; '.join(known)}.")
    return known[name]


class _Report(Struct, frozen=True):
    """One rule, its newest papers and the first of its near misses, each explained."""

    rule: Rule
    history: RuleHistory
    recent: list[Explained]
    misses: dict[Shortfall, list[Explained]]


class _View:
    """Load papers one by one and explain them."""

    def __init__(self, rule: Rule, library: Library, context: Context) -> None:
        self._rule = rule
        self._library = library
        self._today = context.today

    def explained(self, identifiers: Sequence[str]) -> list[Explained]:
        papers = self._library.papers.get_many(identifiers)
        return [
            (papers[identifier], explain([self._rule], papers[identifier], today=self._today)[0])
            for identifier in identifiers
        ]


def _to_json(report: _Report) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    return {
        "rule": report.rule.name,
        "papers": report.history.papers,
        "selected": len(report.history.selected),
        "recent": [_explained_json(*explained) for explained in report.recent],
        "near_misses": [
            {
                "shortfall": shortfall,
                "count": len(report.history.of(shortfall)),
                "papers": [_explained_json(*explained) for explained in misses],
            }
            for shortfall, misses in report.misses.items()
        ],
    }


def _explained_json(paper: Paper, explanation: Explanation) -> dict[str, Any]:
    return {"paper": paper_to_json(paper), **explanation_to_json(explanation)}


def _print(report: _Report, console: Console, *, within: float) -> None:
    rule, history = report.rule, report.history
    total = counted(history.papers, "paper")
    name = console.styled(rule.name, "bold")
    console.result(f"{name} selects {len(history.selected):,} of {total}.")
    if report.recent:
        console.result()
        console.result(_heading("Newest", len(report.recent), len(history.selected), console))
        for paper, explanation in report.recent:
            _print_head(paper, explanation, console)
            keywords = ", ".join(score.keyword for score in explanation.scores)
            console.result(wrapped(f"  + {keywords or 'comparisons alone'}", console))
    headings: dict[Shortfall, str] = {
        "missing": "One required keyword short",
        "excluded": "Excluded by one keyword",
        "points": f"At most {points(within)} below min_score {rule.min_score or 0:g}",
    }
    for shortfall, misses in report.misses.items():
        if misses:
            console.result()
            count = len(history.of(shortfall))
            console.result(_heading(headings[shortfall], len(misses), count, console))
            for paper, explanation in misses:
                _print_head(paper, explanation, console)
                print_reasons(paper, explanation, console, titled=False)
    if not history.near_misses:
        console.result()
        console.result("No paper is a near miss.")


def _heading(text: str, shown: int, total: int, console: Console) -> str:
    count = f"{total:,}" if shown == total else f"{shown} of {total:,}"
    return f"{console.styled(text, 'bold')} ({count})"


def _print_head(paper: Paper, explanation: Explanation, console: Console) -> None:
    """Print day, id, points and the title with its matches marked."""
    day = paper.first_seen or paper.published  # both have an ISO form
    head = f"{day.isoformat() if day else '':<10}  {paper.id:<14}  "
    matches = [*explanation.verdict.matches]
    matches += (match for exclusion in explanation.exclusions for match in exclusion.matches)
    console.result(head + points(explanation.verdict.points))
    console.result(title(paper, matches, console))
