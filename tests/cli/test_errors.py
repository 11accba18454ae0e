"""User errors end in a message with the place and advice, never in a traceback."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from digest.cli import app
from tests.cli.conftest import Answer, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Digest = Callable[..., Answer]

CONFIG = "sources: [dumps/]\nrules:\n  - {name: Robots, keywords: [robot]}\n"

USAGE = [
    # arguments, the last line on stderr
    (["frobnicate"], "digest: error: argument COMMAND: invalid choice: 'frobnicate' (choose from"),
    (["run", "--date", "2026-13-01"],
     "digest run: error: argument --date: '2026-13-01' is not a valid day; write 2026-01-31"),
    (["run", "--date", "yesterday"],
     "digest run: error: argument --date: 'yesterday' is not a valid day; write 2026-01-31"),
    (["match", "x", "--limit", "-1"],
     "digest match: error: argument --limit: '-1' is not a whole number"),
    (["match", "x", "--ids", "--count"],
     "digest match: error: argument --count: not allowed with argument --ids"),
    (["match"],
     "digest: there is no query; give one, before any --dump, or a file of them with --from"),
    (["match", "--dump", "here", "robot"],
     "digest: there is no query; give one, before any --dump, or a file of them with --from"),
    (["match", "--from", "gone.txt"], "digest: gone.txt: No such file or directory"),
    (["match", "--from", "dumps"], "digest: dumps: Is a directory"),
    (["match", "--from", "binary"], "digest: binary:2: is not UTF-8 text"),
    (["match", "x", "--dump", "gone"], "digest: there is no dump 'gone'"),
    (["ingest"], "digest ingest: error: the following arguments are required: PATH"),
    (["ingest", "gone"], "digest: there is no dump 'gone'"),
    (["ingest", "pipe"], "digest: 'pipe' is neither a file nor a folder"),
    (["papers", "athor:x"],
     "digest: 'athor' is not a field, at character 1 of 'athor:x'. Did you mean author:?"),
    (["run", "nobody"], "digest: config.yaml has no profile 'nobody'. It has: daily."),
    (["schedule"],
     'digest: no profile has a time to run at; give one `at: "07:00"` in the config'),
    (["init", "config.yaml"], "digest: cannot write config.yaml/dumps: Not a directory"),
    (["init", "crossed"], "digest: crossed/dumps is a file; a folder of that name is needed"),
    (["-c", "gone.yaml", "run"],
     "digest: gone.yaml: there is no such config file; `digest init` writes one"),
    (["-c", "dumps", "run"], "digest: dumps: cannot be read: Is a directory"),
    (["-c", "empty.yaml", "run"],
     "digest: empty.yaml: is empty; give it `sources` and `rules`, or see `digest init`"),
]  # fmt: skip


@pytest.fixture
def here(folder: Path) -> Path:
    """Return a folder with one of each kind of thing that arguments may name."""
    write(folder / "config.yaml", CONFIG)
    write(folder / "empty.yaml", "")
    (folder / "dumps").mkdir()
    (folder / "binary").write_bytes(b"robot\n\xff\n")
    write(folder / "crossed/dumps", "")
    os.mkfifo(folder / "pipe")
    return folder


@pytest.mark.parametrize(("arguments", "said"), USAGE)
def test_usage(here: Path, digest: Digest, arguments: list[str], said: str) -> None:
    answer = digest(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-1].startswith(said)
    assert answer.err.count("digest: ") <= 1


@pytest.mark.parametrize(
    "arguments",
    [["run"], ["ingest", "dumps"], ["match", "x"], ["papers"], ["status"], ["schedule"],
     ["explain", "x"], ["expand", "x"], ["check"]],
)  # fmt: skip
def test_a_wrong_config_stops_every_command(
    here: Path, digest: Digest, arguments: list[str]
) -> None:
    write(here / "config.yaml", CONFIG.replace("keywords", "keyword"))
    answer = digest(*arguments)
    assert answer.code == 2
    assert 'unknown key "keyword"; did you mean "keywords"?' in answer.err
    assert "config.yaml:3" in answer.err
    assert not (here / "digest.db").exists()


@pytest.mark.parametrize(
    ("library", "arguments", "reason"),
    [
        (library, arguments, reason)
        for library, reason in (
            ("dumps", "it is not a file; name another one under `library` in the config."),
            ("gone/digest.db", "it cannot be opened; its folder must exist and be writable."),
            ("binary", "it is not a library; name another file under `library` in the config."),
        )
        for arguments in (["run"], ["ingest", "binary"], ["match", "x"], ["papers"], ["status"])
        # Where there is no file, there is nothing to read, which is no fault.
        if not library.startswith("gone") or arguments[0] in ("run", "ingest")
    ],
)
def test_a_library_that_cannot_be_used(
    here: Path, digest: Digest, library: str, arguments: list[str], reason: str
) -> None:
    write(here / "config.yaml", CONFIG.replace("[dumps/]", "[other/]") + f"library: {library}\n")
    (here / "binary").write_bytes(b"this is a text, long enough to be no empty library at all\n")
    answer = digest(*arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == f"digest: Cannot use the library {here / library}: {reason}\n"


def test_a_second_run_at_once_is_told_to_wait(
    here: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.library import Library

    monkeypatch.setattr("digest.cli.commands.run.PATIENCE", 0.1)
    with Library.open(here / "digest.db") as library, library.lock():
        for arguments in (["run"], ["ingest", "binary"]):
            answer = digest(*arguments)
            assert (answer.code, answer.out) == (1, "")
            assert answer.err == (
                f"digest: Another run is using {here / 'digest.db'}. "
                "Wait until it is done, then try again.\n"
            )
        assert digest("status").code == 0


@pytest.mark.parametrize(
    "arguments",
    [["match", "\udcff x"], ["match", "\udcff x", "--json"], ["papers", "\udcff x"],
     ["explain", "\udcff"], ["expand", "\udcffx"], ["run", "\udcff"], ["ingest", "\udcff"],
     ["match", "--from", "\udcff"], ["-c", "\udcff", "run"], ["explain", "--rule", "\udcff"]],
)  # fmt: skip
def test_arguments_may_be_bytes_that_are_no_text(
    here: Path, digest: Digest, arguments: list[str]
) -> None:
    assert digest(*arguments).code in (0, 1, 2, 3)


def test_names_of_files_do_not_steer_the_terminal(here: Path, digest: Digest) -> None:
    name = "evil\x1b[2J\nname\udcff.txt"
    (here / name).write_bytes(b"nothing that is known")
    answer = digest("ingest", name)
    assert answer.code == 3
    assert answer.err.startswith("digest: refused evil�[2J�name")
    assert "\x1b" not in answer.err


def test_control_c_is_no_fault(here: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("digest.library.Library.open", interrupted)
    assert digest("status") == Answer(app.INTERRUPTED, "", "digest: interrupted\n")
    assert digest("run").err == "digest: interrupted; the next run completes what was begun\n"
