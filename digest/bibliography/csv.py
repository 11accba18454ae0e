"""References → CSV (RFC 4180) that is safe to open in a spreadsheet.

The file begins with a byte order mark, without which Excel misreads UTF-8. A cell that a
spreadsheet would take for a formula begins with an apostrophe, as
https://owasp.org/www-community/attacks/CSV_Injection advises: anybody may have written a title.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from digest.bibliography.reference import primary_category
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.bibliography.reference import Reference

COLUMNS: Final = (
    "key", "id", "title", "authors", "author_count", "organization", "published",
    "published_inferred", "arxiv_id", "doi", "category", "url", "pdf_url", "code_url", "upvotes",
    "comments", "state", "until", "starred", "tags", "note", "abstract",
)  # fmt: skip
"""Names of the columns, in their order; docs/export.md."""

_FORMULA = re.compile("[\\s\u200b]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
MARK: Final = "\ufeff"


def write_csv(references: Iterable[Reference]) -> str:
    """Return a header and a row for each reference."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    rows.writerows([_cell(value) for value in _row(reference)] for reference in references)
    return MARK + written.getvalue()


def _row(reference: Reference) -> tuple[object, ...]:
    paper, mark = reference.paper, reference.mark
    return (
        reference.key,
        paper.id,
        paper.title,
        "; ".join(one_line(str(name)) for name in paper.authors or ()),
        paper.author_count,
        paper.organization,
        paper.published and paper.published.isoformat(),
        "yes" if paper.published_inferred else None,
        paper.arxiv_id,
        paper.doi,
        primary_category(paper),
        paper.url,
        paper.pdf_url,
        paper.code_url,
        paper.upvotes,
        paper.comments,
        None if mark is None else mark.state,
        None if mark is None else mark.until,
        "yes" if mark is not None and mark.starred else None,
        None if mark is None else ", ".join(map(one_line, mark.tags)),
        reference.note,
        paper.abstract,
    )


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text
