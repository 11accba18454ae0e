"""The program in a terminal: keys in, marks in the library and in the file."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from digest.cli.triage.screen import Screen
from digest.cli.triage.store import Store
from digest.config import load_config
from digest.library import Library
from digest.reading_list.sync import ReadingLists
from tests.cli.desk import Desk, after_a_run
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from digest.cli.triage.session import Session

ONE, TWO, THREE = "2601.00001", "2601.00002", "2601.00003"
LIMIT = 30
"""Seconds after which a test on a terminal gives up."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return after_a_run(
        tmp_path_factory.mktemp("made"),
        "{name: Pruning, keywords: [pruning, sparse, =MoE]}",
        {
            "title": "Pruning and pruning", "arxiv_id": ONE, "upvotes": 9,
            "abstract": "We prune sparse networks. It works.",
        },
        {"title": "Less pruning", "arxiv_id": TWO, "authors": ["A. Author"]},
        {"title": "Pruning without an identifier"},
    )  # fmt: skip


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str], made: Path) -> Desk:
    """Return a desk in whose inbox three papers are."""
    return Desk(folder, capsys, copy=made)


@pytest.fixture
def store(desk: Desk) -> Iterator[Store]:
    """Return what the screen works with, in a place without a browser."""
    config = load_config(desk.folder / "config.yaml")
    with Library.open(config.library) as library:
        lists = ReadingLists(library, config.output, config.profiles, clock=_now)
        store = Store(
            config, library, lists, config.profiles, clock=_now, environment={"SSH_TTY": "/dev/tty"}
        )
        assert store.read_files()
        yield store


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def pressed(store: Store, keys: str) -> Session:
    """Run the program on a terminal that these keys come from."""
    with create_pipe_input() as source:
        source.send_text(keys)
        return Screen(store.session(), store).run(source, DummyOutput())


def listed(desk: Desk, *arguments: str) -> dict[str, str]:
    answer = desk.type("list", "--state", "all", "--json", *arguments)
    return {row["title"]: row["place"] for row in map(json.loads, answer.out.splitlines())}


def test_keys_decide_and_the_file_follows(desk: Desk, store: Store) -> None:
    session = pressed(store, "sdxq")
    assert session.view == "end"
    assert store.write_files()
    titles = [card.name for card in session.cards]
    places = listed(desk)
    assert [places[title] for title in titles] == ["to read", "dropped", "done"]
    text = (desk.folder / "digests/daily/reading-list.md").read_text(encoding="utf-8")
    assert f"- [ ] ★ [{titles[0]}]" in text
    assert titles[1] not in text


def test_a_mark_is_stored_at_once_and_without_the_lock(store: Store, desk: Desk) -> None:
    with store._library.lock():
        session = pressed(store, "sq")
    assert listed(desk)[session.cards[0].name] == "to read"


def test_all_is_taken_back(store: Store, desk: Desk) -> None:
    pressed(store, "sldDnsoon #tag\ruuuuuq")
    assert set(listed(desk).values()) == {"inbox"}
    assert store._library.marks.of("daily")
    assert not any(mark.note for mark in store._library.marks.of("daily").values())


def test_drops_teach_only_if_asked_to(store: Store) -> None:
    session = pressed(store, "djDq")
    marks = store._library.marks.of("daily")
    quiet = [marks[card.paper].quiet for card in session.cards if card.paper in marks]
    assert quiet == [True, False]


def test_a_note_and_later(store: Store) -> None:
    session = pressed(store, "nsee #soon\rlq")
    first, second = (store._library.marks.get("daily", card.paper) for card in session.cards[:2])
    assert (first.note, first.tags, first.starred) == ("see #soon", ("soon",), True)
    assert second.state == "snoozed"
    assert second.until is not None
    assert (second.until - store.today).days == 7


def test_why_names_words_and_counts(store: Store) -> None:
    session = pressed(store, "q")
    why = dict(store.why(session.cards[0], session.cards).rows)
    assert why["Pruning"].startswith("Pruning, sparse, in the title · ")
    assert why["  not found"] == "=MoE"
    assert "You starred 0 of 3 papers of this rule and dropped 0." in why
    second = dict(store.why(session.cards[1], session.cards).rows)
    assert any(label.startswith("Why it is number 2") for label in second)


def test_why_names_rules_that_nearly_took_the_paper(store: Store, desk: Desk) -> None:
    desk.write("{name: Pruning, keywords: [pruning]}\n{name: Nets, query: 'sparse AND -works'}")
    config = load_config(desk.folder / "config.yaml")
    store._config = config
    store._profiles = config.profiles
    session = pressed(store, "q")
    why = dict(store.why(session.cards[0], session.cards).rows)
    assert why["Close, but not enough"] == "Nets: excluded by works"


def test_without_a_browser_the_link_is_shown(store: Store) -> None:
    assert pressed(store, "oq").message == f"Copied: https://arxiv.org/abs/{ONE}"


def test_arrow_keys_are_no_escape(store: Store) -> None:
    session = pressed(store, "\x1b[B\x1b[B\x1b[Aq")
    assert session.at == 1


def test_no_terminal_is_told(desk: Desk) -> None:
    answer = desk.type("triage")
    assert answer.code == 2
    assert "triage needs a terminal; `digest list --state inbox`" in answer.err


# --- a terminal of its own -----------------------------------------------------------------------


def on_terminal(folder: Path, keys: list[str], *, term: str = "xterm-256color") -> tuple[int, str]:
    """Run the command in a pseudo-terminal; type each key when the screen has come to rest."""
    environment = {
        **os.environ, "PYTHONPATH": str(PROJECT), "TERM": term, "PYTHONIOENCODING": "utf-8",
        "SSH_TTY": "/dev/tty",
    }  # fmt: skip
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execve(sys.executable, [sys.executable, "-m", "digest", "triage"], environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown = b""
    end = time.monotonic() + LIMIT
    try:
        for key in ["", *keys, ""]:
            shown += _until_quiet(terminal, end, least=key == "")
            if key:
                os.write(terminal, key.encode())
        shown += _until_quiet(terminal, end)
    finally:
        os.close(terminal)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), shown.decode("utf-8", "replace")


def _until_quiet(terminal: int, end: float, *, least: bool = False) -> bytes:
    """Read what is shown until nothing more comes for a moment."""
    shown = b""
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.2 if shown or not least else 5)
        if not ready:
            break
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # the program has ended
            break
        if not part:
            break
        shown += part
    return shown


@pytest.mark.parametrize("term", ["xterm-256color", "screen", "dumb"])
def test_the_program_runs_on_any_terminal(desk: Desk, term: str) -> None:
    code, shown = on_terminal(desk.folder, ["s", "d", "q"], term=term)
    assert code == 0, shown
    assert "Pruning and pruning" in shown
    assert "1 starred, 1 dropped, 1 undecided" in shown
    assert sorted(filter(None, listed(desk).values())) == ["dropped", "inbox", "to read"]


@pytest.mark.judges
@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_a_script_of_keys_in_tmux(desk: Desk) -> None:
    """Another program draws what ours sends: its screen is ours."""
    tmux = ["tmux", "-L", f"digest-{os.getpid()}", "-f", "/dev/null"]

    def call(*arguments: str) -> str:
        completed = subprocess.run(
            [*tmux, *arguments], capture_output=True, text=True, timeout=LIMIT, check=True
        )
        return completed.stdout

    def screen(wanted: str) -> str:
        end = time.monotonic() + LIMIT
        while wanted not in (shown := call("capture-pane", "-p")):
            assert time.monotonic() < end, shown
            time.sleep(0.05)
        return shown

    program = f"PYTHONPATH={PROJECT} LC_ALL=C.UTF-8 {sys.executable} -m digest triage"
    command = f"cd {desk.folder}; {program}; cat"
    call("-u", "new-session", "-d", "-x", "80", "-y", "24", command)
    try:
        first = screen("1 of 3").splitlines()
        assert first[1].startswith("━━━")
        assert first[3] == "  Pruning and pruning"
        call("send-keys", "s")
        assert "★ Starred “Pruning and pruning”" in screen("2 of 3")
        call("send-keys", "d")
        assert "D fewer like this" in screen("3 of 3")
        call("send-keys", "u")
        screen("is undecided again")
        call("send-keys", "w")
        screen("Why it is here")
        call("send-keys", "q")
        screen("1 starred, 2 undecided")
    finally:
        call("kill-server")


def test_the_wait_is_bounded() -> None:
    """A screen that never comes ends the wait, not the test run."""
    reading, writing = os.pipe()
    begun = time.monotonic()
    _until_quiet(reading, begun + 0.2)
    os.close(reading)
    os.close(writing)
    assert time.monotonic() - begun < LIMIT
