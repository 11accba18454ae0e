"""Matches of keywords in papers, and the selection that they make up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

    from digest.model.coverage import DayCoverage
    from digest.model.papers import Paper, Refusal
    from digest.model.summaries import Written

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
    """First character of the clean text of the field; None for comparisons."""
    end: int | None
    points: float
    """What this keyword gives, rule weight included; the same on each place of one keyword."""
    index: int = 0
    """Which value of a field of several values (authors, categories)."""


class Asked(NamedTuple):
    """A count that a rule asks for, and the paper's own."""

    field: Literal["upvotes", "comments", "authors"]
    value: int
    low: int | None
    high: int | None
    """Both bounds included; None is open."""


class RuleMatch(Struct, frozen=True):
    """That one rule selected one paper."""

    rule: str
    points: float
    matches: tuple[Match, ...] = ()
    """Every place of every keyword that counts, in the order title, abstract, others; by start."""
    weight: float = 1.0
    """The rule's weight, which `points` includes."""
    asked: tuple[Asked, ...] = ()
    """The comparisons of counts that hold."""


class Clue(Struct, frozen=True):
    """A word or phrase that had a say in a learned order."""

    word: str
    """As in the paper, in small letters."""
    weight: float
    """Its part in the score; below 0 if it speaks against the paper."""


HowLiked: TypeAlias = Literal["starred", "read", "owned"]
"""What says that a paper is liked: it was starred, read, or imported from the reader's library."""


class Like(Struct, frozen=True):
    """The liked paper that a paper is most like."""

    paper: str
    """Its id."""
    title: str
    how: HowLiked
    day: date | None
    """On which it was starred or read."""
    words: tuple[str, ...]
    """Words that both have, those that count most first."""


class Learned(Struct, frozen=True):
    """The score of a paper in a model of what the reader likes, and why."""

    score: float
    """Comparable among the papers of one digest only; above 0 if it is more like the liked
    papers than like the rest."""
    clues: tuple[Clue, ...]
    """Those that count most, the heaviest first."""
    like: Like | None = None
    """None if it has no word in common with a liked paper."""


Shortfall: TypeAlias = Literal["missing", "excluded", "points"]
"""What a rule's near miss lacks: a keyword, the absence of an excluded one, or points."""


class Miss(Struct, frozen=True):
    """That one rule only just missed a paper."""

    rule: str
    shortfall: Shortfall
    words: tuple[str, ...] = ()
    """The keywords that are missing or that exclude, as written; none where points are lacking."""


class Rise(Struct, frozen=True):
    """How a count of a paper grew until a rule asked for the paper."""

    field: Literal["upvotes", "comments"]
    before: int
    """What the count was when the profile considered the paper first: too low for the rule."""
    now: int
    since: date
    """Day of the list that had the earlier count."""


Changed: TypeAlias = Literal["title", "abstract"]


class Update(Struct, frozen=True):
    """A new version of a paper that the profile was sent."""

    version: int | None
    """None if the source did not say it."""
    moment: date
    """Day of the version, or of its announcement."""
    sent: date
    """Day of the digest that the paper came in."""
    changed: tuple[Changed, ...] = ()
    """What differs from the version that the profile knew."""
    comment: str = ""
    """The authors' comment, if it is new."""


class Pick(Struct, frozen=True):
    """A paper that the rules of a profile selected."""

    paper: Paper
    score: float
    rules: tuple[RuleMatch, ...]
    """Most points first; equal points in the order of the config. Empty where `more` is set."""
    carried_since: date | None = None
    """Day of the digest from which it was carried over first; None for a new one."""
    learned: Learned | None = None
    """None where points alone order."""
    again: bool = False
    """Whether the profile had considered it before, and no rule had asked for it then."""
    rise: Rise | None = None
    """The count that made a rule ask for it now."""
    update: Update | None = None
    """Its new version; None for a paper that the profile was never sent."""
    written: Written | None = None
    """What a language model wrote of it."""
    more: str = ""
    """Name of the section of papers that no rule took, if it is in one: papers that are like
    those that the reader likes, or near misses."""
    missed: Miss | None = None
    """The rule that only just missed it, if it stands among the near misses."""


class Coverage(Struct, frozen=True):
    """What was looked at for one digest."""

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
    """The day from which a run looked back on purpose."""
    only: tuple[str, ...] = ()
    """The rules for which alone it looked back; empty if all rules were asked."""
    missing: tuple[str, ...] = ()
    """Names of the sources without days that could not be read, such as folders."""
    refused: tuple[Refusal, ...] = ()
    sources: tuple[DayCoverage, ...] = ()
    """What services were asked for, source by source, oldest day first."""
    again: int = 0
    """Papers that came again and had been considered before; the rules were asked again."""

    @property
    def considered(self) -> int:
        """How many papers the rules were asked about."""
        return self.papers + self.again + self.carried


class Selection(Struct, frozen=True):
    """What a profile's rules pick among what is new to that profile."""

    coverage: Coverage
    picks: tuple[Pick, ...]
    """Those of each section in its order; see `digest.digests.selection`."""
    rule_counts: tuple[tuple[str, int], ...] = ()
    """Rule name and the number of papers that it selected, in the order of the config."""
    news: tuple[Pick, ...] = ()
    """New versions of papers that the profile was sent."""
    unlearned: str = ""
    """Why points order what an order was to be learned for: a sentence; empty if none was."""
    more: tuple[Pick, ...] = ()
    """Papers that no rule took: those most like what the reader likes, then the near misses."""
