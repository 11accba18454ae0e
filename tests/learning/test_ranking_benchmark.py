"""The benchmark of orders works on invented papers, and its figures are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import ranking, readers
from benchmarks.report import write_docs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("order", "precision", "area"),
    [
        ("ab-", 2 / 3, 1.0),
        ("-ab", 2 / 3, 0.0),
        ("a-b-", 0.5, 0.75),
        ("-" * 10 + "a", 0.0, 0.0),
    ],
)
def test_outcomes_are_those_of_the_books(order: str, precision: float, area: float) -> None:
    papers = [letter if letter != "-" else f"{place}" for place, letter in enumerate(order)]
    outcome = ranking._outcome([papers, ["a", "b"], ["1"]], {"a", "b"})
    assert outcome == pytest.approx((precision, area))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> readers.Corpus:
    return readers.read_corpus(tmp_path_factory.mktemp("none") / "absent", made_up=300)


def test_a_reader_marks_known_papers_and_the_same_seed_marks_the_same(
    corpus: readers.Corpus,
) -> None:
    reader = corpus.readers[0]
    marks = readers.taste(corpus, reader, 10, dropped=10, seed=1)
    assert marks == readers.taste(corpus, reader, 10, dropped=10, seed=1)
    assert marks != readers.taste(corpus, reader, 10, dropped=10, seed=2)
    known = {paper.id for paper in corpus.known}
    assert {liked_paper.paper.id for liked_paper in marks.liked} <= known
    assert all(readers.is_liked(reader, liked_paper.paper) for liked_paper in marks.liked)
    new = {paper.id for papers in corpus.days for paper in papers}
    assert not known & new


def test_keywords_of_every_reader_are_keywords() -> None:
    for reader in readers.READERS:
        assert len(readers.rule(reader).keywords) == len(reader.keywords) + len(reader.broad)


def test_the_page_has_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(ranking.DOCS.read_bytes())
    write_docs(page, "figures", begin=ranking.BEGIN)


@pytest.mark.slow
def test_the_whole_command_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ranking.main(["--quick", "--papers", str(tmp_path / "absent")]) == 0
    shown = capsys.readouterr().out
    assert "400 made-up papers" in shown
    for title in ("P@10", "AUC", "learned finds", "liked of these", "proposed"):
        assert title in shown
