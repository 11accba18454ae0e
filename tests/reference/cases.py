"""Read the cases of the rule language: a query, a paper, and whether it is selected."""

from __future__ import annotations

import json
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.model import Name, Paper, PartialDate
from tests.reference.match import RuleSpec, evaluate, read_rule
from tests.reference.tree import ReferenceQueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.reference.aliases import Aliases

TODAY = date(2026, 1, 5)
_COLUMNS = set(Paper.__struct_fields__)


class Example(NamedTuple):
    """A rule, a paper, and the expected answer."""

    spec: RuleSpec
    paper: Paper
    selects: bool | None
    """None where the rule must be refused."""
    aliases: Aliases = ()
    rules: Mapping[str, RuleSpec] = MappingProxyType({})


def read_cases(path: Path) -> Iterator[Example]:
    """Yield the cases of a file, one on each line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield example(json.loads(line))


def example(row: dict[str, Any]) -> Example:
    """Return a case as it is written in a file."""
    spec = RuleSpec((row["keyword"],)) if "keyword" in row else RuleSpec(query=row["query"])
    selects = None if "error" in row else bool(row.get("selects", row.get("select")))
    row = row | {"title": row.get("title", row.get("text", ""))}
    aliases = tuple(tuple(group) for group in row.get("aliases") or ())
    rules = {name: RuleSpec(query=query) for name, query in (row.get("rules") or {}).items()}
    return Example(spec, paper_of(row), selects, aliases, rules)


def paper_of(row: dict[str, Any]) -> Paper:
    """Return the paper of a case; names are given as a source that knows no parts gives them."""
    known = {key: value for key, value in row.items() if value is not None}
    if "type" in known:
        known["announce"] = known["type"]
    taken: dict[str, Any] = {key: value for key, value in known.items() if key in _COLUMNS}
    taken.pop("aliases", None)
    for key in ("title", "abstract"):
        taken[key] = " ".join(taken.get(key, "").split())
    for key in ("categories", "sources"):
        taken[key] = tuple(taken.get(key, ()))
    if "authors" in taken:
        taken["authors"] = tuple(Name(literal=name) for name in taken["authors"])
    if "published" in taken:
        taken["published"] = PartialDate.parse(taken["published"])
    for key in ("first_seen", "updated"):
        if key in taken:
            taken[key] = date.fromisoformat(taken[key])
    abstract = taken.pop("abstract") or None
    return Paper(**{"id": "2601.00001"} | taken, abstract=abstract)


def answer(case: Example) -> bool | None:
    """Return the reference's answer to a case; None where it refuses the rule."""
    try:
        read_rule(case.spec, case.aliases, case.rules)
    except ReferenceQueryError:
        return None
    result = evaluate(case.spec, case.paper, TODAY, case.aliases, case.rules)
    return result.selected
