"""`digest schedule`: each run uses the current config."""

from __future__ import annotations

import json
import os
import re
import signal
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from digest.errors import LibraryError
from digest.pipeline import scheduler
from tests.cli.conftest import Answer, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

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


def test_a_broken_config_is_refused_and_the_old_one_stays(
    folder: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []

    def loop(profiles: Sequence[Profile], world: World) -> None:
        assert world.changed() is None
        config = folder / "config.yaml"
        whole = config.read_text(encoding="utf-8")
        write(config, whole + "colour: blue\n")
        taken.append(world.changed())
        world.run("early")
        write(config, whole.replace("07:00", "06:30"))
        changed = world.changed()
        assert changed is not None
        taken.append([f"{profile.at:%H:%M}" for profile in changed])
        taken.append(world.changed())

    monkeypatch.setattr(scheduler, "run_schedule", loop)
    configure(folder, RULES)
    (folder / "dumps").mkdir()
    answer = digest("schedule")
    assert taken == [None, ["06:30", "08:00"], None]
    assert "the changed config is refused, the old one stays: " in answer.err
    assert 'unknown key "colour"' in answer.err
    assert "digest: config.yaml is read again" in answer.err
    assert (folder / "digests/early/latest.md").exists()


def test_sighup_reads_the_config_again(
    folder: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bool] = []

    def loop(profiles: Sequence[Profile], world: World) -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        taken.append(world.changed() is not None)

    monkeypatch.setattr(scheduler, "run_schedule", loop)
    monkeypatch.setattr(os, "isatty", lambda _: False)
    configure(folder, RULES)
    digest("schedule")
    assert taken == [True]


def test_a_missed_run_is_caught_up_in_words(
    folder: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loop(profiles: Sequence[Profile], world: World) -> None:
        due = world.now().astimezone(profiles[0].timezone).replace(hour=7, minute=0)
        world.report(scheduler.Started("early", due, late=True))
        world.report(scheduler.Started("early", due - timedelta(days=1), late=True))

    monkeypatch.setattr(scheduler, "run_schedule", loop)
    configure(folder, RULES)
    first, second, *_ = digest("schedule").err.splitlines()
    assert first == "early: catching up on the run missed at 07:00"
    assert re.fullmatch(r"early: catching up on the run missed on [\d-]+ at 07:00", second)


# --- monitoring


@pytest.fixture
def pinged() -> Iterator[tuple[str, list[str]]]:
    """Return the address of a monitor, and the paths that it was asked for."""
    paths: list[str] = []

    class Monitor(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(204 if len(paths) % 2 else 200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Monitor)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/check", paths
    server.shutdown()
    thread.join()
    server.server_close()


def watched(folder: Path, url: str) -> None:
    configure(folder, RULES)
    with (folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.write(f"heartbeat: alive.json\nmetrics: digest.prom\nping_url: {url}\n")


def test_runs_are_told_to_the_monitor(
    folder: Path, digest: Digest, pinged: tuple[str, list[str]]
) -> None:
    url, paths = pinged
    watched(folder, url)
    write(folder / "dumps/a.jsonl", '{"title": "A paper", "abstract": "k1x"}\n')
    answer = digest("schedule", "--once")
    assert answer.code == 0, answer.err
    assert "monitor" not in answer.err
    assert paths == ["/check/start", "/check"]
    alive = json.loads((folder / "alive.json").read_text(encoding="utf-8"))
    assert alive["last"]["outcome"] == "done"
    assert alive["alive"] < alive["next"]
    metrics = (folder / "digest.prom").read_text(encoding="utf-8")
    assert metrics.endswith("# EOF\n")
    assert "\ndigest_run_ok 1\n" in metrics
    status = json.loads(digest("status", "--json").out)
    assert [run["outcome"] for run in status["runs"]] == ["done", "done"]
    assert {item["profile"] for item in status["schedule"]} == {"early", "daily"}
    assert "next run" in digest("status").out


def test_a_failed_run_is_told_to_the_monitor(
    folder: Path, digest: Digest, pinged: tuple[str, list[str]]
) -> None:
    url, paths = pinged
    watched(folder, url)
    write(folder / "digest.db", "no library")
    assert digest("schedule", "--once").code == 1
    assert paths == ["/check/start", "/check/fail"]


def test_a_run_by_hand_or_cron_is_told_too(
    folder: Path, digest: Digest, pinged: tuple[str, list[str]]
) -> None:
    url, paths = pinged
    watched(folder, url)
    (folder / "dumps").mkdir()
    assert digest("run", "--dry-run").code == 0
    assert paths == []
    assert digest("run").code == 0
    assert paths == ["/check/start", "/check"]
    write(folder / "digest.db", "no library")
    assert digest("run").code == 1
    assert paths[2:] == ["/check/start", "/check/fail"]


def test_a_run_that_fails_is_in_the_status(
    folder: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.pipeline.run import Run

    configure(folder, RULES)
    for error in (LibraryError("the disk is full"), KeyboardInterrupt()):

        def fail(*_: object, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(Run, "execute", fail)
            digest("run", "--date", "2026-01-05")
    runs = json.loads(digest("status", "--json").out)["runs"]
    assert [(run["outcome"], run["problem"]) for run in runs] == [
        ("failed", "interrupted"), ("failed", "the disk is full"),
    ]  # fmt: skip


def test_a_monitor_that_is_away_costs_nothing(
    folder: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    watched(folder, "http://127.0.0.1:9/check")
    (folder / "dumps").mkdir()
    answer = digest("schedule", "--once")
    assert answer.code == 0
    assert answer.err.count("the monitor was not reached") == 1


# --- logs and secrets


def test_a_log_of_json_is_one_object_a_line(folder: Path, digest: Digest) -> None:
    configure(folder, RULES)
    write(folder / "dumps/a.jsonl", "{broken\n")
    lines = digest("--log", "json", "run", "--date", "2026-01-05").err.splitlines()
    output = [json.loads(line) for line in lines]
    assert all({"time", "level", "logger", "message"} <= row.keys() for row in output)
    (run,) = [row["run"] for row in output if "run" in row]
    assert run["outcome"] == "incomplete"
    assert any(row["level"] == "warning" for row in output)
