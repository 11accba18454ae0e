"""Why a paper is in the inbox: what matched, what was close, and its position among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.explain.paper import explain
from digest.matching.verdict import describe
from digest.rules.syntax import leaves_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from digest.explain.cards import Card
    from digest.explain.paper import Explanation
    from digest.library import Library
    from digest.model import Profile
    from digest.rules import Rule

CLOSE: Final = 3
"""Maximum number of close rules, and of missing things, that are named."""


class InboxExplanation(Struct, frozen=True):
    """Why a paper is here, as pairs of a label and a text."""

    rows: tuple[tuple[str, str], ...]


def explain_inbox_paper(  # noqa: PLR0913 - keywords, each a part of the question
    shown: Card,
    cards: Sequence[Card],
    *,
    library: Library,
    rules: Iterable[Rule],
    profiles: Sequence[Profile],
    today: date,
) -> InboxExplanation:
    """Return why a paper is here, its position, and its reader's decisions on papers of its rule.

    `profiles` are those of one reader, `cards` the papers around it.
    """
    rows: list[tuple[str, str]] = []
    names = {name for profile in profiles for name in profile.rules}
    papers = library.papers.get_many([shown.paper])
    paper_rules = [rule for rule in rules if rule.name in names]
    explained = explain(paper_rules, papers[shown.paper], today=today) if papers else ()
    missing = {explanation.rule.name: _not_found(explanation) for explanation in explained}
    for reason in shown.reasons:
        words = ", ".join(reason.words) + (", in the title" if reason.in_title else "")
        points = f"{reason.points:.2f}".rstrip("0").rstrip(".")
        rows.append((reason.rule, f"{words} · {points} points" if words else f"{points} points"))
        if absent := missing.get(reason.rule):
            rows.append(("  not found", ", ".join(absent)))
    rows += _order(shown, cards)
    rows += _close(explained)
    if shown.section:
        counts = library.marks.decided_of(
            [profile.name for profile in profiles], profiles[0].reader, shown.section
        )
        of_rule = f"{counts.starred:,} of {counts.papers:,} papers of this rule"
        rows.append((f"You starred {of_rule} and dropped {counts.dropped:,}.", ""))
    return InboxExplanation(tuple(rows))


def _not_found(explained: Explanation) -> list[str]:
    """Return the keywords of a rule that do not occur in the paper."""
    matched = {score.keyword for score in explained.scores}
    keywords = dict.fromkeys(map(describe, leaves_of(explained.rule.selecting)))
    return [word for word in keywords if word not in matched]


def _close(explained: Sequence[Explanation]) -> list[tuple[str, str]]:
    """Return the rules that matched words of the paper but did not select it."""
    rows: list[tuple[str, str]] = []
    for explanation in explained:
        verdict = explanation.verdict
        if verdict.selected or not (verdict.matches or verdict.excluded_by):
            continue
        why = f"excluded by {', '.join(verdict.excluded_by)}" if verdict.excluded_by else ""
        if not why and verdict.missing:
            why = f"needs {', '.join(verdict.missing[:CLOSE])}"
        label = "" if rows else "Close, but not enough"
        rows.append(
            (label or "  ", f"{verdict.rule}: {why or f'{verdict.lacking:g} points too few'}")
        )
    return rows[:CLOSE]


def _order(shown: Card, cards: Sequence[Card]) -> list[tuple[str, str]]:
    """Return why a paper comes after the previous one in its section."""
    section = [card for card in cards if card.section == shown.section]
    place = section.index(shown) if shown in section else 0
    if place == 0 or not shown.reasons:
        return []
    before = section[place - 1]
    points, more = shown.reasons[0].points, before.reasons[0].points
    other_paper = f"“{before.name}” ({more:g})"
    if points < more:
        text = f"fewer points than {other_paper}"
    else:
        text = f"as many points as {other_paper}, which has more matches or upvotes, or is newer"
    return [(f"Why it is number {place + 1}", text)]
