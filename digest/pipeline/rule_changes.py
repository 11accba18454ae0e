"""Compare the rules of the config with those of the last run, on recent papers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.errors import QueryError
from digest.linting.rule_changes import ChangedPaper, Pair, RuleChange, names_of_renamed, pairs
from digest.rules import connect
from digest.rules.rule_text import aliases_from_text, aliases_to_text, rule_from_text, rule_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from digest.library import Library
    from digest.rules import Aliases, Rule
    from digest.search.recent import Recent

DAYS: Final = 30
"""Days whose papers a changed rule is tried on."""


class Texts(Struct, frozen=True):
    """What decides which papers the rules of a config select, as text."""

    rules: dict[str, str]
    aliases: str

    @classmethod
    def of(cls, rules: Sequence[Rule], aliases: Aliases | None) -> Texts:
        """Return the texts of a config's rules."""
        return cls({rule.name: rule_to_text(rule) for rule in rules}, aliases_to_text(aliases))


def first_day(today: date, days: int = DAYS) -> date:
    """Return the first of the last `days` days; the last one is `today`."""
    return today - timedelta(days=max(0, days - 1))


def remember_rules(library: Library, texts: Texts, *, today: date) -> None:
    """Store the rules, so that the next run can see what changed."""
    library.rule_texts.replace(texts.rules, texts.aliases, day=today)


def rule_changes(
    library: Library, rules: Sequence[Rule], texts: Texts, *, today: date
) -> tuple[RuleChange, ...]:
    """Return how each changed rule's papers differ from those of the last run's rules, in order.

    Empty before the first run; a former rule that no longer parses is left out.
    """
    before = Texts(*library.rule_texts.all())
    if not before.rules or before == texts:
        return ()
    from digest.search.recent import select_recent  # here: most runs have no changed rule

    try:
        former = _former(before)
    except QueryError:  # written for an earlier version of the rule language
        return ()
    changed = list(
        pairs(
            former,
            rules,
            edited={name for name, text in texts.rules.items() if before.rules.get(name) != text},
            renamed=names_of_renamed(before.rules, texts.rules),
        )
    )
    compared_rules = [pair.before or pair.after for pair in changed] + [
        pair.after for pair in changed
    ]
    recent = select_recent(library, compared_rules, first=first_day(today), last=today, today=today)
    return tuple(_compared(library, changed, recent, today))


def _former(texts: Texts) -> dict[str, Rule]:
    """Return the rules of the last run, by name."""
    rules = [rule_from_text(name, text) for name, text in texts.rules.items()]
    return {rule.name: rule for rule in connect(rules, aliases_from_text(texts.aliases))}


def _compared(
    library: Library, changed: Sequence[Pair], recent: Recent, today: date
) -> Iterator[RuleChange]:
    """Yield the changes; none for a rule whose references changed without effect."""
    for place, pair in enumerate(changed):
        before = recent.selected[place] if pair.before else frozenset[int]()
        after = recent.selected[len(changed) + place]
        if not pair.is_edited and before == after:
            continue
        yield RuleChange(
            rule=pair.after.name,
            is_new=pair.before is None,
            first=first_day(today),
            days=DAYS,
            papers=recent.papers,
            before=len(before),
            after=len(after),
            more=_named(library, after - before),
            fewer=_named(library, before - after),
        )


def _named(library: Library, keys: frozenset[int]) -> tuple[ChangedPaper, ...]:
    """Return the papers, the last ones first."""
    titles = library.papers.titles(keys)
    return tuple(ChangedPaper(*titles[key]) for key in sorted(titles, reverse=True))
