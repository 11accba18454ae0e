"""`digest check`: its messages, their places and advice; and the errors that stop a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(folder, capsys)


def test_nothing_wrong(desk: Desk) -> None:
    desk.write("{name: Routing, keywords: [routing], must_match: [On routing]}")
    answer = desk.type("check")
    assert (answer.code, answer.out) == (0, "config.yaml: 1 rule, nothing wrong.\n")
    assert desk.type("check", "--json").json == {
        "errors": [], "warnings": [], "notes": [], "rule_changes": [],
    }  # fmt: skip


def test_an_error_names_place_rule_and_remedy(desk: Desk) -> None:
    desk.write(
        "{name: Fine, keywords: [x1]}\n{name: Dead, keywords: [routing], exclude: [routing]}"
    )
    answer = desk.type("check")
    assert answer.code == 2
    assert answer.err.startswith('error: config.yaml:4: rule “Dead”: "routing" never matches')
    assert '→ take "routing" out of what is excluded' in answer.err
    assert answer.out == "config.yaml: 2 rules, 1 error.\n"
    (error,) = desk.type("check", "--json").json["errors"]
    assert error == {
        "place": "config.yaml:4",
        "rule": "Dead",
        "keyword": "routing",
        "message": (
            'never matches, so that the rule can select nothing: "routing" is wanted and excluded'
        ),
        "instead": 'take "routing" out of what is excluded',
    }


def test_a_warning_does_not_fail(desk: Desk) -> None:
    desk.write("{name: Twice, keywords: [LLM, LLMs]}")
    answer = desk.type("check")
    assert answer.code == 0
    assert answer.err.startswith('warning: config.yaml:3: rule “Twice”: "LLMs" is the same keyword')
    assert answer.out == "config.yaml: 1 rule, 1 warning.\n"
    assert desk.type("check", "-q").err == ""


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "{name: r, keywords: [a1], must_match: [b1]}",
            "must select 'b1', but does not: missing a1",
        ),
        (
            "{name: r, keywords: [a1], exclude: [b1], must_match: [a1 b1]}",
            "must select 'a1 b1', but does not: excluded by b1",
        ),
        (
            "{name: r, keywords: [a1], min_score: 5, must_match: [a1]}",
            "must select 'a1', but does not: 3 points too few",
        ),
        ("{name: r, keywords: [a1], must_not_match: [a1]}", "must not select 'a1', but does: a1"),
    ],
)
def test_tests_of_rules_are_errors_when_they_fail(desk: Desk, rule: str, message: str) -> None:
    desk.write(rule)
    answer = desk.type("check", "--json")
    assert answer.code == 2
    assert [error["message"] for error in answer.json["errors"]] == [message]


def test_a_test_may_name_a_paper_of_the_library(desk: Desk) -> None:
    desk.write("{name: r, keywords: [a1], must_match: ['2601.00001', A title of it]}")
    desk.drop({"arxiv_id": "2601.00001", "title": "A title of it", "abstract": "On a1."})
    desk.type("ingest", "dumps")
    assert desk.type("check").code == 0


def test_faults_of_the_file_come_one_by_one(desk: Desk) -> None:
    desk.write("{name: r, keywords: []}\n{name: s, keywords: ['a*'], weigth: 2}")
    answer = desk.type("check", "--json")
    assert answer.code == 2
    assert [error["place"] for error in answer.json["errors"]] == [
        "config.yaml:3",
        "config.yaml:4",
        "config.yaml:4",
    ]


def test_a_rule_of_no_profile_is_told(desk: Desk) -> None:
    desk.write(
        "{name: used, keywords: [a1]}\n{name: unused, keywords: [b1]}",
        "profiles: [{name: daily, rules: [used]}]\n",
    )
    (warning,) = desk.type("check", "--json").json["warnings"]
    assert (warning["rule"], warning["message"]) == ("unused", "is used by no profile")


def test_what_the_library_says_is_told_with_counts(desk: Desk) -> None:
    desk.write("{name: Slip, keywords: [ruoting]}\n{name: All, keywords: [routing]}")
    desk.drop(*({"title": f"On routing {number}"} for number in range(120)))
    desk.type("ingest", "dumps")
    warnings = desk.type("check", "--json").json["warnings"]
    assert [(warning["rule"], warning["message"]) for warning in warnings] == [
        ("Slip", "matches none of the library's 120 papers; “ruoting” may be misspelt"),
        ("Slip", "selects none of the library's 120 papers"),
        ("All", "selects 120 of the library's 120 papers (100 %)"),
    ]


def test_of_a_dead_rule_the_library_repeats_nothing(desk: Desk) -> None:
    desk.write("{name: Dead, query: 'routing upvotes:<0'}")
    desk.drop(*({"title": f"On routing {number}"} for number in range(120)))
    desk.type("ingest", "dumps")
    output = desk.type("check", "--json").json
    assert (len(output["errors"]), output["warnings"]) == (1, [])


@pytest.mark.parametrize("command", [("run",), ("run", "--dry-run"), ("schedule",)])
def test_a_rule_that_can_never_select_stops_a_run(desk: Desk, command: tuple[str, ...]) -> None:
    desk.write("{name: Dead, query: 'upvotes:>10 upvotes:<5'}\n{name: Good, keywords: [routing]}")
    desk.drop({"title": "On routing"})
    answer = desk.type(*command)
    assert answer.code == 2
    assert 'config.yaml:3: rule "Dead": ' in answer.err.replace(":1: rule", ": rule")
    assert not (desk.folder / "digest.db").exists()


def test_a_warning_stops_no_run(desk: Desk) -> None:
    desk.write("{name: Twice, keywords: [routing, routings]}")
    desk.drop({"title": "On routing"})
    assert desk.type("run").code == 0


def test_check_changes_nothing(desk: Desk) -> None:
    desk.write("{name: r, keywords: [a1], must_match: [a1]}")
    desk.type("check")
    assert sorted(path.name for path in desk.folder.iterdir()) == ["config.yaml", "dumps"]


def test_a_source_folder_that_is_missing_is_named(desk: Desk) -> None:
    desk.write("{name: A, keywords: [x1]}")
    config = desk.folder / "config.yaml"
    config.write_text(config.read_text().replace("dumps/", "dmups/"))
    answer = desk.type("check")
    assert answer.code == 0
    assert "source 'dmups': folder dmups does not exist" in " ".join(answer.err.split())
    assert "→ did you mean dumps/?" in answer.err


def test_an_exclusion_of_one_alternative_is_told(desk: Desk) -> None:
    desk.write("{name: A, query: routing OR tree NOT survey}")
    answer = desk.type("check")
    text = " ".join(answer.err.split())
    assert '"NOT survey" excludes only where “tree” matches' in text
    assert "write (routing OR tree) NOT survey" in text
