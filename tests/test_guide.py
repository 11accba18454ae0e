"""The guide, followed by a new user from its first line to a scheduled run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from digest.cli.app import main
from tests.conftest import PROJECT
from tests.test_docs import blocks

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = (PROJECT / "docs/guide.md").read_text(encoding="utf-8")
NEEDS_A_TERMINAL = {"triage"}
OWNED = "@article{mine, title={A Paper That I Have}, doi={10.1000/mine}}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home folder with the two files that the guide finds among the downloads."""
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    dump = PROJECT / "examples/dumps/2026-01-06-daily-papers.json"
    shutil.copy(dump, downloads / "2026-01-06-papers.json")
    (downloads / "library.bib").write_text(OWNED, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def follow(line: str, config: Path) -> None:
    """Do what one line of the guide says; the services are named, but not asked."""
    program, *arguments = shlex.split(line)
    if arguments[0] == "run":
        write_block("sources:\n  - dumps/\n", config)
    if program == "cd":
        os.chdir(arguments[0])
    elif program == "cp":
        shutil.copy(*map(os.path.expanduser, arguments))
    elif arguments[0] not in NEEDS_A_TERMINAL:
        assert program == "digest"
        assert main([*map(os.path.expanduser, arguments)]) == 0, line


def write_block(block: str, config: Path) -> None:
    """Put the sources, rules or profiles of a block in the place of those of the config."""
    text = config.read_text(encoding="utf-8")
    key = block.partition(":")[0]
    text, count = re.subn(rf"^{key}:\n(?:(?:[ #].*)?\n)*", block, text, flags=re.MULTILINE)
    assert count == 1
    config.write_text(text, encoding="utf-8")


def test_the_guide_leads_from_an_empty_folder_to_a_scheduled_morning(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = home / "papers/config.yaml"
    for kind, block in re.findall(r"^```(sh|yaml)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL):
        if kind == "yaml":
            write_block(block, config)
        else:
            for line in block.splitlines():
                follow(line, config)
    assert "robot" in capsys.readouterr().out.casefold()
    brought = (home / "papers/digests/me/latest.md").read_text(encoding="utf-8")
    assert brought.startswith("# ")
    assert len(blocks(GUIDE, "sh")) >= 8
