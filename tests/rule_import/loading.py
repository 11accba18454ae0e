"""Import a text and load the result through the config, like a user."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.config import parse_config
from digest.matching import compile_rules
from digest.model import Paper
from digest.rule_import import Options, import_rules, write_yaml

if TYPE_CHECKING:
    from digest.rule_import import ImportResult
    from digest.rules import Rule

DAY: Final = date(2026, 1, 5)


def load(imported: ImportResult) -> tuple[Rule, ...]:
    """Return the rules that the config reads from what is written of `imported`."""
    if not imported.rules:
        return ()
    content = "sources: [dumps/]\n" + write_yaml(imported, origin="a list")
    rules = parse_config(content, Path("config.yaml")).rules
    assert [rule.name for rule in rules] == [rule.name for rule in imported.rules]
    for rule, made in zip(rules, imported.rules, strict=True):
        assert len(rule.keywords) == len(made.keywords)
        assert len(rule.require) == len(made.require)
        assert len(rule.exclude) == len(made.exclude)
        assert rule.query_text == made.query
    return rules


def imported(text: str, *, suffix: str = "", options: Options | None = None) -> tuple[Rule, ...]:
    """Return the rules that the config reads from the import of `text`."""
    return load(import_rules(text, suffix=suffix, options=options))


def selected(rules: tuple[Rule, ...], paper: Paper) -> dict[str, float]:
    """Return the names of the rules that select `paper`, with their points."""
    result = compile_rules(rules, today=DAY).match([paper])[0]
    return {match.rule: match.points for match in result}


def paper(title: str = "A title", abstract: str = "", **fields: object) -> Paper:
    """Return a paper."""
    return Paper(id="2601.00001", title=title, abstract=abstract, **fields)  # type: ignore[arg-type]  # a field of any type
