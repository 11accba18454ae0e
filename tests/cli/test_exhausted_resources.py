"""A full disk, missing memory and the like end a command with one line."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from digest.library import Library
from tests.cli.conftest import Answer, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENOSPC, errno.ENOMEM])
def test_a_machine_that_is_exhausted_is_said(
    folder: Path,
    digest: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
    code: int,
) -> None:
    write(folder / "config.yaml", "sources: [dumps/]\nrules: [{name: R, keywords: [robot]}]\n")

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), "a module")

    monkeypatch.setattr(Library, "open", fail)
    answer = digest("run")
    assert answer.code == 1
    assert answer.err == (
        f"digest: {os.strerror(code)}: a module; mend that, then run the command again\n"
    )
