"""What a reader is asked, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from digest.dumps.json_reader import NO_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from digest.dumps.json_reader import Fields
    from digest.model import DumpFormat

_Item_co = TypeVar("_Item_co", covariant=True)


class Asked(NamedTuple):
    """What a reader is told of a dump beside its content."""

    name: str
    today: date
    fields: Fields = NO_FIELDS
    """The keys of one's own JSON or CSV."""


class Reading(NamedTuple, Generic[_Item_co]):
    """What a dump turned out to be; `items` reads on while it is iterated, once."""

    format: DumpFormat
    day: date | None
    items: Iterator[_Item_co]
    day_inferred: bool = False
    folded: Callable[[], int | None] = lambda: None
    """Returns how many bytes of a compressed dump were read so far."""
