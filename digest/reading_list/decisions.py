"""Apply a reader's decision to a mark. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.model.marks import WAITING
from digest.reading_list.document import as_note, note_tags

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from digest.model.marks import Mark

Action: TypeAlias = Literal["star", "later", "drop", "fewer", "read"]
LATER: Final = (7, 14, 30)
"""Days after which a paper comes back, for `later` once, twice and three times."""


class Decision(Struct, frozen=True):
    """A decision on a paper."""

    action: Action
    days: int = 0
    """Of `later`: days until it comes back."""


def snooze_days(before: int) -> int:
    """Return the days of the next `later` after one of `before` days; 0: none yet."""
    return next((days for days in LATER if days > before), LATER[0])


def decide(mark: Mark, decision: Decision, *, now: datetime, today: date) -> Mark:
    """Return the mark after a decision."""
    match decision.action:
        case "star":
            return starred(mark, now)
        case "later":
            until = today + timedelta(days=decision.days)
            return replace(mark, state="snoozed", state_at=now, until=until)
        case "read":
            return replace(mark, state="done", state_at=now, until=None)
        case "drop" | "fewer":
            quiet = decision.action == "drop"
            mark = replace(mark, state="dropped", state_at=now, until=None, quiet=quiet)
            return replace(mark, starred=False, star_at=now) if mark.starred else mark


def starred(mark: Mark, now: datetime) -> Mark:
    """Return the mark of a paper that is kept for reading."""
    if not mark.starred:
        mark = replace(mark, starred=True, star_at=now)
    if mark.state not in WAITING:
        mark = replace(mark, state="queued", state_at=now, until=None)
    return mark


def noted(mark: Mark, text: str, now: datetime) -> Mark:
    """Return the mark with a paragraph added to its note, and the tags in it.

    The same mark if the text is empty.
    """
    paragraph = as_note(text)
    if not paragraph:
        return mark
    note = f"{mark.note}\n\n{paragraph}" if mark.note else paragraph
    return tagged(replace(mark, note=note, note_at=now), {*mark.tags, *note_tags(paragraph)}, now)


def tagged(mark: Mark, tags: Iterable[str], now: datetime) -> Mark:
    """Return the mark with these tags; the same mark if it has them."""
    new_tags = tuple(sorted(set(tags)))
    return mark if new_tags == mark.tags else replace(mark, tags=new_tags, tags_at=now)
