"""Records, refusals, dumps and papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

    from digest.model.dates import PartialDate
    from digest.model.people import Name

DumpFormat: TypeAlias = str
"""Name of a format, such as "jsonl" or "huggingface-api"; plug-ins add names. `digest.identity`
ranks them by trust."""

Announcement: TypeAlias = Literal["new", "cross", "replace"]
"""How arXiv announced a paper: new, listed in one more category, or with a new version."""


class Record(Struct, frozen=True):
    """What one dump says of one paper."""

    title: str
    line: int
    """1-based line of the dump on which the record begins."""
    abstract: str | None = None
    authors: tuple[Name, ...] | None = None
    author_count: int | None = None
    authors_open: bool = False
    """True if there are more authors than named (`et al.`), without a number."""
    organization: str | None = None
    organization_handle: str | None = None
    published: PartialDate | None = None
    published_inferred: bool = False
    """True if the dump has no year and the year was inferred."""
    listed: date | None = None
    """Day on which the source listed the paper, if the record says so."""
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
    summary: str | None = None
    """The source's own summary in one sentence."""
    summary_by: str | None = None
    """Who wrote `summary`, such as "Hugging Face"."""
    journal: str | None = None
    comment: str | None = None
    """The authors' comment, such as "12 pages, accepted at ICML"."""
    primary: str | None = None
    """Primary category."""
    announce: Announcement | None = None
    updated: date | None = None
    """Day of the newest version."""
    version: int | None = None
    html_url: str | None = None
    project_url: str | None = None
    license: str | None = None


RefusalKind: TypeAlias = Literal["refused", "left out", "note"]


class Refusal(Struct, frozen=True):
    """A record or a whole dump that was refused, and why."""

    dump: str
    line: int | None
    reason: str
    kind: RefusalKind = "refused"
    """*left out* is not a paper and not an error (a deleted record, a figure); *note* reports what
    was not understood of an accepted record."""


class DumpInfo(Struct, frozen=True):
    """One dump as it came."""

    name: str
    """Path as the user would type it, or the URL."""
    source: str
    """Name of the source that it came from."""
    sha256: str
    format: DumpFormat
    day: date | None
    """Day of the dump; None if neither its content nor its name has one."""
    day_inferred: bool = False


class Paper(Struct, frozen=True):
    """One work, merged from all its records. The fields are those of the JSON contract."""

    id: str
    title: str
    abstract: str | None = None
    authors: tuple[Name, ...] | None = None
    author_count: int | None = None
    organization: str | None = None
    organization_handle: str | None = None
    published: PartialDate | None = None
    published_inferred: bool = False
    url: str | None = None
    pdf_url: str | None = None
    code_url: str | None = None
    arxiv_id: str | None = None
    doi: str | None = None
    categories: tuple[str, ...] = ()
    upvotes: int | None = None
    comments: int | None = None
    summary: str | None = None
    """The source's own summary in one sentence."""
    summary_by: str | None = None
    """Who wrote `summary`, such as "Hugging Face"."""
    journal: str | None = None
    comment: str | None = None
    """The authors' comment, such as "12 pages, accepted at ICML"."""
    primary: str | None = None
    """Primary category."""
    announce: Announcement | None = None
    updated: date | None = None
    """Day of the newest version."""
    version: int | None = None
    html_url: str | None = None
    project_url: str | None = None
    license: str | None = None
    sources: tuple[str, ...] = ()
    first_seen: date | None = None
    aliases: tuple[str, ...] = ()
    """Other identifiers that this paper has or had."""
