"""The pictures of the README are up to date."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

from tests.conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

RENEW = "python docs/img/make_pictures.py"


def script() -> Any:
    """Load the script that makes the pictures, which is no part of a package."""
    path = PROJECT / "docs/img/make_pictures.py"
    spec = importlib.util.spec_from_file_location("make_pictures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pictures_are_made_from_the_present_output(tmp_path: Path) -> None:
    pictures = script()
    mail, explained = pictures.sources(tmp_path)
    folder = PROJECT / "docs/img"
    known = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
    assert known == {"mail.html": pictures.digest_of(mail)}, RENEW
    svg = (folder / "explain.svg").read_text(encoding="utf-8")
    assert svg == pictures.terminal(explained), RENEW
    assert (folder / "mail.png").stat().st_size > 10_000
    assert (folder / "mail-dark.png").stat().st_size > 10_000
