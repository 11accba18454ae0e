"""The words that decided a learned order, in every format."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from digest.model import LearnedScore, MostSimilar, WeightedWord
from digest.model.serialize import pick_from_json, pick_to_json
from digest.rendering.templates import Renderer
from digest.wording import papers
from digest.wording.languages import ENGLISH
from tests.picks import pick
from tests.rendering.builders import DAY, digest, entry

LIKE = MostSimilar("2603.1", "Sparse Upcycling", "starred", date(2026, 3, 2), ("sparse", "router"))
NASTY = "<b>*x*</b> [a](javascript:b) {{ 7 }}"


@pytest.mark.parametrize(
    ("learned", "told"),
    [
        (None, ""),
        (LearnedScore(0.0, ()), "Learned: none of its words is known"),
        (
            LearnedScore(1.0, (WeightedWord("router", 0.75), WeightedWord("a survey", -0.5))),
            "Learned: +router, −a survey",
        ),
        (
            LearnedScore(1.0, (WeightedWord("router", 0.75), WeightedWord("a survey", -0.5)), LIKE),
            (
                "Like “Sparse Upcycling”, which you starred on 2 March 2026; "
                "words: sparse, router, −a survey"
            ),
        ),
        (
            LearnedScore(1.0, (), replace(LIKE, how="read", day=None, words=())),
            "Like “Sparse Upcycling”, which you read",
        ),
        (
            LearnedScore(1.0, (), replace(LIKE, how="owned")),
            "Like “Sparse Upcycling” in your library; words: sparse, router",
        ),
    ],
)
def test_the_words_carry_their_signs(learned: LearnedScore | None, told: str) -> None:
    assert papers.learned(replace(entry(), learned=learned), ENGLISH) == told


def test_they_are_text_in_every_format() -> None:
    shown = replace(
        entry(), learned=LearnedScore(1.0, (), replace(LIKE, title=NASTY, words=(NASTY,)))
    )
    renderer, whole = Renderer(None), digest([shown])
    assert "&lt;b&gt;*x*&lt;/b&gt;" in renderer.html(whole)
    assert "&lt;b&gt;*x*" in renderer.feed_item(shown, DAY)
    assert r"\*x\*" in renderer.markdown(whole)
    assert "<b>" not in renderer.markdown(whole)
    assert "words: <b>*x*</b>" in " ".join(renderer.text(whole).split())


def test_a_line_without_them_is_as_before() -> None:
    renderer = Renderer(None)
    for text in (renderer.html(digest([entry()])), renderer.markdown(digest([entry()]))):
        assert "earned" not in text


def test_a_pick_comes_back_from_the_library_with_them() -> None:
    learned = replace(pick("One"), learned=LearnedScore(1.5, (WeightedWord("router", 0.75),), LIKE))
    assert pick_from_json(pick_to_json(learned), learned.paper) == learned
    form = pick_to_json(learned)
    assert isinstance(form["learned"], dict)
    del form["learned"]["like"]  # as earlier versions wrote it
    assert pick_from_json(form, learned.paper) == replace(
        learned, learned=LearnedScore(1.5, (WeightedWord("router", 0.75),))
    )
    form = pick_to_json(pick("One"))
    assert "learned" not in form
    assert pick_from_json(form | {"learned": None}, pick("One").paper) == pick("One")
