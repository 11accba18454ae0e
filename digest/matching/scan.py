"""Find every leaf in many papers, and its places.

A `Scanner` has one finder for each kind of leaf and each group of texts; it knows leaves by number
and no rules. Places are runs of words (their characters are computed only for papers that are
shown), characters, or whole values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from msgspec import Struct

from digest.matching.literals import LiteralTable
from digest.matching.people import PersonTable
from digest.matching.proximity import ExactProximity
from digest.matching.values import Columns, LabelTable, label_values
from digest.matching.word_finder import WordFinder, WordLeaf
from digest.matching.word_index import build_index
from digest.rules.syntax import (
    LABEL_FIELDS,
    PERSON_FIELDS,
    DayRange,
    Exact,
    Label,
    Near,
    NumberRange,
    Pattern,
    Person,
    Phrase,
    Proximity,
    Regex,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from digest.matching.arrays import Bytes, Flags, Ints
    from digest.matching.word_index import WordIndex
    from digest.model import MatchField, Name, Paper
    from digest.rules.syntax import Comparison, LabelField, Leaf, TextField

Group: TypeAlias = Literal[
    "text", "author", "first_author", "last_author", "org", "journal", "comment"
]
_GROUPS: Final[tuple[Group, ...]] = (
    "text", "author", "first_author", "last_author", "org", "journal", "comment",
)  # fmt: skip
_FOLDED: Final[frozenset[Group]] = frozenset(("text",))
"""Groups whose words are folded: names of places and journals are compared as written."""
_TITLE_AND_ABSTRACT: Final[tuple[MatchField, ...]] = ("title", "abstract")
_GROUP_OF: Final[dict[TextField | None, Group]] = {
    None: "text", "title": "text", "abstract": "text", "author": "author",
    "first_author": "first_author", "last_author": "last_author", "org": "org",
    "journal": "journal", "comment": "comment",
}  # fmt: skip
_OTHER: Final[dict[str | None, int]] = {"title": 1, "abstract": 0}
"""By the field that a leaf asks for: the index of the field that it excludes."""
_NEITHER: Final = 255
CHUNK = 820
"""Papers cut into words together: their arrays stay in the processor's cache. Five of these chunks
are evaluated together by a matcher, `AT_ONCE`."""


class Place(Struct, frozen=True):
    """Where one leaf matches: words or characters of a text, or a whole value."""

    leaf: int
    paper: int
    field: MatchField
    which: int
    """The number of the value, in a field with several."""
    unit: Literal["words", "characters", "value", "none"]
    start: int
    end: int


class Batch(Struct, frozen=True):
    """Papers, loaded only if a rule needs more than the words of their texts."""

    size: int
    papers: Callable[[], Sequence[Paper]]
    words: Sequence[WordIndex] = ()
    """The words of title and abstract of all papers, two texts per paper; empty: to be cut."""

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> Batch:
        """Return a batch of loaded papers."""
        return cls(len(papers), lambda: papers)

    def cut(self) -> Batch:
        """Return the same papers with the words of their texts."""
        if self.words:
            return self
        papers = self.papers()
        chunks = (papers[start : start + CHUNK] for start in range(0, len(papers), CHUNK))
        words = [build_index(_texts(chunk, "text").texts) for chunk in chunks]
        return Batch(self.size, lambda: papers, words)


class Hits(Struct, frozen=True):
    """Which leaf matches which paper, and whether in the title; may have repeats."""

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


class _Texts(Struct, frozen=True):
    """The texts of one group of many papers: each with its paper, field and number."""

    texts: list[str]
    paper: Ints
    fields: tuple[MatchField, ...]
    field: Bytes
    """Position in `fields` of each text's field."""
    number: Ints


def _titles_and_abstracts(texts: list[str], papers: int) -> _Texts:
    numbers = np.arange(2 * papers)
    field = (numbers % 2).astype(np.uint8)
    return _Texts(texts, numbers // 2, _TITLE_AND_ABSTRACT, field, np.zeros_like(numbers))


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
        np.zeros(len(values), dtype=np.uint8),
        np.array([number for _, number, _ in values], dtype=np.int64),
    )


def _names(paper: Paper, group: Group) -> tuple[str, ...]:
    if group in PERSON_FIELDS:
        return tuple(map(str, authors_of(paper, group)))
    texts = {"org": paper.organization, "journal": paper.journal, "comment": paper.comment}
    text = texts[group]
    return (text,) if text else ()


def authors_of(paper: Paper, field: str) -> tuple[Name, ...]:
    """Return the authors in a field of people."""
    authors = paper.authors or ()
    if field == "first_author":
        return authors[:1]
    if field == "last_author":
        # If the list is cut short, its last author is not the paper's last.
        cut_short = paper.author_count is not None and paper.author_count > len(authors)
        return () if cut_short else authors[-1:]
    return authors


def text_of(paper: Paper, field: str, which: int) -> str:
    """Return the text of a text field; of several values the one with the number `which`."""
    if field in PERSON_FIELDS:
        return str(authors_of(paper, field)[which])
    texts = {
        "title": paper.title, "abstract": paper.abstract, "org": paper.organization,
        "journal": paper.journal, "comment": paper.comment,
    }  # fmt: skip
    return texts[field] or ""


class Scanner:
    """Finds the leaves of a plan in papers."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        words: dict[Group, dict[int, WordLeaf]] = {group: {} for group in _GROUPS}
        literals: dict[Group, dict[int, Exact | Regex]] = {group: {} for group in _GROUPS}
        exact_pairs: dict[Group, dict[int, Proximity]] = {group: {} for group in _GROUPS}
        labels: dict[LabelField, dict[int, Label]] = {field: {} for field in LABEL_FIELDS}
        people: dict[TextField, dict[int, Person]] = {field: {} for field in PERSON_FIELDS}
        self._comparisons: dict[int, Comparison] = {}
        self._barred = np.array([_OTHER.get(leaf.field, _NEITHER) for leaf in leaves], np.uint8)
        for number, leaf in enumerate(leaves):
            if isinstance(leaf, (Phrase, Pattern, Near)):
                words[_GROUP_OF[leaf.field]][number] = leaf
            elif isinstance(leaf, (DayRange, NumberRange)):
                self._comparisons[number] = leaf
            elif isinstance(leaf, Label):
                labels[leaf.field][number] = leaf
            elif isinstance(leaf, Person):
                people[leaf.field][number] = leaf
            elif isinstance(leaf, (Exact, Regex)):
                literals[_GROUP_OF[leaf.field]][number] = leaf
            elif isinstance(leaf, Proximity):
                group = _GROUP_OF[leaf.field]
                if _has_exact(leaf):
                    exact_pairs[group][number] = leaf
                else:
                    words[group][number] = leaf
        self._finders = {
            group: WordFinder(group_leaves, fold=group in _FOLDED)
            for group, group_leaves in words.items()
            if group_leaves
        }
        self._literals = {
            group: (list(group_leaves), LiteralTable(list(group_leaves.values())))
            for group, group_leaves in literals.items()
            if group_leaves
        }
        self._exact_pairs = {
            group: {
                number: ExactProximity(leaf, fold=group in _FOLDED)
                for number, leaf in group_leaves.items()
            }
            for group, group_leaves in exact_pairs.items()
            if group_leaves
        }
        self._labels = {
            field: (list(group_leaves), LabelTable(list(group_leaves.values())))
            for field, group_leaves in labels.items()
            if group_leaves
        }
        self._people = {
            field: (list(group_leaves), PersonTable(list(group_leaves.values())))
            for field, group_leaves in people.items()
            if group_leaves
        }

    @property
    def _wants_papers(self) -> bool:
        """Whether any leaf needs more than the words of titles and abstracts."""
        other_finders = self._finders.keys() - {"text"}
        return bool(
            other_finders or self._literals or self._exact_pairs or self._labels or self._people
            or self._comparisons
        )  # fmt: skip

    def scan(self, batch: Batch, today: date, places: list[Place] | None = None) -> Hits:
        """Return every hit in the papers; if `places` is given, add the place of each to it.

        `today` is the day that relative days refer to.
        """
        empty = np.zeros(0, dtype=np.int64)
        parts = [_hits(empty, empty)]
        known = batch.words if "text" in self._finders else ()
        offset = 0
        for index in known:
            texts = _titles_and_abstracts([], index.texts // 2)
            parts.append(self._scan_words("text", texts, index, offset, places))
            offset += len(texts.paper) // 2
        if known and not self._wants_papers:
            return Hits.joined(parts)
        papers = batch.papers()
        for group in _GROUPS:
            if group in self._finders or group in self._literals or group in self._exact_pairs:
                for start in range(0, len(papers), CHUNK):
                    texts = _texts(papers[start : start + CHUNK], group)
                    if group in self._finders and not (known and group == "text"):
                        index = build_index(texts.texts, fold=self._finders[group].fold)
                        parts.append(self._scan_words(group, texts, index, start, places))
                    if group in self._literals:
                        found_leaves = _scan_literals(*self._literals[group], texts.texts)
                        parts.append(self._noted(texts, found_leaves, start, places))
                    for number, pair in self._exact_pairs.get(group, {}).items():
                        found_leaves = _scan_pair(number, pair, texts.texts)
                        parts.append(self._noted(texts, found_leaves, start, places))
        parts += self._scan_values(papers, today, places)
        return Hits.joined(parts)

    def _scan_words(
        self, group: Group, texts: _Texts, index: WordIndex, offset: int,
        places: list[Place] | None,
    ) -> Hits:  # fmt: skip
        runs = self._finders[group].find(index)
        text = index.text_of(runs.word)
        spans: tuple[Ints, ...] = ()
        if places is not None:
            first = runs.word - index.first[text]
            spans = (first, first + runs.length)
        if len(index.copies):
            copied = text >= index.texts
            text[copied] = index.copies[text[copied] - index.texts]
        found_leaves = _LeafPlaces(runs.matcher, text, spans, "words")
        return self._noted(texts, found_leaves, offset, places)

    def _scan_values(
        self, papers: Sequence[Paper], today: date, places: list[Place] | None
    ) -> Iterator[Hits]:
        for field, (numbers, table) in self._labels.items():
            yield _scan_labels(field, numbers, table, papers, places)
        for field_, (numbers, people) in self._people.items():
            yield _scan_people(field_, numbers, people, papers, places)
        columns = Columns(papers, today)
        for number, comparison in self._comparisons.items():
            paper = np.flatnonzero(columns.holds(comparison))
            yield _hits(np.full(len(paper), number), paper)
            if places is not None:
                places += (
                    Place(number, place, comparison.field, 0, "none", 0, 0)
                    for place in paper.tolist()
                )

    def _noted(
        self, texts: _Texts, found_leaves: _LeafPlaces, offset: int, places: list[Place] | None
    ) -> Hits:
        """Drop matches in fields that the leaf does not ask for; note the places of the rest."""
        field = texts.field[found_leaves.text]
        if texts.fields == _TITLE_AND_ABSTRACT:
            kept = np.flatnonzero(self._barred[found_leaves.leaf] != field)
            if len(kept) < len(field):
                found_leaves, field = found_leaves.select(kept), field[kept]
        paper = texts.paper[found_leaves.text] + offset
        if places is not None:
            value_number = texts.number[found_leaves.text]
            columns: tuple[Ints | Bytes, ...] = (
                found_leaves.leaf,
                paper,
                field,
                value_number,
                *found_leaves.spans,
            )
            places += (
                Place(leaf_, paper_, texts.fields[field_], which_, found_leaves.unit, start, end)
                for leaf_, paper_, field_, which_, start, end in zip(
                    *(column.tolist() for column in columns), strict=True
                )
            )
        return Hits(found_leaves.leaf, paper, (field == 0) & (texts.fields == _TITLE_AND_ABSTRACT))


class _LeafPlaces(Struct, frozen=True):
    """Leaves in texts, and their places."""

    leaf: Ints
    text: Ints
    spans: tuple[Ints, ...]
    """Start and end, in words or in characters; empty if only the texts matter."""
    unit: Literal["words", "characters"]

    def select(self, kept: Ints) -> _LeafPlaces:
        spans = tuple(column[kept] for column in self.spans)
        return _LeafPlaces(self.leaf[kept], self.text[kept], spans, self.unit)


def _scan_literals(
    numbers: Sequence[int], table: LiteralTable, texts: Sequence[str]
) -> _LeafPlaces:
    rows = [
        (numbers[leaf], text, start, end)
        for text, content in enumerate(texts)
        for leaf, spans in table.find(content)
        for start, end in spans
    ]
    array = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return _LeafPlaces(array[:, 0], array[:, 1], (array[:, 2], array[:, 3]), "characters")


def _scan_pair(number: int, pair: ExactProximity, texts: Sequence[str]) -> _LeafPlaces:
    rows = [(text, *span) for text, content in enumerate(texts) for span in pair.find(content)]
    array = np.array(rows, dtype=np.int64).reshape(-1, 3)
    leaf = np.full(len(array), number)
    return _LeafPlaces(leaf, array[:, 0], (array[:, 1], array[:, 2]), "characters")


def _has_exact(leaf: Proximity) -> bool:
    return any(isinstance(side, Exact) for side in (*leaf.left, *leaf.right))


def _scan_people(
    field: TextField,
    numbers: Sequence[int],
    table: PersonTable,
    papers: Sequence[Paper],
    places: list[Place] | None,
) -> Hits:
    rows = [
        Place(numbers[leaf], place, field, index, "value", 0, len(str(author)))
        for place, paper in enumerate(papers)
        for index, author in enumerate(authors_of(paper, field))
        for leaf in table.find(author)
    ]
    return _valued(rows, places)


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
    return _valued(rows, places)


def _valued(rows: list[Place], places: list[Place] | None) -> Hits:
    if places is not None:
        places += rows
    leaf = np.array([row.leaf for row in rows], dtype=np.int64)
    return _hits(leaf, np.array([row.paper for row in rows], dtype=np.int64))


def _hits(leaf: Ints, paper: Ints) -> Hits:
    return Hits(leaf, paper, np.zeros(len(leaf), dtype=np.bool_))
