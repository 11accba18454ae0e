"""Turn a pick into the entry of a digest: marked words, a sentence, reasons."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from digest.digests.contribution import contribution
from digest.digests.excerpt import best_sentence, mark
from digest.model import Entry, Reason, Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.digests.sentences import Span
    from digest.model import MarkedText, Match, Paper, Pick, RuleMatch
    from digest.model.digest import Strength

LONGEST_SENTENCE = 800
"""In characters; a longer sentence is a text without ends, and is not shown."""


@lru_cache(maxsize=1_024)
def entry(pick: Pick) -> Entry:
    """Return the entry of a digest or feed for `pick`.

    Cached, because the profiles of an institution pick many of the same papers for the same
    reasons.
    """
    paper = pick.paper
    matches = tuple(match for rule in pick.rules for match in rule.matches)
    text = paper.abstract or ""
    title = [span for match in matches if (span := _span(match, "title", paper.title))]
    places = [span for match in matches if (span := _span(match, "abstract", text))]
    sentence, by, at = _sentence(paper, text, places, matches)
    if pick.update is not None:
        sentence, by, at = (), "", None  # the news is shown instead
    elif pick.written is not None and (written := pick.written.summary or pick.written.sentence):
        sentence, by, at = (Segment(written),), pick.written.model, None
    return Entry(
        paper=paper,
        section=pick.more or pick.rules[0].rule,
        score=pick.score,
        points=0.0 if pick.more else pick.rules[0].points,
        title=mark(paper.title, title),
        sentence=sentence,
        quote=() if pick.update or pick.more else _quote(text, pick.rules[0].matches, sentence, at),
        abstract=mark(text, places),
        reasons=tuple(reason(rule, paper) for rule in pick.rules) or (Reason(pick.more, 0.0, ()),),
        matches=matches,
        sentence_by=by,
        sentence_at=at,
        followed=tuple(sorted({match.index for match in matches if match.field == "author"})),
        carried_since=pick.carried_since,
        learned=pick.learned,
        rise=pick.rise,
        update=pick.update,
        written=pick.written,
        of_rule=not pick.more,
        missed=pick.missed,
    )


def _span(match: Match, field: str, text: str) -> Span | None:
    """Return the place of a match in the field's text, including a half-matched bracket.

    `LLM agent` matches `LLM) agents` of "Large language model (LLM) agents".
    """
    if match.field != field or match.start is None or match.end is None:
        return None
    start, end = match.start, match.end
    opened, closed = text.count("(", start, end), text.count(")", start, end)
    if closed > opened and text[:start].endswith("("):
        return start - 1, end
    if opened > closed and text.startswith(")", end):
        return start, end + 1
    return start, end


# --- sentences -----------------------------------------------------------------------------------


def _sentence(
    paper: Paper, text: str, places: Sequence[Span], matches: Iterable[Match]
) -> tuple[MarkedText, str, Span | None]:
    """Return the sentence about what the paper does, its author, and its place in the abstract.

    The source's own summary comes first; then the abstract's. Nothing is cut: a sentence of more
    than `LONGEST_SENTENCE` characters is left out.
    """
    summary = paper.summary
    if summary and len(summary) <= LONGEST_SENTENCE:
        words = {word for match in matches if (word := _word(match, paper))}
        return _marked_words(summary, words), paper.summary_by or "", None
    span = contribution(text, paper.title)
    if span is None or span[1] - span[0] > LONGEST_SENTENCE:
        return (), "", None
    return mark(text, places, *span), "", span


def _marked_words(text: str, words: Iterable[str]) -> MarkedText:
    """Mark `words` in `text` as whole words, ignoring case."""
    shown = sorted((word for word in words if word.strip()), key=len, reverse=True)
    if not shown:
        return (Segment(text),)
    pattern = "|".join(re.escape(word) for word in shown)
    matches = re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE)
    return mark(text, [match.span() for match in matches])


def _quote(
    text: str, keywords: Iterable[Match], sentence: MarkedText, at: Span | None
) -> MarkedText:
    """Return the sentence with most of the section's keywords that are not shown yet."""
    matches = tuple(keywords)
    shown = {match.keyword for match in matches if match.field == "title"}
    words = "".join(segment.text for segment in sentence).casefold()
    for match in matches:
        if span := _span(match, "abstract", text):
            inside = at is not None and at[0] <= span[0] and span[1] <= at[1]
            if inside or text[slice(*span)].casefold() in words:
                shown.add(match.keyword)
    unseen = [
        (match.keyword, span)
        for match in matches
        if match.keyword not in shown and (span := _span(match, "abstract", text))
    ]
    return best_sentence(text, unseen, LONGEST_SENTENCE)


# --- reasons -------------------------------------------------------------------------------------


def reason(rule: RuleMatch, paper: Paper) -> Reason:
    """Return why one rule selected a paper, in the paper's own words.

    A word that occurs only inside a longer match is not named: *agent* of *multi-agent*.
    """
    in_title: dict[str, str] = {}
    body_words: dict[str, str] = {}
    people: dict[str, None] = {}
    for match in _outer(rule.matches):
        if match.field == "author":
            if name := _author(match, paper):
                people[name] = None
        elif word := _word(match, paper):
            words = in_title if match.field == "title" else body_words
            words.setdefault(word.casefold(), word)
    return Reason(
        rule.rule,
        rule.points,
        tuple(dict.fromkeys(match.keyword for match in rule.matches)),
        strength=_strength(rule) if in_title or body_words else 0,
        title_words=tuple(in_title.values()),
        words=tuple(word for key, word in body_words.items() if key not in in_title),
        people=tuple(people),
        asked=rule.asked,
    )


def _outer(matches: Sequence[Match]) -> list[Match]:
    """Return the matches that are not inside a longer one; of two at one place the first."""
    reach: dict[tuple[str, int], int] = {}
    inside: set[Match] = set()
    placed = [match for match in matches if match.start is not None and match.end is not None]
    for match in sorted(placed, key=lambda match: (match.start or 0, -(match.end or 0))):
        text = (match.field, match.index)
        end = match.end or 0
        if end <= reach.get(text, 0):
            inside.add(match)
        else:
            reach[text] = end
    return [match for match in matches if match not in inside]


def _strength(rule: RuleMatch) -> Strength:
    points = rule.points / rule.weight if rule.weight else rule.points
    if points >= 3:
        return 3
    return 2 if points >= 2 else 1


def _author(match: Match, paper: Paper) -> str:
    authors = paper.authors or ()
    return str(authors[match.index]) if match.index < len(authors) else ""


def _word(match: Match, paper: Paper) -> str:
    """Return the matched text of the paper; for a label, its value."""
    text = paper.title if match.field == "title" else paper.abstract or ""
    if span := _span(match, "title", text) or _span(match, "abstract", text):
        return " ".join(text[slice(*span)].split())
    if match.field == "org":
        return (paper.organization or "")[match.start : match.end]
    if match.field == "author":
        return ""
    # A label or a comparison with a boost: what follows its field.
    return match.keyword.partition(":")[2] or match.keyword
