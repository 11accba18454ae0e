"""What every format writes of a paper, and the few things that all of them work out alike.

No format is written here, and nothing is escaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.bibliography.plain import several_lines
from digest.model import Name
from digest.text.line import one_line

if TYPE_CHECKING:
    from digest.model import Paper
    from digest.model.marks import Mark

_NEW_ID = re.compile(r"(\d\d)(\d\d)\.\d{4,5}")
_OLD_ID = re.compile(r"([a-z-]+)/(\d\d)(\d\d)\d{3}")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
_ARCHIVES: Final = frozenset({
    "astro-ph", "cond-mat", "cs", "econ", "eess", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th",
    "math", "math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin", "quant-ph",
    "stat",
})  # fmt: skip
"""https://arxiv.org/category_taxonomy; a dump's own labels (`nlp`) are no arXiv categories."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper on its way into a bibliography."""

    key: str
    """The citation key."""
    paper: Paper
    mark: Mark | None = None
    """What its reader made of it; None where no reading list is exported."""

    @property
    def issued(self) -> Issued | None:
        """Year, month and day, as far as they are known."""
        return issued(self.paper)

    @property
    def authors(self) -> tuple[Name, ...]:
        """The authors that are known by name."""
        names = (Name(*map(one_line, name)) for name in self.paper.authors or ())
        return tuple(name for name in names if any(name))

    @property
    def note(self) -> str:
        """The reader's note: lines of text, parted by a newline, without control characters."""
        return "" if self.mark is None else several_lines(self.mark.note)

    @property
    def keywords(self) -> tuple[str, ...]:
        """The reader's tags, the state, and `starred`: what stands for a list in a bibliography."""
        if self.mark is None:
            return ()
        found = [*map(one_line, self.mark.tags), self.mark.state]
        return tuple(dict.fromkeys(found + ["starred"] * self.mark.starred))


class Issued(NamedTuple):
    """When a paper came out; the month is known with the day, or from an arXiv identifier."""

    year: int
    month: int | None = None
    day: int | None = None
    inferred: bool = False
    """True where the dump printed no year and the year was worked out."""


def issued(paper: Paper) -> Issued | None:
    """Return when the paper came out; None where nothing says so.

    An arXiv identifier tells year and month, and is trusted more than a year that was worked out
    (https://info.arxiv.org/help/arxiv_identifier.html).
    """
    day = paper.published
    if day is not None and not paper.published_inferred:
        return Issued(day.year, day.month, day.day)
    found = _month_of(paper.arxiv_id or "")
    if day is not None and (found is None or found[:2] == day[:2]):
        return Issued(day.year, day.month, day.day, inferred=found is None)
    return found


def _month_of(arxiv_id: str) -> Issued | None:
    if found := _NEW_ID.fullmatch(arxiv_id):
        return Issued(2000 + int(found[1]), int(found[2]))
    if found := _OLD_ID.fullmatch(arxiv_id):
        # The old scheme ran from 1991 to March 2007.
        return Issued((1900 if found[2] > "90" else 2000) + int(found[2]), int(found[3]))
    return None


def primary_category(paper: Paper) -> str | None:
    """Return the paper's first arXiv category, which is its primary one."""
    for label in paper.categories:
        if _CATEGORY.fullmatch(label) and label.partition(".")[0] in _ARCHIVES:
            return label
    found = _OLD_ID.fullmatch(paper.arxiv_id or "")
    return found[1] if found else None


def own_doi(paper: Paper) -> str | None:
    """Return the paper's DOI or, where it has none, the one that arXiv gives all its papers.

    https://info.arxiv.org/help/doi.html
    """
    if paper.doi or not paper.arxiv_id:
        return paper.doi
    return f"10.48550/arXiv.{paper.arxiv_id}"
