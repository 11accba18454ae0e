"""Go through papers once and note every leaf that matches, and where.

A `Scanner` is made of one finder for each kind of leaf and each group of texts; it knows leaves
by number and nothing of rules. Places are runs of words (their characters are worked out for the
few papers that are shown), characters, or whole values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import numpy as np

from digest.matching.literals import LiteralTable
from digest.matching.patterns import WildcardTable, find_near, find_sequence, is_wild, spellings
from digest.matching.phrases import PhraseTable, Runs
from digest.matching.values import Columns, LabelTable, label_values
from digest.matching.word_index import build_index
from digest.rules.syntax import (
    LABEL_FIELDS,
    DayRange,
    Exact,
    Label,
    Near,
    NumberRange,
    Pattern,
    Phrase,
    Regex,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from digest.matching.arrays import Flags, Ints
    from digest.matching.word_index import WordIndex
    from digest.model import MatchField, Paper
    from digest.rules.syntax import Comparison, LabelField, Leaf

    WordLeaf: TypeAlias = Phrase | Pattern | Near

Group: TypeAlias = Literal["text", "author", "org"]
_GROUPS: Final[tuple[Group, ...]] = ("text", "author", "org")
_TITLE_AND_ABSTRACT: Final[tuple[MatchField, ...]] = ("title", "abstract")
_OTHER: Final = {"title": 1, "abstract": 0}
"""By the field that a leaf asks for: the place of the one that it does not."""
_NEITHER: Final = -1
CHUNK = 1024
"""Papers cut into words at once: their arrays stay in the processor's cache."""


class Place(NamedTuple):
    """Where one leaf matches: words or characters of a text, or a whole value."""

    leaf: int
    paper: int
    field: MatchField
    which: int
    """Which of several values of the field."""
    unit: Literal["words", "characters", "value", "none"]
    start: int
    end: int


class Batch(NamedTuple):
    """Papers to look at, read only where a rule asks for more than the words of their texts."""

    size: int
    papers: Callable[[], Sequence[Paper]]
    words: Sequence[WordIndex] = ()
    """The words of title and abstract, two texts a paper, of all papers; empty: to be cut."""

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> Batch:
        """Return papers that are at hand."""
        return cls(len(papers), lambda: papers)

    def cut(self) -> Batch:
        """Return the same papers with the words of their texts."""
        if self.words:
            return self
        papers = self.papers()
        chunks = (papers[start : start + CHUNK] for start in range(0, len(papers), CHUNK))
        words = [build_index(_texts(chunk, "text").texts) for chunk in chunks]
        return Batch(self.size, lambda: papers, words)


class Hits(NamedTuple):
    """Which leaf matches which paper, and whether in the title. Repeats are allowed."""

    leaf: Ints
    paper: Ints
    title: Flags

    @classmethod
    def joined(cls, parts: Sequence[Hits]) -> Hits:
        """Return the hits of all `parts`."""
        return cls(
            np.concatenate([part.leaf for part in parts]),
            np.concatenate([part.paper for part in parts]),
            np.concatenate([part.title for part in parts]),
        )


class WordFinder:
    """Finds the phrases, patterns and near words of one group of texts."""

    def __init__(self, leaves: Mapping[int, WordLeaf], *, fold: bool) -> None:
        self.fold = fold
        phrases = {number: leaf for number, leaf in leaves.items() if isinstance(leaf, Phrase)}
        self._leaf = np.fromiter(phrases, dtype=np.int64, count=len(phrases))
        self._sequences = [
            (number, sequence)
            for number, leaf in leaves.items()
            if isinstance(leaf, Pattern)
            for sequence in spellings(leaf)
        ]
        self._nears = [(number, leaf) for number, leaf in leaves.items() if isinstance(leaf, Near)]
        words = [word for _, sequence in self._sequences for word in sequence.words]
        words += [word for _, near in self._nears for word in near.words]
        self._wildcards = WildcardTable([word for word in words if is_wild(word)])
        # What patterns and near words are made of is looked for with the phrases, behind them.
        plain = dict.fromkeys(word for word in words if not is_wild(word))
        self._anchors = {word: len(phrases) + place for place, word in enumerate(plain)}
        anchors = (Phrase(word, (word,), ()) for word in plain)
        self._table = PhraseTable([*phrases.values(), *anchors], fold=fold)

    def find(self, index: WordIndex) -> Runs:
        """Return the runs of words that are leaves; `what` is the leaf's number."""
        runs = self._table.find(index)
        if not self._sequences and not self._nears:
            return Runs(self._leaf[runs.what], runs.word, runs.length)
        places = self._places(runs, index)
        phrases = runs.taken(runs.what < len(self._leaf))
        return Runs.joined(
            [
                Runs(self._leaf[phrases.what], phrases.word, phrases.length),
                *(find_sequence(*each, places, index) for each in self._sequences),
                *(find_near(*each, places, index) for each in self._nears),
            ]
        )

    def _places(self, runs: Runs, index: WordIndex) -> Callable[[str], Ints]:
        """Return a function from a single word to its places, ascending."""
        anchors = runs.taken(runs.what >= len(self._leaf))
        # Runs come by their length, not by their place: a word in two parts comes last.
        order = np.lexsort((anchors.word, anchors.what))
        what, word = anchors.what[order], anchors.word[order]
        wild = self._wildcards.find(index)

        def places(text: str) -> Ints:
            if text in wild:
                return wild[text]
            number = self._anchors[text]
            first, last = np.searchsorted(what, [number, number + 1])
            return word[first:last]

        return places


class _Texts(NamedTuple):
    """The texts of one group of many papers: whose each is, which field, which of several."""

    texts: list[str]
    paper: Ints
    fields: tuple[MatchField, ...]
    field: Ints
    """Position in `fields` of each text's field."""
    number: Ints


def _titles_and_abstracts(texts: list[str], papers: int) -> _Texts:
    every = np.arange(2 * papers)
    return _Texts(texts, every // 2, _TITLE_AND_ABSTRACT, every % 2, np.zeros_like(every))


def _texts(papers: Sequence[Paper], group: Group) -> _Texts:
    if group == "text":
        texts = [text for paper in papers for text in (paper.title, paper.abstract or "")]
        return _titles_and_abstracts(texts, len(papers))
    values = [
        (place, number, text)
        for place, paper in enumerate(papers)
        for number, text in enumerate(_names(paper, group))
    ]
    return _Texts(
        [text for _, _, text in values],
        np.array([place for place, _, _ in values], dtype=np.int64),
        (group,),
        np.zeros(len(values), dtype=np.int64),
        np.array([number for _, number, _ in values], dtype=np.int64),
    )


def _names(paper: Paper, group: Group) -> tuple[str, ...]:
    if group == "author":
        return tuple(map(str, paper.authors or ()))
    return (paper.organization,) if paper.organization else ()


class Scanner:
    """Finds the leaves of a plan in papers."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        words: dict[Group, dict[int, WordLeaf]] = {group: {} for group in _GROUPS}
        literals: dict[Group, dict[int, Exact | Regex]] = {group: {} for group in _GROUPS}
        labels: dict[LabelField, dict[int, Label]] = {field: {} for field in LABEL_FIELDS}
        self._comparisons: dict[int, Comparison] = {}
        self._barred = np.full(len(leaves), _NEITHER, dtype=np.int8)
        for number, leaf in enumerate(leaves):
            if isinstance(leaf, (DayRange, NumberRange)):
                self._comparisons[number] = leaf
            elif isinstance(leaf, Label):
                labels[leaf.field][number] = leaf
            else:
                if leaf.field in _OTHER:
                    self._barred[number] = _OTHER[leaf.field]
                group: Group = leaf.field if leaf.field in ("author", "org") else "text"
                if isinstance(leaf, (Exact, Regex)):
                    literals[group][number] = leaf
                else:
                    words[group][number] = leaf
        self._finders = {
            group: WordFinder(found, fold=group == "text")
            for group, found in words.items()
            if found
        }
        self._literals = {
            group: (list(found), LiteralTable(list(found.values())))
            for group, found in literals.items()
            if found
        }
        self._labels = {
            field: (list(found), LabelTable(list(found.values())))
            for field, found in labels.items()
            if found
        }

    @property
    def _wants_papers(self) -> bool:
        """Whether any leaf needs more than the words of titles and abstracts."""
        others = self._finders.keys() - {"text"}
        return bool(others or self._literals or self._labels or self._comparisons)

    def scan(self, batch: Batch, today: date, places: list[Place] | None = None) -> Hits:
        """Return every hit in the papers; with `places`, add to it where each stands.

        `today` is the day from which comparisons count days.
        """
        nothing = np.zeros(0, dtype=np.int64)
        parts = [_hits(nothing, nothing)]
        known = batch.words if "text" in self._finders else ()
        offset = 0
        for index in known:
            texts = _titles_and_abstracts([], (len(index.first) - 1) // 2)
            parts.append(self._scan_words("text", texts, index, offset, places))
            offset += len(texts.paper) // 2
        if known and not self._wants_papers:
            return Hits.joined(parts)
        papers = batch.papers()
        for group in _GROUPS:
            if group in self._finders or group in self._literals:
                for start in range(0, len(papers), CHUNK):
                    texts = _texts(papers[start : start + CHUNK], group)
                    if group in self._finders and not (known and group == "text"):
                        index = build_index(texts.texts, fold=self._finders[group].fold)
                        parts.append(self._scan_words(group, texts, index, start, places))
                    if group in self._literals:
                        found = _scan_literals(*self._literals[group], texts.texts)
                        parts.append(self._noted(texts, found, start, places))
        parts += self._scan_values(papers, today, places)
        return Hits.joined(parts)

    def _scan_words(
        self, group: Group, texts: _Texts, index: WordIndex, offset: int,
        places: list[Place] | None,
    ) -> Hits:  # fmt: skip
        runs = self._finders[group].find(index)
        text = index.text_of(runs.word)
        first = runs.word - index.first[text]
        found = _Found(runs.what, text, first, first + runs.length, "words")
        return self._noted(texts, found, offset, places)

    def _scan_values(
        self, papers: Sequence[Paper], today: date, places: list[Place] | None
    ) -> Iterator[Hits]:
        for field, (numbers, table) in self._labels.items():
            yield _scan_labels(field, numbers, table, papers, places)
        columns = Columns(papers, today)
        for number, comparison in self._comparisons.items():
            paper = np.flatnonzero(columns.holds(comparison))
            yield _hits(np.full(len(paper), number), paper)
            if places is not None:
                places += (
                    Place(number, place, comparison.field, 0, "none", 0, 0)
                    for place in paper.tolist()
                )

    def _noted(self, texts: _Texts, found: _Found, offset: int, places: list[Place] | None) -> Hits:
        """Drop what stands in a field that the leaf does not ask for; note the rest."""
        field = texts.field[found.text]
        if texts.fields == _TITLE_AND_ABSTRACT:
            kept = np.flatnonzero(self._barred[found.leaf] != field)
            if len(kept) < len(field):
                found, field = found.taken(kept), field[kept]
        paper = texts.paper[found.text] + offset
        if places is not None:
            which = texts.number[found.text]
            columns = (found.leaf, paper, field, which, found.start, found.end)
            places += (
                Place(leaf_, paper_, texts.fields[field_], which_, found.unit, start, end)
                for leaf_, paper_, field_, which_, start, end in zip(
                    *(column.tolist() for column in columns), strict=True
                )
            )
        return Hits(found.leaf, paper, (field == 0) & (texts.fields == _TITLE_AND_ABSTRACT))


class _Found(NamedTuple):
    """Leaves in texts: from `start` up to `end`, in words or in characters."""

    leaf: Ints
    text: Ints
    start: Ints
    end: Ints
    unit: Literal["words", "characters"]

    def taken(self, kept: Ints) -> _Found:
        return _Found(self.leaf[kept], self.text[kept], self.start[kept], self.end[kept], self.unit)


def _scan_literals(numbers: Sequence[int], table: LiteralTable, texts: Sequence[str]) -> _Found:
    rows = [
        (numbers[leaf], text, start, end)
        for text, content in enumerate(texts)
        for leaf, spans in table.find(content)
        for start, end in spans
    ]
    array = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return _Found(array[:, 0], array[:, 1], array[:, 2], array[:, 3], "characters")


def _scan_labels(
    field: LabelField,
    numbers: Sequence[int],
    table: LabelTable,
    papers: Sequence[Paper],
    places: list[Place] | None,
) -> Hits:
    rows = [
        Place(numbers[leaf], place, field, index, "value", 0, len(value))
        for place, paper in enumerate(papers)
        for index, value in enumerate(label_values(paper, field))
        for leaf in table.find(value)
    ]
    if places is not None:
        places += rows
    leaf = np.array([row.leaf for row in rows], dtype=np.int64)
    return _hits(leaf, np.array([row.paper for row in rows], dtype=np.int64))


def _hits(leaf: Ints, paper: Ints) -> Hits:
    return Hits(leaf, paper, np.zeros(len(leaf), dtype=np.bool_))
