"""Which state of the library a reading list's file shows, so that a run can see what changed."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Stamp(Struct, frozen=True):
    """The state of the library that a file shows."""

    digest: int
    """Number of the profile's last digest."""
    change: int
    """Number of the reader's last change of marks."""
    dump: int
    """Number of the last dump that changed a paper which a person added."""
    left: date | None
    """Undecided papers up to this day have left the inbox; None: none has."""

    def __str__(self) -> str:
        return f"{self.digest}:{self.change}:{self.dump}:{self.left or ''}"

    @classmethod
    def parse(cls, text: str) -> Stamp | None:
        """Return the stamp of this text; None for that of an earlier version."""
        parts = text.split(":")
        if len(parts) != len(cls.__struct_fields__):
            return None
        digest, change, dump, cutoff = parts
        return cls(
            int(digest), int(change), int(dump), date.fromisoformat(cutoff) if cutoff else None
        )

    def is_before(self, cutoff: date | None) -> bool:
        """Return whether the inbox has only emptied further since, if it empties at all."""
        if self.left is None or cutoff is None:
            return self.left == cutoff
        return self.left <= cutoff
