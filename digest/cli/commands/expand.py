"""`digest expand`: what a keyword finds in the library: spellings, longer words, definitions.

In a large library only some papers are searched, unless `--all` is given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.cli.commands._options import (
    DONE,
    add_json,
    count,
    open_library,
    query_parser,
    read_config,
)
from digest.cli.console import table
from digest.errors import UsageError
from digest.matching import compile_rules
from digest.rules import Rule, parse_keyword
from digest.rules.parse import FIELD_NAMES
from digest.rules.transform import connect
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from digest.config import Config
    from digest.explain.spellings import Spellings
    from digest.library import Library
    from digest.matching.matcher import Matcher
    from digest.model import Paper

EXAMPLES = """\
  digest expand fine-tuning              finetuning, fine tuning, Fine-Tuning
  digest expand 'quanti?ation*'          which words a wildcard stands for
  digest expand '"reward model"~5'       a query: what is between the words
  digest expand LLM                      its definitions, and words that contain it
  digest expand 'author:Rivera'          which names it matches"""

WORDS_SHOWN = 5
SMALL = 25_000
"""Number of papers up to which a whole library is searched."""
RARE = 0.02
"""Definitions rarer than this share of the commonest one's papers are not shown."""
_QUERY = re.compile(rf'["/(]|(?:{"|".join(FIELD_NAMES)}):', re.IGNORECASE)
"""Beginnings of text that is a query, not a keyword of the config."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest expand`."""
    parser.add_argument(
        "keyword", metavar="KEYWORD", help="as in the `keywords` of a rule, or a query"
    )
    parser.add_argument(
        "--limit", type=count, default=30, metavar="N",
        help="show the N most frequent spellings (default 30; 0: all)",
    )  # fmt: skip
    parser.add_argument(
        "--all", action="store_true",
        help="look at every paper, not at a sample of a large library",
    )  # fmt: skip
    add_json(parser)


class Expanded(Struct, frozen=True):
    """What a keyword finds."""

    spellings: Spellings
    library: int
    """Number of papers in the library; `spellings.searched` of them were searched."""
    definitions: tuple[tuple[str, int], ...] = ()
    """How papers define the keyword, and in how many."""
    longer: tuple[tuple[str, int], ...] = ()
    """Words that begin with the keyword, and the number of papers with each."""
    inside: tuple[tuple[str, int], ...] = ()
    """Other words that contain it."""


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the spellings, most frequent first, and for a single word its definitions and uses."""
    config = read_config(arguments)
    rule = _rule(arguments.keyword, config)
    matcher = compile_rules([rule], today=context.today)
    with open_library(config, scratch=True) as library:
        expanded = _expanded(library, rule, matcher, whole_library=arguments.all)
    limit = arguments.limit or None
    if arguments.json:
        context.console.json(to_json(arguments.keyword, expanded, limit))
    else:
        _print(arguments.keyword, expanded, limit, context.console)
    return DONE


def _expanded(library: Library, rule: Rule, matcher: Matcher, *, whole_library: bool) -> Expanded:
    from digest.explain.spellings import count_spellings
    from digest.linting.keyword_words import word_keywords
    from digest.matching.abbreviations import Definitions
    from digest.search import BUDGET, look_at, vocabulary_of

    word = next((keyword.word for keyword in word_keywords([rule])), None)
    definitions = Definitions([] if word is None else [word])

    papers = library.papers.count()
    budget = None if whole_library or papers <= SMALL else BUDGET

    def looked() -> Iterator[tuple[int, Sequence[Paper]]]:
        for group in look_at(library, matcher, budget=budget):
            definitions.add(group.words)
            yield group.searched, group.papers

    spellings = count_spellings(matcher, looked())
    if word is None:
        return Expanded(spellings, papers)
    vocabulary = vocabulary_of(library)
    return Expanded(
        spellings,
        papers,
        _usual(definitions.counts[word].most_common(WORDS_SHOWN)),
        tuple(vocabulary.beginning(word)[:WORDS_SHOWN]),
        tuple(vocabulary.containing(word)[:WORDS_SHOWN]),
    )


def _usual(counts: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Leave out definitions that are rare beside the first: their authors' slips."""
    return tuple(pair for pair in counts if pair[1] >= RARE * counts[0][1])


def to_json(keyword: str, expanded: Expanded, limit: int | None) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    spellings = expanded.spellings
    words = {"longer": expanded.longer, "inside": expanded.inside}
    return {
        "keyword": keyword,
        "searched": spellings.searched,
        "papers": spellings.papers,
        "occurrences": spellings.occurrences,
        "spellings": [
            {
                "spelling": spelling.text,
                "occurrences": spelling.occurrences,
                "papers": spelling.papers,
            }
            for spelling in spellings.found[:limit]
        ],
        "others": len(spellings.found[limit:]) if limit else 0,
        "library": expanded.library,
        "definitions": [
            {"definition": phrase, "papers": papers} for phrase, papers in expanded.definitions
        ],
    } | {
        name: [{"word": word, "papers": papers} for word, papers in pairs]
        for name, pairs in words.items()
    }


def _rule(text: str, config: Config) -> Rule:
    if not text.strip():
        raise UsageError("the keyword is empty")
    if _QUERY.match(text):
        return query_parser(config)(text)
    (rule,) = connect([Rule("keyword", keywords=(parse_keyword(text),))], config.aliases)
    return rule


def _print(keyword: str, expanded: Expanded, limit: int | None, console: Console) -> None:
    spellings = expanded.spellings
    total = counted(spellings.searched, "paper")
    if spellings.searched < expanded.library:
        total += f" looked at, of {expanded.library:,} (--all looks at every one)"
    console.result(
        f"{console.styled(keyword, 'bold')}: {counted(spellings.occurrences, 'time')} in "
        f"{spellings.papers:,} of {total}"
    )
    shown = spellings.found[:limit]
    if shown:
        rows = [("times", "papers", "spelling")]
        rows += (
            (f"{spelling.occurrences:,}", f"{spelling.papers:,}", spelling.text)
            for spelling in shown
        )
        console.result(table(rows, right=(0, 1)))
        hidden = spellings.found[len(shown) :]
        if hidden:
            times = sum(spelling.occurrences for spelling in hidden)
            console.result(f"and {counted(len(hidden), 'more spelling')}, {counted(times, 'time')}")
    _print_words(keyword, expanded, console)


def _print_words(keyword: str, expanded: Expanded, console: Console) -> None:
    """Print how papers define a word, and which other words contain it."""
    for phrase, papers in expanded.definitions:
        console.result(f"defined as “{phrase} ({keyword})” in {counted(papers, 'paper')}")
    for heading, words in (
        ("longer words (not matched)", expanded.longer),
        ("inside other words (not matched)", expanded.inside),
    ):
        if words:
            shown = ", ".join(f"{word} {counted(papers, 'paper')}" for word, papers in words)
            console.result(f"{heading}: {shown}")
