"""`digest show` prints a digest in the terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.desk import Desk
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(folder, capsys)
    desk.write("{name: Pruning, keywords: [pruning]}")
    desk.drop({"title": "Pruning and pruning", "arxiv_id": "2601.00001", "abstract": "We prune."})
    assert desk.type("run", "-q", "--date", "2026-01-05").code == 0
    return desk


def test_the_last_digest_is_shown_as_plain_text(desk: Desk) -> None:
    answer = desk.type("show")
    assert (answer.code, answer.err) == (0, "")
    assert "Pruning and pruning" in answer.out
    assert "5 January 2026" in answer.out
    assert "\x1b" not in answer.out
    assert max(map(len, answer.out.splitlines())) <= 100
    assert desk.type("show", "2026-01-05").out == answer.out


def test_all_digests_of_a_day_are_shown(desk: Desk) -> None:
    desk.drop({"title": "Late pruning", "arxiv_id": "2601.00002"}, name="later")
    assert desk.type("run", "-q", "--date", "2026-01-05").code == 0
    out = desk.type("show", "2026-01-05").out
    assert out.index("Pruning and pruning") < out.index("Late pruning")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2026-01-06"], "there is no digest of 2026-01-06; `digest run` makes one"),
        (["--profile", "nobody"], "has no profile 'nobody'"),
        (["yesterday"], "'yesterday' is no"),
    ],
)
def test_what_is_not_there_is_told(desk: Desk, arguments: list[str], words: str) -> None:
    answer = desk.type("show", *arguments)
    assert answer.code == 2
    assert words in answer.err or "not a valid day" in answer.err


@pytest.mark.parametrize(
    ("pager", "options", "marked"),
    [("sed s/^/|/", [], True), ("sed s/^/|/", ["--no-pager"], False), ("no-such-pager", [], False)],
)
def test_a_terminal_has_a_pager(desk: Desk, pager: str, options: list[str], marked: bool) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PAGER": pager, "PYTHONPATH": str(PROJECT), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", "show", *options],
        stdout=theirs, stderr=subprocess.DEVNULL, env=environment, cwd=desk.folder,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # Linux reports the end of a terminal so
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait(timeout=30) == 0
    assert b"Pruning and pruning" in shown
    assert shown.startswith(b"|") == marked
