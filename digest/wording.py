"""The small phrases that every format shares: authors, days, points, the meta line, the why line.

Plain text in, plain text out; escaping is the templates' business. English, and the same bytes
under every locale.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.model.lengths import named_leftovers
from digest.text.line import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from digest.model import Digest, Entry, Marked, Paper, Reason
    from digest.model.lengths import Forms

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_SHOWN_KEYWORDS = 8
_SHOWN_NAMES = 10

_TOP_TITLES = 100
"""Characters of the best titles in a subject; phones show 40 of it, other mail programs some 100
behind the title of the digest."""
_PREHEADER = 160
"""Characters that mail programs show behind the subject, at most."""


def day_name(day: date) -> str:
    """Write a day: 5 January 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def long_day(day: date) -> str:
    """Write a day with its weekday: Monday 5 January 2026."""
    return f"{_WEEKDAYS[day.weekday()]} {day_name(day)}"


def short_day(day: date) -> str:
    """Write a day with its weekday, short: Mon 5 Jan."""
    return f"{_WEEKDAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]}"


def published(paper: Paper) -> str:
    """Write the date of publication as far as it is known, or nothing; mark an inferred year."""
    day = paper.published
    if day is None:
        return ""
    parts = [str(day.day)] if day.day else []
    parts += [_MONTHS[day.month - 1]] if day.month else []
    known = " ".join(parts)
    if paper.published_inferred and known:
        return f"{known}, probably {day.year}"
    return f"{known} {day.year}".strip()


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: 1 paper, 2 papers, 1,200 papers."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def points(value: float) -> str:
    """Write points without a needless fraction: 1 point, 2.5 points."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{shown} point" if shown == "1" else f"{shown} points"


def authors(paper: Paper) -> str:
    """Shorten the authors to `Rivera, Lind, … +5`, else the organisation and how many they are."""
    if paper.authors:
        total = max(paper.author_count or 0, len(paper.authors))
        shown = 3 if total <= 3 else 2
        names = ", ".join(name.surname for name in paper.authors[:shown])
        rest = total - min(shown, len(paper.authors))
        return f"{names}, … +{rest}" if rest else names
    count = counted(paper.author_count, "author") if paper.author_count else ""
    return " · ".join(part for part in (paper.organization, count) if part)


def meta(paper: Paper) -> str:
    """Write the meta line; what is unknown is absent.

    A number is tied to its word by a no-break space, which HTML keeps and other formats fold.
    """
    parts = (
        _closed(authors(paper)),
        published(paper),
        f"▲\u00a0{paper.upvotes:,}" if paper.upvotes else "",
        counted(paper.comments, "comment").replace(" ", "\u00a0") if paper.comments else "",
        paper.categories[0] if paper.categories else "",
    )
    return " · ".join(part for part in parts if part)


_RIGHT_TO_LEFT = (
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def _closed(names: str) -> str:
    """End names written from right to left with a mark, or the day's number stands among them."""
    # Most names are ASCII, which is told without a search.
    closes = not names.isascii() and re.search(_RIGHT_TO_LEFT, names)
    return f"{names}\u200e" if closes else names


def keywords(reason: Reason) -> str:
    """Write what earned a rule its points: `mixture of experts, =MoE; 6 points`."""
    shown = reason.keywords[:_SHOWN_KEYWORDS]
    rest = len(reason.keywords) - len(shown)
    names = ", ".join(shown) + (f", +{rest}" if rest else "")
    return f"{names}; {points(reason.points)}" if names else points(reason.points)


def learned(entry: Entry) -> str:
    """Write the words by which a model placed a paper: `learned: +router, −survey`; or nothing."""
    if entry.learned is None:
        return ""
    signed = [("+" if clue.weight > 0 else "−") + clue.word for clue in entry.learned.clues]
    return f"learned: {', '.join(signed) or 'no word of it is known'}"


def plain(marked: Marked) -> str:
    """Return marked text without the marks."""
    return "".join(segment.text for segment in marked)


def top_titles(digest: Digest) -> tuple[str, ...]:
    """Return the best paper's title, and the next ones' as far as they fit a subject whole."""
    titles = [" ".join(plain(entry.title).split()) for entry in digest.best[:_SHOWN_NAMES]]
    return _as_fit(titles, _TOP_TITLES)


def preheader(digest: Digest) -> str:
    """Write what mail programs show behind the subject: more of the best titles, or the summary."""
    best = digest.best[len(top_titles(digest)) :][:_SHOWN_NAMES]
    more = _as_fit([" ".join(plain(entry.title).split()) for entry in best], _PREHEADER)
    return " · ".join(more) or digest.summary


def _as_fit(titles: Sequence[str], room: int) -> tuple[str, ...]:
    """Return the first of `titles`, cut, and more of them while they fit."""
    taken: list[str] = []
    for title in titles:
        left = room - sum(len(each) + 3 for each in taken)
        if taken and len(title) > left:
            break
        taken.append(shortened(title, left))
    return tuple(taken)


def abridged_sentence(digest: Digest, forms: Forms) -> str:
    """Say what stands shorter in the mail, or not at all, for its size; empty if nothing does."""
    short = forms.count("short", digest.entries)
    lines = forms.count("line", digest.entries)
    counted_ = forms.count("counted", (*digest.entries, *digest.expiring))
    parts = (
        f"{counted(short, 'paper')} without quotation" if short else "",
        f"{counted(lines, 'paper')} in one line each" if lines else "",
        f"{counted(counted_, 'paper')} only counted" if counted_ else "",
    )
    said = [part for part in parts if part]
    if not said:
        return ""
    return f"To keep this mail from being cut: {', '.join(said)}."


def waiting_sentence(digest: Digest, forms: Forms) -> str:
    """Count what a limit kept back and say how much of it the lines below name."""
    count = len(digest.leftovers)
    named = len(forms.shown(named_leftovers(digest)))
    they = "it stays a candidate" if count == 1 else "they stay candidates"
    first = f"{counted(count, 'more paper')} did not fit; {they} of the next digests."
    return f"{first} The best {named}:" if 0 < named < count else first


def leftover_sentence(digest: Digest) -> str:
    """Count and name what a limit kept back; empty if nothing was."""
    if not digest.leftovers:
        return ""
    verb = "was" if len(digest.leftovers) == 1 else "were"
    stay = "stays a candidate" if len(digest.leftovers) == 1 else "stay candidates"
    names = _listed([f"“{plain(entry.title)}”" for entry in digest.leftovers])
    count = counted(len(digest.leftovers), "more paper")
    return f"{count} {verb} selected but did not fit, and {stay} of the next digests: {names}."


def why_sentence(digest: Digest) -> str:
    """Say why a digest comes, how to change or stop it, and what made it."""
    rules = _listed([section.name for section in digest.sections])
    asked = f" and its {'rule' if len(digest.sections) == 1 else 'rules'} {rules}" if rules else ""
    return (
        f"You get this because of the profile “{digest.profile}”{asked}. "
        "Whoever keeps its configuration file can change or stop it. Made by digest."
    )


def _listed(names: Sequence[str]) -> str:
    shown = "; ".join(names[:_SHOWN_NAMES])
    rest = len(names) - _SHOWN_NAMES
    return f"{shown}; and {rest} more" if rest > 0 else shown
