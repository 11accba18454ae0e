"""`digest run`: its output, its files and its exit codes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import DAY, Answer, tree, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Digest = Callable[..., Answer]

THREE_LINES = "sources: [dumps/]\nrules:\n  - {name: Scaling laws, keywords: [scaling law]}\n"


def paper(title: str, **fields: object) -> str:
    """Return a dump of one paper."""
    return json.dumps({"title": title, "abstract": "Of no matter.", **fields}) + "\n"


@pytest.fixture
def small(folder: Path) -> Path:
    """Return a folder with a config of three lines and a dump of two papers."""
    write(folder / "config.yaml", THREE_LINES)
    dump = paper("Scaling laws of bread", upvotes=7) + paper("Bread without laws")
    write(folder / "dumps/2026-01-05.jsonl", dump)
    return folder


def test_a_config_of_three_lines_works(small: Path, digest: Digest) -> None:
    answer = digest("run", "--date", DAY)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        "Reading list · Monday 12 January 2026\n"
        "1 of 2 new papers matches your rules.\n"
        "\n"
        "    1  Scaling laws  Scaling laws of bread\n"
        "\n"
        "  Markdown  digests/daily/2026-01-12.md\n"
        "  e-mail    digests/daily/2026-01-12.html\n"
        "  feed      digests/daily/feed.xml\n"
        "\n"
        "Open digests/daily/2026-01-12.md next.\n"
    )
    assert sorted(path.name for path in (small / "digests/daily").iterdir()) == [
        "2026-01-12.eml", "2026-01-12.html", "2026-01-12.md", "2026-01-12.txt", "feed.xml",
        "latest.md",
        "reading-list.md",
    ]  # fmt: skip


def test_a_second_run_changes_no_file(small: Path, digest: Digest) -> None:
    digest("run", "--date", DAY)
    before = tree(small / "digests")
    answer = digest("run", "--date", DAY)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        "Reading list · Monday 12 January 2026\n"
        "Nothing new since the last digest of the day.\n"
        "\n"
        "Open digests/daily/latest.md to read the last one again.\n"
    )
    assert tree(small / "digests") == before


def test_rules_without_papers_share_a_line(place: Path, digest: Digest) -> None:
    write(place / "config.yaml", "sources: [dumps/]\nrules:\n"
          "  - {name: Robots, keywords: [robot]}\n"
          "  - {name: Unicorns, keywords: [unicorn]}\n"
          "  - {name: Dragons, keywords: [dragon]}\n")  # fmt: skip
    lines = digest("run", "--date", DAY).out.splitlines()
    assert lines[3].startswith("    4  Robots  ")
    assert lines[4:6] == ["    0  Unicorns, Dragons", ""]


def test_a_run_from_elsewhere_names_files_as_they_are_opened_there(
    small: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    near = digest("-c", f"{small.name}/config.yaml", "run", "--date", DAY)
    assert near.out.endswith(f"\nOpen {small.name}/digests/daily/2026-01-12.md next.\n")
    other = small / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    far = digest("-c", "../config.yaml", "run", "--date", "2026-01-13")
    assert far.out.endswith(f"\nOpen {small}/digests/daily/2026-01-13.md next.\n")


def test_a_dry_run_shows_all_and_writes_nothing(small: Path, digest: Digest) -> None:
    before = tree(small)
    answer = digest("run", "--dry-run", "--date", DAY)
    assert answer.code == 0
    assert "Scaling laws of bread" in answer.out
    assert "Good match: Scaling laws, in the title" in answer.out
    assert answer.out.endswith(
        "\nThis was a dry run: nothing was written, and nothing was delivered.\n"
    )
    assert tree(small) == before


def test_quiet_says_only_what_went_wrong(small: Path, digest: Digest) -> None:
    assert digest("run", "--quiet") == Answer(0, "", "")
    write(small / "dumps/broken.jsonl", "{")
    answer = digest("run", "--quiet")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith("digest: refused dumps/broken.jsonl")


def test_verbose_says_what_came_from_each_source(small: Path, digest: Digest) -> None:
    answer = digest("run", "-v", "--date", DAY)
    whole, source = answer.err.splitlines()
    assert source == "dumps: 1 new dump, 2 records, 2 new papers"
    assert re.fullmatch(
        r"run done in \d+\.\d s: 1 new dump, 2 records, 2 new papers, 0 refused; "
        r"1 paper in 1 digest for 1 profile; 0 sent, 0 waiting",
        whole,
    )


def test_what_was_refused_and_what_failed_is_named(small: Path, digest: Digest) -> None:
    write(small / "config.yaml", THREE_LINES.replace("[dumps/]", "[dumps/, gone/]"))
    write(small / "dumps/broken.jsonl", paper("Whole") + '{"title": "cut of\n')
    answer = digest("run", "--date", DAY)
    assert answer.code == 3
    assert answer.err.splitlines()[0] == ('digest: source "gone": folder gone does not exist')
    assert answer.err.splitlines()[1].startswith("digest: refused dumps/broken.jsonl:2: ")
    assert answer.out.endswith("\nOpen digests/daily/2026-01-12.md next.\n")


def test_a_broken_template_is_told_and_the_other_profiles_are_served(
    small: Path, digest: Digest
) -> None:
    (small / "mine").mkdir()
    write(small / "mine/digest.txt.j2", "{{ digest.entries[0].paper.titel }}\n")
    profiles = "profiles: [{name: one, templates: mine}, {name: two}]\n"
    write(small / "config.yaml", THREE_LINES + profiles)
    answer = digest("run", "--date", DAY)
    assert answer.code == 2
    assert answer.err.startswith(
        f"digest: one has no digest; the next run makes it: {small}/mine/digest.txt.j2:1: "
    )
    assert answer.out.endswith("\nOpen digests/two/2026-01-12.md next.\n")
    second = digest("run", "--date", DAY, "--json")
    assert second.code == 2
    output = json.loads(second.out)
    (failed,) = output["failed"]
    assert (failed["profile"], [profile["name"] for profile in output["profiles"]]) == (
        "one",
        ["two"],
    )
    write(small / "mine/digest.txt.j2", "{{ digest.title }}\n")
    assert digest("run", "--date", DAY).code == 0
    assert (small / "digests/one/2026-01-12.md").exists()


def test_of_many_refusals_the_first_are_named_and_all_counted(small: Path, digest: Digest) -> None:
    for number in range(14):
        write(small / f"dumps/{number:02}.txt", f"nothing that is known {number}")
    lines = digest("run").err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "digest: … and 4 more; see --json"


def test_what_could_not_be_written_is_not_to_be_opened(small: Path, digest: Digest) -> None:
    write(small / "digests", "a file where a folder should be")
    answer = digest("run", "--date", DAY)
    assert answer.code == 3
    assert "daily/2026-01-12.md is waiting: " in answer.err
    assert answer.out.endswith("\nThere is nothing to open.\n")
    (small / "digests").unlink()
    answer = digest("run", "--date", DAY)
    assert (answer.code, answer.err) == (0, "")
    assert (small / "digests/daily/2026-01-12.md").exists()


def test_many_profiles_are_told_on_a_line_each(small: Path, digest: Digest) -> None:
    names = [f"reader-{number}" for number in range(7)]
    config = THREE_LINES + "profiles:\n" + "".join(f"  - {{name: {name}}}\n" for name in names)
    write(small / "config.yaml", config)
    lines = digest("run", "--date", DAY).out.splitlines()
    assert lines[0] == "profile   papers  of"
    assert lines[1] == "reader-0       1   2  digests/reader-0/2026-01-12.md"
    assert len(lines) == 10
    assert lines[-1] == "Open digests next."


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("dayly", "config.yaml has no profile 'dayly'. Did you mean 'daily'? It has: daily."),
        ("nobody", "config.yaml has no profile 'nobody'. It has: daily."),
    ],
)
def test_a_profile_that_is_not_there(small: Path, digest: Digest, profile: str, said: str) -> None:
    assert digest("run", profile) == Answer(2, "", f"digest: {said}\n")


def test_a_profile_alone(small: Path, digest: Digest) -> None:
    write(small / "config.yaml", THREE_LINES + "profiles: [{name: a}, {name: b}]\n")
    assert digest("run", "b", "b").code == 0
    assert [path.name for path in (small / "digests").iterdir()] == ["b"]


# --- for programs


def test_json_is_what_the_contract_says(small: Path, digest: Digest) -> None:
    write(small / "dumps/unknown.txt", "nothing that is known")
    answer = digest("run", "--json", "--date", DAY)
    assert (answer.code, answer.err) == (3, "")
    (line,) = answer.out.splitlines()
    output = json.loads(line)
    assert list(output) == [
        "day",
        "sources",
        "refused",
        "notes",
        "profiles",
        "rule_changes",
        "lists",
        "site_error",
        "model",
        "skipped",
        "failed",
    ]
    assert output["day"] == DAY
    assert output["sources"] == [
        {
            "name": "dumps",
            "dumps": 1,
            "records": 2,
            "new_papers": 2,
            "state": "ok",
            "reason": None,
            "coverage": [],
        }
    ]
    (refused,) = output["refused"]
    assert (refused["dump"], refused["line"]) == ("dumps/unknown.txt", None)
    (profile,) = output["profiles"]
    assert {key: profile[key] for key in ("name", "day", "considered", "selected", "leftover")} == {
        "name": "daily",
        "day": DAY,
        "considered": 2,
        "selected": 1,
        "leftover": 0,
    }
    assert profile["files"] == {
        "markdown": "digests/daily/2026-01-12.md",
        "html": "digests/daily/2026-01-12.html",
        "text": "digests/daily/2026-01-12.txt",
        "eml": "digests/daily/2026-01-12.eml",
        "rss": "digests/daily/feed.xml",
    }
    assert profile["deliveries"] == []
    (result,) = profile["papers"]
    assert result["title"][result["matches"][0]["start"] : result["matches"][0]["end"]] == (
        "Scaling laws"
    )
    assert result["matches"] == [
        {"rule": "Scaling laws", "keyword": "scaling law", "field": "title", "index": 0,
         "start": 0, "end": 12, "points": 2.0}
    ]  # fmt: skip
    assert (result["points"], result["section"], result["upvotes"]) == (2.0, "Scaling laws", 7)
    assert result["published"] is None


def test_json_of_a_second_run(small: Path, digest: Digest) -> None:
    digest("run", "--date", DAY)
    output = json.loads(digest("run", "--json", "--date", DAY).out)
    assert output["sources"][0]["dumps"] == 0
    (profile,) = output["profiles"]
    assert (profile["considered"], profile["selected"], profile["papers"]) == (0, 0, [])
    assert set(profile["files"].values()) == {None}


@pytest.mark.shared
def test_the_real_dumps(folder: Path, shared: Path, digest: Digest) -> None:
    write(folder / "config.yaml", THREE_LINES)
    for path in (shared / "dumps").glob("*.txt"):
        write(folder / "dumps" / path.name, path.read_text(encoding="utf-8"))
    answer = digest("run", "--json")
    output = json.loads(answer.out)
    assert answer.code == 0
    assert output["sources"] == [
        {"name": "dumps", "dumps": 5, "records": 433, "new_papers": 383, "state": "ok",
         "reason": None, "coverage": []}
    ]  # fmt: skip
    assert output["refused"] == []
    before = tree(folder / "digests")
    second = digest("run", "--json")
    assert second.code == 0
    assert json.loads(second.out)["sources"][0]["new_papers"] == 0
    assert tree(folder / "digests") == before
