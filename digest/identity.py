"""Which records are one paper, and what that paper then is.

Two pure steps. `gather` decides from the identifiers and titles of records alone; `merge` takes
the records of one paper and chooses each field. Both are functions of the *set* they are given:
the order in which dumps were read changes nothing. What must not change once it has been seen by
a reader (a paper's id) is no concern of this module; `digest.library.stable_ids` keeps it.

Records are one paper by these rules, the first that applies:

1. Records with an arXiv identifier are one paper with those of the same identifier, and never
   with those of another.
2. Records with a DOI, but no arXiv identifier, go together by DOI: to the smallest arXiv paper
   that carries the DOI; else to the smallest arXiv paper of the same title that carries no DOI;
   else they are a paper of their own.
3. Records with neither go together by title: to the smallest arXiv paper of that title, else to
   the smallest DOI of that title, else they are a paper of their own.

*Smallest* is the order of the identifiers as text. Two titles are the same when their letters and
digits are, whatever the case, accents, spaces and punctuation.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias
from urllib.parse import quote

from digest.model import Paper, Record
from digest.model.marks import ADDED_SOURCE, OWNED_SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from digest.model import DumpFormat

_IN_DOIS: Final = "/:;()@!$&'*+,="
"""Signs of a DOI that an address has as they are; `#`, `?` and `%` would lead elsewhere."""

# --- titles and identifiers ----------------------------------------------------------------------

_KEY_CHARACTERS: Final = {
    code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)
}
"""What of an ASCII title stands in its key: nearly every title is one, and every record has one."""


def title_key(title: str) -> str:
    """Return what two spellings of one title have in common: its letters and digits, folded.

    A title without any (`???`) has the hash of its characters as its key, so that two of those
    are the same paper only when they are the same text.
    """
    if title.isascii():
        key = title.translate(_KEY_CHARACTERS)
    else:
        key = "".join(filter(str.isalnum, _fold(title)))
    return key or "#" + hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()


def _fold(text: str) -> str:
    # Case folding can undo a decomposition (U+0345 becomes iota), hence the second pass.
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKD", decomposed)


def title_id(title: str) -> str:
    """Return the id of a paper of which nothing but the title is known: `t-` and 16 hex digits."""
    return "t-" + hashlib.sha256(title_key(title).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Keys(NamedTuple):
    """What decides to which paper a record belongs; a tuple, for there are as many as records."""

    arxiv_id: str | None
    doi: str | None
    title_id: str

    @property
    def identifier(self) -> str:
        """The best identifier that the record itself has."""
        return self.arxiv_id or self.doi or self.title_id


def keys_of(record: Record) -> Keys:
    """Return the keys of a record; an empty identifier is none."""
    return Keys(record.arxiv_id or None, record.doi or None, title_id(record.title))


def strength(identifier: str) -> tuple[int, str]:
    """Return a sort key that puts arXiv before DOI before title, then the smallest first."""
    if identifier.startswith("t-"):
        return 2, identifier
    # A DOI is "10.", digits, a slash (DOI Handbook 2.2); no arXiv identifier has that shape.
    return int(identifier.startswith("10.") and "/" in identifier), identifier


# --- which records are one paper -----------------------------------------------------------------


def gather(keys: Iterable[Keys]) -> dict[str, str]:
    """Map each record's own identifier to the identifier of the paper that it belongs to.

    The answer for a record is right when `keys` holds everything that is linked to it through a
    shared arXiv identifier, DOI or title, directly or through others; more does no harm.
    Time and memory are linear in the number of different keys.
    """
    distinct = set(keys)
    papers = {key.arxiv_id: key.arxiv_id for key in distinct if key.arxiv_id}
    papers |= _place_dois(distinct)
    by_title: dict[str, str] = {}
    for key in distinct:
        if key.arxiv_id or key.doi:
            _keep_strongest(by_title, key.title_id, papers[key.identifier])
    for key in distinct:
        if not (key.arxiv_id or key.doi):
            papers[key.title_id] = by_title.get(key.title_id, key.title_id)
    return papers


def _place_dois(distinct: set[Keys]) -> dict[str, str]:
    """Map each DOI that some record has as its best identifier to its paper (rule 2)."""
    with_doi = {key.arxiv_id for key in distinct if key.arxiv_id and key.doi}
    carriers: dict[str, str] = {}
    without_doi: dict[str, str] = {}
    for key in distinct:
        if key.arxiv_id and key.doi:
            _keep_strongest(carriers, key.doi, key.arxiv_id)
        if key.arxiv_id and key.arxiv_id not in with_doi:
            _keep_strongest(without_doi, key.title_id, key.arxiv_id)
    namesakes: dict[str, str] = {}
    for key in distinct:
        if key.doi and not key.arxiv_id:
            _keep_strongest(namesakes, key.doi, without_doi.get(key.title_id, key.doi))
    return {doi: carriers.get(doi, namesake) for doi, namesake in namesakes.items()}


def _keep_strongest(best: dict[str, str], key: str, identifier: str) -> None:
    known = best.get(key)
    if known is None or strength(identifier) < strength(known):
        best[key] = identifier


# --- what a paper is -----------------------------------------------------------------------------


class Seen(NamedTuple):
    """One record, and the dumps of one format that showed it."""

    record: Record
    content: bytes
    """Hash of what the record says."""
    format: DumpFormat
    newest: date | None
    """Latest day that one of the dumps speaks of; None when no day is known."""
    earliest: date
    """Earliest day of one of the dumps, the day of reading standing in for an unknown one."""
    sources: frozenset[str]
    """Names of the sources that the dumps came from."""


Rank: TypeAlias = tuple[int | bytes, ...]
"""Smaller is better. The content's hash, last, decides ties."""

_FORMATS: tuple[DumpFormat, ...] = ("huggingface-api", "jsonl", "huggingface-page")
"""Most trusted first. An API states each field by name; JSON Lines come from anybody's script;
a page is text that a person copied, its fields told apart by their place."""

_NOTHING = Record(title="", line=0)


_BY_HAND: Final = frozenset({ADDED_SOURCE, OWNED_SOURCE})


def _trust(seen: Seen) -> int:
    """Return the place in the order of trust: by format; then with arXiv id, DOI, link, nothing.

    What a person handed in comes last: it may be no more than an identifier.
    """
    record = seen.record
    if record.arxiv_id:
        certainty = 0
    elif record.doi:
        certainty = 1
    else:
        certainty = 2 if record.url else 3
    rank = len(_FORMATS) if seen.sources <= _BY_HAND else _FORMATS.index(seen.format)
    return 4 * rank + certainty


def _ordinal(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


# Fields that belong together are chosen together: a date with its mark, an organisation with its
# handle. Each is named by what says whether a record has it.
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


class Merging:
    """What a paper is by all its records: the best so far for each field.

    The first record is held, and one for a field, however many are offered, in whatever order.
    """

    __slots__ = ("_best", "_first", "first_seen", "sources")

    def __init__(self) -> None:
        self._first: Seen | None = None
        """Mostly the only one; then nothing is weighed, and `_best` stays empty."""
        self._best: dict[str, tuple[Rank, Record]] = {}
        self.first_seen: date | None = None
        self.sources: frozenset[str] = frozenset()

    def offer(self, seen: Seen) -> None:
        """Take from `seen` what it says better than all before it."""
        if self._first is None:
            self._first = seen
        else:
            if not self._best:
                self._weigh(self._first)
            self._weigh(seen)
        self.sources |= seen.sources
        day = seen.record.listed or seen.earliest
        self.first_seen = day if self.first_seen is None else min(self.first_seen, day)

    def _weigh(self, seen: Seen) -> None:
        record = seen.record
        trusted: Rank = (_trust(seen), seen.content)
        for field, value in _LASTING.items():
            if value(record):
                self._keep(field, trusted, record)
        if record.published is not None:
            # A printed year is worth more than a worked-out one, whoever printed it.
            self._keep("published", (int(record.published_inferred), *trusted), record)
        # Design, "Identity": what changes with time comes from the newest dump day.
        if record.version is not None:
            self._keep("version", (-record.version, -_ordinal(record.updated), *trusted), record)
        newest: Rank = (-_ordinal(seen.newest), -_ordinal(record.listed), *trusted)
        if record.upvotes is not None:
            self._keep("upvotes", newest, record)
        if record.comments is not None:
            self._keep("comments", newest, record)
        if record.updated is not None:
            self._keep("updated", (-_ordinal(record.updated), *trusted), record)
        if record.announce is not None:
            self._keep("announce", newest, record)

    def _keep(self, field: str, rank: Rank, record: Record) -> None:
        known = self._best.get(field)
        if known is None or rank < known[0]:
            self._best[field] = rank, record

    def _of(self, field: str) -> Record:
        """Return the record that says it best; one that does not say it where none does."""
        if self._first is not None and not self._best:
            return self._first.record
        known = self._best.get(field)
        return _NOTHING if known is None else known[1]

    def paper(self, identifier: str, *, aliases: Iterable[str] = ()) -> Paper:
        """Return the paper that the records are, each field from the best record that has it.

        Links that follow from an identifier are given where no record has one.
        """
        return _put_together(
            self._of,
            identifier,
            sources=tuple(sorted(self.sources)),
            first_seen=self.first_seen,
            aliases=tuple(sorted(set(aliases) - {identifier})),
        )


def paper_of(record: Record, identifier: str) -> Paper:
    """Return the paper that `record` alone is, without what its dump says."""
    return _put_together(lambda _: record, identifier)


def _put_together(
    of: Callable[[str], Record],
    identifier: str,
    *,
    sources: tuple[str, ...] = (),
    first_seen: date | None = None,
    aliases: tuple[str, ...] = (),
) -> Paper:
    """Return the paper whose fields are each from the record that `of` gives for it."""
    counted = of("author_count")
    count = counted.author_count
    published = of("published")
    organization = of("organization")
    summary = of("summary")
    # What goes with a field is nothing without it: a date's mark, an organisation's handle.
    inferred = published.published is not None and published.published_inferred
    handle = organization.organization_handle if organization.organization else None
    arxiv_id, doi = of("arxiv_id").arxiv_id or None, of("doi").doi or None
    url, pdf_url = of("url").url, of("pdf_url").pdf_url or None
    if arxiv_id:
        url = url or f"https://arxiv.org/abs/{arxiv_id}"
        pdf_url = pdf_url or f"https://arxiv.org/pdf/{arxiv_id}"
    return Paper(
        id=identifier,
        title=of("title").title,
        abstract=of("abstract").abstract or None,
        authors=of("authors").authors or None,
        author_count=len(counted.authors or ()) or None if count is None else count,
        organization=organization.organization or None,
        organization_handle=handle,
        published=published.published,
        published_inferred=inferred,
        url=url or (f"https://doi.org/{quote(doi, safe=_IN_DOIS)}" if doi else None),
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
