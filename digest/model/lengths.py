"""The length of each paper in a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.model.digest import Digest, Entry

Form: TypeAlias = Literal["full", "short", "line", "counted"]

NAMED_CARRIED_OVER: Final = 10
"""Number of carried-over papers that the mail names; all of them are counted."""


class Forms(Struct, frozen=True):
    """The form of each paper of a digest in its mail; papers without one are in full."""

    by_id: Mapping[str, Form] = field(default_factory=dict)

    def of(self, entry: Entry) -> Form:
        """Return `full`, `short` (no sentence), `line` (the title alone) or `counted`."""
        return self.by_id.get(entry.paper.id, "full")

    def shown(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Return those of `entries` that are in the mail, in order."""
        return tuple(entry for entry in entries if self.of(entry) != "counted")

    def count(self, form: Form, entries: Iterable[Entry]) -> int:
        """Return how many of `entries` are in that form."""
        return sum(self.of(entry) == form for entry in entries)

    @property
    def shortened(self) -> bool:
        """Whether any paper is in less than its full form."""
        return bool(self.by_id)


def named_carried_over(digest: Digest) -> tuple[Entry, ...]:
    """Return the carried-over papers that a mail names if there is space."""
    return digest.carried_over[:NAMED_CARRIED_OVER]
