"""`digest suggest`: keywords that the reader's marks propose, and those that bring nothing liked.

Changes nothing: what to put into the config is for people to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.cli.commands._options import add_json
from digest.cli.commands._reading_list import add_reader, open_desk
from digest.cli.console import fitted, table
from digest.learning.judged import LEAST
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from digest.cli.commands._options import Context
    from digest.cli.commands._reading_list import Desk
    from digest.cli.console import Console
    from digest.learning.fruitless import Fruitless
    from digest.learning.judged import Judged
    from digest.learning.proposals import Proposal, Proposals
    from digest.model import Paper, Profile
    from digest.rules import Rule

EXAMPLES = """\
  digest suggest                 what the marks on the reading list say of the rules
  digest suggest --profile lab   of the rules of one profile alone
  digest suggest --json          the same for programs, with more examples"""

_HEADER = ("liked", "dropped", "in all", "")
_SHOWN = 2
"""Papers that are shown for each keyword; --json has all that are named."""


@dataclass(frozen=True, slots=True)
class _Report:
    reader: str
    profiles: tuple[str, ...]
    """Those whose rules were looked at."""
    judged: Judged
    proposals: Proposals
    fruitless: tuple[Fruitless, ...]


class _Row(NamedTuple):
    cells: tuple[str, ...]
    """Counts, then the keyword."""
    examples: tuple[Paper, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest suggest`."""
    add_reader(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the proposals, the clearest first."""
    with open_desk(arguments, context) as desk:
        profiles = desk.profiles[:1] if arguments.profile is not None else desk.profiles
        report = _report(desk, profiles)
    if arguments.json:
        context.console.json(to_json(report))
    else:
        _tell(report, context.console)
    return desk.code


def _report(desk: Desk, profiles: tuple[Profile, ...]) -> _Report:
    from digest.learning.fruitless import find_fruitless
    from digest.learning.preferences import judged_by
    from digest.learning.proposals import propose
    from digest.search import count_all

    library, today = desk.library, desk.today
    names = {name for profile in profiles for name in profile.rules}
    rules = [rule for rule in desk.config.rules if rule.name in names]
    judged = judged_by(library, desk.reader)

    def count(tried: Sequence[Rule]) -> list[int]:
        return count_all(library, tried, today=today)

    return _Report(
        desk.reader,
        tuple(profile.name for profile in profiles),
        judged,
        propose(judged, rules, count=count, of=library.papers.count(), today=today),
        find_fruitless(judged, rules, today=today),
    )


def to_json(report: _Report) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    judged = report.judged
    return {
        "reader": report.reader,
        "profiles": list(report.profiles),
        "liked": len(judged.liked),
        "dropped": len(judged.dropped),
        "needed": LEAST,
        "enough": judged.enough,
        "keywords": [_proposal_json(each) for each in report.proposals.wanted],
        "exclude": [_proposal_json(each) for each in report.proposals.unwanted],
        "fruitless": [
            {
                "rule": each.rule,
                "keyword": each.keyword,
                "dropped": each.dropped,
                "alone": each.alone,
                "examples": _examples_json(each.examples),
            }
            for each in report.fruitless
        ],
    }


def _proposal_json(proposal: Proposal) -> dict[str, Any]:
    return {
        "keyword": proposal.keyword,
        "liked": proposal.liked,
        "dropped": proposal.dropped,
        "count": proposal.papers,
        "log_odds": proposal.log_odds,
        "examples": _examples_json(proposal.examples),
    }


def _examples_json(papers: Sequence[Paper]) -> list[dict[str, str]]:
    return [{"id": paper.id, "title": paper.title} for paper in papers]


def _tell(report: _Report, console: Console) -> None:
    judged, proposals = report.judged, report.proposals
    if judged.enough:
        console.result(
            f"{report.reader}: {counted(len(judged.liked), 'paper')} starred or done, "
            f"{len(judged.dropped):,} dropped"
        )
        if not proposals.wanted and not proposals.unwanted:
            console.result("No keyword sets them apart that the rules do not have already.")
    else:
        console.result(f"{report.reader}: too few marks to propose keywords.")
        console.result(f"There are {judged.lacking}.")
    if proposals.wanted:
        console.result("\nKeywords to add to a rule:")
        _tell_rows(_HEADER, list(map(_proposal_row, proposals.wanted)), console)
    if proposals.unwanted:
        console.result("\nWords to exclude; none of them stands in a paper that was liked:")
        _tell_rows(_HEADER, list(map(_proposal_row, proposals.unwanted)), console)
    if report.fruitless:
        console.result("\nKeywords whose papers were all dropped:")
        header = ("dropped", "for it alone", "")
        _tell_rows(header, list(map(_fruitless_row, report.fruitless)), console)
    if proposals.wanted or proposals.unwanted:
        console.note("Nothing was changed. `digest match KEYWORD` shows what a keyword brings.")


def _proposal_row(proposal: Proposal) -> _Row:
    counts = (proposal.liked, proposal.dropped, proposal.papers)
    cells = (*(f"{count:,}" for count in counts), proposal.keyword)
    return _Row(cells, proposal.examples)


def _fruitless_row(fruitless: Fruitless) -> _Row:
    cells = (
        f"{fruitless.dropped:,}",
        f"{fruitless.alone:,}",
        f"{fruitless.keyword} (of “{fruitless.rule}”)",
    )
    return _Row(cells, fruitless.examples)


def _tell_rows(header: tuple[str, ...], rows: Sequence[_Row], console: Console) -> None:
    """Print a table with the titles of examples below each row."""
    numbers = range(len(header) - 1)
    first, *lines = table([header, *(row.cells for row in rows)], right=numbers).split("\n")
    console.result(f"  {first}")
    for line, row in zip(lines, rows, strict=True):
        cut = line[: len(line) - len(row.cells[-1])]
        keyword = fitted(row.cells[-1], console.width - len(cut) - 2)
        console.result(f"  {cut}{console.styled(keyword, 'bold')}")
        for paper in row.examples[:_SHOWN]:
            title = fitted(paper.title, console.width - len(cut) - 4)
            console.result(f"  {' ' * len(cut)}  {console.styled(title, 'dim')}")
