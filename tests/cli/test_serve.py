"""`digest serve`: accounts, refused options, start and end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from digest.config import load_config
from digest.library import Library
from digest.serve.passwords import is_password
from tests.cli.conftest import write
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Answer

PASSWORD = "a long enough one"
CONFIG = """\
sources: [dumps/]
rules: [{name: Pruning, keywords: [pruning]}]
profiles: [{name: ann}, {name: bo}]
"""


@pytest.fixture
def place(folder: Path) -> Path:
    """Return a folder whose config has two readers."""
    write(folder / "config.yaml", CONFIG)
    (folder / "dumps").mkdir()
    return folder


def library() -> Library:
    from pathlib import Path

    return Library.open(load_config(Path("config.yaml")).library)


def test_a_password_comes_from_the_environment_and_only_its_hash_is_kept(
    place: Path, digest: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_SERVE_PASSWORD", PASSWORD)
    answer = digest("serve", "--set-password", "--reader", "ann")
    assert (answer.code, answer.out) == (0, "ann can sign in with the new password.\n")
    with library() as opened:
        stored = opened.accounts.password("ann")
        assert opened.accounts.readers() == {"ann"}
    assert stored is not None
    assert PASSWORD not in stored
    assert is_password(PASSWORD, stored)


def test_a_token_is_shown_once_and_can_be_taken_away(
    place: Path, digest: Callable[..., Answer]
) -> None:
    answer = digest("serve", "--new-token", "--reader", "bo")
    token = answer.out.strip()
    assert len(token) >= 40
    with library() as opened:
        assert opened.accounts.reader_of_token(token) == "bo"
    assert token.encode() not in (place / "digest.db").read_bytes()
    assert digest("serve", "--revoke", "--reader", "bo").code == 0
    with library() as opened:
        assert opened.accounts.reader_of_token(token) is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--reader", "eve"], "has no reader 'eve'; it has: ann, bo"),
        (["--set-password"], "name one with --reader: ann, bo"),
        (["--set-password", "--reader", "ann"], "set DIGEST_SERVE_PASSWORD"),
        (["--host", "0.0.0.0"], "digest serve --set-password --reader ann"),
        (["--login"], "digest serve --set-password --reader ann"),
        (["--port", "99999"], "'99999' is not a port"),
        (["--port", "0", "--allow-host"], "expected one argument"),
        (["--host", "no such host"], "digest serve --set-password"),
        (["--host", "127.0.0.300", "--reader", "ann"], "digest serve --set-password"),
        (["--port", "x"], "'x' is not a whole number"),
    ],
)
def test_what_is_refused(
    place: Path, digest: Callable[..., Answer], arguments: list[str], says: str
) -> None:
    answer = digest("serve", *arguments)
    assert answer.code == 2
    assert says in answer.err


def test_a_short_password_is_refused(
    place: Path, digest: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_SERVE_PASSWORD", "short")
    answer = digest("serve", "--set-password", "--reader", "ann")
    assert (answer.code, answer.err) == (2, "digest: a password has at least 10 characters\n")


def test_without_its_packages_it_says_which_to_install(
    place: Path, digest: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    answer = digest("serve")
    assert answer.code == 2
    assert "pip install 'digest-papers[serve]'" in answer.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_serves_and_ends_at_a_signal(place: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "digest", "serve", "--port", "0", "--reader", "ann"]
    with subprocess.Popen(
        command,
        cwd=place,
        env={"PYTHONPATH": str(PROJECT), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            match = re.fullmatch(r"Serving (http://127\.0\.0\.1:\d+/) \(Ctrl-C ends it\)\n", line)
            assert match, line
            with urlopen(f"{match[1]}list", timeout=30) as page:
                assert page.status == 200
            server.send_signal(number)
            assert server.wait(30) == 0
        finally:
            server.kill()
        assert server.stderr is not None
        assert server.stderr.read() == "digest: stopped\n"
