"""The search index: for each month a script with titles, and one with abstracts.

Classic scripts, because a page on a disk cannot load anything else: `fetch` and modules need a
server.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from digest.site.paths import paper_slug
from digest.text.one_line import one_line
from digest.wording import plain
from digest.wording.people import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from digest.model import Paper
    from digest.wording.languages import Words


def month_files(
    month: str,
    papers: Iterable[Paper],
    days: Mapping[str, date],
    rules: Mapping[str, tuple[str, ...]],
    words: Words,
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the two files of a month, with their paths."""
    titles: list[list[object]] = []
    texts: list[list[object]] = []
    for paper in papers:
        name = paper_slug(paper.id)
        authors = one_line(plain(people(paper, words)))
        names = " ".join(one_line(str(author)) for author in paper.authors or ())
        titles.append(
            [
                name,
                one_line(paper.title),
                authors,
                days[paper.id].isoformat() if paper.id in days else "",
                list(rules.get(paper.id, ())),
            ]
        )
        texts.append([name, one_line(paper.abstract or ""), names])
    return (
        (f"search/titles-{month}.js", _script("digestTitles", month, titles)),
        (f"search/texts-{month}.js", _script("digestTexts", month, texts)),
    )


def _script(function: str, month: str, rows: list[list[object]]) -> str:
    # `<` is escaped in case somebody puts the script into a page.
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"{function}({json.dumps(month)},{text});\n"
