"""`digest init`, `digest ingest` and `digest status`."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tests.cli.conftest import DAY, Answer, tree, write
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Digest = Callable[..., Answer]

CONFIG = (
    "sources: [{name: papers, folder: dumps/}]\nrules:\n  - {name: Robots, keywords: [robot]}\n"
)


def dump(*titles: str) -> str:
    return "".join(json.dumps({"title": title}) + "\n" for title in titles)


# --- init


def test_init_writes_the_examples_and_says_what_to_do_next(folder: Path, digest: Digest) -> None:
    answer = digest("init")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "wrote  config.yaml"
    assert lines[-3:] == [
        "",
        "Next: digest run",
        "Then put your rules into config.yaml, and lists of papers into dumps/.",
    ]
    examples = {name: content for name, (content, _) in tree(PROJECT / "examples").items()}
    assert {name: content for name, (content, _) in tree(folder).items()} == examples
    assert digest("check").code == 0
    assert digest("run").code == 0


def test_init_overwrites_nothing(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", "mine")
    answer = digest("init")
    assert answer.out.startswith("kept   config.yaml\nwrote  dumps/")
    assert (folder / "config.yaml").read_text(encoding="utf-8") == "mine"
    before = tree(folder)
    assert "wrote" not in digest("init").out
    assert tree(folder) == before


def test_init_makes_the_folder_and_names_it(folder: Path, digest: Digest) -> None:
    answer = digest("init", "my papers/daily")
    assert "wrote  my papers/daily/config.yaml\n" in answer.out
    assert "\nNext: cd 'my papers/daily' && digest run\n" in answer.out


# --- ingest


def test_ingest_counts_what_is_new(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", CONFIG)
    write(folder / "dumps/a.jsonl", dump("Bread", "Robots"))
    write(folder / "b.jsonl", dump("Robots", "Cake"))
    assert digest("ingest", "dumps", "b.jsonl") == Answer(
        0, "2 new of 2 dumps: 4 records, 3 new papers.\n", ""
    )
    assert digest("ingest", "b.jsonl").out == "0 new of 1 dump: 0 records, 0 new papers.\n"
    assert not (folder / "digests").exists()


def test_a_dump_counts_as_that_of_the_source_that_it_lies_in(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", CONFIG)
    write(folder / "dumps/a.jsonl", dump("Bread"))
    write(folder / "b.jsonl", dump("Cake"))
    digest("ingest", "dumps/a.jsonl", "b.jsonl")
    papers = [json.loads(line) for line in digest("papers", "--json").out.splitlines()]
    assert {paper["title"]: paper["sources"] for paper in papers} == {
        "Bread": ["papers"],
        "Cake": ["files"],
    }
    # It is not read again by a run.
    output = json.loads(digest("run", "--json").out)
    assert output["sources"][0]["dumps"] == 0


def test_ingest_for_programs(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", CONFIG)
    write(folder / "a.jsonl", dump("Bread") + "{broken\n")
    answer = digest("ingest", "a.jsonl", "--json")
    assert answer.code == 3
    output = json.loads(answer.out)
    (refused,) = output.pop("refused")
    assert output == {"dumps": 1, "records": 1, "new_papers": 1, "notes": []}
    assert (refused["dump"], refused["line"]) == ("a.jsonl", 2)


# --- status


def test_status_of_nothing(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", CONFIG)
    assert digest("status") == Answer(0, "0 papers in the library\n\nnothing waits\n", "")
    assert not (folder / "digest.db").exists()


def test_status_tells_what_came_and_what_was_given(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", CONFIG)
    write(folder / "dumps/2026-01-05.jsonl", dump("Bread", "Robots"))
    write(folder / "dumps/2026-01-06.jsonl", dump("Robots", "Cake") + "{broken\n")
    digest("run", "--date", DAY)
    before = tree(folder)
    shown = digest("status").out
    shown = re.sub(r"(?<=\n)\d{4}-\d\d-\d\d \d\d:\d\d", "YYYY-MM-DD HH:MM", shown)
    assert re.sub(r"0  dumps/2026-01-06.*", "0  dumps/2026-01-06", shown) == (
        "3 papers in the library\n"
        "\n"
        "day         source  dumps  records  new  refused\n"
        "2026-01-06  papers      1        2    1        1\n"
        "2026-01-05  papers      1        2    2        0\n"
        "\n"
        "profile  digests  papers  carried over  last        papers then\n"
        "daily          1       1             0  2026-01-12            1\n"
        "\n"
        "last runs                     new papers  in digests  sent  waiting\n"
        "YYYY-MM-DD HH:MM  incomplete           3           1     0        0  dumps/2026-01-06\n"
        "\n"
        "nothing waits\n"
    )
    assert "2026-01-05" not in digest("status", "--days", "1").out
    assert {name: content for name, (content, _) in tree(folder).items() if "db-" not in name} == {
        name: content for name, (content, _) in before.items() if "db-" not in name
    }


def test_status_tells_what_waits(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", CONFIG + "output: out\n")
    write(folder / "dumps/2026-01-05.jsonl", dump("Robots"))
    write(folder / "out", "a file where a folder should be")
    assert digest("run", "--date", DAY).code == 3
    shown = digest("status").out
    assert "\n6 waiting in the outbox\n  waiting  daily/2026-01-12.md, tried 1×\n" in shown
    assert max(map(len, shown.splitlines())) <= 100
    output = json.loads(digest("status", "--json").out)
    assert [item["channel"] for item in output["outbox"]] == ["file"] * 6
    assert output["outbox"][0]["to"] == "daily/2026-01-12.md"
    assert output["outbox"][0]["state"] == "waiting"


def test_a_profile_that_has_had_nothing_has_no_last_day(folder: Path, digest: Digest) -> None:
    profiles = "profiles: [{name: early}, {name: late}]\n"
    write(folder / "config.yaml", CONFIG + profiles)
    (folder / "dumps").mkdir()
    digest("run", "early", "--date", DAY)
    output = json.loads(digest("status", "--json").out)
    assert {profile["name"]: profile["last_day"] for profile in output["profiles"]} == {
        "early": DAY
    }


def test_a_library_of_an_older_version_is_copied_before_its_upgrade(
    folder: Path, digest: Digest
) -> None:
    write(folder / "config.yaml", CONFIG)
    (folder / "dumps").mkdir()
    old = (PROJECT / "tests/library/schema_6.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(folder / "digest.db")) as library:
        library.executescript(old)
    assert digest("status").code == 0
    backups = folder / "digest.db-backups"
    assert not backups.exists(), "a command that only reads upgrades nothing"
    assert digest("run", "--date", DAY).code == 0
    (copy,) = backups.iterdir()
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("PRAGMA user_version").fetchone() == (6,)
