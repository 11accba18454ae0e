"""Notices about changes, until the next page has shown them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from digest.serve.buttons import Notice

_KEPT: Final = 1_000


class Notices:
    """The notices of all readers, by the number of the change."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Notice] = OrderedDict()

    def add(self, reader: str, notice: Notice) -> None:
        """Store a notice; the oldest are dropped."""
        self._kept[reader, str(notice.change)] = notice
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def find(self, reader: str, change: str) -> Notice | None:
        """Return the notice of a reader's change, or None."""
        return self._kept.get((reader, change))
