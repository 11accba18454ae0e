"""Every fault of the catalogue still applies, and a test is known to catch it."""

from __future__ import annotations

import ast
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutations.__main__ import DOCS, caught_before, summary
from tests.mutations.catalogue import MUTATIONS

if TYPE_CHECKING:
    from tests.mutations.mutation import Mutation

PROJECT = Path(__file__).resolve().parent.parent.parent


def file_of(mutation: Mutation) -> str:
    return mutation.file


def test_every_fault_can_still_be_put_in(tmp_path: Path) -> None:
    stale = [mutation.name for mutation in MUTATIONS if not mutation.applies(PROJECT)]
    assert stale == [], "their text is not there, or more than once"
    for file, mutations in groupby(sorted(MUTATIONS, key=file_of), key=file_of):
        source = (PROJECT / file).read_text(encoding="utf-8")
        program = ast.dump(ast.parse(source))
        copy = tmp_path / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        for mutation in mutations:
            copy.write_text(source, encoding="utf-8")
            mutation.apply(tmp_path)
            changed = copy.read_text(encoding="utf-8")
            assert ast.dump(ast.parse(changed)) != program, mutation.name


def test_faults_have_names_of_their_own() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(names) == len(set(names))
    assert len(names) >= 30


def test_the_list_names_every_fault_and_the_test_that_catches_it() -> None:
    caught = caught_before()
    assert list(caught) == [mutation.name for mutation in MUTATIONS]
    assert summary() in DOCS.read_text(encoding="utf-8")
    for test in set(caught.values()):
        path, name = test.split("::")
        assert f"def {name}(" in (PROJECT / "tests" / path).read_text(encoding="utf-8"), test
