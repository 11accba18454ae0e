"""All papers of the digests for other programs: `papers.json` and `export.bib`.

Each also exists by month. Only changed months are rebuilt; the complete file is concatenated from
those of the months, so that a long history costs no more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from digest.bibliography import Reference, write
from digest.model.serialize import paper_to_json
from digest.site.paths import paper_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from digest.model import Paper

PAPERS: Final = "papers.json"
BIBTEX: Final = "export.bib"
_FIRST, _BETWEEN, _LAST = "[\n", ",\n", "\n]\n"


def month_path(whole: str, month: str) -> str:
    """Return the path of one month's part of a file: `export/papers-2026-01.json`."""
    stem, _, suffix = whole.partition(".")
    return f"export/{stem}-{month}.{suffix}"


def month_files(  # noqa: PLR0913, PLR0917 - what is known of a month's papers
    month: str,
    papers: Sequence[Paper],
    keys: Mapping[str, str],
    days: Mapping[str, date],
    rules: Mapping[str, tuple[str, ...]],
    site_url: str | None,
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the two files of a month, with their paths; `papers` newest first."""
    rows = [
        json.dumps(
            {
                **paper_to_json(paper),
                "page": f"{site_url or ''}{paper_path(paper.id)}",
                "day": days[paper.id].isoformat() if paper.id in days else None,
                "rules": list(rules.get(paper.id, ())),
            },
            ensure_ascii=False,
        )
        for paper in papers
    ]
    entries = write("bibtex", [Reference(keys[paper.id], paper) for paper in papers])
    return (
        (month_path(PAPERS, month), _FIRST + _BETWEEN.join(rows) + _LAST),
        (month_path(BIBTEX, month), entries),
    )


def joined_files(
    months: Iterable[str], read: Callable[[str], bytes]
) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """Return the two files with all months, concatenated from those that `read` returns."""
    first, between, last = _FIRST.encode(), _BETWEEN.encode(), _LAST.encode()
    ordered = list(months)
    arrays = [read(month_path(PAPERS, month)) for month in ordered]
    rows = [array.removeprefix(first).removesuffix(last) for array in arrays]
    entries = [read(month_path(BIBTEX, month)).strip(b"\n") for month in ordered]
    return (
        (PAPERS, first + between.join(filter(None, rows)) + last),
        (BIBTEX, b"".join(entry + b"\n\n" for entry in entries if entry)),
    )
