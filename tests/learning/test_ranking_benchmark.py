"""The benchmark of learned orders works on made-up papers, and its figures are what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import ranking, readers
from benchmarks.ranking import Score
from benchmarks.report import write_docs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("liked", "score"),
    [
        ([True], (1, 1, 1)),
        ([True, True, False], (1, 1, 1)),
        ([False, True], (0.5, 0.6309, 0.5)),
        ([False, True, False, True], (0.5, 0.6509, 0.5)),
    ],
)
def test_scores_are_those_of_the_books(liked: list[bool], score: tuple[float, ...]) -> None:
    assert Score.of(liked) == pytest.approx(score, abs=1e-4)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> readers.Corpus:
    return readers.read_corpus(tmp_path_factory.mktemp("none") / "absent", made_up=6)


def test_a_reader_marks_what_was_seen_and_the_same_seed_marks_the_same(
    corpus: readers.Corpus,
) -> None:
    days = readers.selected_days(corpus)
    likes = readers.liked_by(corpus.interests[next(iter(corpus.interests))], corpus.papers)
    seen: set[str] = set()
    mornings = list(readers.mornings(days, likes, seed=1))
    assert mornings == list(readers.mornings(days, likes, seed=1))
    assert mornings != list(readers.mornings(days, likes, seed=2))
    for morning in mornings:
        assert {paper.id for paper in morning.marks.papers} <= seen
        seen.update(pick.paper.id for pick in morning.selection.picks)
    last = mornings[-1].marks
    right = sum(paper.id in likes for paper in last.liked)
    assert right > 0.8 * len(last.liked), "but for slips of the hand"


def test_the_page_has_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(ranking.DOCS.read_bytes())
    write_docs(page, "figures", begin=ranking.BEGIN)


@pytest.mark.learn
@pytest.mark.slow
def test_the_whole_command_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ranking.main(["--quick", "--days", str(tmp_path / "absent")]) == 0
    shown = capsys.readouterr().out
    assert "made-up papers on 8 days" in shown
    for title in ("average precision", "NDCG", "marks of the rarer kind", "proposed first"):
        assert title in shown
