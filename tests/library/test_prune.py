"""Pruned papers are still recognised, and wanted papers are never pruned."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.library import StoredAnswer
from digest.library.integrity import faults_of
from digest.model.marks import Mark
from tests.cli.conftest import write
from tests.library.samples import MORNING, WEDNESDAY, add, deliver, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.library import Library
    from digest.model import Record
    from tests.cli.conftest import Answer

LATER = datetime(2026, 1, 8, tzinfo=UTC)
"""A day after the samples are read."""
TEXT = "We prune everything that nobody reads. " * 20


def paper_of(number: int, **fields: object) -> Record:
    return record(f"Title number {number}", arxiv_id=f"2601.0000{number}", abstract=TEXT, **fields)


@pytest.fixture
def filled(library: Library) -> Library:
    """Return a library with three papers; the third has two records."""
    add(library, "a", [paper_of(1, comment="9 pages"), paper_of(2), paper_of(3)])
    add(library, "b", [paper_of(3, upvotes=5)])
    return library


def abstracts(library: Library) -> dict[str, str | None]:
    return {paper.id: paper.abstract for paper in library.papers}


def test_old_texts_go_and_papers_stay(filled: Library, path: Path) -> None:
    pruned = filled.prune(LATER)
    assert pruned.papers == 3
    assert pruned.saved > 0
    assert abstracts(filled) == dict.fromkeys(["2601.00001", "2601.00002", "2601.00003"])
    paper = filled.papers.get("2601.00003")
    assert paper is not None
    assert (paper.title, paper.upvotes) == ("Title number 3", 5)
    assert filled.prune(LATER).papers == 0
    filled.compact()
    assert faults_of(path) == ()


def test_what_was_shown_lately_stays(filled: Library) -> None:
    assert filled.prune(datetime(2026, 1, 7, tzinfo=UTC)).papers == 0
    assert all(abstracts(filled).values())


def test_what_somebody_wanted_stays(filled: Library) -> None:
    deliver(filled, "2601.00001")
    filled.marks.put("me", [Mark("2601.00002", note="look again")])
    assert filled.prune(LATER).papers == 1
    kept = abstracts(filled)
    assert kept["2601.00001"]
    assert kept["2601.00002"]
    assert kept["2601.00003"] is None


def test_only_chosen_papers_and_no_answers_go(filled: Library) -> None:
    filled.answers.add(
        StoredAnswer(
            0, "arxiv", WEDNESDAY, "https://example.org", MORNING, (), "hash", "arxiv/old.gz",
            False, None,
        )
    )  # fmt: skip
    pruned = filled.prune(LATER, ["2601.00002"])
    assert (pruned.papers, pruned.files) == (1, ())
    assert [paper for paper, text in abstracts(filled).items() if text is None] == ["2601.00002"]


def test_a_pruned_paper_that_comes_again_is_known_and_whole(filled: Library) -> None:
    before = {paper.id: paper for paper in filled.papers}
    filled.prune(LATER)
    second = add(filled, "c", [paper_of(1, comment="9 pages"), paper_of(3), paper_of(3, upvotes=5)])
    assert second.new_papers == 0
    after = {paper.id: paper for paper in filled.papers}
    assert after["2601.00001"] == before["2601.00001"]
    assert after["2601.00003"] == before["2601.00003"]
    assert after["2601.00002"].abstract is None


def test_another_record_of_a_pruned_paper_is_that_paper(filled: Library) -> None:
    filled.prune(LATER)
    second = add(filled, "c", [paper_of(2, upvotes=9)])
    assert second.new_papers == 0
    paper = filled.papers.get("2601.00002")
    assert paper is not None
    assert paper.abstract
    assert paper.upvotes == 9


def test_old_answers_may_go_unless_a_newer_one_is_the_same(filled: Library) -> None:
    def answer(file: str, url: str, days: int) -> None:
        number = filled.answers.add(
            StoredAnswer(
                0, "arxiv", WEDNESDAY, url, MORNING + timedelta(days=days),
                (("etag", "x"),), "hash", file, True, None,
            )
        )  # fmt: skip
        filled.answers.mark_read(number, 1)

    answer("arxiv/old.gz", "https://example.org/old", 0)
    answer("arxiv/same.gz", "https://example.org/same", 0)
    answer("arxiv/same.gz", "https://example.org/same", 9)
    assert filled.prune(LATER).files == ("arxiv/old.gz",)
    last = filled.answers.last("arxiv", "https://example.org/old")
    assert last is not None
    assert (last.file, last.header("etag")) == ("", "")
    assert [answer.file for answer in filled.answers.all_of("arxiv", since=None)] == [
        "arxiv/same.gz"
    ] * 2


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    from digest.cli.app import main
    from tests.cli.conftest import Answer

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = main(arguments)
        return Answer(code, *capsys.readouterr())

    return call


def test_the_command_copies_prunes_and_tells(
    tmp_path: Path, run: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "config.yaml", "sources: [dumps/]\nrules: [{name: R, keywords: [robot]}]\n")
    papers = [{"title": "Robots", "abstract": TEXT}, {"title": "Cakes", "abstract": TEXT}]
    lines = "".join(json.dumps(paper) + "\n" for paper in papers)
    write(tmp_path / "dumps/a.jsonl", lines)
    assert run("run", "--date", "2026-01-05").code == 0
    for choice in (["robot*"], ["--rule", "R"]):
        dry = run("prune", "--older", "3", "--dry-run", *choice)
        assert dry.out.startswith("Would drop the texts of 0 papers"), "a digest brought it"
    assert run("prune", "--rule", "Q").code == 2
    dry = run("prune", "--older", "3", "--dry-run", "cake*")
    assert dry.out.startswith("Would drop the texts of 1 paper (")
    dry = run("prune", "--older", "3", "--dry-run")
    assert dry.out.startswith("Would drop the texts of 1 paper (")
    assert run("papers", "--json").out.count('"abstract": "We prune') == 2
    assert not (tmp_path / "digest.db-backups").exists()
    message = run("prune", "--older", "3")
    assert message.code == 0
    assert message.out.startswith("Dropped the texts of 1 paper and 0 answers of services")
    assert run("papers", "--json").out.count('"abstract": "We prune') == 1
    (copy,) = (tmp_path / "digest.db-backups").iterdir()
    assert str(copy) in message.out
    assert run("papers", "--json", "cakes").code == 0
    write(tmp_path / "dumps/b.jsonl", lines + "\n")
    assert run("run", "--date", "2026-01-06").code == 0
    assert run("papers", "--json").out.count('"abstract": "We prune') == 2
