"""Imported rules that select too many papers of the library, or none."""

from __future__ import annotations

from datetime import date

from digest.library import Library
from digest.rule_import import import_rules
from digest.rule_import.on_papers import warn_on_papers
from tests.library.samples import add, record

DAY = date(2026, 1, 5)
RULES = "Wide: [moss]\nDead: [walrus]\nFine: [rare fern]\n"


def test_a_rule_that_takes_a_fifth_or_nothing_is_marked() -> None:
    titles = [f"Moss number {number}" for number in range(150)]
    titles += [f"A rare fern, {number}" for number in range(10)]
    with Library.in_memory() as library:
        add(library, "a", [record(title) for title in titles])
        wide, dead, fine = warn_on_papers(import_rules(RULES), library, today=DAY).rules
    assert wide.notes[-1].startswith("WARNING: it selects 150 of your 160 papers")
    assert dead.notes[-1].startswith("WARNING: it selects none of your 160 papers")
    assert not fine.notes


def test_a_small_library_says_nothing_of_a_rule() -> None:
    imported = import_rules(RULES)
    with Library.in_memory() as library:
        add(library, "a", [record("Moss")])
        assert warn_on_papers(imported, library, today=DAY) == imported
