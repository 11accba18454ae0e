"""Merge the records of a paper: each field comes from the most trusted record that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from digest.model import Paper, PartialDate, Record
from digest.model.dates import month_of_arxiv_id, with_known_month
from digest.model.links import doi_url
from digest.model.marks import ADDED_SOURCE, OWNED_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from digest.model import DumpFormat


class SightedRecord(Struct, frozen=True):
    """One record, and the dumps of one format that showed it."""

    record: Record
    content: bytes
    """Hash of the record's content."""
    format: DumpFormat
    newest: date | None
    """Latest day of the dumps; None if no day is known."""
    earliest: date
    """Earliest day of a dump; the day of reading counts for an unknown one."""
    sources: frozenset[str]
    """Names of the sources that the dumps came from."""


Rank: TypeAlias = tuple[int | bytes, ...]
"""Smaller is better. The content's hash, last, breaks ties."""

_FORMATS: Final[tuple[DumpFormat, ...]] = ("huggingface-api", "arxiv-api", "oai-pmh", "arxiv-feed")
_OTHER_FORMATS: Final = len(_FORMATS)
_COPIES: Final[tuple[DumpFormat, ...]] = (
    "jsonl", "csv", "bibtex", "ris", "arxiv-listing", "arxiv-list", "markdown", "scholar-alert",
    "huggingface-page",
)  # fmt: skip
"""Most trusted first; other services are between the two. An API names each field; JSON Lines come
from anybody's script; a page is text that a person copied, with fields recognised by position."""

_NOTHING = Record(title="", line=0)


_BY_HAND: Final = frozenset({ADDED_SOURCE, OWNED_SOURCE})


def _rank(format_: DumpFormat) -> int:
    if format_ in _FORMATS:
        return _FORMATS.index(format_)
    return _OTHER_FORMATS + (1 + _COPIES.index(format_) if format_ in _COPIES else 0)


def _trust(seen: SightedRecord) -> int:
    """Return the rank of trust: by format; then with arXiv id, DOI, link, nothing.

    What a person entered comes last: it may be only an identifier.
    """
    record = seen.record
    if record.arxiv_id:
        certainty = 0
    elif record.doi:
        certainty = 1
    else:
        certainty = 2 if record.url else 3
    rank = _rank(seen.format)
    if seen.sources <= _BY_HAND:
        rank = _OTHER_FORMATS + 1 + len(_COPIES)
    return 4 * rank + certainty


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


# Fields that belong together are chosen together: a date with its mark, an organisation with its
# handle. Each is named by its main field.
_LASTING: Mapping[str, Callable[[Record], object]] = {
    "title": lambda record: record.title,
    "abstract": lambda record: record.abstract,
    "authors": lambda record: record.authors,
    "author_count": lambda record: record.author_count is not None or record.authors,
    "organization": lambda record: record.organization,
    "url": lambda record: record.url,
    "pdf_url": lambda record: record.pdf_url,
    "code_url": lambda record: record.code_url,
    "arxiv_id": lambda record: record.arxiv_id,
    "doi": lambda record: record.doi,
    "categories": lambda record: record.categories,
    "summary": lambda record: record.summary,
    "journal": lambda record: record.journal,
    "comment": lambda record: record.comment,
    "primary": lambda record: record.primary,
    "html_url": lambda record: record.html_url,
    "project_url": lambda record: record.project_url,
    "license": lambda record: record.license,
}


class PaperMerger:
    """Merges the records of a paper, keeping the best one so far for each field.

    It holds the first record, and one for each field, however many are offered, in any order.
    """

    __slots__ = ("_best", "_first", "first_seen", "sources")

    def __init__(self) -> None:
        self._first: SightedRecord | None = None
        """Usually the only one; then `_best` stays empty."""
        self._best: dict[str, tuple[Rank, Record]] = {}
        self.first_seen: date | None = None
        self.sources: frozenset[str] = frozenset()

    def offer(self, seen: SightedRecord) -> None:
        """Use the fields of `seen` that are better than those of all records before."""
        if self._first is None:
            self._first = seen
        else:
            if not self._best:
                self._weigh(self._first)
            self._weigh(seen)
        self.sources |= seen.sources
        day = seen.record.listed or seen.earliest
        self.first_seen = day if self.first_seen is None else min(self.first_seen, day)

    def _weigh(self, seen: SightedRecord) -> None:
        record = seen.record
        trusted: Rank = (
            _trust(seen), -(record.version or 0), -_ordinal(record.updated), seen.content,
        )  # fmt: skip
        for field, value in _LASTING.items():
            if value(record):
                self._keep(field, trusted, record)
        if record.published is not None:
            # A printed year is worth more than an inferred one, whoever printed it.
            self._keep("published", (int(record.published_inferred), *trusted), record)
        # Design, "Identity": what changes with time comes from the newest dump day.
        if record.version is not None:
            self._keep("version", (-record.version, -_ordinal(record.updated), *trusted), record)
        days = (-_ordinal(seen.newest), -_ordinal(record.listed))
        newest: Rank = (*days, *trusted)
        # Of two counts of one day, the larger is the later one: a list that was read again.
        if record.upvotes is not None:
            self._keep("upvotes", (*days, -record.upvotes, *trusted), record)
        if record.comments is not None:
            self._keep("comments", (*days, -record.comments, *trusted), record)
        if record.updated is not None:
            self._keep("updated", (-_ordinal(record.updated), *trusted), record)
        if record.announce is not None:
            self._keep("announce", newest, record)

    def _keep(self, field: str, rank: Rank, record: Record) -> None:
        known = self._best.get(field)
        if known is None or rank < known[0]:
            self._best[field] = rank, record

    def _of(self, field: str) -> Record:
        """Return the preferred record for the field, or an empty record."""
        if self._first is not None and not self._best:
            return self._first.record
        known = self._best.get(field)
        return _NOTHING if known is None else known[1]

    def origins(self) -> dict[str, bytes]:
        """Return, for each field, the content hash of its record."""
        if self._first is None:
            return {}
        if not self._best:
            self._weigh(self._first)
        # The hash is the last part of every rank.
        return {field: bytes(rank[-1]) for field, (rank, _) in self._best.items()}

    def paper(self, identifier: str, *, aliases: Iterable[str] = ()) -> Paper:
        """Return the paper of the records, each field from the best record that has it.

        Links that follow from an identifier are added if no record has one.
        """
        return _put_together(
            self._of,
            identifier,
            sources=tuple(sorted(self.sources)),
            first_seen=self.first_seen,
            aliases=tuple(sorted(set(aliases) - {identifier})),
        )


def paper_of(
    record: Record,
    identifier: str,
    *,
    sources: tuple[str, ...] = (),
    first_seen: date | None = None,
    aliases: tuple[str, ...] = (),
) -> Paper:
    """Return the paper of a single record and its dumps."""
    return _put_together(
        lambda _: record, identifier, sources=sources, first_seen=first_seen, aliases=aliases
    )


def _put_together(
    of: Callable[[str], Record],
    identifier: str,
    *,
    sources: tuple[str, ...] = (),
    first_seen: date | None = None,
    aliases: tuple[str, ...] = (),
) -> Paper:
    """Return the paper whose fields come from the records that `of` returns for them."""
    counted = of("author_count")
    count = counted.author_count
    if count is None and not counted.authors_open:
        count = len(counted.authors or ()) or None
    dated = of("published")
    organization = of("organization")
    summary = of("summary")
    # What belongs to a field is nothing without it: an organisation's handle.
    handle = organization.organization_handle if organization.organization else None
    arxiv_id, doi = of("arxiv_id").arxiv_id or None, of("doi").doi or None
    published, inferred = date_of(dated, arxiv_id)
    url, pdf_url = of("url").url, of("pdf_url").pdf_url or None
    if arxiv_id:
        url = url or f"https://arxiv.org/abs/{arxiv_id}"
        pdf_url = pdf_url or f"https://arxiv.org/pdf/{arxiv_id}"
    return Paper(
        id=identifier,
        title=of("title").title,
        abstract=of("abstract").abstract or None,
        authors=of("authors").authors or None,
        author_count=count,
        organization=organization.organization or None,
        organization_handle=handle,
        published=published,
        published_inferred=inferred,
        url=url or (doi_url(doi) if doi else None),
        pdf_url=pdf_url,
        code_url=of("code_url").code_url or None,
        arxiv_id=arxiv_id,
        doi=doi,
        categories=of("categories").categories or (),
        upvotes=of("upvotes").upvotes,
        comments=of("comments").comments,
        summary=summary.summary or None,
        summary_by=summary.summary_by if summary.summary else None,
        journal=of("journal").journal or None,
        comment=of("comment").comment or None,
        primary=of("primary").primary or None,
        announce=of("announce").announce,
        updated=of("updated").updated,
        version=of("version").version,
        html_url=of("html_url").html_url or None,
        project_url=of("project_url").project_url or None,
        license=of("license").license or None,
        sources=sources,
        first_seen=first_seen,
        aliases=aliases,
    )


def date_of(dated: Record, arxiv_id: str | None) -> tuple[PartialDate | None, bool]:
    """Return the date of publication, and whether its year was inferred.

    An arXiv identifier gives year and month: they count if no record has a better date.
    """
    published = dated.published
    if published is not None and not dated.published_inferred:
        return published, False
    month = month_of_arxiv_id(arxiv_id) if arxiv_id else None
    if month is None:
        return published, published is not None
    return month if published is None else with_known_month(published, month), False
