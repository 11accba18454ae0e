"""Texts for people: counts, days, a paper's authors and facts, the head of a digest.

Plain text in, plain text out; templates escape it. Texts for a recipient are in the language of the
digest (`languages`); the terminal's are English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.wording.languages import ENGLISH, words_in
from digest.wording.people import people
from digest.wording.text import counted, plain, points

if TYPE_CHECKING:
    from datetime import date

    from digest.model import Paper

__all__ = [
    "authors", "counted", "day_name", "long_day", "meta", "plain", "points", "published",
    "short_day", "words_in",
]  # fmt: skip


def day_name(day: date) -> str:
    """Write a day in English: 5 January 2026."""
    return ENGLISH.day(day)


def long_day(day: date) -> str:
    """Write a day with its weekday in English: Monday 5 January 2026."""
    return ENGLISH.long_day(day)


def short_day(day: date) -> str:
    """Write a day with its weekday in English, short: Mon 5 Jan."""
    return ENGLISH.short_day(day)


def authors(paper: Paper) -> str:
    """Return the authors of a paper in English: `Ada Lie … Zoe Park · 7 authors · Example Lab`."""
    return plain(people(paper, ENGLISH))


def published(paper: Paper) -> str:
    """Return the day of publication in English, saying if its year is inferred; else empty."""
    if paper.published is None:
        return ""
    day = ENGLISH.day(paper.published)
    return f"{day} (year inferred)" if paper.published_inferred else day


def meta(paper: Paper) -> str:
    """Return people, day, upvotes, comments and category on one line, in English."""
    parts = [authors(paper)]
    parts.append(published(paper))
    if paper.upvotes:
        parts.append(f"▲\u00a0{paper.upvotes:,}")
    if paper.comments:
        parts.append(counted(paper.comments, "comment").replace(" ", "\u00a0"))
    parts += paper.categories[:1]
    return " · ".join(part for part in parts if part)
