"""Commands about sources: `fetch`, `check --online`, `reread`, and their part of `status`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.desk import Desk
from tests.sources.server import LocalService, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAPERS = b'{"title": "Pruning Today", "abstract": "About pruning."}\n{"title": "Routing"}\n'


@pytest.fixture
def service() -> Iterator[LocalService]:
    service = LocalService(lambda path: Reply(status=500) if "bad" in path else Reply(PAPERS))
    with service.running():
        yield service


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str], service: LocalService) -> Desk:
    desk = Desk(folder, capsys)
    (folder / "config.yaml").write_text(
        "sources:\n  - dumps/\n"
        f"  - {{http: '{service.url}/list.jsonl', name: lists, allow_private: true}}\n"
        "rules:\n  - {name: r, keywords: [pruning]}\n"
    )
    return desk


def test_a_dry_run_prints_what_would_be_asked(desk: Desk, service: LocalService) -> None:
    answer = desk.type("fetch", "--dry-run")
    assert answer.code == 0
    (line,) = answer.lines
    assert line.startswith("lists 20")
    assert line.endswith(f" {service.url}/list.jsonl")
    output = desk.type("fetch", "--dry-run", "--json").json
    assert output["url"] == f"{service.url}/list.jsonl"
    assert f"{service.url}/list.jsonl" in desk.type("run", "--dry-run").out
    assert service.asked == []


def test_fetching_and_what_status_says(desk: Desk, service: LocalService) -> None:
    answer = desk.type("fetch", "lists")
    assert answer.code == 0, answer.err
    assert answer.lines[:2] == ["lists: 1 new dump, 2 records, 2 new papers", "lists: 2 papers."]
    (row,) = desk.type("status", "--json").json["coverage"]
    assert (row["source"], row["state"], row["papers"]) == ("lists", "complete", 2)
    assert any("lists complete 2 –" in line for line in desk.type("status").lines)
    assert len(service.asked) == 1
    output = desk.type("fetch", "--json").json
    assert [source["name"] for source in output["sources"]] == ["dumps", "lists"]


def test_a_source_that_fails(desk: Desk, service: LocalService) -> None:
    text = (desk.folder / "config.yaml").read_text()
    (desk.folder / "config.yaml").write_text(text.replace("/list.jsonl", "/bad?a={date}"))
    service.answer = lambda _path: Reply(status=403)
    answer = desk.type("fetch")
    assert answer.code == 3
    assert "it answered 403" in answer.out + answer.err


def test_an_unknown_source(desk: Desk) -> None:
    answer = desk.type("fetch", "list")
    assert answer.code == 2
    assert "Did you mean 'lists'?" in answer.err


def test_each_source_is_asked_once_by_check(desk: Desk, service: LocalService) -> None:
    answer = desk.type("check", "--online")
    assert answer.code == 0, answer.err
    assert "dumps: 0 files" in answer.lines
    assert any(line.startswith("lists: 2 papers, 0 kB, read as jsonl") for line in answer.lines)
    assert len(service.asked) == 1
    assert not (desk.folder / "digest.db").exists()
    service.answer = lambda _path: Reply(b"<!doctype html><title>Hello</title>")
    answer = desk.type("check", "--online", "--json")
    assert answer.code == 3
    assert json.loads(answer.out.splitlines()[-1])["is_well"] is False


def test_answers_and_files_are_read_again(desk: Desk, service: LocalService) -> None:
    desk.drop({"title": "Pruning in a file"})
    desk.type("run", "--quiet")
    answer = desk.type("reread")
    assert answer.code == 0, answer.err
    assert answer.lines[0] == "Read 2 dumps again: 3 records, 0 of them new or different."
    assert desk.type("reread", "--source", "dumps", "--json").json["dumps"] == 1
    assert desk.type("reread", "--since", "2999-01-01", "--json").json["dumps"] == 0
    assert len(service.asked) == 1
    assert [row["papers"] for row in desk.type("status", "--json").json["profiles"]] == [2]
