"""Which papers are similar: the distinctive words of papers, and what was found by them.

A paper's words and similar papers are stored once. `digest.learning.similar_papers` decides which
words are distinctive and how similar two papers must be.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.library.snapshots import PICK, load_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from digest.library.connection import Connection

MOST_WITH_WORD: Final = 200
"""Maximum number of papers with one word that are compared, the last ones: a common word says
little."""


class EarlierPaper(Struct, frozen=True):
    """A paper that a digest delivered, as it first came."""

    paper: str
    title: str
    day: date


class SimilarPapers:
    """Words of papers and similarities between papers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unknown(self, papers: Iterable[str]) -> tuple[str, ...]:
        """Return those of the papers whose similar papers were never searched."""
        rows = self._connection.execute(
            "SELECT wanted.value FROM json_each(?) AS wanted LEFT JOIN alike"
            " ON identifier = wanted.value WHERE papers IS NULL ORDER BY wanted.key",
            (json.dumps(list(papers)),),
        )
        return tuple(paper for (paper,) in rows)

    def add_words(self, words: Mapping[str, Sequence[tuple[int, float]]]) -> None:
        """Store the words of papers, each with its weight; stored words are unchanged."""
        for paper, paper_words in words.items():
            added = self._connection.execute(
                "INSERT OR IGNORE INTO alike (identifier) VALUES (?)", (paper,)
            )
            if added.rowcount:
                self._connection.executemany(
                    "INSERT INTO alike_word (word, number, weight)"
                    " SELECT ?, number, ? FROM alike WHERE identifier = ?",
                    ((word, weight, paper) for word, weight in paper_words),
                )

    def with_words(self, words: Iterable[int]) -> Iterator[tuple[int, int, float]]:
        """Yield the last papers with each of these words: word, number here, and its weight."""
        for word in words:
            yield from self._connection.execute(
                "SELECT word, number, weight FROM alike_word WHERE word = ?"
                " ORDER BY number DESC LIMIT ?",
                (word, MOST_WITH_WORD),
            )

    def numbers(self, papers: Iterable[str]) -> dict[str, int]:
        """Return the numbers of papers here."""
        rows = self._connection.execute(
            "SELECT identifier, number FROM alike"
            " WHERE identifier IN (SELECT value FROM json_each(?))",
            (json.dumps(list(papers)),),
        )
        return dict(rows.fetchall())

    def keep(self, similar: Mapping[str, Sequence[int]]) -> None:
        """Store the numbers of the papers that are similar to each paper."""
        self._connection.executemany(
            "UPDATE alike SET papers = ? WHERE identifier = ?",
            ((json.dumps(list(numbers)), paper) for paper, numbers in similar.items()),
        )

    def of(self, papers: Iterable[str]) -> dict[str, tuple[EarlierPaper, ...]]:
        """Return the papers similar to each paper, best first, as digests first had them."""
        rows = self._connection.execute(
            f"SELECT wanted.value, paper.id, day, {PICK},"  # noqa: S608 - columns of our own
            " min(entry.digest) FROM json_each(?) AS wanted"
            " CROSS JOIN alike ON alike.identifier = wanted.value"
            " CROSS JOIN json_each(alike.papers) AS like"
            " CROSS JOIN alike AS other ON other.number = like.value"
            " CROSS JOIN identifier ON identifier.identifier = other.identifier"
            " CROSS JOIN paper ON paper.key = identifier.paper"
            " CROSS JOIN entry ON entry.paper = paper.key"
            " CROSS JOIN digest ON digest.id = entry.digest"
            " GROUP BY wanted.key, like.key ORDER BY wanted.key, like.key",
            (json.dumps(list(papers)),),
        )
        similar: defaultdict[str, list[EarlierPaper]] = defaultdict(list)
        for identifier, paper, day, snapshot, body, _ in rows:
            title = load_title(snapshot, body)
            similar[identifier].append(EarlierPaper(paper, title, date.fromisoformat(day)))
        return {paper: tuple(earlier) for paper, earlier in similar.items()}
