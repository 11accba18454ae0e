"""Keep the memory of arrays at hand that are made and freed by the thousand."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Final

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of parameters in glibc's <malloc.h>."""
_MOST_KEPT: Final = 256 << 20
_MOST_ON_HEAP: Final = 32 << 20
"""Bytes of one array; the largest that glibc takes."""


@cache
def keep_freed_memory() -> None:
    """Make the C library keep freed memory instead of giving it back at once.

    Matching makes arrays of about a megabyte. As it comes, glibc gives such memory back, and the
    system fills it with zeros anew, page by page: a fifth of the time of matching. Does nothing
    where the C library has no such switch.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(_MMAP_THRESHOLD, _MOST_ON_HEAP)
    mallopt(_TRIM_THRESHOLD, _MOST_KEPT)
