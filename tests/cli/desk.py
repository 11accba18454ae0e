"""A user's working folder with a config and dumps, in which commands are run."""

from __future__ import annotations

import json
import shutil
from contextlib import chdir
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digest.cli.app import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """What stands on stdout without the spaces that lay it out."""
        return [" ".join(line.split()) for line in self.out.splitlines() if line.strip()]


def write_config(folder: Path, rules: str, rest: str = "") -> None:
    """Write a config of these rules, one a line."""
    lines = "".join(f"  - {line}\n" for line in rules.strip().splitlines())
    text = f"sources: [dumps/]\nrules:\n{lines}{rest}"
    (folder / "config.yaml").write_text(text, encoding="utf-8")


def write_dump(folder: Path, *records: dict[str, Any], name: str = "dump") -> None:
    """Put a dump of these records where `digest run` finds it."""
    (folder / "dumps").mkdir(exist_ok=True)
    text = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "dumps" / f"{name}.jsonl").write_text(text, encoding="utf-8")


def after_a_run(folder: Path, rules: str, *records: dict[str, Any]) -> Path:
    """Do a first run in a folder, which desks then copy."""
    write_config(folder, rules)
    write_dump(folder, *records)
    with chdir(folder):
        assert main(["run", "--quiet"]) == 0
    return folder


class Desk:
    """The folder in which the test works."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], *, copy: Path | None = None
    ) -> None:
        """Begin with an empty folder, or with all that is in the folder `copy`."""
        self.folder = folder
        self._capsys = capsys
        if copy is not None:
            shutil.copytree(copy, folder, dirs_exist_ok=True)
        (folder / "dumps").mkdir(exist_ok=True)

    def write(self, rules: str, rest: str = "") -> None:
        write_config(self.folder, rules, rest)

    def drop(self, *records: dict[str, Any], name: str = "dump") -> None:
        write_dump(self.folder, *records, name=name)

    def type(self, *arguments: str) -> Answer:
        """Give a command."""
        self._capsys.readouterr()
        code = main(arguments)
        captured = self._capsys.readouterr()
        return Answer(code, captured.out, captured.err)
