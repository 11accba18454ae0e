"""`digest explain`: one paper against all rules, and one rule against all papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
{name: Routing, keywords: [routing^3, sparse], exclude: [survey], weight: 2}
{name: Merging, query: 'model merging'}
{name: Strict, keywords: [routing], min_score: 5}
{name: Popular, query: 'upvotes:>=5'}
"""
PAPERS = (
    {"arxiv_id": "2601.00001", "title": "Sparse routing", "abstract": "Routing is hard. Yes.",
     "upvotes": 7},
    {"arxiv_id": "2601.00002", "title": "A survey of routing", "abstract": "Sparse and dense."},
    {"arxiv_id": "2601.00003", "title": "Large models", "abstract": "No word of it."},
)  # fmt: skip


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(folder, capsys)
    desk.write(RULES)
    desk.drop(*PAPERS)
    return desk


@pytest.fixture
def filled(desk: Desk) -> Desk:
    desk.type("ingest", "dumps")
    return desk


class TestPaper:
    def test_what_selects_shows_points_and_places(self, filled: Desk) -> None:
        answer = filled.type("explain", "2601.00001")
        assert answer.code == 0
        text = "\n".join(answer.lines)
        assert "Routing selects it, 16 points" in text
        assert "+ routing: 12 points = boost 3 × weight 2 × 2 in the title; title, abstract" in text
        assert "+ sparse: 4 points = boost 1 × weight 2 × 2 in the title; title" in text
        assert "[Sparse] [routing]" in text
        assert "[Routing] is hard." in text
        assert "Popular selects it, 1 point" in text
        assert "+ comparisons alone: 1 point, the rule's weight" in text

    def test_what_does_not_select_shows_why(self, filled: Desk) -> None:
        text = "\n".join(filled.type("explain", "2601.00002").lines)
        assert "Routing does not select it" in text
        assert "- excluded by survey; title\nA [survey] of routing" in text
        assert "- 2 points of the 5 that min_score asks for: 3 too few" in text
        assert "- missing: model\n- missing: merging" in text
        assert "- missing: upvotes:>=5" in text

    def test_rules_that_select_come_first_then_those_that_nearly_do(self, filled: Desk) -> None:
        lines = filled.type("explain", "2601.00002").lines[:-1]
        order = [line.split()[0] for line in lines if "select it" in line or "selects it" in line]
        assert order == ["Routing", "Strict", "Merging", "Popular"]

    def test_json_has_all_of_it(self, filled: Desk) -> None:
        output = filled.type("explain", "2601.00002", "--json").json
        assert output["paper"]["id"] == "2601.00002"
        assert (output["score"], output["delivered"]) == (0, [])
        routing, merging, strict, _ = output["rules"]
        assert routing["selected"] is False
        assert routing["points"] == 14
        assert routing["keywords"] == [
            {"keyword": "routing", "boost": 3, "in_title": True, "points": 12},
            {"keyword": "sparse", "boost": 1, "in_title": False, "points": 2},
        ]
        assert routing["excluded_by"] == ["survey"]
        assert routing["exclusions"] == [
            {
                "keyword": "survey",
                "places": [{"field": "title", "index": 0, "start": 2, "end": 8}],
            }
        ]
        assert merging["missing"] == ["model", "merging"]
        assert (strict["min_score"], strict["points"], strict["lacking"]) == (5, 2, 3)

    def test_an_unknown_paper_fails(self, filled: Desk) -> None:
        answer = filled.type("explain", "2601.99999")
        assert answer.code == 1
        assert "no paper in the library matches '2601.99999'" in answer.err

    @pytest.mark.parametrize("arguments", [(), ("2601.00001", "--rule", "Routing")])
    def test_one_thing_is_explained(self, filled: Desk, arguments: tuple[str, ...]) -> None:
        assert filled.type("explain", *arguments).code == 2


class TestStanding:
    """Where the paper stands with the one profile, `daily`."""

    def state(self, desk: Desk, paper: str) -> tuple[str, str]:
        (place,) = desk.type("explain", paper, "--json").json["profiles"]
        shown = desk.type("explain", paper).lines[-1]
        return place["state"], shown.removeprefix("daily: ")

    def test_before_the_first_run(self, filled: Desk) -> None:
        expected = ("not started", "never ran; it starts with the dumps of its first run")
        assert self.state(filled, "2601.00001") == expected

    def test_delivered(self, desk: Desk) -> None:
        desk.type("run", "--date", "2026-01-05")
        expected = ("delivered", "delivered in the digest 2026-01-05, under “Routing”")
        assert self.state(desk, "2601.00001") == expected

    def test_not_selected(self, desk: Desk) -> None:
        desk.type("run", "--date", "2026-01-05")
        assert self.state(desk, "2601.00003")[0] == "not selected"

    def test_held_back_by_the_limit_of_the_rule(self, desk: Desk) -> None:
        desk.write("{name: Any, keywords: [routing], limit: 1}")
        desk.type("run", "--date", "2026-01-05")
        assert self.state(desk, "2601.00002") == (
            "held back",
            "selected on 2026-01-05, but the limit of “Any” (1) was full; it is carried over",
        )

    def test_listed_where_the_limit_was_full_to_the_last(self, desk: Desk) -> None:
        desk.write(
            "{name: Any, keywords: [routing]}",
            "profiles: [{name: daily, limit: 1, carry_over: 1}]\n",
        )
        desk.type("run", "--date", "2026-01-05")
        desk.drop({"arxiv_id": "2601.00009", "title": "Routing, routing", "upvotes": 9}, name="new")
        desk.type("run", "--date", "2026-01-06")
        state, sentence = self.state(desk, "2601.00002")
        assert state == "listed"
        assert "digest 2026-01-06, because the limit of the profile (1) was full" in sentence

    def test_still_to_come_and_passed_by(self, desk: Desk) -> None:
        desk.type("run", "--date", "2026-01-05")
        desk.write("{name: Large, keywords: [large]}")
        state, sentence = self.state(desk, "2601.00003")
        assert state == "passed by"
        assert "`digest run daily --since " in sentence
        desk.drop(PAPERS[2] | {"upvotes": 3}, name="again")
        desk.type("ingest", "dumps/again.jsonl")
        assert self.state(desk, "2601.00003") == ("next run", "the next run considers it")


class TestRule:
    def test_newest_papers_and_near_misses(self, filled: Desk) -> None:
        lines = filled.type("explain", "--rule", "Routing").lines
        assert lines[0] == "Routing selects 1 of 3 papers."
        assert lines[1] == "Newest (1)"
        assert lines[2].endswith("2601.00001 16 points")
        assert lines[3:5] == ["[Sparse] [routing]", "+ routing, sparse"]
        assert lines[5] == "Excluded by one keyword (1)"
        assert "A [survey] of [routing]" in lines
        assert "- excluded by survey; title" in lines

    def test_one_keyword_short(self, filled: Desk) -> None:
        lines = filled.type("explain", "--rule", "Merging").lines
        assert lines[:2] == ["Merging selects 0 of 3 papers.", "One required keyword short (1)"]
        assert lines[-1] == "- missing: merging"

    @pytest.mark.parametrize(("within", "near"), [("1", 0), ("3", 2)])
    def test_points_too_few(self, filled: Desk, within: str, near: int) -> None:
        output = filled.type("explain", "--rule", "Strict", "--within", within, "--json").json
        counts = {near_miss["shortfall"]: near_miss["count"] for near_miss in output["near_misses"]}
        assert counts == {"missing": 0, "excluded": 0, "points": near}

    def test_json_explains_each_paper(self, filled: Desk) -> None:
        output = filled.type("explain", "--rule", "Routing", "--json").json
        assert (output["rule"], output["papers"], output["selected"]) == ("Routing", 3, 1)
        assert [item["paper"]["id"] for item in output["recent"]] == ["2601.00001"]
        (excluded,) = (
            near_miss for near_miss in output["near_misses"] if near_miss["shortfall"] == "excluded"
        )
        assert [paper["excluded_by"] for paper in excluded["papers"]] == [["survey"]]

    def test_the_limit_is_for_each_kind(self, filled: Desk) -> None:
        filled.drop(*({"title": f"Routing number {n}"} for n in range(4)), name="more")
        filled.type("ingest", "dumps/more.jsonl")
        output = filled.type("explain", "--rule", "Routing", "--limit", "2", "--json").json
        assert (output["selected"], len(output["recent"])) == (5, 2)
        output = filled.type("explain", "--rule", "Routing", "--limit", "0", "--json").json
        assert len(output["recent"]) == 5

    def test_an_unknown_rule_is_told_with_the_nearest(self, filled: Desk) -> None:
        answer = filled.type("explain", "--rule", "Rooting")
        assert answer.code == 2
        assert (
            "has no rule 'Rooting'. Did you mean 'Routing'? It has: Routing; Merging;" in answer.err
        )

    @pytest.mark.parametrize("within", ["-1", "many", "nan", "inf"])
    def test_within_is_a_number(self, filled: Desk, within: str) -> None:
        assert filled.type("explain", "--rule", "Strict", f"--within={within}").code == 2

    def test_lines_fit_the_terminal(self, filled: Desk) -> None:
        long = {"title": "Routing " * 40, "abstract": "Routing and sparse " * 60}
        filled.drop(long, name="long")
        filled.type("ingest", "dumps/long.jsonl")
        answers = filled.type("explain", "--rule", "Routing"), filled.type("explain", "2601.00001")
        assert all(len(line) <= 100 for answer in answers for line in answer.out.splitlines())
