"""The words that decided a learned order, in every format."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest import wording
from digest.model import Clue, Learned
from digest.model.serialize import pick_from_json, pick_to_json
from digest.rendering.templates import Renderer
from tests.picks import pick
from tests.rendering.builders import digest, entry

NASTY = "<b>*x*</b> [a](javascript:b) {{ 7 }}"


@pytest.mark.parametrize(
    ("learned", "told"),
    [
        (None, ""),
        (Learned(0.0, ()), "learned: no word of it is known"),
        (
            Learned(1.0, (Clue("router", 0.75), Clue("a survey", -0.5))),
            "learned: +router, −a survey",
        ),
    ],
)
def test_the_words_carry_their_signs(learned: Learned | None, told: str) -> None:
    assert wording.learned(replace(entry(), learned=learned)) == told


def test_they_are_text_in_every_format() -> None:
    shown = replace(entry(), learned=Learned(1.0, (Clue(NASTY, 0.5),)))
    renderer, whole = Renderer(None), digest([shown])
    assert "&lt;b&gt;*x*&lt;/b&gt;" in renderer.html(whole)
    assert "<b>" not in renderer.feed_item(shown)
    assert r"\*x\*" in renderer.markdown(whole)
    assert "<b>" not in renderer.markdown(whole)
    assert "learned: +<b>*x*</b>" in " ".join(renderer.text(whole).split())


def test_a_line_without_them_is_as_before() -> None:
    renderer = Renderer(None)
    for text in (renderer.html(digest([entry()])), renderer.markdown(digest([entry()]))):
        assert "learned" not in text


def test_a_pick_comes_back_from_the_library_with_them() -> None:
    learned = pick("One")._replace(learned=Learned(1.5, (Clue("router", 0.75),)))
    assert pick_from_json(pick_to_json(learned)) == learned
    form = pick_to_json(pick("One"))
    del form["learned"]  # as earlier versions wrote it
    assert pick_from_json(form) == pick("One")
