"""`digest explain`: every rule on one paper, or one rule on all papers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from digest.cli.commands import _explain_paper, _explain_rule
from digest.cli.commands._options import add_json, count, plain_text

if TYPE_CHECKING:
    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest explain 2601.00123              an arXiv identifier, a DOI, or a link
  digest explain 'Sparse upcycling'      a title, or a part of it
  digest explain --rule 'Scaling laws'   its newest papers and its near misses
  digest explain 2601.00123 --json       for a program"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest explain`."""
    subject = parser.add_mutually_exclusive_group(required=True)
    subject.add_argument(
        "paper",
        nargs="?",
        type=plain_text,
        metavar="PAPER",
        help="an identifier, a link or a title",
    )
    subject.add_argument(
        "--rule", metavar="NAME", help="a rule: its newest papers and its near misses"
    )
    parser.add_argument(
        "--limit", type=count, default=10, metavar="N",
        help="with --rule: papers of each kind (default 10; 0: all)",
    )  # fmt: skip
    parser.add_argument(
        "--within", type=_points, default=2.0, metavar="N",
        help="with --rule: a near miss lacks at most N points of min_score (default 2)",
    )  # fmt: skip
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Explain the given paper or rule."""
    if arguments.rule is not None:
        return _explain_rule.execute(arguments, context)
    return _explain_paper.execute(arguments, context)


def _points(text: str) -> float:
    """Parse an argument that is a number from 0."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return value
