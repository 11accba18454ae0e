"""Put each fault of the catalogue into a copy of the project and check that a test fails.

    python -m tests.mutations [--only WORD] [--jobs 2] [--write-docs]

Prints a line for each fault, with the first test that failed. Exits with 1 if a fault survives or
no longer applies, or if the tests fail without any. With `--write-docs`, writes which test catches
which fault to caught.tsv, and the summary to docs/proof.md; with `--only`, the other lines stay.
Needs the `test` extra; takes some minutes.
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
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.mutations.catalogue import KINDS, MUTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.mutations.mutation import Mutation

PROJECT: Final = Path(__file__).resolve().parent.parent.parent
DOCS: Final = PROJECT / "docs" / "proof.md"
CAUGHT: Final = PROJECT / "tests" / "mutations" / "caught.tsv"
BEGIN, END = "<!-- mutations -->\n", "<!-- /mutations -->"
PYTEST: Final = (
    "-m", "pytest", "-x", "-q", "--tb=no", "--no-header", "-p", "no:cacheprovider",
    # The examples alone must catch it: without the reference and without Hypothesis.
    "-m", "not shared and not slow", "-k", "not reference and not chance",
)  # fmt: skip
FAILED: Final = re.compile(r"^FAILED tests/(\S+?::[^\[\s]+)", re.MULTILINE)
SECONDS: Final = 300


def copy_project(root: Path) -> None:
    """Copy what the tests need, so that the project may change while they run."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for folder in ("digest", "templates", "tests"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", root)


def failing(root: Path, tests: Sequence[str]) -> str | None:
    """Run `tests` of the project at `root`; return the first that fails, or None.

    Raises `SystemExit` if they cannot run, because that proves nothing.
    """
    environment = os.environ | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(root),  # before an installed digest
        "PYTEST_ADDOPTS": "",
    }
    completed = subprocess.run(
        [sys.executable, *PYTEST, *tests],
        cwd=root, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if completed.returncode == 0:
        return None
    failed = FAILED.search(completed.stdout)
    if completed.returncode != 1 or failed is None:
        raise SystemExit(f"the tests do not run at all:\n{completed.stdout}{completed.stderr}")
    return failed[1]


def try_out(mutation: Mutation, project: Path, known: str | None) -> str | None:
    """Put `mutation` into a copy of `project`; return the test that catches it, or None.

    The test that caught it the last time (`known`) runs first, to save time.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name, "project")
        shutil.copytree(project, root)
        mutation.apply(root)
        if known is not None and (root / "tests" / known.split("::")[0]).is_file():
            with suppress(SystemExit):  # that test may be gone
                if failed := failing(root, [f"tests/{known}"]):
                    return failed
        return failing(root, mutation.tests)


def caught_before() -> dict[str, str]:
    """Return the test that caught each fault the last time."""
    if not CAUGHT.exists():
        return {}
    lines = CAUGHT.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def summary() -> str:
    """Return a Markdown list: for each kind its number of faults, and what the first breaks."""
    return "\n".join(
        f"- {kind} ({len(mutations)}): {mutations[0].breaks}" for kind, mutations in KINDS.items()
    )


def write_docs(caught: dict[str, str]) -> None:
    """Write which test catches which fault to caught.tsv, and the summary to docs/proof.md."""
    lines = [
        f"{mutation.name}\t{caught[mutation.name]}\n"
        for mutation in MUTATIONS
        if mutation.name in caught  # not tried yet, with --only
    ]
    CAUGHT.write_text("".join(lines), encoding="utf-8")
    before, rest = DOCS.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    DOCS.write_text(f"{before}{BEGIN}\n{summary()}\n\n{END}{after}", encoding="utf-8")


def all_caught(
    mutations: Sequence[Mutation], project: Path, jobs: int
) -> Iterator[tuple[str, str]]:
    """Yield the name of each fault that a test catches, and that test; print a line for each."""
    known = caught_before()

    def one(mutation: Mutation) -> str | None:
        return try_out(mutation, project, known.get(mutation.name))

    with ThreadPoolExecutor(jobs) as pool:
        for mutation, failed in zip(mutations, pool.map(one, mutations), strict=True):
            print(f"{mutation.name:<55} {failed or 'SURVIVES'}", flush=True)
            if failed:
                yield mutation.name, failed


def main() -> int:
    """Try the chosen faults; return 1 if one survives."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations")
    parser.add_argument("--only", default="", help="faults whose name or kind holds this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write-docs", action="store_true")
    arguments = parser.parse_args()
    chosen = [
        mutation
        for kind, mutations in KINDS.items()
        for mutation in mutations
        if arguments.only in kind or arguments.only in mutation.name
    ]
    stale = [mutation for mutation in chosen if not mutation.applies(PROJECT)]
    for mutation in stale:
        print(f"NO LONGER APPLIES  {mutation.name} ({mutation.file})")
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        copy_project(project)
        for tests in dict.fromkeys(mutation.tests for mutation in chosen):
            if failed := failing(project, tests):
                raise SystemExit(f"without any fault {failed} fails")
        fresh = [mutation for mutation in chosen if mutation not in stale]
        caught = dict(all_caught(fresh, project, arguments.jobs))
    print(f"{len(caught)} of {len(chosen)} faults caught")
    if len(caught) < len(chosen):
        return 1
    if arguments.write_docs:
        write_docs(caught_before() | caught)
    return 0


if __name__ == "__main__":
    sys.exit(main())
