"""A digest: a selection laid out in sections of entries."""

from __future__ import annotations

from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.model.review import NO_CLOSING

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.model.matches import (
        CountCondition,
        CountRise,
        Coverage,
        LearnedScore,
        Match,
        RuleMiss,
        Update,
    )
    from digest.model.papers import Paper
    from digest.model.review import DigestEnd
    from digest.model.settings import Detail
    from digest.model.summaries import ModelTexts


class Segment(Struct, frozen=True):
    """A piece of text; `marked` if a keyword matched it."""

    text: str
    marked: bool = False


MarkedText: TypeAlias = tuple[Segment, ...]


Strength: TypeAlias = Literal[0, 1, 2, 3]
"""How strongly a rule matched: 3 strong match, 2 good match, 1 brief mention, 0 no words to count.
From the rule's points before its weight: 3 or more, 2 or more, less. A keyword gives 1 in the
abstract and 2 in the title, times its boost."""


class Reason(Struct, frozen=True):
    """Why one rule selected a paper."""

    rule: str
    points: float
    keywords: tuple[str, ...]
    """As written, in the order of the rule; empty if only comparisons selected."""
    strength: Strength = 0
    title_words: tuple[str, ...] = ()
    """What matched in the title, as written there."""
    words: tuple[str, ...] = ()
    """What matched elsewhere, as written there."""
    people: tuple[str, ...] = ()
    """Authors that the rule asks for."""
    asked: tuple[CountCondition, ...] = ()
    """Conditions on counts that the paper meets."""


class Entry(Struct, frozen=True):
    """One paper in a digest."""

    paper: Paper
    section: str
    score: float
    points: float
    """Of the section's rule."""
    title: MarkedText
    sentence: MarkedText
    """What the paper does, in one sentence; empty if neither source nor abstract has one."""
    quote: MarkedText
    """The sentence of the abstract that shows the section's keywords; empty if title and sentence
    show them."""
    abstract: MarkedText
    reasons: tuple[Reason, ...]
    """The section's rule first, then the paper's other rules."""
    matches: tuple[Match, ...]
    sentence_by: str = ""
    """Who wrote the sentence, such as "Hugging Face"; empty if it is from the abstract."""
    sentence_at: tuple[int, int] | None = None
    """Place of the sentence in the abstract."""
    followed: tuple[int, ...] = ()
    """Indices of the authors that a rule asked for."""
    carried_since: date | None = None
    learned: LearnedScore | None = None
    rise: CountRise | None = None
    """The count that made a rule ask for a paper that had come before."""
    update: Update | None = None
    """The new version of a paper that the profile was sent."""
    written: ModelTexts | None = None
    """A language model's texts; its summary or translation is the sentence."""
    of_rule: bool = True
    """Whether a rule selected it; no rule selects near misses and papers similar to liked ones."""
    missed: RuleMiss | None = None
    """The rule that narrowly missed it, and what was missing."""


class Section(Struct, frozen=True):
    """The papers of one rule, or without a rule: near misses, or papers similar to liked ones."""

    name: str
    entries: tuple[Entry, ...]
    selected: int
    """Papers that the rule selected, including those shown elsewhere and those carried over."""
    note: str = ""
    """Markdown of the rule's author, shown under the heading."""
    of_rule: bool = True


class Digest(Struct, frozen=True, dict=True):
    """A selection laid out; everything that a rendering needs."""

    profile: str
    title: str
    day: date
    number: int
    """1 for the profile's first digest of the day, then 2, ..."""
    created: datetime
    """Aware; the run's time, in the profile's zone."""
    language: str
    summary: str
    """One sentence: how many of today's papers match, or that none does."""
    intro: str
    """Markdown that the profile's owner wrote; may be empty."""
    sections: tuple[Section, ...]
    carried_over: tuple[Entry, ...]
    """Selected, but over a limit: offered again in the next digests."""
    listed: tuple[Entry, ...]
    """Carried over on the last day: listed in one line, which delivers them."""
    coverage: Coverage
    news: tuple[Entry, ...] = ()
    """New versions of papers that the profile was sent; they count for no limit."""
    details: tuple[str, ...] = ()
    """Sentences that follow the summary: what else is below, what changed, what was left out."""
    missing: str = ""
    """Which sources did not come in; empty if all did."""
    detail: Detail = "normal"
    abstracts: bool = False
    """Whether the Markdown has the complete abstracts, folded."""
    front_matter: bool = False
    """Whether the Markdown begins with YAML front matter."""
    closing: DigestEnd = NO_CLOSING
    """Reminders from the reading list, and the review of a week."""

    @cached_property
    def filled(self) -> tuple[Section, ...]:
        """The sections with papers: of many rules, a few."""
        return tuple(section for section in self.sections if section.entries)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every paper shown in full, section by section."""
        return tuple(entry for section in self.filled for entry in section.entries)

    @cached_property
    def best(self) -> tuple[Entry, ...]:
        """The same papers in rounds: the first of each section, then the second of each.

        Those without a rule come last.
        """
        rounds = zip_longest(*(section.entries for section in self.filled if section.of_rule))
        of_rules = tuple(entry for round_ in rounds for entry in round_ if entry is not None)
        return (*of_rules, *(entry for entry in self.entries if not entry.of_rule))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was selected and nothing is news."""
        return not (self.filled or self.listed or self.carried_over or self.news)

    @property
    def shown(self) -> int:
        """The number of papers that the digest shows, including those in one line."""
        return len(self.entries) + len(self.listed)

    def without_papers(self) -> Digest:
        """Return the digest without its papers, to keep thousands of reports small."""
        return replace(self, sections=(), carried_over=(), listed=())

    @property
    def name(self) -> str:
        """File stem: the day, and the number of any but the day's first (`2026-01-05-2`)."""
        return digest_name(self.day, self.number)


def digest_name(day: date, number: int) -> str:
    """Return the name of a profile's `number`-th digest of a day: `2026-01-05`, `2026-01-05-2`."""
    return f"{day}" if number == 1 else f"{day}-{number}"


RenderingFormat: TypeAlias = Literal["markdown", "html", "text", "eml", "rss", "latest"]


class FeedItem(Struct, frozen=True):
    """One item of a profile's feed: an entry of some digest of the last weeks."""

    entry: Entry
    selected: datetime
    """Aware; when the paper was selected: the item's pubDate."""
    day: date
    """Of its digest."""
