"""`digest import-rules`: streams, files and exit codes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import yaml

from digest.cli.app import main

if TYPE_CHECKING:
    from pathlib import Path


def test_rules_on_stdout_and_remarks_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lenses.txt"
    file.write_text("\\bdark energy\\b(?!x)\n")
    assert main(["import-rules", str(file)]) == 1
    file.write_text("gravitational lens\n++\n")
    assert main(["import-rules", str(file)]) == 0
    streams = capsys.readouterr()
    assert yaml.safe_load(streams.out)["rules"][0]["name"] == "lenses"
    assert '"++"' in streams.err


def test_output_goes_into_a_new_file_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "a.json", tmp_path / "rules.yaml"
    source.write_text('{"A": ["robot arm"]}')
    command = ["import-rules", str(source), "--output", str(target)]
    assert main(command) == 0
    assert capsys.readouterr().out == ""
    assert yaml.safe_load(target.read_text())["rules"][0]["keywords"] == ["robot arm"]
    assert main(command) == 2
    assert "is there already" in capsys.readouterr().err


def test_stdin_and_options(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b'{"keywords": ["mesh"], "categories": ["cs.GR"]}'))
    monkeypatch.setattr("sys.stdin", stream)
    assert main(["import-rules", "-", "--name", "Shapes", "--no-categories", "-q"]) == 0
    streams = capsys.readouterr()
    assert yaml.safe_load(streams.out) == {"rules": [{"name": "Shapes", "keywords": ["mesh"]}]}
    assert streams.err == ""


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("missing.txt", None, 2), ("empty.txt", b"", 1), ("latin.txt", b"caf\xe9", 2),
        ("nul.txt", b"a\0b", 2), ("broken.json", b"{", 2), ("big.txt", b"x" * 4_000_001, 2),
        ("deep.yaml", b"[" * 10_000, 2),
        ("prose.json", b'{"interest": "anything that is new and good in my own field of work"}', 1),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_said_in_one_line(
    name: str, content: bytes | None, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    assert main(["import-rules", str(file)]) == code
    streams = capsys.readouterr()
    assert streams.out == ""
    assert name in streams.err


def test_a_folder_is_no_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-rules", str(tmp_path)]) == 2
    assert "cannot be imported" in capsys.readouterr().err
