"""Propose keywords from references alone."""

from __future__ import annotations

from digest.learning.first_keywords import first_keywords
from digest.model import Paper


def papers(*titles: str) -> list[Paper]:
    return [Paper(f"t-{number}", title) for number, title in enumerate(titles)]


def test_phrases_that_several_references_share_are_proposed() -> None:
    result = first_keywords(
        papers(
            "Peat bogs of the north", "A peat bog in winter", "Moss on peat bogs", "Fern and moss",
            "We propose a new method", "We propose another method",
        )
    )  # fmt: skip
    assert [(keyword.text, keyword.papers) for keyword in result] == [("peat bogs", 3), ("moss", 2)]
    assert result[0].example == "Peat bogs of the north"


def test_a_part_of_a_longer_phrase_is_not_proposed_beside_it() -> None:
    result = first_keywords(papers("Sphagnum peat bog", "Sphagnum peat bog again", "Fern"))
    assert [keyword.text for keyword in result] == ["sphagnum peat bog"]


def test_references_that_share_nothing_give_none() -> None:
    assert first_keywords(papers("Moss", "Fern")) == ()
    assert first_keywords([]) == ()
