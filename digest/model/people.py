"""The name of a person or group, as one type for readers, rules and references."""

from __future__ import annotations

from typing import NamedTuple


class Name(NamedTuple):
    """An author: a person by the parts of the name, or a group by a literal name.

    `Name("Berg", given="Ada B.", particle="van der")` is shown as *Ada B. van der Berg*. A name of
    which only one part is known is a family name. The fields are those of CSL-JSON's names.
    """

    family: str = ""
    given: str = ""
    particle: str = ""
    """Lower-case words that belong to the family name: *van der*, *de*."""
    suffix: str = ""
    """*Jr.*, *III*."""
    literal: str = ""
    """A group, or a name that is not to be taken apart; the other parts are then empty."""

    def __str__(self) -> str:
        """Return the name in reading order."""
        if self.literal:
            return self.literal
        if "\u3400" <= self.family[:1] <= "\ud7a3":  # Chinese, Korean: the family name stands first
            return f"{self.family} {self.given}".strip()
        parts = (self.given, self.particle, self.family, self.suffix)
        return " ".join(part for part in parts if part)

    @property
    def surname(self) -> str:
        """The family name with its particle, or the literal name."""
        return self.literal or " ".join(part for part in (self.particle, self.family) if part)
