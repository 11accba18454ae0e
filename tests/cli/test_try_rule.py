"""`digest try`, and the reports of `run` and `check` on changed rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.desk import Desk, after_a_run

if TYPE_CHECKING:
    from pathlib import Path

PAPERS: list[dict[str, Any]] = [
    {"title": "Agents that plan", "abstract": "We train agents.", "upvotes": 30},
    {"title": "Quiet agents", "abstract": "Agents.", "upvotes": 2},
    {"title": "On speech", "abstract": "Speech."},
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rule = "{name: Agents, keywords: [agents], limit: 1}"
    return after_a_run(tmp_path_factory.mktemp("made"), rule, *PAPERS)


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str], made: Path) -> Desk:
    """Return a desk after a first run on three papers."""
    return Desk(folder, capsys, copy=made)


# --- try


def test_a_rule_is_shown_as_a_digest(desk: Desk) -> None:
    answer = desk.type("try", "Agents")
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines[0] == "AGENTS"
    assert "2 of the 3 papers of the last 30 days match." in answer.lines
    assert "1. Agents that plan" in answer.lines
    assert "2. Quiet agents" in answer.lines
    assert "subscribe" not in answer.out


def test_a_query_is_shown_as_a_digest(desk: Desk) -> None:
    answer = desk.type("try", "--query", "agents AND upvotes:>=10", "--days", "1")
    assert answer.lines[0] == "AGENTS AND UPVOTES:>=10"
    assert "1 of the 3 papers of today matches." in answer.lines
    assert "Quiet" not in answer.out


def test_a_query_may_name_rules_and_use_aliases(desk: Desk) -> None:
    desk.write("{name: Agents, keywords: [agents]}", "aliases: [[speech, spoken]]\n")
    answer = desk.type("try", "--query", "rule:Agents OR spoken", "--json")
    assert answer.json["selected"] == 3


def test_the_best_are_shown(desk: Desk) -> None:
    answer = desk.type("try", "Agents", "--limit", "1")
    assert "2 of the 3 papers of the last 30 days match. The best one is below." in answer.lines
    assert len(desk.type("try", "Agents", "--limit", "1", "--json").json["papers"]) == 1


def test_nothing_is_stored(desk: Desk) -> None:
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    desk.type("try", "Agents")
    assert {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()} == before


def test_a_paused_rule_can_be_tried(desk: Desk) -> None:
    desk.write("{name: Agents, keywords: [agents], paused: true}")
    assert desk.type("try", "Agents", "--json").json["selected"] == 2


def test_without_papers_it_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(folder, capsys)
    desk.write("{name: Agents, keywords: [agents]}")
    assert "No paper came in the last 30 days." in desk.type("try", "Agents").lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a rule of the config, or give a query with --query"),
        (("Agents", "--query", "x"), "name a rule of the config, or give a query with --query"),
        (("Agent",), "has no rule 'Agent'. Did you mean 'Agents'? A query needs --query."),
        (("--query", "a AND ("), "a word or a bracket is missing here"),
        (("Agents", "--profile", "nobody"), "has no profile 'nobody'"),
    ],
)
def test_what_cannot_be_tried(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    answer = desk.type("try", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


# --- changed rules


def test_check_and_run_say_what_changed(desk: Desk) -> None:
    desk.write("{name: Agents, keywords: [plan, speech]}\n{name: New, keywords: [quiet]}")
    items = [
        (
            "Rule “Agents” changed: of the last 30 days’ papers it would have taken"
            " 1 more and 1 fewer."
        ),
        "Rule “New” is new: of the last 30 days’ papers it would have taken 1.",
    ]
    assert desk.type("check").lines[:2] == items
    answer = desk.type("check", "--titles")
    assert [line.split(maxsplit=2)[::2] for line in answer.lines if line[0] in "+-"] == [
        ["+", "On speech"], ["-", "Quiet agents"], ["+", "Quiet agents"],
    ]  # fmt: skip
    answer = desk.type("run")
    assert [line for line in answer.lines if line.startswith("Rule ")] == items
    assert any(line.startswith("To get them: digest run --since ") for line in answer.lines)
    assert "--rule Agents --rule New" in answer.out
    assert "Rule " not in desk.type("check").out


def test_an_edit_without_effect_is_said(desk: Desk) -> None:
    desk.write("{name: Agents, keywords: [agents, agentic]}")
    assert "would have taken the same 2." in desk.type("check").out
    desk.write("{name: Agents, keywords: [nothing]}")
    desk.type("run")
    desk.write("{name: Agents, keywords: [nought]}")
    assert "would have taken none, as before." in desk.type("check").out


def test_programs_are_told_what_changed(desk: Desk) -> None:
    desk.write("{name: Agents, keywords: [plan]}")
    (change,) = desk.type("check", "--json").json["rule_changes"]
    assert change.pop("since")
    (fewer,) = change.pop("fewer")
    assert fewer["title"] == "Quiet agents"
    assert change == {
        "rule": "Agents", "is_new": False, "papers": 3, "before": 2, "after": 1, "more": [],
    }  # fmt: skip
    assert desk.type("run", "--json").json["rule_changes"][0]["rule"] == "Agents"


def test_a_rule_is_brought(desk: Desk) -> None:
    desk.write("{name: Agents, keywords: [agents, speech]}")
    assert "On speech" in desk.type("run", "--rule", "Agents").out
    answer = desk.type("run", "--rule", "Agents")
    assert answer.code == 0
    assert "that you have not been given." in answer.out


def test_a_rule_that_is_not_there(desk: Desk) -> None:
    answer = desk.type("run", "--rule", "Agent")
    assert (answer.code, answer.out) == (2, "")
    assert "has no rule 'Agent'. Did you mean 'Agents'?" in answer.err


def test_a_rule_that_no_profile_has(desk: Desk) -> None:
    desk.write(
        "{name: Agents, keywords: [agents]}\n{name: Loose, keywords: [speech]}",
        "profiles: [{name: daily, rules: [Agents]}]\n",
    )
    answer = desk.type("run", "--rule", "Loose")
    assert (answer.code, answer.out) == (2, "")
    assert "none of the profiles has the rule 'Loose'" in answer.err
