"""What tests that draw values by chance share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

_Made = TypeVar("_Made")


def built(
    make: Callable[..., _Made],
    *values: st.SearchStrategy[object],
    **named: st.SearchStrategy[object],
) -> st.SearchStrategy[_Made]:
    """Call `make` with drawn values.

    `st.builds` looks up the type of each field, and modules import most of those for the type
    checker alone.
    """
    drawn = st.tuples(st.tuples(*values), st.fixed_dictionaries(named))
    return drawn.map(lambda arguments: make(*arguments[0], **arguments[1]))
