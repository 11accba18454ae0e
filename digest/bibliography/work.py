"""The format-independent description of a work: the hub between all formats.

Every reader's entries become works, papers of the library become works, and every writer writes
works. Types and variables have CSL's names
(https://docs.citationstyles.org/en/stable/specification.html, appendices III and IV).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.model import Name, PartialDate

VARIABLES: Final = (
    "container-title", "collection-title", "volume", "issue", "number", "page", "chapter-number",
    "edition", "publisher", "publisher-place", "event-title", "ISBN", "ISSN", "PMID", "genre",
    "language", "medium", "title-short", "note", "status", "archive",
)  # fmt: skip
"""The variables that `Work.variables` may have, in the order in which they are written."""


class Work(Struct, frozen=True):
    """One work, as far as a bibliography describes it. All texts are clean text on one line."""

    key: str
    """The citation key."""
    title: str
    type: str = "document"
    """CSL's type: `article-journal`, `paper-conference`, `article` (a preprint), `book`, …"""
    authors: tuple[Name, ...] = ()
    more_authors: bool = False
    """True if there are more authors than those named."""
    editors: tuple[Name, ...] = ()
    translators: tuple[Name, ...] = ()
    issued: PartialDate | None = None
    circa: bool = False
    """True if the year was inferred."""
    accessed: PartialDate | None = None
    arxiv_id: str | None = None
    category: str | None = None
    """Primary arXiv category."""
    doi: str | None = None
    url: str | None = None
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    annote: str = ""
    """The reader's note; may have several lines."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Other variables of CSL, by name; see `VARIABLES`."""

    @property
    def own_doi(self) -> str | None:
        """The DOI or, without one, the DOI that arXiv assigns to all its papers.

        https://info.arxiv.org/help/doi.html
        """
        if self.doi or not self.arxiv_id:
            return self.doi
        return f"10.48550/arXiv.{self.arxiv_id}"
