"""`digest expand`: the spellings of a keyword that the library has, with counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.cli.commands._options import DONE, add_json, count, open_library, read_config
from digest.cli.console import table
from digest.errors import UsageError
from digest.matching import compile_rules
from digest.rules import Rule, parse_keyword, parse_query
from digest.rules.parse import FIELD_NAMES
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from digest.explain.spellings import Spellings

EXAMPLES = """\
  digest expand fine-tuning              finetuning, fine tuning, Fine-Tuning
  digest expand 'quanti?ation*'          which words a wildcard stands for
  digest expand '"reward model"~5'       a query: what stands between the words
  digest expand 'author:Rivera'          which names are written so"""

_AT_ONCE = 2_000
_QUERY = re.compile(rf'["/(]|(?:{"|".join(FIELD_NAMES)}):', re.IGNORECASE)
"""How something begins that is a query and no keyword of the config."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest expand`."""
    parser.add_argument(
        "keyword", metavar="KEYWORD", help="as in the `keywords` of a rule, or a query"
    )
    parser.add_argument(
        "--limit", type=count, default=30, metavar="N",
        help="show the N most frequent spellings (default 30; 0: all)",
    )  # fmt: skip
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the spellings, the most frequent first."""
    from digest.explain.spellings import count_spellings

    rule = _rule(arguments.keyword)
    config = read_config(arguments)
    matcher = compile_rules([rule], today=context.today)
    with open_library(config, scratch=True) as library:
        spellings = count_spellings(matcher, library.papers.batches(_AT_ONCE))
    limit = arguments.limit or None
    if arguments.json:
        context.console.json(to_json(arguments.keyword, spellings, limit))
    else:
        _tell(arguments.keyword, spellings, limit, context.console)
    return DONE


def to_json(keyword: str, spellings: Spellings, limit: int | None) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    return {
        "keyword": keyword,
        "searched": spellings.searched,
        "papers": spellings.papers,
        "occurrences": spellings.occurrences,
        "spellings": [
            {"spelling": each.text, "occurrences": each.occurrences, "papers": each.papers}
            for each in spellings.found[:limit]
        ],
        "others": len(spellings.found[limit:]) if limit else 0,
    }


def _rule(text: str) -> Rule:
    if not text.strip():
        raise UsageError("the keyword is empty")
    if _QUERY.match(text):
        return Rule("keyword", query=parse_query(text), query_text=text)
    return Rule("keyword", keywords=(parse_keyword(text),))


def _tell(keyword: str, spellings: Spellings, limit: int | None, console: Console) -> None:
    total = counted(spellings.searched, "paper")
    console.result(
        f"{console.styled(keyword, 'bold')}: {counted(spellings.occurrences, 'time')} in "
        f"{spellings.papers:,} of {total}"
    )
    shown = spellings.found[:limit]
    if not shown:
        return
    rows = [("times", "papers", "spelling")]
    rows += ((f"{each.occurrences:,}", f"{each.papers:,}", each.text) for each in shown)
    console.result(table(rows, right=(0, 1)))
    others = spellings.found[len(shown) :]
    if others:
        times = sum(each.occurrences for each in others)
        console.result(f"and {counted(len(others), 'more spelling')}, {counted(times, 'time')}")
