"""What it costs to change rules: parse and compile all of them, and one more.

    python -m benchmarks.compiling FORMS RULES

Prints one JSON object: seconds to parse and to compile all, to compile all once more when one has
changed, and to parse and compile one rule by itself.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.engines import TODAY
from benchmarks.forms import load
from benchmarks.languages import as_digest

if TYPE_CHECKING:
    from collections.abc import Callable

SINGLES = 50


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main(forms_path: str, rules: str) -> None:
    """Measure once, in this order: the first time is a new process's."""
    from digest.lookup import as_rule
    from digest.rules import compile_rules

    queries = [as_digest(form) for form in load(Path(forms_path), int(rules))]
    begin = time.perf_counter()
    parsed = [as_rule(query, f"rule {number}") for number, query in enumerate(queries)]
    parse = time.perf_counter() - begin
    row = {
        "parse": parse,
        "compile": _seconds(lambda: compile_rules(parsed, today=TODAY)),
        "again": _seconds(lambda: compile_rules(parsed[1:] + parsed[:1], today=TODAY)),
        "single": statistics.median(
            _seconds(lambda query=query: compile_rules([as_rule(query)], today=TODAY))  # type: ignore[misc]  # a default binds the loop's value
            for query in queries[:SINGLES]
        ),
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
