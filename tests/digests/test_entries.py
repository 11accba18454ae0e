"""The entry of a paper in a digest: sentence, quote, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.digests.entries import LONGEST_SENTENCE, entry
from digest.model import CountCondition, Match, Name, RuleMatch
from tests.picks import matched, pick

if TYPE_CHECKING:
    from digest.model import Entry, MarkedText

ABSTRACT = (
    "Toast burns. We introduce a toaster that prunes crumbs. It keeps sparse experts warm. "
    "Results show less smoke."
)


def text(marked: MarkedText) -> str:
    """Return marked text with brackets around what is marked."""
    return "".join(f"[{segment.text}]" if segment.marked else segment.text for segment in marked)


def found(
    *words: str, field: str = "abstract", where: str = ABSTRACT, rule: str = "R"
) -> RuleMatch:
    """Return the match of a rule whose keywords are `words`, each where it stands first."""
    places = tuple(
        Match(rule, word, field, where.index(word), where.index(word) + len(word), 1.0)  # type: ignore[arg-type]  # a field by its name
        for word in words
    )
    return RuleMatch(rule, float(len(words)), places)


def shown(*rules: RuleMatch, **paper: Any) -> Entry:
    return entry(pick("On nothing", *rules, **{"abstract": ABSTRACT, **paper}))


def test_the_contribution_stands_with_its_words_marked() -> None:
    one = shown(found("prunes"))
    assert text(one.sentence) == "We introduce a toaster that [prunes] crumbs."
    assert one.sentence_at == (13, 55)
    assert one.sentence_by == ""
    assert one.quote == ()


def test_the_sources_own_summary_comes_first_and_is_labelled() -> None:
    one = shown(found("prunes"), summary="A toaster Prunes.", summary_by="Hugging Face")
    assert (text(one.sentence), one.sentence_by) == ("A toaster [Prunes].", "Hugging Face")
    assert one.sentence_at is None
    assert one.quote == (), "the summary shows the word"


def test_the_quote_shows_words_that_title_and_sentence_do_not() -> None:
    one = shown(found("prunes", "sparse experts"))
    assert text(one.quote) == "It keeps [sparse experts] warm."
    in_title = found("sparse experts", field="title", where="On sparse experts")
    titled = entry(pick("On sparse experts", in_title, abstract=ABSTRACT))
    assert titled.quote == ()


def test_the_quote_is_of_the_sections_own_rule() -> None:
    one = shown(found("prunes"), found("smoke", rule="Other"))
    assert one.quote == ()
    assert text(one.abstract).count("[") == 2, "all rules' words are marked in the abstract"


def test_without_an_abstract_there_is_neither() -> None:
    one = shown(matched("R"), abstract=None)
    assert (one.sentence, one.quote, one.sentence_at) == ((), (), None)


def test_a_text_without_ends_is_no_sentence() -> None:
    long = "we introduce " + "word " * (LONGEST_SENTENCE // 4)
    one = shown(found("word", where=long), abstract=long)
    assert (one.sentence, one.quote) == ((), ())


# --- why -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "weight", "strength"),
    [(3.0, 1.0, 3), (2.5, 1.0, 2), (2.0, 1.0, 2), (1.0, 1.0, 1), (6.0, 2.0, 3), (2.0, 2.0, 1)],
)
def test_strength_comes_from_the_points_before_the_weight(
    points: float, weight: float, strength: int
) -> None:
    rule = replace(found("prunes"), points=points, weight=weight)
    assert shown(rule).reasons[0].strength == strength


def test_words_stand_as_in_the_paper_once_each_those_of_the_title_first() -> None:
    title = "Sparse experts"
    places = (
        Match("R", "sparse exp*", "title", 0, 14, 2.0),
        Match("R", "sparse exp*", "abstract", 65, 79, 2.0),
        Match("R", "prun*", "abstract", 41, 47, 1.0),
    )
    (reason,) = entry(pick(title, RuleMatch("R", 3.0, places), abstract=ABSTRACT)).reasons
    assert reason.title_words == ("Sparse experts",)
    assert reason.words == ("prunes",)
    assert reason.keywords == ("sparse exp*", "prun*")


def test_a_word_inside_a_longer_match_is_not_named_again() -> None:
    title = "Sparse experts and experts"
    places = (
        Match("R", "sparse expert", "title", 0, 14, 2.0),
        Match("R", "expert", "title", 7, 14, 2.0),
        Match("R", "sparse", "title", 0, 6, 2.0),
    )
    (reason,) = entry(pick(title, RuleMatch("R", 6.0, places))).reasons
    assert reason.title_words == ("Sparse experts",)
    assert reason.keywords == ("sparse expert", "expert", "sparse")
    apart = (*places, Match("R", "expert", "title", 19, 26, 2.0))
    (reason,) = entry(pick(title, RuleMatch("R", 6.0, apart))).reasons
    assert reason.title_words == ("Sparse experts", "experts")


@pytest.mark.parametrize(
    ("half", "whole"),
    [("LLM) agents", "(LLM) agents"), ("language model (LLM", "language model (LLM)")],
)
def test_a_bracket_that_a_match_half_holds_is_shown_whole(half: str, whole: str) -> None:
    abstract = "A large language model (LLM) agents like. Nothing else."
    match = found(half, where=abstract)
    shown_entry = shown(match, abstract=abstract)
    assert shown_entry.reasons[0].words == (whole,)
    assert f"[{whole}]" in text(shown_entry.abstract)


def test_a_followed_author_is_named_and_gives_no_dots() -> None:
    names = (Name("Lie", "Ada"), Name("Solheim", "Ingrid"))
    rule = RuleMatch("People", 1.0, (Match("People", "Ingrid Solheim", "author", 0, 14, 1.0, 1),))
    one = shown(rule, authors=names)
    assert one.followed == (1,)
    assert (one.reasons[0].people, one.reasons[0].strength) == (("Ingrid Solheim",), 0)


def test_a_count_that_was_asked_for_is_kept_with_its_value() -> None:
    asked = (CountCondition("upvotes", 126, 80, None),)
    (reason,) = shown(RuleMatch("Liked", 1.0, asked=asked)).reasons
    assert (reason.asked, reason.strength, reason.keywords) == (asked, 0, ())


def test_a_label_is_named_by_its_value() -> None:
    rule = RuleMatch("Cat", 1.0, (Match("Cat", "cat:cs.CL", "category", 0, 5, 1.0),))
    assert shown(rule).reasons[0].words == ("cs.CL",)
