"""The arguments and results of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final, Generic, Protocol, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from digest.dumps.draft import Draft
    from digest.model import DumpFormat, Record

_Item_co = TypeVar("_Item_co", covariant=True)


class Fields(Struct, frozen=True):
    """The config's map from known names to the keys of a user's own JSON or CSV."""

    names: tuple[tuple[str, str], ...] = ()

    def of(self, entry: object) -> object:
        """Return an entry with its fields under their known names."""
        return self.of_object(entry) if isinstance(entry, dict) else entry

    def of_object(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return an object with its fields under their known names."""
        return renamed(entry, self.names) if self.names else entry


def renamed(entry: dict[str, Any], names: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return an entry with the config's mapped fields under their known names.

    `names` maps a known name to a key of the entry, or to a path with dots: `meta.title`.
    """
    document = dict(entry)
    for known, path in names:
        value: object = entry
        for part in [path] if path in entry else path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        document[known] = value
    return document


NO_FIELDS: Final = Fields()


class Reader(Protocol):
    """The interface of an entry point."""

    @property
    def format(self) -> str:
        """A short name for what it reads."""

    def recognizes(self, head: bytes, /) -> bool:
        """Return whether this reader reads a dump that begins with `head`."""

    def read(self, stream: BinaryIO, /) -> Iterable[tuple[int, Draft | Record | str]]:
        """Yield the line and the draft of each record, or why it cannot be read.

        A reader of the project may yield complete records.
        """


class ReadOptions(Struct, frozen=True):
    """What a reader is given besides the content."""

    name: str
    today: date
    fields: Fields = NO_FIELDS
    """The keys of a user's own JSON or CSV."""
    readers: tuple[Reader, ...] = ()
    """Readers for formats outside this package, used before those of entry points."""
    after: int = 0
    """Reading begins after this line, if a dump is read line by line."""


class ReadResult(Struct, Generic[_Item_co], frozen=True):
    """The format and day of a dump; `items` is read while it is iterated, once."""

    format: DumpFormat
    day: date | None
    items: Iterator[_Item_co]
    day_inferred: bool = False
    by_lines: bool = False
    """Whether each line is a separate item, so that reading may begin after any line."""
    folded: Callable[[], int | None] = lambda: None
    """Returns how many bytes of a compressed dump were read so far."""
