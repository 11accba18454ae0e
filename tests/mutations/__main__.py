"""Put each named fault into a copy of the project and see a test fail.

    python -m tests.mutations [--only WORD] [--jobs 2] [--write-docs]

Prints a line for each fault, with the first test that failed. Ends with 1 if no test fails for
one, if one no longer applies, or if the tests fail without any. With `--write-docs` the table goes
into docs/proof.md, between its markers. Needs the `test` extra; takes some minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.mutations.catalogue import KINDS, MUTATIONS
from tests.mutations.mutation import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutations.mutation import Mutation

PROJECT: Final = Path(__file__).resolve().parent.parent.parent
DOCS: Final = PROJECT / "docs" / "proof.md"
COPIED: Final = ("digest", "tests", "pyproject.toml")
BEGIN, END = "<!-- mutations -->\n", "<!-- /mutations -->"
PYTEST: Final = (
    "-m", "pytest", "-x", "-q", "--tb=no", "--no-header", "-p", "no:cacheprovider",
    # The reference is not what is changed; and chance may find what no example shows.
    "-m", "not shared and not slow", "-k", "not reference and not chance",
)  # fmt: skip
FAILED: Final = re.compile(r"^FAILED \S+?/([^/\s]+::[^\[\s]+)", re.MULTILINE)
SECONDS: Final = 300


def run(tests: Sequence[str], mutation: Mutation | None = None) -> str | None:
    """Run `tests` in a copy of the project; return the test that failed, None if none did.

    Raises `SystemExit` where they could not run: that shows nothing.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for each in COPIED:
            source = PROJECT / each
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
                shutil.copytree(source, root / each, ignore=ignored)
            else:
                shutil.copy(source, root / each)
        if mutation is not None:
            mutation.apply(root)
        environment = os.environ | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(root),  # before an installed digest
            "PYTEST_ADDOPTS": "",
        }
        done = subprocess.run(
            [sys.executable, *PYTEST, *tests],
            cwd=root, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    if done.returncode == 0:
        return None
    failed = FAILED.search(done.stdout)
    if done.returncode != 1 or failed is None:
        what = mutation.name if mutation else "nothing"
        raise SystemExit(f"with {what} changed the tests do not run:\n{done.stdout}{done.stderr}")
    return failed[1]


def table(caught: dict[str, str]) -> str:
    """Return the faults that were found as Markdown, a table for each kind."""
    lines: list[str] = []
    for kind, mutations in KINDS.items():
        lines += [f"### {kind}", "", "| fault | breaks | found by |", "|---|---|---|"]
        lines += [f"| {m.name} | {m.breaks} | `{caught[m.name]}` |" for m in mutations]
        lines.append("")
    return "\n".join(lines)


def write_docs(text: str) -> None:
    """Put `text` between the markers of docs/proof.md."""
    before, rest = DOCS.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    DOCS.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Try all mutations; return 1 if any shows a gap in the tests."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations")
    parser.add_argument("--only", default="", help="faults whose name holds this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write-docs", action="store_true")
    arguments = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if arguments.only in mutation.name]
    stale = [mutation for mutation in chosen if not mutation.applies(PROJECT)]
    for mutation in stale:
        print(f"NO LONGER APPLIES  {mutation.name} ({mutation.file})")
    for tests in dict.fromkeys(mutation.tests for mutation in chosen) or [RULES]:
        if failed := run(tests):
            raise SystemExit(f"without any fault {failed} fails")
    caught: dict[str, str] = {}
    fresh = [mutation for mutation in chosen if mutation not in stale]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = pool.map(lambda mutation: run(mutation.tests, mutation), fresh)
        for mutation, failed in zip(fresh, results, strict=True):
            print(f"{failed or 'SURVIVES':<60}  {mutation.name}", flush=True)
            if failed:
                caught[mutation.name] = failed
    print(f"{len(caught)} of {len(chosen)} faults found")
    if len(caught) < len(chosen):
        return 1
    if arguments.write_docs and not arguments.only:
        write_docs(table(caught))
    return 0


if __name__ == "__main__":
    sys.exit(main())
