"""Prepare a record for the library: everything that does not depend on what is stored.

Pure, so that it can run where a dump is read: for a long dump, in other processes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from msgspec import Struct

from digest.identity import date_of, keys_of
from digest.library.paper_rows import record_columns
from digest.library.records import UnstorableError, encode
from digest.model import Refusal

if TYPE_CHECKING:
    from digest.model import Record


News: TypeAlias = Literal["first", "version", "late", "replace"]
_LATE: Final = timedelta(days=14)


class PreparedRecord(Struct, frozen=True):
    """A record as it is stored, and its paper if no other record describes that paper."""

    line: int
    body: bytes
    content: bytes
    """Hash of the body, which identifies the record."""
    keys: tuple[str | None, str | None, str]
    """arXiv identifier, DOI and title id: what links it to other records."""
    identifier: str
    """The best identifier of the record alone: `Keys.identifier`."""
    public: str
    """The id of its paper if no other record describes it: `Keys.public`."""
    listed: str | None
    """ISO day on which the source listed the paper, if the record has it."""
    news: str
    """The value of `record.news`: see `news_of`."""
    paper: tuple[Any, ...]
    """The columns of the paper that the record determines, from `title` to `known`."""

    @property
    def columns(self) -> tuple[object, ...]:
        """The columns of the record, without its number."""
        return (
            self.content,
            self.body,
            self.identifier,
            *self.keys,
            self.listed,
            self.news,
        )


def news_of(record: Record) -> News:
    """Return whether a record shows a paper's first version.

    `late` is a version more than 14 days after the first one, `version` any other later one: no
    news if the service has listed the first.
    """
    if record.announce == "replace":
        return "replace"
    if record.announce is not None:
        return "first"
    published = record.published
    if published and published.day and record.updated and record.updated - published.first > _LATE:
        return "late"
    return "first" if (record.version or 1) == 1 else "version"


def prepare(dump: str, record: Record) -> PreparedRecord | Refusal:
    """Return the prepared record; a refusal, under the name `dump`, if it cannot be stored."""
    try:
        body, content = encode(record)
    except UnstorableError as error:
        return Refusal(dump, record.line, str(error))
    keys = keys_of(record)
    listed = None if record.listed is None else record.listed.isoformat()
    published, _ = date_of(record, record.arxiv_id)
    paper = record_columns(record, published)
    return PreparedRecord(
        record.line,
        body,
        content,
        keys[:3],
        keys.identifier,
        keys.public,
        listed,
        news_of(record),
        paper,
    )
