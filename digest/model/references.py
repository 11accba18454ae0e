"""An entry of a file of references, stored completely."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

ReferenceFormat: TypeAlias = Literal["bibtex", "ris", "csl-json", "nbib", "wos"]


class ReferenceEntry(Struct, frozen=True):
    """One entry of a file of references, in the terms of its format.

    `ReferenceEntry("bibtex", "berg2019", "article", (("title", "Only a {Year}"), …))`: the values
    are LaTeX in BibTeX, JSON in CSL-JSON, and text in the formats with tags.
    """

    format: ReferenceFormat
    key: str
    """The citation key; empty if the entry has none that every program accepts."""
    type: str
    """The type of the work, as the format names it: `article`, `JOUR`, `article-journal`."""
    fields: tuple[tuple[str, str], ...]
    """Names and values in the order of the file, including repeated tags."""

    def first(self, *names: str) -> str:
        """Return the value of the first of `names` that the entry has; empty without any."""
        for name in names:
            for field, value in self.fields:
                if field == name and value:
                    return value
        return ""
