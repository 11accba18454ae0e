"""Standard output may be closed, full, a pipe that ends, or in another encoding."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import process, write

TITLE = "Naïve μP: ▲ 論文"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose library has many papers."""
    folder = tmp_path_factory.mktemp("streams")
    write(folder / "config.yaml", "sources: [dumps/]\nrules: [{name: Robots, keywords: [robot]}]\n")
    lines = [json.dumps({"title": f"{TITLE} {number}", "upvotes": 1}) for number in range(3000)]
    write(folder / "dumps/2026-01-05.jsonl", "\n".join(lines))
    assert process("ingest", "dumps", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def papers(library: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in that folder."""
    monkeypatch.chdir(library)
    return library


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `digest` is the program; exit code of the whole pipe."""
    program = f"{sys.executable} -m digest"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("digest", program)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    ["digest papers | head -1", "digest papers --json | head -1", "digest --help | true",
     "digest match μP --json --limit 0 | head -c 10"],
)  # fmt: skip
def test_a_reader_who_has_had_enough_is_content(papers: Path, command: str) -> None:
    completed = shell(command)
    assert (completed.returncode, completed.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["papers", "papers --json", "status"])
def test_a_full_disk_is_told(papers: Path, command: str) -> None:
    completed = shell(f"digest {command} >/dev/full")
    assert (completed.returncode, completed.stdout) == (1, "")
    assert completed.stderr.splitlines()[-1] == (
        "digest: cannot write the output: No space left on device"
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_streams_may_be_closed(papers: Path, closed: str) -> None:
    assert shell(f"digest status {closed}").returncode == 0
    assert shell(f"digest match '(' {closed}").returncode == 3


def test_another_encoding_shows_escapes_and_json_stays_json(papers: Path) -> None:
    shown = process("papers", env={"PYTHONIOENCODING": "ascii"})
    assert shown.returncode == 0
    assert r"Na\xefve \u03bcP" in shown.stdout
    result = process("papers", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert json.loads(result.stdout.splitlines()[0])["title"].startswith(TITLE)


def on_a_terminal(*arguments: str, **environment: str) -> bytes:
    """Return what the program shows on a terminal of 80 columns."""
    main, end = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "digest", *arguments],
        stdout=end, stderr=end, env={**os.environ, "COLUMNS": "80", **environment},
    )  # fmt: skip
    os.close(end)
    shown = b""
    try:
        while block := os.read(main, 1 << 16):
            shown += block
    except OSError:  # Linux's way to say that the other end is closed
        pass
    os.close(main)
    assert child.wait(timeout=60) == 0
    return shown


def test_colour_on_a_terminal_and_not_with_no_color(papers: Path) -> None:
    assert b"\x1b[1m3,000 papers" in on_a_terminal("status", TERM="xterm", NO_COLOR="")
    assert b"\x1b" not in on_a_terminal("status", TERM="xterm", NO_COLOR="1")


def test_lines_fit_a_terminal(papers: Path) -> None:
    lines = on_a_terminal("match", "μP", "--limit", "5").decode().splitlines()
    assert len(lines) == 6
    assert max(map(len, lines)) <= 80


def test_the_schedule_ends_on_a_signal(papers: Path) -> None:
    text = (papers / "config.yaml").read_text(encoding="utf-8")
    write(papers / "planned.yaml", text + 'profiles: [{name: daily, at: "07:00"}]\n')
    child = subprocess.Popen(
        [sys.executable, "-m", "digest", "-c", "planned.yaml", "schedule"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stderr is not None
    assert child.stderr.readline().startswith("daily: next run ")
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=30)[1].splitlines()[-1] == "digest: stopped"
    assert child.returncode == 0
