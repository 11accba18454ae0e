"""The words of the project as frozen types, one for each stage of the one way through.

    source -> dump -> records -> papers -> selection -> digest -> renderings -> deliveries

No behaviour beyond what follows from the fields themselves; no I/O, no clock. Most are named
tuples, which each start makes in a fifth of the time. Dataclasses are records, papers, matches and
the large parts of a digest: in a template, a tuple's own `count` and `index` would pass for fields.

All text here is *clean text* (see `digest.text.clean`). Unknown is None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from digest.closing import NO_CLOSING, NO_REMINDERS

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from digest.closing import Closing, Reminders

# --- dumps -> records ----------------------------------------------------------------------------

DumpFormat: TypeAlias = Literal["huggingface-api", "huggingface-page", "jsonl"]
"""What a reader reads; `digest.identity` ranks them by trust."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one dump says of one paper."""

    title: str
    line: int
    """1-based line of the dump on which the record begins."""
    abstract: str | None = None
    authors: tuple[str, ...] | None = None
    author_count: int | None = None
    organization: str | None = None
    organization_handle: str | None = None
    published: date | None = None
    published_inferred: bool = False
    """True where the dump prints no year and the year was worked out."""
    listed: date | None = None
    """Day on which the source listed the paper, where the record itself says so."""
    url: str | None = None
    pdf_url: str | None = None
    code_url: str | None = None
    arxiv_id: str | None = None
    """arXiv identifier without version, new (2301.00001) or old (hep-th/9901001) scheme."""
    doi: str | None = None
    """Lower case, without resolver prefix."""
    categories: tuple[str, ...] | None = None
    upvotes: int | None = None
    comments: int | None = None


class Refusal(NamedTuple):
    """A record or a whole dump that was not taken in, and why."""

    dump: str
    line: int | None
    reason: str


class DumpInfo(NamedTuple):
    """One dump as it came in."""

    name: str
    """Path as the user would type it, or the URL."""
    source: str
    """Name of the source that it came from."""
    sha256: str
    format: DumpFormat
    day: date | None
    """Day that the dump speaks of; None where neither content nor name tell."""
    day_inferred: bool = False


# --- papers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paper:
    """One work, merged from every record of it. The fields are those of the JSON contract."""

    id: str
    title: str
    abstract: str | None = None
    authors: tuple[str, ...] | None = None
    author_count: int | None = None
    organization: str | None = None
    organization_handle: str | None = None
    published: date | None = None
    published_inferred: bool = False
    url: str | None = None
    pdf_url: str | None = None
    code_url: str | None = None
    arxiv_id: str | None = None
    doi: str | None = None
    categories: tuple[str, ...] = ()
    upvotes: int | None = None
    comments: int | None = None
    sources: tuple[str, ...] = ()
    first_seen: date | None = None
    aliases: tuple[str, ...] = ()
    """Other identifiers that this paper had or has."""


# --- matches -------------------------------------------------------------------------------------

MatchField: TypeAlias = Literal[
    "title", "abstract", "author", "org", "category", "source", "id",
    "published", "upvotes", "comments", "authors",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
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


class RuleMatch(NamedTuple):
    """That one rule selected one paper."""

    rule: str
    points: float
    matches: tuple[Match, ...] = ()
    """Every place of every keyword that counts, in the order title, abstract, others; by start."""


# --- selection -----------------------------------------------------------------------------------


class Clue(NamedTuple):
    """A word or phrase that had a say in a learned order."""

    word: str
    """As it stands in the paper, in small letters."""
    weight: float
    """Its part in the score; below 0 where it speaks against the paper."""


class Learned(NamedTuple):
    """Where a model of what the reader liked and dropped puts a paper, and why."""

    score: float
    """Comparable among the papers of one digest only."""
    clues: tuple[Clue, ...]
    """Those that count most, the heaviest first."""


class Pick(NamedTuple):
    """A paper that the rules of a profile selected."""

    paper: Paper
    score: float
    rules: tuple[RuleMatch, ...]
    """Most points first; equal points in the order of the config."""
    carried_since: date | None = None
    """Day of the digest whose limit it first did not fit; None for a new one."""
    learned: Learned | None = None
    """None where points alone order."""


class Coverage(NamedTuple):
    """What was looked at for one digest."""

    records: int = 0
    papers: int = 0
    """Papers new to the profile that the rules were asked about."""
    dumps: int = 0
    carried: int = 0
    """Candidates from earlier days that a limit had kept back."""
    settled: int = 0
    """New papers that were not asked about, for the reader has read, put off or had them."""
    earlier: int | None = None
    """Dumps read before the profile's first run; None where this is not its first digest."""
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences on what was missing, such as a source that failed."""


class Selection(NamedTuple):
    """What a profile's rules pick among what is new to that profile."""

    coverage: Coverage
    picks: tuple[Pick, ...]
    """In the order of `rule-language`: score, upvotes, day, title; or a learned one."""
    rule_counts: tuple[tuple[str, int], ...] = ()
    """Rule name and the number of papers that it selected, in the order of the config."""
    unlearned: str = ""
    """Why points order what an order was to be learned for: a sentence; empty where none was."""


# --- digest --------------------------------------------------------------------------------------


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
        return f"{self.day}" if self.number == 1 else f"{self.day}-{self.number}"


# --- renderings and deliveries -------------------------------------------------------------------

RenderingFormat: TypeAlias = Literal["markdown", "html", "text", "eml", "rss", "latest"]


class FeedItem(NamedTuple):
    """One item of a profile's feed: an entry of some digest of the last weeks."""

    entry: Entry
    selected: datetime
    """Aware; when the paper was selected: the item's pubDate."""
    digest: str
    """Name of the digest that it stood in."""


# --- what a profile asks for ---------------------------------------------------------------------


class EmailSettings(NamedTuple):
    """Where and how a profile's digests are mailed."""

    to: tuple[str, ...]
    sender: str = "digest@localhost"
    subject: str = "{title}: {count} papers — {top}"
    when_empty: bool = True
    max_bytes: int = 90_000
    """Most bytes of the HTML, and of the plain text, as they are sent."""
    unsubscribe: str | None = None
    """https or mailto URI that ends the mails; may hold `{profile}` and `{to}`."""
    list_id: str | None = None
    """RFC 2919; None: made of the title and the sender's domain."""
    maildir: Path | None = None
    """Absolute; the folder (Maildir) that takes the messages in place of the mail server."""
    archive: str | None = None
    """Where the whole digest can be read on the web; may hold `{profile}` and `{digest}`."""


class Profile(NamedTuple):
    """A named reader of the config."""

    name: str
    title: str
    timezone: ZoneInfo
    rules: tuple[str, ...]
    """Names, in the order of the sections."""
    intro: str = ""
    at: time | None = None
    days: frozenset[int] = frozenset(range(7))
    """Weekdays on which the schedule runs it, Monday 0."""
    limit: int | None = None
    carry_over: int = 7
    """Days for which a paper beyond a limit stays a candidate."""
    formats: tuple[Literal["markdown", "html", "rss"], ...] = ("markdown", "html", "rss")
    templates: str | None = None
    """Folder, absolute, whose files replace templates of the same name."""
    email: EmailSettings | None = None
    abstracts: bool = False
    front_matter: bool = False
    language: str = "en"
    reading_list: bool = True
    """Whether its reading list is kept as a file."""
    still_on_list: Reminders = NO_REMINDERS
    """What of the list its digests close with."""
    review: int | None = None
    """Weekday (Monday 0) from which its next digest closes with a review; None: never."""
    rank: Literal["points", "learned"] = "points"
    """What orders the papers of a section."""
    person: str = ""
    """Whom the config names as the one who reads it; empty where it names nobody."""

    @property
    def reader(self) -> str:
        """Who reads it; profiles of one reader share a reading list's states."""
        return self.person or self.name


# --- where dumps come from, and how mail leaves --------------------------------------------------


class FolderSource(NamedTuple):
    """A folder of dumps."""

    name: str
    folder: Path
    """Absolute."""
    shown: str
    """The folder as the config's author wrote it, with `/`; the beginning of its dumps' names."""


class SmtpSettings(NamedTuple):
    """The server that takes mail."""

    host: str = "localhost"
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    username: str | None = None
    password_env: str = "DIGEST_SMTP_PASSWORD"  # noqa: S105 — a variable's name, no password
    """Name of the environment variable that holds the password; never the password."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    timeout: float = 30.0
    """Seconds for one answer of the server."""
    retries: int = 3
    """Further tries, within one run, of a mail that may pass later."""
    give_up_after: int = 5
    """Days after which a mail that waits has failed (RFC 5321 section 4.5.4.1: at least 4-5)."""
