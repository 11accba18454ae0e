"""Warn of imported rules that select too many papers of the library, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.rule_import.shared_conditions import as_rule
from digest.search import count_all

if TYPE_CHECKING:
    from datetime import date

    from digest.library import Library
    from digest.rule_import.result import ImportResult

FEWEST_PAPERS: Final = 100
"""With fewer papers a count says little about a rule."""
TOO_MANY: Final = 0.2
"""Share of all papers above which a rule selects more than anybody reads."""


def warn_on_papers(imported: ImportResult, library: Library, *, today: date) -> ImportResult:
    """Return `imported` with a note on each rule that selects over a fifth of papers, or none."""
    total = library.papers.count()
    if total < FEWEST_PAPERS or not imported.rules:
        return imported
    counts = count_all(library, [as_rule(made) for made in imported.rules], today=today)
    rules = tuple(
        replace(made, notes=(*made.notes, note)) if (note := _warning(count, total)) else made
        for made, count in zip(imported.rules, counts, strict=True)
    )
    return replace(imported, rules=rules)


def _warning(count: int, total: int) -> str:
    if not count:
        return (
            f"WARNING: it selects none of your {total:,} papers. `digest expand KEYWORD` shows "
            "which spellings occur in them."
        )
    if count > TOO_MANY * total:
        return (
            f"WARNING: it selects {count:,} of your {total:,} papers, more than a fifth. Remove "
            "its common words, or put them under `require` beside rarer keywords."
        )
    return ""
