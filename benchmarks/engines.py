"""The engines that are measured in one process, behind one small interface.

Each is given the form of a rule that suits it best, and asked for no more than it must say: the
others count, ours names rule, paper and points. What a tuned script would do is done for each
(one field instead of two in tantivy, a large hash table and no sizes of columns in FTS5).
"""

from __future__ import annotations

import sqlite3
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Protocol

from benchmarks.languages import as_digest, as_fts5, as_regexes, as_tantivy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.corpus import Text
    from benchmarks.forms import Form
    from benchmarks.languages import Patterns

TODAY: Final = date(2026, 1, 1)
HEAP: Final = 256_000_000
"""Bytes for tantivy's writer: one segment, and nothing to merge."""


class Engine(Protocol):
    """Rules in some engine. `prepare` is not measured; `counts` is all that the papers cost."""

    def __init__(self, forms: Sequence[Form]) -> None:
        """Parse and compile the rules; measured by itself."""

    def prepare(self, texts: Sequence[Text]) -> None:
        """Bring the papers into the shape in which they reach the engine in a program."""

    def counts(self) -> list[int]:
        """Go through the papers and return how many each rule selects."""

    def selected(self) -> list[frozenset[int]]:
        """Like `counts`, but return the numbers of the papers."""


class Digest:
    """Our matcher."""

    def __init__(self, forms: Sequence[Form]) -> None:
        from digest.matching import compile_rules
        from digest.search import as_rule

        rules = [as_rule(as_digest(form), f"rule {n}") for n, form in enumerate(forms)]
        self._matcher = compile_rules(rules, today=TODAY)

    def prepare(self, texts: Sequence[Text]) -> None:
        """Make papers, as a reader of dumps does."""
        from digest.model import Paper

        self._papers = [
            Paper(id=str(number), title=title, abstract=abstract)
            for number, (title, abstract) in enumerate(texts)
        ]

    def counts(self) -> list[int]:
        """Count, as `digest match --count` does."""
        import numpy as np

        from digest.matching.matcher import AT_ONCE
        from digest.matching.scan import Batch

        total = np.zeros(len(self._matcher.rules), dtype=np.int64)
        for start in range(0, len(self._papers), AT_ONCE):
            total += self._matcher.count_batch(Batch.of(self._papers[start : start + AT_ONCE]))
        return [int(count) for count in total]

    def selected(self) -> list[frozenset[int]]:
        """Return the papers of each rule."""
        result = self._matcher.select(self._papers)
        return _grouped(
            zip(result.rule.tolist(), result.paper.tolist(), strict=True), len(self._matcher.rules)
        )


class DigestPapers(Digest):
    """Our matcher, asked which papers each rule selects and for how many points."""

    def counts(self) -> list[int]:
        """Go through what is selected: rule, paper and points of every hit."""
        import numpy as np

        rule = self._matcher.select(self._papers).rule
        return [int(count) for count in np.bincount(rule, minlength=len(self._matcher.rules))]


class Regexes:
    """A loop of compiled regular expressions over lowered texts: what scripts do."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._rules: list[Patterns] = [as_regexes(form) for form in forms]
        self._as_it_stands = any(
            term.kind in ("exact", "regex") for form in forms for term in form.terms
        )

    def prepare(self, texts: Sequence[Text]) -> None:
        """Take the texts as they are."""
        self._texts = texts

    def counts(self) -> list[int]:
        """Count, rule by rule."""
        return [len(papers) for papers in self.selected()]

    def selected(self) -> list[frozenset[int]]:
        """Return the papers of each rule."""
        hits = (
            (number, paper)
            for paper, (title, abstract) in enumerate(self._texts)
            for number, rule in enumerate(self._selecting(title, abstract))
            if rule
        )
        return _grouped(hits, len(self._rules))

    def _selecting(self, title: str, abstract: str) -> Iterable[bool]:
        if not self._as_it_stands:
            title, abstract = title.lower(), abstract.lower()

        def found(only_title: bool, pattern: Any) -> bool:  # noqa: ANN401, FBT001 - a row of Patterns
            return bool(pattern.search(title) or (not only_title and pattern.search(abstract)))

        for any_of, all_of, none_of in self._rules:
            yield (
                any(found(*row) for row in any_of)
                and all(found(*row) for row in all_of)
                and not any(found(*row) for row in none_of)
            )


class Tantivy:
    """Tantivy: index the batch, then ask every rule, counts only."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._index = tantivy_index()
        self._queries = [tantivy_query(self._index, as_tantivy(form)) for form in forms]

    def prepare(self, texts: Sequence[Text]) -> None:
        """Take the texts as they are."""
        self._texts = texts

    def counts(self) -> list[int]:
        """Index, then count."""
        searcher = tantivy_filled(self._index, self._texts, threads=1)
        return [searcher.search(query, 1).count for query in self._queries]

    def selected(self) -> list[frozenset[int]]:
        """Return the papers of each rule; in one segment a document's number is the paper's."""
        searcher = tantivy_filled(self._index, self._texts, threads=1)
        if searcher.num_segments > 1:
            raise RuntimeError("tantivy made more than one segment")
        limit = max(1, len(self._texts))
        return [
            frozenset(address.doc for _, address in searcher.search(query, limit, count=False).hits)
            for query in self._queries
        ]


class TantivyPapers(Tantivy):
    """Tantivy, asked which papers a rule selects and not only how many."""

    def counts(self) -> list[int]:
        """Index, then collect each rule's papers."""
        return [len(papers) for papers in self.selected()]


class Fts5:
    """SQLite FTS5: index the batch, then ask every rule, counts only."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._expressions = [as_fts5(form) for form in forms]

    def prepare(self, texts: Sequence[Text]) -> None:
        """Take the texts as they are."""
        self._texts = texts

    def counts(self) -> list[int]:
        """Index, then count."""
        return self._asked("count(*)", lambda rows: int(next(iter(rows))[0]))

    def selected(self) -> list[frozenset[int]]:
        """Return the papers of each rule."""
        return self._asked("rowid", lambda rows: frozenset(row[0] for row in rows))

    def _asked(self, what: str, read: Callable[[sqlite3.Cursor], Any]) -> list[Any]:
        connection = fts5_filled(self._texts)
        sql = f"SELECT {what} FROM paper WHERE paper MATCH ?"
        return [read(connection.execute(sql, (text,))) for text in self._expressions]


ENGINES: Final[dict[str, type[Engine]]] = {
    "digest": Digest,
    "tantivy": Tantivy,
    "FTS5": Fts5,
    "digest, which papers": DigestPapers,
    "tantivy, which papers": TantivyPapers,
    "regexes": Regexes,
}


def available(names: Iterable[str]) -> list[str]:
    """Return those of the engines that can be had here."""
    has_tantivy = find_spec("tantivy") is not None
    return [name for name in names if has_tantivy or not name.startswith("tantivy")]


def _grouped(hits: Iterable[tuple[int, int]], rules: int) -> list[frozenset[int]]:
    papers: list[list[int]] = [[] for _ in range(rules)]
    for rule, paper in hits:
        papers[rule].append(paper)
    return [frozenset(found) for found in papers]


# Shared with the processes that do the same for a library: benchmarks/others.py. tantivy comes
# without being installed by default, hence Any.


def tantivy_index() -> Any:  # noqa: ANN401
    """Return an empty index: titles alone, and titles and abstracts together.

    Two values of one field lie apart, so that no phrase runs over the end of the title, and a
    word is looked up once instead of once a field.
    """
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title")
    builder.add_text_field("text")
    return tantivy.Index(builder.build())


def tantivy_query(index: Any, text: str) -> Any:  # noqa: ANN401
    """Parse one query; no scores are wanted."""
    import tantivy

    query = index.parse_query(text, ["text"], allow_regexes=True)
    return tantivy.Query.const_score_query(query, 1.0)


def tantivy_filled(index: Any, texts: Iterable[Text], *, threads: int) -> Any:  # noqa: ANN401
    """Index the texts and return a searcher."""
    import tantivy

    writer = index.writer(HEAP, threads)
    for title, abstract in texts:
        writer.add_document(tantivy.Document(title=title, text=[title, abstract]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index.searcher()


def fts5_filled(texts: Iterable[Text]) -> sqlite3.Connection:
    """Return a table of the texts, numbered from 0."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE paper USING fts5(title, abstract, content='', columnsize=0,"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    connection.execute("INSERT INTO paper(paper, rank) VALUES ('hashsize', ?)", (1 << 26,))
    connection.executemany(
        "INSERT INTO paper(rowid, title, abstract) VALUES (?, ?, ?)",
        ((number, title, abstract) for number, (title, abstract) in enumerate(texts)),
    )
    connection.commit()
    return connection
