"""A reader's mark on a paper: its status, star, note and tags.

Only types. A *reader* is a person; profiles of one reader share their marks. `digest.reading_list`
reads and writes them in files, `digest.library.reading_lists` stores them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date, datetime

State: TypeAlias = Literal["queued", "reading", "done", "dropped", "snoozed"]
STATES: Final[tuple[State, ...]] = ("queued", "reading", "done", "dropped", "snoozed")
WAITING: Final[frozenset[State]] = frozenset({"queued", "reading"})
"""The states of papers that are still to be read."""

Place: TypeAlias = Literal["inbox", "to read", "later", "done", "dropped"]
"""The part of a reading list that a paper is in. The *inbox* has papers of digests that the reader
has not decided on; they leave it after some days. *To read* has what the reader chose."""

Origin: TypeAlias = Literal["digest", "added", "owned"]
"""How a paper came to its reader: a digest selected it, a person added it to the list, or it was
imported as already owned."""

ADDED_SOURCE: Final = "added by hand"
"""Name of the source of papers that a person added and no dump has shown."""
OWNED_SOURCE: Final = "owned"
"""Name of the source of imported papers."""


class Mark(Struct, frozen=True):
    """One reader's mark on one paper. Times are aware; None: never changed."""

    paper: str
    """The paper's id."""
    state: State = "queued"
    state_at: datetime | None = None
    until: date | None = None
    """For a snoozed paper: the day on which it waits again."""
    starred: bool = False
    star_at: datetime | None = None
    note: str = ""
    """Markdown."""
    note_at: datetime | None = None
    tags: tuple[str, ...] = ()
    """Without `#`, in alphabetical order."""
    tags_at: datetime | None = None
    origin: Origin = "digest"
    quiet: bool = False
    """Whether a dropped paper is to be ignored in learning."""

    @property
    def place(self) -> Place | None:
        """The part of the list that the mark puts its paper in; None: the reader has not decided.

        A paper is to be read if it is starred, being read, has a note or a tag, or was put on the
        list or back on it.
        """
        if self.state == "queued":
            chosen = self.starred or self.note or self.tags or self.state_at
            return "to read" if chosen or self.origin == "added" else None
        places: dict[State, Place] = {
            "reading": "to read", "done": "done", "dropped": "dropped", "snoozed": "later",
        }  # fmt: skip
        return places[self.state]

    @property
    def offered(self) -> bool:
        """Whether a digest may still offer the paper: not read, put off or imported."""
        return self.state in WAITING and self.origin == "digest"


class QueuedPaper(Struct, frozen=True):
    """A paper that is, or once was, on the reading list of a profile."""

    paper: str
    """The paper's id."""
    profile: str
    day: date
    """Day of the digest that selected it, or on which it was added."""
    digest: int | None
    """Number of that digest in the library; None: a person added it."""
    rule: str
    """The rule of its section; empty for an added paper."""
    score: float
    """Its points in that digest; 0 for an added paper."""
    mark: Mark

    def place(self, left: date | None) -> Place | None:
        """Return the paper's part of the list; None if it left the inbox undecided.

        Papers up to the day `left` have left the inbox; None: none has.
        """
        undecided: Place | None = "inbox" if left is None or self.day > left else None
        return self.mark.place or undecided
