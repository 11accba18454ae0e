"""The arrays that matching works on, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes: TypeAlias = NDArray[np.uint8]
    Hashes: TypeAlias = NDArray[np.uint64]
    Ints: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]


def spread(times: Ints) -> tuple[Ints, Ints]:
    """Repeat each position as often as `times` says.

    Return the positions, and for each the how manieth of its like it is, from 0.
    """
    at = np.repeat(np.arange(len(times)), times)
    return at, np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)


def where(rare: Flags) -> Ints:
    """Return where `rare` is true, ascending: `np.flatnonzero` for what nearly nowhere is."""
    whole = len(rare) & ~7
    eights = np.flatnonzero(rare[:whole].view(np.uint64))
    places = (eights[:, None] << 3 | np.arange(8)).ravel()
    places = places[rare[places]]
    return np.concatenate((places, np.flatnonzero(rare[whole:]) + whole))
