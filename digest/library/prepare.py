"""Make a record ready for the library: all that can be worked out before it is seen what is there.

Pure, so that it is done where a dump is read: for a long one, by other processes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from msgspec import Struct

from digest.identity import date_of, keys_of
from digest.library.paper_rows import said_columns
from digest.library.records import UnstorableError, encode
from digest.model import Refusal

if TYPE_CHECKING:
    from digest.model import Record


News: TypeAlias = Literal["first", "version", "late", "replace"]
_LATE: Final = timedelta(days=14)


class Prepared(Struct, frozen=True):
    """A record as it is stored, and the paper that it is where no other record is of that paper."""

    line: int
    body: bytes
    content: bytes
    """Hash of the body: what tells it from other records."""
    keys: tuple[str | None, str | None, str]
    """arXiv identifier, DOI and title id: what links it with other records."""
    identifier: str
    """The best identifier that the record itself has: `Keys.identifier`."""
    public: str
    """The id of the paper that the record is where no other is of that paper: `Keys.public`."""
    listed: str | None
    """ISO day on which the source listed the paper, where the record says so."""
    news: str
    """What `record.news` holds: see `news_of`."""
    paper: tuple[Any, ...]
    """The columns of the paper that the record says, from `title` to `known`."""

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

    `late` is a version that came more than 14 days after the first one, `version` any other one
    after the first: no news where a service lists it that has listed the first.
    """
    if record.announce == "replace":
        return "replace"
    if record.announce is not None:
        return "first"
    published = record.published
    if published and published.day and record.updated and record.updated - published.first > _LATE:
        return "late"
    return "first" if (record.version or 1) == 1 else "version"


def prepare(dump: str, record: Record) -> Prepared | Refusal:
    """Return the record made ready; a refusal, in the name of `dump`, if it cannot be stored."""
    try:
        body, content = encode(record)
    except UnstorableError as error:
        return Refusal(dump, record.line, str(error))
    keys = keys_of(record)
    listed = None if record.listed is None else record.listed.isoformat()
    published, _ = date_of(record, record.arxiv_id)
    paper = said_columns(record, published)
    return Prepared(
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
