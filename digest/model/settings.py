"""Settings from the config: profiles, sources, and how mail is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

from digest.model.mailbox import Mailbox
from digest.model.review import NO_REMINDERS

if TYPE_CHECKING:
    from datetime import time
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from digest.model.channels import NotifySettings, WebhookSettings
    from digest.model.review import Reminders


Order: TypeAlias = Literal["score", "upvotes", "comments", "newest", "learned", "library"]
"""The order of a section's papers; its points break ties."""
Rank: TypeAlias = Literal["points", "learned", "library"]
"""The order of a profile's sections: points alone, or also similarity to what its reader likes;
`library` ignores dropped papers."""
Detail: TypeAlias = Literal["short", "normal", "full"]
"""How much of each paper a digest shows."""


class RuleGroup(Struct, frozen=True):
    """Rules that share a limit."""

    rules: tuple[str, ...]
    limit: int


DEFAULT_SUBJECT: Final = "{count} papers: {top}"


class EmailSettings(Struct, frozen=True):
    """Where and how a profile's digests are mailed."""

    to: tuple[Mailbox, ...]
    sender: Mailbox = Mailbox("digest@localhost")
    subject: str = DEFAULT_SUBJECT
    when_empty: bool = True
    max_bytes: int = 90_000
    """Maximum size in bytes of the HTML, and of the plain text, as sent."""
    unsubscribe: str | None = None
    """https or mailto URI for unsubscribing; may contain `{profile}` and `{to}`."""
    list_id: str | None = None
    """RFC 2919; None: derived from the title and the sender's domain."""
    maildir: Path | None = None
    """Absolute; the Maildir that gets the messages instead of the mail server."""
    archive: str | None = None
    """URL of the whole digest on the web; may contain `{profile}` and `{digest}`."""
    open: bool = False
    """Whether anybody may subscribe by mail."""


class Profile(Struct, frozen=True):
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
    groups: tuple[RuleGroup, ...] = ()
    """Rules that share a limit; none of them is in two groups."""
    carry_over: int = 7
    """Days for which a paper beyond a limit is offered again."""
    formats: tuple[Literal["markdown", "html", "rss"], ...] = ("markdown", "html", "rss")
    templates: str | None = None
    """Folder, absolute, whose files replace templates with the same name."""
    email: EmailSettings | None = None
    notify: tuple[NotifySettings, ...] = ()
    """Services that show its digests as short messages."""
    webhooks: tuple[WebhookSettings, ...] = ()
    """Programs that get its digests as JSON."""
    detail: Detail = "normal"
    abstracts: bool = False
    front_matter: bool = False
    language: str = "en"
    reading_list: bool = True
    """Whether its reading list is kept as a file."""
    inbox_days: int | None = 7
    """Days after which an undecided paper leaves the inbox; None: it stays."""
    still_on_list: Reminders = NO_REMINDERS
    """How many papers of the list its digests remind of."""
    review: int | None = None
    """Weekday (Monday 0) from which its next digest has a review; None: never."""
    updates: bool = False
    """Whether its digests report new versions of papers that it was sent."""
    rank: Rank = "points"
    """The order of a section's papers."""
    summaries: bool = True
    """Whether the language model of the config writes about its papers."""
    translate: str = ""
    """Language that titles and sentences are translated into by the model; empty: none."""
    more_like_these: int = 0
    """Maximum number of papers under *More like these*."""
    near_misses: int = 0
    """Maximum number of near misses."""
    person: str = ""
    """The `reader` of the config; empty if it names nobody."""

    @property
    def reader(self) -> str:
        """The reader; profiles of one reader share a reading list's states."""
        return self.person or self.name


class FolderSource(Struct, frozen=True):
    """A folder of dumps."""

    name: str
    folder: Path
    """Absolute."""
    display_path: str
    """The folder as the config's author wrote it, with `/`; the prefix of its dumps' names."""
    fields: tuple[tuple[str, str], ...] = ()
    """A paper's fields, and their keys or columns in the dumps."""


class SmtpSettings(Struct, frozen=True):
    """The server that accepts mail."""

    host: str = "localhost"
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    username: str | None = None
    password_env: str = "DIGEST_SMTP_PASSWORD"  # noqa: S105 — a variable's name, no password
    """Name of the environment variable with the password; never the password."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    timeout: float = 30.0
    """Seconds for one answer of the server."""
    retries: int = 3
    """Further attempts, within one run, for a mail that may succeed later."""
    give_up_after: int = 5
    """Days after which a waiting mail has failed (RFC 5321 section 4.5.4.1: at least 4-5)."""


class ZoteroSettings(Struct, frozen=True):
    """A Zotero library of a person or a group."""

    library_type: Literal["user", "group"] = "user"
    library_id: str = ""
    key_env: str = "DIGEST_ZOTERO_KEY"
    """Name of the environment variable that holds the API key."""
    collection: str = ""
    """Name of the collection that papers are added to; empty: none."""
    tags: tuple[str, ...] = ()
    """Tags that added papers get."""
    file: Path | None = None
    """An export that Better BibTeX keeps up to date, read instead of the web API."""
    endpoint: str = ""
    """Address of a local Zotero's API, instead of zotero.org."""
