"""A paper for a bibliography, with its key, its mark and its imported entries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, get_args

from msgspec import Struct
from msgspec.structs import replace

from digest.bibliography.plain_text import several_lines
from digest.bibliography.work import Work
from digest.model import Name, PartialDate
from digest.model.dates import month_of_arxiv_id
from digest.model.marks import State
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Paper
    from digest.model.marks import Mark
    from digest.model.references import ReferenceEntry, ReferenceFormat

_OLD_ID = re.compile(r"([a-z-]+)/(\d\d)(\d\d)\d{3}")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
_ARCHIVES: Final = frozenset({
    "astro-ph", "cond-mat", "cs", "econ", "eess", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th",
    "math", "math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "q-bio", "q-fin", "quant-ph",
    "stat",
})  # fmt: skip
"""https://arxiv.org/category_taxonomy; a dump's own labels (`nlp`) are not arXiv categories."""

_STATES: Final = frozenset({*get_args(State), "starred"})


class Reference(Struct, frozen=True):
    """A paper for a bibliography."""

    key: str
    """The citation key."""
    paper: Paper
    mark: Mark | None = None
    """The reader's mark; None if no reading list is exported."""
    entries: tuple[ReferenceEntry, ...] = ()
    """The entries of imported files that describe the paper, in the order of their import."""

    def entries_of(self, form: ReferenceFormat) -> tuple[ReferenceEntry, ...]:
        """Return the entries that were imported in a format, to be written unchanged."""
        return tuple(entry for entry in self.entries if entry.format == form)

    @property
    def note(self) -> str:
        """The reader's note: lines separated by newlines, without control characters."""
        return "" if self.mark is None else several_lines(self.mark.note)

    @property
    def keywords(self) -> tuple[str, ...]:
        """The reader's tags, the state, and `starred`."""
        if self.mark is None:
            return ()
        words = [*map(one_line, self.mark.tags), self.mark.state]
        return tuple(dict.fromkeys(words + ["starred"] * self.mark.starred))

    def with_keywords(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return an entry's keywords and the reader's, without the states of an earlier export."""
        keywords = known if self.mark is None else (word for word in known if word not in _STATES)
        return tuple(dict.fromkeys((*keywords, *self.keywords)))

    @property
    def work(self) -> Work:
        """The work: the library's paper, completed by entries of other formats."""
        variables = self._of_paper()
        if not self.entries:
            return variables
        from digest.bibliography.read import work_of

        known = work_of(self.entries[0])
        return replace(
            known,
            key=self.key,
            title=known.title or variables.title,
            authors=known.authors or variables.authors,
            more_authors=known.more_authors if known.authors else variables.more_authors,
            issued=known.issued or variables.issued,
            circa=known.issued is None and variables.circa,
            arxiv_id=known.arxiv_id or variables.arxiv_id,
            category=known.category or variables.category,
            doi=known.doi or variables.doi,
            url=known.url or variables.url,
            abstract=known.abstract or variables.abstract,
            keywords=self.with_keywords(known.keywords),
            annote="\n\n".join(dict.fromkeys(filter(None, (known.annote, variables.annote)))),
        )

    def _of_paper(self) -> Work:
        paper = self.paper
        authors = tuple(Name(*map(one_line, name)) for name in paper.authors or ())
        authors = tuple(name for name in authors if any(name))
        date, circa = issued(paper)
        journal = one_line(paper.journal or "")
        return Work(
            key=self.key,
            title=paper.title,
            type="article-journal" if journal else "article",
            authors=authors,
            more_authors=bool(authors) and (paper.author_count or 0) > len(authors),
            issued=date,
            circa=circa,
            arxiv_id=paper.arxiv_id,
            category=primary_category(paper) if paper.arxiv_id else None,
            doi=paper.doi,
            url=paper.url,
            abstract=paper.abstract or "",
            keywords=self.keywords,
            annote=self.note,
            variables={"container-title": journal} if journal else {},
        )


def issued(paper: Paper) -> tuple[PartialDate | None, bool]:
    """Return when the paper came out, and whether the year is inferred; None if unknown.

    An arXiv identifier gives year and month, and is trusted more than an inferred year
    (https://info.arxiv.org/help/arxiv_identifier.html).
    """
    date = paper.published
    if date is not None and not paper.published_inferred:
        return date, False
    month = month_of_arxiv_id(paper.arxiv_id or "")
    if date is not None and (month is None or month[:2] == date[:2]):
        return date, month is None
    return month, False


def primary_category(paper: Paper) -> str | None:
    """Return the paper's primary arXiv category: the source's, else the first."""
    for label in filter(None, (paper.primary, *paper.categories)):
        if _CATEGORY.fullmatch(label) and label.partition(".")[0] in _ARCHIVES:
            return label
    match = _OLD_ID.fullmatch(paper.arxiv_id or "")
    return match[1] if match else None
