"""`digest suggest`: proposals from marks, without changing anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.config import load_config
from digest.library import Library
from digest.model.marks import Mark
from digest.rules import parse_keyword
from tests.cli.desk import Desk
from tests.conftest import PROJECT
from tests.learning.judged_samples import judged
from tests.test_docs import keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Paper
    from digest.model.marks import State

MONDAY = datetime(2026, 1, 5, 7, tzinfo=UTC)
RULES = """\
{name: Broad, keywords: [study, surveys of]}
{name: Zebras, keywords: [zebra]}
"""


def mark(papers: Sequence[Paper], state: State, reader: str = "daily") -> None:
    """Mark papers by their titles, the first of them last."""
    with Library.open(load_config(Path("config.yaml")).library) as library:
        known = {paper.title: paper.id for paper in library.papers}
        library.marks.put(
            reader,
            [
                Mark(known[paper.title], state, MONDAY - timedelta(minutes=number))
                for number, paper in enumerate(papers)
            ],
        )


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(folder, capsys)
    desk.write(RULES)
    marks = judged("sparse routing", "a survey of")
    desk.drop(*({"title": paper.title, "abstract": paper.abstract} for paper in marks.papers))
    desk.type("ingest", "dumps")
    return desk


def test_what_sets_liked_papers_apart_stands_with_counts_and_titles(desk: Desk) -> None:
    marks = judged("sparse routing", "a survey of")
    mark(marks.liked, "done")
    mark(marks.dropped, "dropped")
    answer = desk.type("suggest")
    assert answer.code == 0
    assert answer.lines == [
        "daily: 14 papers starred, read or imported, 14 dropped",
        "Keywords to add to a rule:",
        "liked dropped in all 60 days",
        "14 0 14 0 sparse routing",
        marks.liked[0].title,
        marks.liked[1].title,
        "Words to exclude; none of them occurs in a paper that you liked:",
        "liked dropped in all",
        "0 14 14 survey",
        marks.dropped[0].title,
        marks.dropped[1].title,
        "Keywords whose papers were all dropped:",
        "dropped for it alone",
        "14 0 surveys of (of “Broad”)",
        marks.dropped[0].title,
        marks.dropped[1].title,
    ]
    assert "Nothing was changed." in answer.err


def test_the_counts_are_those_of_match(desk: Desk) -> None:
    marks = judged("sparse routing", "a survey of")
    mark(marks.liked, "done")
    mark(marks.dropped, "dropped")
    (first, *_) = desk.type("suggest", "--json").json["keywords"]
    assert first["count"] == desk.type("match", first["keyword"], "--count").json["count"]
    ids = desk.type("match", first["keyword"], "--ids").json["ids"]
    assert first["liked"] + first["dropped"] == len(ids)
    assert {example["id"] for example in first["examples"]} <= set(ids)


def test_too_few_marks_are_told_with_what_is_needed(desk: Desk) -> None:
    mark(judged().liked[:3], "done")
    answer = desk.type("suggest")
    assert answer.code == 0
    assert answer.lines == [
        "daily: too few marks to propose keywords.",
        "There are 3 starred, read or imported papers; 10 are needed.",
    ]
    output = desk.type("suggest", "--json").json
    assert (output["liked"], output["dropped"], output["needed"]) == (3, 0, 10)
    assert (output["enough"], output["keywords"]) == (False, [])


def test_nothing_that_stands_out_is_told(desk: Desk) -> None:
    desk.write("{name: Broad, keywords: [sparse routing], exclude: [survey]}")
    mark(judged().liked, "done")
    mark(judged().dropped, "dropped")
    lines = desk.type("suggest").lines
    assert lines[1] == "No keyword sets them apart that the rules do not have already."


def test_one_readers_marks_say_nothing_of_another(desk: Desk) -> None:
    desk.write(
        RULES,
        "profiles:\n"
        "  - {name: lab, rules: [Broad], reader: me}\n"
        "  - {name: zoo, rules: [Zebras], reader: me}\n"
        "  - {name: other}\n",
    )
    marks = judged("sparse routing", "a survey of")
    mark(marks.liked, "done", reader="me")
    mark(marks.dropped, "dropped", reader="me")
    answer = desk.type("suggest")
    assert answer.code == 2
    assert "several readers" in answer.err
    mine = desk.type("suggest", "--reader", "me", "--json").json
    assert (mine["reader"], mine["profiles"]) == ("me", ["lab", "zoo"])
    assert [item["keyword"] for item in mine["fruitless"]] == ["surveys of"]
    of_zoo = desk.type("suggest", "--profile", "zoo", "--json").json
    assert (of_zoo["profiles"], of_zoo["liked"], of_zoo["fruitless"]) == (["zoo"], 14, [])
    assert desk.type("suggest", "--reader", "other", "--json").json["liked"] == 0


def test_every_key_of_the_json_is_documented(desk: Desk) -> None:
    mark(judged().liked, "done")
    mark(judged().dropped, "dropped")
    output = desk.type("suggest", "--json").json
    assert output["keywords"]
    assert output["exclude"]
    assert output["fruitless"]
    page = (PROJECT / "docs/json.md").read_text(encoding="utf-8")
    here = page.partition("## suggest\n")[2].partition("\n## ")[0]
    assert {key for key in keys_of(output) if f"`{key}`" not in here} == set()


def test_the_config_is_as_it_was(desk: Desk) -> None:
    before = Path("config.yaml").read_bytes()
    mark(judged().liked, "done")
    mark(judged().dropped, "dropped")
    desk.type("suggest")
    assert Path("config.yaml").read_bytes() == before


def test_a_title_cannot_steer_the_terminal(desk: Desk) -> None:
    liked = [{"title": f"\x1b[2J {n}", "abstract": "sparse routing"} for n in range(12)]
    desk.drop(*liked, name="hostile")
    desk.type("ingest", "dumps")
    with Library.open(load_config(Path("config.yaml")).library) as library:
        ids = [paper.id for paper in library.papers if "2J" in paper.title]
        library.marks.put("daily", [Mark(item, "done", MONDAY) for item in ids])
    mark(judged("sparse routing", "a survey of").dropped, "dropped")
    answer = desk.type("suggest")
    assert "sparse routing" in answer.out
    assert "\x1b" not in answer.out


def test_an_imported_library_is_enough_to_propose_from(desk: Desk) -> None:
    """Nothing was dropped: liked papers are told from the rest of the library."""
    desk.drop(
        *(
            {"title": f"Tides {n}", "abstract": f"We study the tides of {n} days."}
            for n in range(40)
        ),
        name="rest",
    )
    desk.type("ingest", "dumps")
    mark(judged("sparse routing", "a survey of").liked, "done")
    output = desk.type("suggest", "--json").json
    assert (output["enough"], output["dropped"]) == (True, 0)
    first = output["keywords"][0]
    assert (first["keyword"], first["liked"], first["dropped"]) == ("sparse routing", 14, 0)
    assert output["exclude"] == []


def test_a_keyword_is_said_to_bring_what_no_rule_brought_of_late(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("{name: Zebras, keywords: [zebra]}")
    marks = judged("sparse routing", "a survey of")
    mark(marks.liked, "done")
    mark(marks.dropped, "dropped")
    output = desk.type("suggest", "--json").json
    assert output["days"] == 60
    assert {keyword["keyword"]: keyword["recent"] for keyword in output["keywords"]} == {
        "sparse routing": 14
    }


def test_chosen_proposals_are_written_into_the_config(desk: Desk) -> None:
    path = Path("config.yaml")
    before = path.read_text(encoding="utf-8").replace("[zebra]}", "[zebra]}  # striped")
    path.write_text(before, encoding="utf-8")
    marks = judged("sparse routing", "a survey of")
    mark(marks.liked, "done")
    mark(marks.dropped, "dropped")
    answer = desk.type("suggest", "--write", "sparse routing", "survey", "--rule", "Zebras")
    assert answer.code == 0, answer.err
    after = path.read_text(encoding="utf-8")
    assert after == before.replace(
        "{name: Zebras, keywords: [zebra]}",
        "{name: Zebras, exclude: [survey], keywords: [sparse routing, zebra]}",
    )
    assert load_config(path).rules[1].keywords == (
        parse_keyword("sparse routing"),
        parse_keyword("zebra"),
    )
    assert "exclude of Zebras: survey" in answer.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--write", "sparse routin", "--rule", "Zebras"), "did you mean"),
        (("--write", "sparse routing"), "--rule NAME"),
        (("--write", "sparse routing", "--rule", "Okapis"), "no rule 'Okapis'"),
    ],
)
def test_what_cannot_be_written_changes_nothing(
    desk: Desk, arguments: tuple[str, ...], told: str
) -> None:
    before = Path("config.yaml").read_bytes()
    mark(judged("sparse routing", "a survey of").liked, "done")
    mark(judged("sparse routing", "a survey of").dropped, "dropped")
    answer = desk.type("suggest", *arguments)
    assert (answer.code, Path("config.yaml").read_bytes()) == (2, before)
    assert told in answer.err
