"""`--help` names everything, and its examples run."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from digest.cli.app import COMMANDS, _Command, build_parser, main
from tests.cli.conftest import Answer, write
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def command(name: str) -> _Command:
    """Return the whole parser of one command."""
    parser = build_parser()
    (commands,) = (
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    result = commands.choices[name]
    assert isinstance(result, _Command)
    result.complete()
    return result


def examples(name: str) -> list[str]:
    """Return the command lines among the examples of one command."""
    lines = (command(name).epilog or "").splitlines()
    result = (re.match(r"  ((?:echo .* \| )?digest .*?)(?:  +\S.*)?$", line) for line in lines)
    return [match[1] for match in result if match]


EXAMPLES = [(name, line) for name in COMMANDS for line in examples(name)]


def test_the_program_names_its_commands(digest: Callable[..., Answer]) -> None:
    answer = digest("--help")
    assert answer.code == 0
    for name, summary in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", answer.out, re.MULTILINE)
    assert max(map(len, answer.out.splitlines())) <= 100


def test_without_a_command_the_whole_help_is_shown(digest: Callable[..., Answer]) -> None:
    answer = digest()
    assert (answer.code, answer.out) == (2, "")
    assert "digest COMMAND --help" in answer.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str, digest: Callable[..., Answer]) -> None:
    answer = digest(name, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"usage: digest {name} ")
    assert examples(name), "an example is worth more than a description"
    assert max(map(len, answer.out.splitlines())) <= 100
    assert all(action.help for action in command(name)._actions)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which all that the examples name is there, with a library."""
    place = tmp_path_factory.mktemp("prepared")
    shutil.copytree(PROJECT / "examples", place, dirs_exist_ok=True)
    text = (place / "config.yaml").read_text(encoding="utf-8")
    mail = "    email: {to: [ada@example.org], from: ada@example.org, maildir: mail}\n"
    text = text.replace("name: daily\n", f"name: daily\n{mail}  - name: lab\n    reader: daily\n")
    text = text.replace("rules:\n", "rules:\n  - {name: Scaling laws, keywords: [scaling law]}\n")
    write(place / "config.yaml", text)
    write(place / "lab.yaml", text)
    write(place / "queries.txt", "robot\nscaling law\n")
    write(place / "keywords.txt", "robot\nscaling law\n")
    dump = next((place / "dumps").glob("*.jsonl"))
    shutil.copytree(place / "dumps", place / "old")
    for name in ("new.txt", "2026-01.jsonl.gz", "Downloads/papers.txt"):
        (place / name).parent.mkdir(exist_ok=True)
        shutil.copy(dump, place / name)
    write(place / "thesis.bib", "@misc{a, title={Peat bogs}}\n@misc{b, title={A peat bog}}\n")
    assert main(["ingest", str(place / "old"), "--config", str(place / "config.yaml")]) == 0
    return place


@pytest.fixture
def everything(prepared: Path, folder: Path) -> Path:
    """Return the working folder, as a copy of `prepared`."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return folder


PARSED_ALONE = (
    "schedule", "import-rules", "import-papers", "export", "outbox", "preview", "test-mail", "send",
    "serve", "show", "test-channel", "triage", "mcp",
)  # fmt: skip
"""Commands whose examples need more than a folder: time, files of others, something that waits."""


@pytest.mark.parametrize(
    ("name", "line"), [example for example in EXAMPLES if example[0] not in PARSED_ALONE]
)
def test_every_example_runs(
    name: str,
    line: str,
    everything: Path,
    digest: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(everything))
    program, *arguments = shlex.split(line.replace("~/", f"{everything}/"))
    assert program == "digest"
    answer = digest(*arguments)
    # An identifier of an example is no paper of the example dumps.
    asked = name in ("explain", "mark", "star", "note", "papers")
    missing = asked and answer.err.startswith("digest: no paper in the library matches")
    # Nothing was marked, so nothing is proposed.
    unproposed = name == "suggest" and "is not among the proposals" in answer.err
    assert answer.code == 0 or missing or unproposed, answer.err


@pytest.mark.parametrize("line", [line for name, line in EXAMPLES if name in PARSED_ALONE])
def test_the_other_examples_parse(line: str) -> None:
    arguments = shlex.split(line.rpartition("| ")[2])[1:]
    build_parser().parse_args(arguments)
