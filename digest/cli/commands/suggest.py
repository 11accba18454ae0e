"""`digest suggest`: propose keywords from marks, and name keywords that bring nothing liked.

It changes nothing, except that `--write` adds chosen proposals to the config.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.cli.commands._options import add_json
from digest.cli.commands._reading_list import add_reader, open_lists
from digest.cli.console import fitted, table
from digest.config.values import did_you_mean
from digest.errors import UsageError
from digest.learning.judged_papers import BACKGROUND, LEAST
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from digest.cli.commands._options import Context
    from digest.cli.commands._reading_list import CommandLists
    from digest.cli.console import Console
    from digest.config.additions import RuleList
    from digest.learning.fruitless_keywords import FruitlessKeyword
    from digest.learning.judged_papers import JudgedPapers
    from digest.learning.proposals import Proposal, Proposals
    from digest.model import Paper, Profile
    from digest.rules import Rule

EXAMPLES = """\
  digest suggest                 proposals from the marks on the reading list
  digest suggest --profile lab   for the rules of one profile
  digest suggest --json          the same for programs, with more examples"""

_DAYS = 60
"""Days over which a proposal counts papers that no rule selected."""
_HEADER = ("liked", "dropped", "in all", f"{_DAYS} days", "")
_SHOWN = 2
"""Maximum number of papers shown for each keyword; --json has all."""


class _Report(Struct, frozen=True):
    reader: str
    profiles: tuple[str, ...]
    """The profiles whose rules were examined."""
    judged: JudgedPapers
    proposals: Proposals
    brought: dict[str, int]
    """By keyword: papers of the last days that it selects and no rule of these profiles does."""
    fruitless: tuple[FruitlessKeyword, ...]

    @property
    def enough(self) -> bool:
        """Whether there were enough papers to propose keywords, with a sample of the library."""
        return len(self.judged.liked) >= LEAST


class _Row(Struct, frozen=True):
    cells: tuple[str, ...]
    """Counts, then the keyword."""
    examples: tuple[Paper, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest suggest`."""
    add_reader(parser)
    parser.add_argument(
        "--write", nargs="+", metavar="KEYWORD", help="add these proposals to a rule of the config"
    )
    parser.add_argument("--rule", metavar="NAME", help="with --write: the rule")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the proposals, the clearest first."""
    with open_lists(arguments, context) as reader_lists:
        profiles = (
            reader_lists.profiles[:1] if arguments.profile is not None else reader_lists.profiles
        )
        report = _report(reader_lists, profiles)
        if arguments.write:
            _write(report, reader_lists, arguments, context)
    if arguments.write:
        return reader_lists.code
    if arguments.json:
        context.console.json(to_json(report))
    else:
        _print(report, context.console)
    return reader_lists.code


def _report(reader_lists: CommandLists, profiles: tuple[Profile, ...]) -> _Report:
    from digest.learning.fruitless_keywords import find_fruitless
    from digest.learning.preferences import judged_by
    from digest.learning.proposals import propose
    from digest.rules import Rule, parse_keyword
    from digest.search import count_all
    from digest.search.recent import select_recent

    library, today = reader_lists.library, reader_lists.today
    names = {name for profile in profiles for name in profile.rules}
    rules = [rule for rule in reader_lists.config.rules if rule.name in names]
    judged = judged_by(library, reader_lists.reader)

    def count(tried: Sequence[Rule]) -> list[int]:
        return count_all(library, tried, today=today)

    background = library.papers.spread(BACKGROUND)
    proposals = propose(
        judged, rules, count=count, of=library.papers.count(), today=today, background=background
    )
    texts = [proposal.keyword for proposal in proposals.wanted]
    tried = [Rule(text, keywords=(parse_keyword(text),)) for text in texts]
    first = today - timedelta(days=_DAYS - 1)
    recent = select_recent(library, [*tried, *rules], first=first, last=today, today=today).selected
    known = frozenset[int]().union(*recent[len(tried) :])
    return _Report(
        reader_lists.reader,
        tuple(profile.name for profile in profiles),
        judged,
        proposals,
        {text: len(papers - known) for text, papers in zip(texts, recent, strict=False)},
        find_fruitless(judged, rules, today=today),
    )


def _write(
    report: _Report, reader_lists: CommandLists, arguments: argparse.Namespace, context: Context
) -> None:
    """Write the chosen proposals into the config, leaving the rest of the file unchanged."""
    from digest.config.additions import add_keywords
    from digest.config.settings import parse_config
    from digest.delivery.files import replace_file

    path = Path(arguments.config)
    rule = arguments.rule or _only_rule(reader_lists, report)
    keywords = {proposal.keyword for proposal in report.proposals.wanted}
    unwanted = {proposal.keyword for proposal in report.proposals.unwanted}
    for keyword in arguments.write:
        if keyword not in keywords | unwanted:
            hint = did_you_mean(keyword, sorted(keywords | unwanted))
            raise UsageError(f"{keyword!r} is not among the proposals{hint}")
    content = path.read_bytes().decode("utf-8")
    changed = content
    lists: tuple[tuple[RuleList, set[str]], ...] = (("keywords", keywords), ("exclude", unwanted))
    for name, among in lists:
        if chosen := [keyword for keyword in arguments.write if keyword in among]:
            changed = add_keywords(changed, rule, name, chosen)
            context.console.note(f"{name} of {rule}: {', '.join(chosen)}")
    parse_config(changed, path)  # never write a config that cannot be read
    replace_file(changed.encode(), path.with_name(f".{path.name}.new"), path)
    context.console.result(f"wrote {path}; `digest check` says what it means")


def _only_rule(reader_lists: CommandLists, report: _Report) -> str:
    names = {
        name
        for profile in reader_lists.profiles
        if profile.name in report.profiles
        for name in profile.rules
    }
    if len(names) != 1:
        raise UsageError("say which rule to add to: --rule NAME")
    return names.pop()


def to_json(report: _Report) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    judged = report.judged
    return {
        "reader": report.reader,
        "profiles": list(report.profiles),
        "liked": len(judged.liked),
        "dropped": len(judged.dropped),
        "needed": LEAST,
        "enough": report.enough,
        "days": _DAYS,
        "keywords": [
            {**_proposal_json(proposal), "recent": report.brought[proposal.keyword]}
            for proposal in report.proposals.wanted
        ],
        "exclude": [_proposal_json(proposal) for proposal in report.proposals.unwanted],
        "fruitless": [
            {
                "rule": keyword.rule,
                "keyword": keyword.keyword,
                "dropped": keyword.dropped,
                "alone": keyword.alone,
                "examples": _examples_json(keyword.examples),
            }
            for keyword in report.fruitless
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


def _print(report: _Report, console: Console) -> None:
    judged, proposals = report.judged, report.proposals
    if report.enough:
        console.result(
            f"{report.reader}: {counted(len(judged.liked), 'paper')} starred, read or imported, "
            f"{len(judged.dropped):,} dropped"
        )
        if not proposals.wanted and not proposals.unwanted:
            console.result("No keyword sets them apart that the rules do not have already.")
    else:
        console.result(f"{report.reader}: too few marks to propose keywords.")
        console.result(
            f"There are {len(judged.liked):,} starred, read or imported papers; {LEAST} are needed."
        )
    if proposals.wanted:
        console.result("\nKeywords to add to a rule:")
        rows = [
            _proposal_row(proposal, report.brought[proposal.keyword])
            for proposal in proposals.wanted
        ]
        _print_rows(_HEADER, rows, console)
    if proposals.unwanted:
        console.result("\nWords to exclude; none of them occurs in a paper that you liked:")
        rows = [_proposal_row(proposal) for proposal in proposals.unwanted]
        _print_rows((*_HEADER[:3], ""), rows, console)
    if report.fruitless:
        console.result("\nKeywords whose papers were all dropped:")
        header = ("dropped", "for it alone", "")
        _print_rows(header, list(map(_fruitless_row, report.fruitless)), console)
    if proposals.wanted or proposals.unwanted:
        console.note(
            "Nothing was changed. `digest match KEYWORD` shows what a keyword brings,"
            " `--write KEYWORD --rule NAME` adds it."
        )


def _proposal_row(proposal: Proposal, *recent: int) -> _Row:
    counts = (proposal.liked, proposal.dropped, proposal.papers, *recent)
    cells = (*(f"{count:,}" for count in counts), proposal.keyword)
    return _Row(cells, proposal.examples)


def _fruitless_row(fruitless: FruitlessKeyword) -> _Row:
    cells = (
        f"{fruitless.dropped:,}",
        f"{fruitless.alone:,}",
        f"{fruitless.keyword} (of “{fruitless.rule}”)",
    )
    return _Row(cells, fruitless.examples)


def _print_rows(header: tuple[str, ...], rows: Sequence[_Row], console: Console) -> None:
    """Print a table, with the titles of examples below each row."""
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
