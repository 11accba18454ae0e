"""`digest explain`: for one paper, what every rule says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.commands.options import DONE, FAILED, add_json, open_library, read_config
from digest.console import shortened
from digest.json_form import match_to_json, paper_to_json
from digest.rules import compile_rules
from digest.sentences import excerpt, mark

if TYPE_CHECKING:
    import argparse

    from digest.commands.options import Context
    from digest.console import Console
    from digest.model import Marked, Paper
    from digest.rules.verdict import Verdict

SUMMARY = "say for one paper what every rule makes of it, and why"
EXAMPLES = """\
  digest explain 2601.00123              an arXiv identifier, a DOI, or a link
  digest explain 'Sparse upcycling'      a title, or a part of it
  digest explain 2601.00123 --json       for a program"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest explain`."""
    parser.add_argument("paper", metavar="PAPER", help="an identifier, a link or a title")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print every rule's verdict, those that select first."""
    config = read_config(arguments)
    with open_library(config, scratch=True) as library:
        found = library.papers.find(arguments.paper)
        given = {
            profile.name: [paper.id for paper in found if library.digests.delivered(
                profile.name, paper.id)]
            for profile in config.profiles
        }  # fmt: skip
    if not found:
        context.console.problem(
            f"digest: no paper of the library is {arguments.paper!r}; `digest papers` lists them"
        )
        return FAILED
    paper, *others = found
    verdicts = compile_rules(config.rules, today=context.today).explain(paper)
    delivered = [name for name, papers in given.items() if paper.id in papers]
    if arguments.json:
        context.console.json(to_json(paper, verdicts, delivered))
        return DONE
    _tell(paper, verdicts, delivered, context.console)
    for other in others:
        context.console.note(f"also meant? {other.id}  {shortened(other.title, 76)}")
    return DONE


def to_json(paper: Paper, verdicts: tuple[Verdict, ...], delivered: list[str]) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    return {
        "paper": paper_to_json(paper),
        "delivered": delivered,
        "rules": [
            {
                "rule": verdict.rule,
                "selected": verdict.selected,
                "points": verdict.points,
                "matches": [match_to_json(match) for match in verdict.matches],
                "missing": list(verdict.missing),
                "excluded_by": list(verdict.excluded_by),
                "lacking": verdict.lacking,
            }
            for verdict in verdicts
        ],
    }


def _tell(
    paper: Paper, verdicts: tuple[Verdict, ...], delivered: list[str], console: Console
) -> None:
    console.result(console.styled(paper.title, "bold"))
    console.result(paper.id + (f", delivered to {', '.join(delivered)}" if delivered else ""))
    for verdict in sorted(verdicts, key=lambda each: not each.selected):
        console.result()
        _tell_verdict(paper, verdict, console)


def _tell_verdict(paper: Paper, verdict: Verdict, console: Console) -> None:
    mark_ = "selects it" if verdict.selected else "does not select it"
    points = f", {verdict.points:g} points" if verdict.selected else ""
    console.result(f"{console.styled(verdict.rule, 'bold')} {mark_}{points}")
    for keyword, place in _by_keyword(verdict).items():
        console.result(f"  + {keyword}  {place}")
    for name in ("title", "abstract"):
        for shown in _shown(paper, verdict, name):
            console.result("      " + _text(shown, console))
    for missing in verdict.missing:
        console.result(f"  - missing: {missing}")
    for excluding in verdict.excluded_by:
        console.result(f"  - excluded by: {excluding}")
    if verdict.lacking:
        console.result(f"  - {verdict.points:g} points, {verdict.lacking:g} too few")


def _by_keyword(verdict: Verdict) -> dict[str, str]:
    """Return each keyword that matched with its points and where it stands."""
    places: dict[str, list[str]] = {}
    points: dict[str, float] = {}
    for match in verdict.matches:
        where = match.field if match.start is None else f"{match.field} {match.start}-{match.end}"
        places.setdefault(match.keyword, []).append(where)
        points[match.keyword] = match.points
    return {
        keyword: f"{points[keyword]:g} points: {', '.join(where)}"
        for keyword, where in places.items()
    }


def _shown(paper: Paper, verdict: Verdict, name: str) -> tuple[Marked, ...]:
    spans = [
        (match.keyword, (match.start, match.end))
        for match in verdict.matches
        if match.field == name and match.start is not None and match.end is not None
    ]
    if not spans:
        return ()
    if name == "title":
        return (mark(paper.title, [span for _, span in spans]),)
    return excerpt(paper.abstract or "", spans)


def _text(marked: Marked, console: Console) -> str:
    """Show a stretch of text; matches in brackets too, for colour alone says too little."""
    return "".join(
        console.styled(f"[{segment.text}]", "mark") if segment.marked else segment.text
        for segment in marked
    )
