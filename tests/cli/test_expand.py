"""`digest expand`: the spellings that occur in the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    desk = Desk(folder, capsys)
    desk.write("{name: r, keywords: [routing]}")
    desk.drop(
        {"title": "Fine-tuning", "abstract": "Fine-tuning and finetuning.", "authors": ["A. Lind"]},
        {"title": "On finetuning", "abstract": "We fine-tune: fine tuning, FINETUNING."},
        {"title": "Nothing"},
    )
    desk.type("ingest", "dumps")
    return desk


def test_spellings_with_counts(desk: Desk) -> None:
    answer = desk.type("expand", "fine-tuning")
    assert answer.code == 0
    assert answer.lines == [
        "fine-tuning: 6 times in 2 of 3 papers",
        "times papers spelling",
        "3 2 finetuning",
        "2 1 Fine-tuning",
        "1 1 fine tuning",
    ]


def test_the_rest_is_counted(desk: Desk) -> None:
    lines = desk.type("expand", "fine-tuning", "--limit", "1").lines
    assert lines[-1] == "and 2 more spellings, 3 times"


def test_json(desk: Desk) -> None:
    assert desk.type("expand", "fine-tuning", "--json", "--limit", "1").json == {
        "keyword": "fine-tuning",
        "searched": 3,
        "papers": 2,
        "occurrences": 6,
        "spellings": [{"spelling": "finetuning", "occurrences": 3, "papers": 2}],
        "others": 2,
        "library": 3,
        "definitions": [],
        "longer": [],
        "inside": [],
    }


@pytest.mark.parametrize(
    ("keyword", "first"),
    [
        ("tun*", "3 2 tuning"),
        ("=Fine-tuning", "2 1 Fine-tuning"),
        ("/[Ff]ine.tun[a-z]+/", "2 1 Fine-tuning"),
        ("author:lind", "1 1 A. Lind"),
        ("TITLE:finetuning", "1 1 Fine-tuning"),
    ],
)
def test_keywords_and_queries(desk: Desk, keyword: str, first: str) -> None:
    assert desk.type("expand", keyword).lines[2] == first


def test_nothing_found_is_said(desk: Desk) -> None:
    assert desk.type("expand", "gravity").lines == ["gravity: 0 times in 0 of 3 papers"]


@pytest.mark.parametrize("keyword", ["", "  ", "++", "a*", "title:", "/(/"])
def test_what_is_no_keyword_is_an_error(desk: Desk, keyword: str) -> None:
    answer = desk.type("expand", keyword)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("digest: ")
