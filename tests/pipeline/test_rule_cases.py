"""Whole runs and `match` give every case of the rule language the same answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from digest.cli.app import main
from digest.text.clean import clean_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[dict[str, Any]]:
    lines = (shared / "rule-cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def is_clean(case: dict[str, Any]) -> bool:
    """Return whether a dump with this text gives a paper with this text: one has LaTeX accents."""
    return all(
        clean_text(text) == " ".join(text.split()) for text in (case["title"], case["abstract"])
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cases: list[dict[str, Any]]) -> Path:
    """A folder in which every case is a paper, a rule, and a line of queries."""
    records = [
        {"id": f"2601.{number:05}", "title": case["title"], "abstract": case["abstract"]}
        for number, case in enumerate(cases)
    ]
    rules = [
        {"name": f"rule {number}", "query": case["query"]} for number, case in enumerate(cases)
    ]
    (tmp_path / "dumps").mkdir()
    dump = "".join(json.dumps(record) + "\n" for record in records)
    (tmp_path / "dumps" / "cases.jsonl").write_text(dump, encoding="utf-8")
    # JSON is YAML.
    config = json.dumps({"sources": ["dumps/"], "rules": rules}, ensure_ascii=False)
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    queries = "".join(case["query"] + "\n" for case in cases)
    (tmp_path / "queries.txt").write_text(queries, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.shared
@pytest.mark.usefixtures("folder")
def test_run_and_match_agree_with_every_case(
    cases: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--json"]) == 0
    (profile,) = json.loads(capsys.readouterr().out)["profiles"]
    by_run = {
        (match["rule"], paper["id"]) for paper in profile["papers"] for match in paper["matches"]
    }
    assert main(["match", "--from", "queries.txt", "--ids"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    wrong = [
        case
        for number, case in enumerate(cases)
        if is_clean(case)
        and (
            ((f"rule {number}", f"2601.{number:05}") in by_run) is not case["selects"]
            or (f"2601.{number:05}" in answers[number]["ids"]) is not case["selects"]
        )
    ]
    assert wrong == []
    assert sum(map(is_clean, cases)) > 400
    by_match = {
        (f"rule {number}", identifier)
        for number, answer in enumerate(answers)
        for identifier in answer["ids"]
    }
    assert by_run == by_match
