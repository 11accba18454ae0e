"""Make a record ready for the library: all that can be worked out before it is seen what is there.

Pure, so that it is done where a dump is read: for a long one, by other processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from digest.identity import Keys, keys_of, paper_of
from digest.library.records import UnstorableError, encode
from digest.library.rows import row_of_record
from digest.model import Refusal

if TYPE_CHECKING:
    from digest.model import Record


class Prepared(NamedTuple):
    """A record as it is stored, and the paper that it is where no other record is of that paper."""

    line: int
    body: str
    content: bytes
    """Hash of the body: what tells it from other records."""
    keys: Keys
    listed: str | None
    """ISO day on which the source listed the paper, where the record says so."""
    paper: tuple[Any, ...]
    """The columns of the paper that do not depend on dumps."""

    @property
    def columns(self) -> tuple[object, ...]:
        """The columns of the record, without its number."""
        return (self.content, self.body, self.keys.identifier, *self.keys[:3], self.listed)


def prepare(dump: str, record: Record) -> Prepared | Refusal:
    """Return the record made ready; a refusal, in the name of `dump`, if it cannot be stored."""
    try:
        body, content = encode(record)
    except UnstorableError as error:
        return Refusal(dump, record.line, str(error))
    keys = keys_of(record)
    listed = None if record.listed is None else record.listed.isoformat()
    paper = row_of_record(paper_of(record, keys.public))
    return Prepared(record.line, body, content, keys, listed, paper)
