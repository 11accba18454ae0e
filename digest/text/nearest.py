"""Find the name that somebody probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 200
"""Maximum length, in characters, of a word that is compared: the cost grows with its square."""


def nearest(word: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the one of `names` that is closest to `word` in any case; None if none is close.

    `cutoff`, from 0 to 1, is the required similarity: `nearest("athor", ["author"]) == "author"`.
    """
    folded = {name.casefold(): name for name in sorted(names)}
    close = get_close_matches(word.casefold()[:_LONGEST], folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None
