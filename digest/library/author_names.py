"""Authors' names as the library stores them: a list of parts for each name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def names_to_lists(names: Iterable[Name]) -> list[list[str]]:
    """Return the parts of each name, without trailing empty ones: `["Berg", "Ada B."]`."""
    return [name_to_list(name) for name in names]


def name_to_list(name: Name) -> list[str]:
    """Return the parts of a name, without trailing empty ones."""
    parts = list(name)
    while parts and not parts[-1]:
        parts.pop()
    return parts


def names_from_lists(lists: Iterable[Sequence[str]]) -> tuple[Name, ...]:
    """Return the names; parse a text, the form of earlier versions."""
    return tuple(Name.parse(parts) if isinstance(parts, str) else Name(*parts) for parts in lists)
