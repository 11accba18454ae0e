"""What it costs to change rules: parse and compile all of them, and one more.

    python -m benchmarks.compiling FORMS RULES

Prints one JSON object: seconds to parse and to compile all, to compile them again when one in their
midst has become another, and to parse and compile one rule by itself.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks.engines import TODAY
from benchmarks.forms import load
from benchmarks.languages import as_digest
from digest.lookup import as_rule
from digest.rules import compile_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.rules import Rule

_Result = TypeVar("_Result")

SINGLES = 50


def _timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def _parsed(queries: Sequence[str]) -> list[Rule]:
    return [as_rule(query, f"rule {number}") for number, query in enumerate(queries)]


def main(forms_path: str, rules: str) -> None:
    """Measure once, in this order: the first time is a new process's."""
    queries = [as_digest(form) for form in load(Path(forms_path), int(rules))]
    parsing, parsed = _timed(lambda: _parsed(queries))
    compiling, matcher = _timed(lambda: compile_rules(parsed, today=TODAY))
    # Parsed once more, as from a config that is read again: the rules are equal, not the same.
    middle = len(queries) // 2
    changed = _parsed([*queries[:middle], "something else", *queries[middle + 1 :]])
    again, _ = _timed(lambda: compile_rules(changed, today=TODAY, before=matcher))
    singles = [
        _timed(lambda query=query: compile_rules(_parsed([query]), today=TODAY))[0]  # type: ignore[misc]  # a default binds the loop's value
        for query in queries[:SINGLES]
    ]
    row = {
        "parse": parsing,
        "compile": compiling,
        "again": again,
        "single": statistics.median(singles),
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
