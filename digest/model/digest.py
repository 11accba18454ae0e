"""A digest: a selection laid out in sections of entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from digest.model.review import NO_CLOSING

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.model.matches import Coverage, Learned, Match
    from digest.model.papers import Paper
    from digest.model.review import Closing


class Segment(NamedTuple):
    """A stretch of text; `marked` where a keyword matched."""

    text: str
    marked: bool = False


Marked: TypeAlias = tuple[Segment, ...]


class Reason(NamedTuple):
    """One line of why: a rule, its points and the keywords that matched."""

    rule: str
    points: float
    keywords: tuple[str, ...]
    """As written, in order of appearance in the rule; empty where comparisons alone selected."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper as it stands in a digest."""

    paper: Paper
    section: str
    score: float
    points: float
    """Of the rule whose section this is."""
    title: Marked
    excerpt: tuple[Marked, ...]
    """The sentences of the abstract in which keywords stand, in order; empty if none do."""
    abstract: Marked
    reasons: tuple[Reason, ...]
    """The section's rule first, then the paper's other rules."""
    matches: tuple[Match, ...]
    carried_since: date | None = None
    learned: Learned | None = None

    @property
    def height(self) -> float:
        """What orders it among the papers of one digest: what was learned of it, else its score."""
        return self.score if self.learned is None else self.learned.score


@dataclass(frozen=True, slots=True)
class Section:
    """The papers of one rule."""

    name: str
    entries: tuple[Entry, ...]
    selected: int
    """Papers that the rule selected, those shown elsewhere and leftovers included."""
    note: str = ""
    """A sentence that says why the section is empty or where its other papers stand."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A selection laid out; everything that a rendering needs."""

    profile: str
    title: str
    day: date
    number: int
    """1 for the profile's first digest of the day, then 2, ..."""
    created: datetime
    """Aware; the run's moment, in the profile's zone."""
    language: str
    summary: str
    """One sentence: how many of how many papers, from how many dumps, how many did not fit."""
    intro: str
    """Markdown that the profile's owner wrote; may be empty."""
    sections: tuple[Section, ...]
    leftovers: tuple[Entry, ...]
    """Selected, but beyond a limit and still candidates of the next digests."""
    expiring: tuple[Entry, ...]
    """Selected, beyond a limit for the last time: listed as one-liners, which delivers them."""
    coverage: Coverage
    empty_reason: str = ""
    """Why nothing was selected; empty when something was."""
    notes: tuple[str, ...] = ()
    """What the reader should know of the day: sources that failed, dumps that were refused."""
    abstracts: bool = False
    """Whether the Markdown carries each abstract whole, in a fold."""
    front_matter: bool = False
    """Whether the Markdown begins with YAML front matter."""
    closing: Closing = NO_CLOSING
    """What still waits on the reading list, and the review of a week."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every paper shown in full, section by section."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def best(self) -> tuple[Entry, ...]:
        """The same papers, those that are ordered highest first; equal ones as they stand."""
        return tuple(sorted(self.entries, key=lambda entry: -entry.height))

    @property
    def name(self) -> str:
        """File stem: the day, and the number of any but the day's first (`2026-01-05-2`)."""
        return digest_name(self.day, self.number)


def digest_name(day: date, number: int) -> str:
    """Return the name of a profile's `number`-th digest of a day: `2026-01-05`, `2026-01-05-2`."""
    return f"{day}" if number == 1 else f"{day}-{number}"


RenderingFormat: TypeAlias = Literal["markdown", "html", "text", "eml", "rss", "latest"]


class FeedItem(NamedTuple):
    """One item of a profile's feed: an entry of some digest of the last weeks."""

    entry: Entry
    selected: datetime
    """Aware; when the paper was selected: the item's pubDate."""
    digest: str
    """Name of the digest that it stood in."""
