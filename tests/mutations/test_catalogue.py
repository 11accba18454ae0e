"""The faults that the tests must find are still ones: their texts stand in the files."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.mutations.__main__ import found_before
from tests.mutations.catalogue import MUTATIONS

if TYPE_CHECKING:
    from tests.mutations.mutation import Mutation

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_fault_can_still_be_put_in(mutation: Mutation, tmp_path: Path) -> None:
    assert mutation.applies(PROJECT), "its text is not there, or more than once"
    source = (PROJECT / mutation.file).read_text(encoding="utf-8")
    copy = tmp_path / mutation.file
    copy.parent.mkdir(parents=True)
    copy.write_text(source, encoding="utf-8")
    mutation.apply(tmp_path)
    changed = copy.read_text(encoding="utf-8")
    assert changed != source
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))


def test_faults_have_names_of_their_own() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(names) == len(set(names))
    assert len(names) >= 30


def test_the_table_names_every_fault_and_the_test_that_finds_it() -> None:
    found = found_before()
    assert list(found) == [mutation.name for mutation in MUTATIONS]
    for test in set(found.values()):
        path, name = test.split("::")
        assert f"def {name}(" in (PROJECT / "tests" / path).read_text(encoding="utf-8"), test
