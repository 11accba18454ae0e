"""The settings of each source: a folder, a service of the network, or a mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from msgspec import Struct

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.settings import FolderSource

ServiceKind: TypeAlias = Literal[
    "huggingface", "arxiv", "biorxiv", "medrxiv", "pubmed", "europepmc", "openalex", "crossref",
    "semantic-scholar", "openreview", "feed", "http",
]  # fmt: skip
SERVICE_KINDS: Final[tuple[ServiceKind, ...]] = get_args(ServiceKind)


class ServiceSource(Struct, frozen=True):
    """A service that answers over HTTP."""

    name: str
    kind: ServiceKind
    categories: tuple[str, ...] = ()
    """arXiv categories, or bioRxiv subjects; empty: all of bioRxiv."""
    query: str = ""
    """In the service's query language."""
    filter: str = ""
    """Further `filter=` terms of Crossref and OpenAlex."""
    venue: str = ""
    """OpenReview's venue id: `ICLR.cc/2026/Conference`."""
    url: str = ""
    """Of a feed, or a pattern with `{date}`."""
    list: Literal["daily", "trending"] = "daily"
    """Which list of Hugging Face."""
    endpoint: str = ""
    """Address of a mirror or gateway instead of the service's own; without a slash at the end."""
    allow_private: bool = False
    """Whether it may be in the local network."""
    catch_up: int = 7
    """Number of days for which missed lists are fetched again."""
    again: int | None = None
    """Number of days for which complete lists are requested again, because upvotes rise; None: a
    week if a rule asks for them."""
    key_env: str = ""
    """Name of the environment variable that holds the key; empty: the kind's own."""


class MailboxSource(Struct, frozen=True):
    """A mailbox that receives alert mails."""

    name: str
    maildir: Path | None = None
    mbox: Path | None = None
    host: str = ""
    """IMAP server; empty for a Maildir or an mbox."""
    port: int = 993
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password_env: str = "DIGEST_IMAP_PASSWORD"  # noqa: S105 - a variable's name, not a password
    folder: str = "INBOX"
    catch_up: int = 14
    """Older mails, in days, are ignored."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    subscriptions: bool = False
    """Whether its mails that ask to subscribe or unsubscribe are answered."""


Source: TypeAlias = "FolderSource | ServiceSource | MailboxSource"
