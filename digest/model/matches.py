"""Matches of keywords in papers, and the resulting selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

    from digest.model.coverage import DayCoverage
    from digest.model.papers import Paper, Refusal
    from digest.model.summaries import ModelTexts

MatchField: TypeAlias = Literal[
    "title", "abstract", "author", "first_author", "last_author", "org", "journal", "comment",
    "category", "primary", "source", "id", "doi", "type", "has",
    "published", "first_seen", "updated", "upvotes", "comments", "authors", "rule",
]  # fmt: skip


class Match(Struct, frozen=True):
    """One keyword of one rule in one place of one paper."""

    rule: str
    keyword: str
    """The keyword as its author wrote it, without the boost."""
    field: MatchField
    start: int | None
    """First character in the clean text of the field; None for comparisons."""
    end: int | None
    points: float
    """Points of this keyword, including the rule's weight; the same at each of its places."""
    index: int = 0
    """Index of the value in a field with several (authors, categories)."""


class CountCondition(NamedTuple):
    """A condition of a rule on a count, with the paper's count."""

    field: Literal["upvotes", "comments", "authors"]
    value: int
    low: int | None
    high: int | None
    """Inclusive bounds; None is open."""


class RuleMatch(Struct, frozen=True):
    """One rule that selected one paper."""

    rule: str
    points: float
    matches: tuple[Match, ...] = ()
    """Every place of every scoring keyword, in the order title, abstract, others; by start."""
    weight: float = 1.0
    """The rule's weight, which `points` includes."""
    asked: tuple[CountCondition, ...] = ()
    """The conditions on counts that hold."""


class WeightedWord(Struct, frozen=True):
    """A word or phrase that contributed to a learned score."""

    word: str
    """As in the paper, in lower case."""
    weight: float
    """Its part in the score; below 0 if it speaks against the paper."""


HowLiked: TypeAlias = Literal["starred", "read", "owned"]
"""Why a paper counts as liked: it was starred, read, or imported from the reader's library."""


class MostSimilar(Struct, frozen=True):
    """The liked paper that a paper is most similar to."""

    paper: str
    """Its id."""
    title: str
    how: HowLiked
    day: date | None
    """Day on which it was starred or read."""
    words: tuple[str, ...]
    """Words that both have, those with the largest weights first."""


class LearnedScore(Struct, frozen=True):
    """The score of a paper in a model of what the reader likes, and why."""

    score: float
    """Comparable only within one digest; above 0 if the paper is more similar to the liked papers
    than to the rest."""
    clues: tuple[WeightedWord, ...]
    """The words with the largest weights, heaviest first."""
    like: MostSimilar | None = None
    """None if it has no word in common with a liked paper."""


Shortfall: TypeAlias = Literal["missing", "excluded", "points"]
"""What a near miss lacks: a keyword, the absence of an excluded one, or points."""


class RuleMiss(Struct, frozen=True):
    """A rule that narrowly missed one paper."""

    rule: str
    shortfall: Shortfall
    words: tuple[str, ...] = ()
    """The keywords that are missing or that exclude, as written; none if points are missing."""


class CountRise(Struct, frozen=True):
    """How a count of a paper grew until a rule selected the paper."""

    field: Literal["upvotes", "comments"]
    before: int
    """The count when the profile first considered the paper: too low for the rule."""
    now: int
    since: date
    """Day of the list with the earlier count."""


Changed: TypeAlias = Literal["title", "abstract"]


class Update(Struct, frozen=True):
    """A new version of a paper that the profile was sent."""

    version: int | None
    """None if the source did not say it."""
    moment: date
    """Day of the version, or of its announcement."""
    sent: date
    """Day of the digest that delivered the paper."""
    changed: tuple[Changed, ...] = ()
    """Differences from the version that the profile knew."""
    comment: str = ""
    """The authors' comment, if it is new."""


class Pick(Struct, frozen=True):
    """A paper that the rules of a profile selected."""

    paper: Paper
    score: float
    rules: tuple[RuleMatch, ...]
    """Most points first; equal points in the order of the config. Empty if `more` is set."""
    carried_since: date | None = None
    """Day of the digest from which it was first carried over; None for a new one."""
    learned: LearnedScore | None = None
    """None if only points decide the order."""
    again: bool = False
    """Whether the profile had considered it before without selecting it."""
    rise: CountRise | None = None
    """The count that made a rule ask for it now."""
    update: Update | None = None
    """Its new version; None for a paper that the profile was never sent."""
    written: ModelTexts | None = None
    """A language model's texts about it."""
    more: str = ""
    """Name of its section, if no rule selected it: papers similar to liked ones, or near misses."""
    missed: RuleMiss | None = None
    """The rule that narrowly missed it, if it is one of the near misses."""


class Coverage(Struct, frozen=True):
    """What was searched for one digest."""

    records: int = 0
    papers: int = 0
    """New papers: those that the profile had never considered before."""
    dumps: int = 0
    carried: int = 0
    """Papers carried over from earlier digests."""
    settled: int = 0
    """Papers that were left out because the reader has read, snoozed or dropped them."""
    earlier: int | None = None
    """Dumps read before the profile's first run; None if this is not its first digest."""
    since: date | None = None
    """The day from which a run looked back."""
    only: tuple[str, ...] = ()
    """The only rules for which it looked back; empty if all rules were asked."""
    missing: tuple[str, ...] = ()
    """Names of the sources without days that could not be read, such as folders."""
    refused: tuple[Refusal, ...] = ()
    sources: tuple[DayCoverage, ...] = ()
    """What services were asked for, by source, oldest day first."""
    again: int = 0
    """Papers that came again after having been considered; the rules were asked again."""

    @property
    def considered(self) -> int:
        """The number of papers that the rules were matched against."""
        return self.papers + self.again + self.carried


class Selection(Struct, frozen=True):
    """What a profile's rules pick from what is new to that profile."""

    coverage: Coverage
    picks: tuple[Pick, ...]
    """Each section in its order; see `digest.digests.selection`."""
    rule_counts: tuple[tuple[str, int], ...] = ()
    """Each rule's name and the number of papers that it selected, in the order of the config."""
    news: tuple[Pick, ...] = ()
    """New versions of papers that the profile was sent."""
    unlearned: str = ""
    """Why points order a section with a learned order: a sentence; empty if none is affected."""
    more: tuple[Pick, ...] = ()
    """Papers that no rule selected: those most similar to liked ones, then the near misses."""
