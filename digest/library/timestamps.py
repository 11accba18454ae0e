"""Times as text that sorts chronologically, from any time zone."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return an aware time in UTC, always of the same length."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_moment_or_none(text: str | None) -> datetime | None:
    """Return the aware time, in UTC, of such a text; None for None."""
    return None if text is None else datetime.fromisoformat(text)
