"""The cost of a changed rule: parse and compile all rules, and one more.

    python -m benchmarks.compiling FORMS RULES

Prints one JSON object: seconds to parse all, to compile all, and to parse and compile one alone.
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
from digest.matching import compile_rules
from digest.search import as_rule

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
    compiling, _ = _timed(lambda: compile_rules(parsed, today=TODAY))
    singles = [
        _timed(lambda query=query: compile_rules(_parsed([query]), today=TODAY))[0]  # type: ignore[misc]  # a default binds the loop's value
        for query in queries[:SINGLES]
    ]
    row = {
        "parse": parsing,
        "compile": compiling,
        "single": statistics.median(singles),
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
