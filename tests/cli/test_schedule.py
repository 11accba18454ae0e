"""`digest schedule`: each run uses the config as it is at that moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from digest.pipeline import scheduler
from tests.cli.conftest import Answer, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pytest

    from digest.model import Profile
    from digest.pipeline.scheduler import World

    Digest = Callable[..., Answer]

RULES = [f"{{name: Rule {number}, keywords: [k{number}x]}}" for number in range(20)]
PLANNED = """\
profiles:
  - {name: early, at: "07:00", rules: [Rule 1, Rule 2]}
  - {name: daily, at: "08:00"}
"""


def configure(folder: Path, rules: Sequence[str]) -> None:
    lines = "".join(f"  - {rule}\n" for rule in rules)
    write(folder / "config.yaml", f"sources: [dumps/]\nrules:\n{lines}{PLANNED}")


def test_each_run_uses_the_config_of_its_moment(
    folder: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [*RULES[:7], "{name: Rule 7, keywords: [changed]}", *RULES[8:]]
    runs: list[tuple[str, bool]] = []

    def loop(profiles: Sequence[Profile], world: World) -> None:
        for profile in profiles:
            world.run(profile.name)  # its papers are those that come after
        for day, rules in enumerate([RULES, RULES, changed]):
            configure(folder, rules)
            title = f"The paper of day {day}"
            paper = json.dumps({"title": title, "abstract": "Much has changed."})
            write(folder / f"dumps/{day}.jsonl", paper + "\n")
            for profile in profiles:
                world.run(profile.name)
                latest = folder / "digests" / profile.name / "latest.md"
                shown = title in latest.read_text(encoding="utf-8")
                runs.append((profile.name, shown))

    monkeypatch.setattr(scheduler, "run_schedule", loop)
    configure(folder, RULES)
    assert digest("schedule").code == 0
    days = [False, False, False, False, False, True]
    assert runs == list(zip(["early", "daily"] * 3, days, strict=True))
