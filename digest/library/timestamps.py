"""Moments as text that sorts like them, from any time zone."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return an aware moment in UTC, always of the same length."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_moment_or_none(text: str | None) -> datetime | None:
    """Return the aware moment, in UTC, of such a text; None for none."""
    return None if text is None else datetime.fromisoformat(text)
