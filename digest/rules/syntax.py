"""The tree that a query is parsed to: frozen nodes with value equality, no behaviour.

Leaves are keywords (`Phrase`, `Pattern`, `Near`, `Exact`, `Regex`, `Label`) and comparisons
(`DayRange`, `NumberRange`). Every leaf carries its field and its boost, those of the brackets
around it multiplied in, so that nothing below the root needs its ancestors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from digest.text.words import Break

TextField: TypeAlias = Literal["title", "abstract", "author", "org"]
LabelField: TypeAlias = Literal["category", "source", "id"]
DayField: TypeAlias = Literal["published"]
NumberField: TypeAlias = Literal["upvotes", "comments", "authors"]

LABEL_FIELDS: tuple[LabelField, ...] = ("category", "source", "id")
NUMBER_FIELDS: tuple[NumberField, ...] = ("upvotes", "comments", "authors")

# Named tuples, for keywords are made and hashed by the ten thousand, and a class of them is quickly
# made. As tuples `a AND b` would equal `a OR b`: `kind`, always the default, keeps them apart.


class Phrase(NamedTuple):
    """Consecutive words, joined or split as `rule-language` allows."""

    text: str
    """As written, without field and boost; the same for every leaf."""
    words: tuple[str, ...]
    """Normalised, plurals not folded."""
    gaps: tuple[Break, ...]
    """The breaks between the words, one fewer than there are words."""
    field: TextField | None = None
    boost: float = 1.0
    kind: Literal["phrase"] = "phrase"


class Pattern(NamedTuple):
    """A phrase in which at least one word holds a wildcard; its words stand one by one."""

    text: str
    words: tuple[str, ...]
    """Normalised, with `digest.text.words.ANY_RUN` and `ANY_ONE` for the wildcards."""
    gaps: tuple[Break, ...]
    field: TextField | None = None
    boost: float = 1.0
    kind: Literal["pattern"] = "pattern"


class Near(NamedTuple):
    """Words that stand near each other, in any order."""

    text: str
    words: tuple[str, ...]
    distance: int
    """How many other words may stand between the first and the last."""
    field: TextField | None = None
    boost: float = 1.0
    kind: Literal["near"] = "near"


class Exact(NamedTuple):
    """Characters of the clean text, as they are."""

    text: str
    literal: str
    field: TextField | None = None
    boost: float = 1.0
    kind: Literal["exact"] = "exact"


class Regex(NamedTuple):
    """A regular expression in RE2 syntax, searched in the clean text."""

    text: str
    pattern: str
    field: TextField | None = None
    boost: float = 1.0
    kind: Literal["regex"] = "regex"


class Label(NamedTuple):
    """A whole value of a label field; `*` in it stands for any characters."""

    text: str
    value: str
    field: LabelField
    boost: float = 1.0
    kind: Literal["label"] = "label"


class DayBound(NamedTuple):
    """A day, or one counted from the run's day."""

    iso: str
    """ISO day; empty for one counted from today."""
    offset: int = 0
    """Days after today, where `iso` is empty."""


class DayRange(NamedTuple):
    """A day between two bounds, both in; None is open."""

    text: str
    field: DayField
    low: DayBound | None
    high: DayBound | None
    boost: float | None = None
    """None: no points, as for every comparison without a boost."""
    kind: Literal["day range"] = "day range"


class NumberRange(NamedTuple):
    """A count between two bounds, both in; None is open."""

    text: str
    field: NumberField
    low: int | None
    high: int | None
    boost: float | None = None
    kind: Literal["number range"] = "number range"


Keyword: TypeAlias = Phrase | Pattern | Near | Exact | Regex | Label
Comparison: TypeAlias = DayRange | NumberRange
Leaf: TypeAlias = Keyword | Comparison


class And(NamedTuple):
    """All of `children`."""

    children: tuple[Node, ...]
    kind: Literal["and"] = "and"


class Or(NamedTuple):
    """Any of `children`."""

    children: tuple[Node, ...]
    kind: Literal["or"] = "or"


class Not(NamedTuple):
    """All that `child` does not match."""

    child: Node
    kind: Literal["not"] = "not"


Node: TypeAlias = "Leaf | And | Or | Not"
