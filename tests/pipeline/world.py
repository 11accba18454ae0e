"""A folder with a config, dumps and a clock: everything that a run depends on."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.cli.commands._options import PATIENCE
from digest.config import load_config
from digest.library import Library
from digest.pipeline.run import Options, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from digest.model import Digest
    from digest.pipeline.run import ProfileResult, RunResult

MONDAY = datetime(2026, 1, 5, 7, tzinfo=UTC)

RULES = """\
sources: [dumps/]
rules:
  - {name: Pruning, keywords: [pruning]}
  - {name: Routing, keywords: [routing]}
"""
"""Two rules and the one unnamed profile."""


class World:
    """One user's folder. `now` is the moment of the next run, `environment` its variables.

    `pauses` are the seconds that its runs have waited, which take none here.
    """

    def __init__(self, folder: Path, config: str = RULES) -> None:
        self.folder = folder
        self.now = MONDAY
        self.environment: dict[str, str] = {}
        self.pauses: list[float] = []
        self.sleep: Callable[[float], None] = self.pauses.append
        (folder / "dumps").mkdir(parents=True, exist_ok=True)
        self.configure(config)

    def copied(self, folder: Path) -> World:
        """Copy all files to `folder`, and return the world that is there."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = World(folder, self.config.read_text(encoding="utf-8"))
        other.now = self.now
        return other

    @property
    def output(self) -> Path:
        return self.folder / "digests"

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def configure(self, config: str) -> None:
        self.config.write_text(config, encoding="utf-8")

    def drop(self, name: str, *papers: str | dict[str, Any]) -> None:
        """Put a dump of papers, or of titles alone, into the folder of dumps."""
        records = [{"title": paper} if isinstance(paper, str) else paper for paper in papers]
        lines = "".join(json.dumps(record) + "\n" for record in records)
        path = self.folder / "dumps" / f"{name}.jsonl"
        path.write_text(lines, encoding="utf-8")
        # As if it had lain there for an hour: a file that has just changed is read twice.
        moment = time.time_ns() - 3_600_000_000_000
        os.utime(path, ns=(moment, moment))

    def library(self, *, scratch: bool = False) -> Library:
        return Library.open(load_config(self.config).library, scratch=scratch)

    def run(
        self,
        *names: str,
        day: date | None = None,
        since: date | None = None,
        rules: tuple[str, ...] = (),
        dry: bool = False,
        offline: bool = False,
    ) -> RunResult:
        """Do what `digest run` does with the named profiles, or with all."""
        config = load_config(self.config)
        profiles = tuple(
            profile for profile in config.profiles if not names or profile.name in names
        )
        with self.library(scratch=dry) as library, library.lock(patience=PATIENCE):
            run = Run(
                config,
                library,
                clock=lambda: self.now,
                environment=self.environment,
                progress=lambda items, _label: items,
                sleep=self.sleep,
            )
            options = Options(profiles, day=day, since=since, rules=rules, dry=dry, offline=offline)
            return run.execute(options)

    def wait(self, *, days: float = 1) -> None:
        self.now += timedelta(days=days)

    def tree(self) -> dict[str, tuple[bytes, int]]:
        """Return the content and the date of every file, the library included."""
        return {
            path.relative_to(self.folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def outputs(self) -> dict[str, bytes]:
        """Return what the runs have written, by the path under the output folder."""
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file()
        }

    def text(self, name: str) -> str:
        """Return a file of the output folder as text."""
        return (self.output / name).read_text(encoding="utf-8")


def of_profile(result: RunResult, name: str = "daily") -> ProfileResult:
    (found,) = (profile for profile in result.profiles if profile.profile.name == name)
    return found


def digest_of(result: RunResult, name: str = "daily") -> Digest:
    """Return the digest that a run made for a profile; it must have made one."""
    digest = of_profile(result, name).digest
    assert digest is not None
    return digest


def shown(result: RunResult, name: str = "daily") -> list[str]:
    """Return the titles that a run showed to a profile in full; none where it made no digest."""
    digest = of_profile(result, name).digest
    return [entry.paper.title for entry in digest.entries] if digest else []


def listed(result: RunResult, name: str = "daily") -> list[str]:
    """Return the titles that a run listed as one-liners, for the last time."""
    return [entry.paper.title for entry in digest_of(result, name).listed]


def left_over(result: RunResult, name: str = "daily") -> list[str]:
    """Return the titles that a run kept back for later digests."""
    return [entry.paper.title for entry in digest_of(result, name).carried_over]
