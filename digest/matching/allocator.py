"""Keep freed array memory, because matching creates and frees thousands of arrays."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Final

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters in glibc's <malloc.h>."""
_MOST_KEPT: Final = 256 << 20
_MOST_ON_HEAP: Final = 32 << 20
"""Maximum size of an array in bytes; the largest that glibc accepts."""


@cache
def keep_freed_memory() -> None:
    """Make the C library keep freed memory instead of returning it at once.

    Matching creates arrays of about a megabyte. By default glibc returns such memory, and the
    system then fills it with zeros again, page by page: a fifth of the time of matching. Does
    nothing if the C library has no such option.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(_MMAP_THRESHOLD, _MOST_ON_HEAP)
    mallopt(_TRIM_THRESHOLD, _MOST_KEPT)
