"""Find the sentence of an abstract that states the contribution."""

from __future__ import annotations

import csv
import gzip
import json
from typing import TYPE_CHECKING

import pytest

from digest.digests.contribution import contribution
from digest.text.clean import clean_text
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABELS = PROJECT / "tests/digests/contribution.tsv"
"""File and identifier of each abstract, and where its right sentence begins in the clean text.

Several offsets mean that a reader would take either. The abstracts themselves are not ours.
"""


def chosen(text: str) -> str:
    span = contribution(text)
    return "" if span is None else text[slice(*span)].strip()


@pytest.mark.parametrize(
    ("before", "right", "after"),
    [
        ("Bread matters.", "We introduce a toaster that asks first.", "We also toast rye."),
        ("Bread matters.", "This paper compares six toasters.", "Results show that two burn."),
        ("Bread is old. However, it burns.", "To this end, a quiet toaster is proposed.", ""),
        ("Most toasters guess.", "Here we show that guessing costs crumbs.", "Code is available."),
        ("", "We study the limits of toast.", "We find that the limit is the plate."),
        ("Toast is popular.", "Our work presents a theory of crumbs.", "It outperforms butter."),
        ("Toast is old.", "In this Letter, the speed of toast is measured.", "It is 3 m/s."),
    ],
)
def test_the_sentence_that_announces_the_work_is_chosen(
    before: str, right: str, after: str
) -> None:
    assert chosen(f"{before} {right} {after}".strip()) == right


def test_without_an_announcement_the_first_sentence_stands_for_all() -> None:
    assert chosen("Toast is brown. Rye is darker.") == "Toast is brown."
    assert chosen("") == ""


def _abstracts(data: Path) -> Iterator[tuple[str, str]]:
    """Yield identifier and raw abstract of every paper that a label may be of."""
    with gzip.open(data / "corpus-20k.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            yield paper["id"], paper["abstract"] or ""
    for path in (data / "arxiv-kaggle-jsonl").iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            paper = json.loads(line)
            yield paper["id"], paper["abstract"]
    for path in (data / "hf-daily-api").iterdir():
        for item in json.loads(path.read_text(encoding="utf-8")):
            yield item["paper"]["id"], item["paper"]["summary"]


@pytest.mark.shared
def test_it_is_right_for_85_of_100_labelled_abstracts(shared: Path) -> None:
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = {
            row["id"]: {int(offset) for offset in row["offsets"].split(",")}
            for row in csv.DictReader(file, delimiter="\t")
        }
    right = {}
    for identifier, abstract in _abstracts(shared / "data"):
        if identifier in labels and identifier not in right:
            text = clean_text(abstract)
            span = contribution(text)
            right[identifier] = span is not None and span[0] in labels[identifier]
    assert len(right) == len(labels) == 200
    assert sum(right.values()) >= 0.85 * len(right), f"{sum(right.values())} of {len(right)}"
