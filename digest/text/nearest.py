"""Find the name that somebody probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 200
"""Characters of a word that are compared: the cost grows with their square."""


def nearest(word: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the one of `names` that is closest to `word` in any case; None if none is close.

    `cutoff`, from 0 to 1, is how alike they must be: `nearest("athor", ["author"]) == "author"`.
    """
    folded = {name.casefold(): name for name in sorted(names)}
    close = get_close_matches(word.casefold()[:_LONGEST], folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None
