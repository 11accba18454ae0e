"""Report rules that an edit of the config changed, for `run` and `check`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from digest.cli.commands._highlight import wrapped
from digest.cli.console import fitted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from digest.cli.console import Console
    from digest.linting.rule_changes import ChangedPaper, RuleChange

_ID: Final = 18
"""Width of the identifier column."""


def add_titles(parser: argparse.ArgumentParser) -> None:
    """Add `--titles`."""
    parser.add_argument(
        "--titles", action="store_true",
        help="name the papers that changed rules take more or fewer",
    )  # fmt: skip


def print_changes(changes: Sequence[RuleChange], console: Console, *, titles: bool) -> None:
    """Print a sentence for each changed rule, and how to get the papers it would have selected."""
    for change in changes:
        console.result(wrapped(sentence(change), console))
        if titles:
            for line in _titles(change, console):
                console.result(line)
    gained = [change for change in changes if change.more]
    if gained:
        rules = " ".join(f"--rule {shlex.quote(change.rule)}" for change in gained)
        console.result(f"To get them: digest run --since {gained[0].first} {rules}")
    if changes:
        console.result()


def sentence(change: RuleChange) -> str:
    """Return what changed: `Rule “A” changed: of the last 30 days’ papers it would have …`."""
    subject = f"Rule “{change.rule}” {'is new' if change.is_new else 'changed'}"
    if not change.papers:
        return f"{subject}; no paper came in the last {change.days} days to try it on."
    more, fewer = len(change.more), len(change.fewer)
    if change.is_new:
        return f"{subject}: of the last {change.days} days’ papers it would have taken {_of(more)}."
    if more or fewer:
        counts = ((more, "more"), (fewer, "fewer"))
        difference = " and ".join(f"{count:,} {word}" for count, word in counts if count)
    else:
        difference = f"the same {change.after:,}" if change.after else "none, as before"
    return f"{subject}: of the last {change.days} days’ papers it would have taken {difference}."


def changes_json(changes: Iterable[RuleChange]) -> list[dict[str, Any]]:
    """Return changed rules as JSON; docs/json.md."""
    return [
        {
            "rule": change.rule,
            "is_new": change.is_new,
            "since": change.first.isoformat(),
            "papers": change.papers,
            "before": change.before,
            "after": change.after,
            "more": [asdict(paper) for paper in change.more],
            "fewer": [asdict(paper) for paper in change.fewer],
        }
        for change in changes
    ]


def _of(count: int) -> str:
    return f"{count:,}" if count else "none"


def _titles(change: RuleChange, console: Console) -> Iterator[str]:
    for sign, papers in (("+", change.more), ("-", change.fewer)):
        yield from (_line(sign, paper, console) for paper in papers)


def _line(sign: str, paper: ChangedPaper, console: Console) -> str:
    return f"  {sign} {paper.id:<{_ID}}  {fitted(paper.title, console.width - _ID - 6)}"
