"""The tree that a query is parsed to: frozen nodes with value equality, no behaviour.

Leaves are keywords (`Phrase`, `Pattern`, `Near`, `Proximity`, `Exact`, `Regex`, `Person`, `Label`),
comparisons (`DayRange`, `NumberRange`) and `SelectedBy`, another rule. Every leaf carries its field
and its boost, those of the brackets around it multiplied in, so that nothing below the root needs
its ancestors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from digest.rules.rule import Rule
    from digest.text.words import Break, Words

TextField: TypeAlias = Literal[
    "title", "abstract", "author", "first_author", "last_author", "org", "journal", "comment"
]
LabelField: TypeAlias = Literal["category", "primary", "source", "id", "doi", "type", "has"]
DayField: TypeAlias = Literal["published", "first_seen", "updated"]
NumberField: TypeAlias = Literal["upvotes", "comments", "authors"]

PERSON_FIELDS: tuple[TextField, ...] = ("author", "first_author", "last_author")
LABEL_FIELDS: tuple[LabelField, ...] = (
    "category", "primary", "source", "id", "doi", "type", "has",
)  # fmt: skip
DAY_FIELDS: tuple[DayField, ...] = ("published", "first_seen", "updated")
NUMBER_FIELDS: tuple[NumberField, ...] = ("upvotes", "comments", "authors")

# Named tuples, because keywords are made and hashed by the ten thousand, and a class of them is
# quickly made. As tuples `a AND b` would equal `a OR b`: `kind`, always the default, keeps them
# apart.


class Phrase(NamedTuple):
    """Consecutive words, joined or split as docs/rule-language.md allows."""

    text: str
    """As written, without field and boost; the same for every leaf."""
    words: tuple[str, ...]
    """Normalised, plurals not folded."""
    gaps: tuple[Break, ...]
    """The breaks between the words, one fewer than there are words."""
    kept: tuple[int, ...] = ()
    """Indices of the words whose plural is not folded (SARS)."""
    dotted: bool = False
    """Whether a dot must begin it (.NET)."""
    field: TextField | None = None
    boost: float = 1.0
    spellings: tuple[Words, ...] = ()
    """What matches as well, by the aliases of the config."""
    kind: Literal["phrase"] = "phrase"


class Pattern(NamedTuple):
    """A phrase in which at least one word holds a wildcard; its words stand one by one."""

    text: str
    words: tuple[str, ...]
    """Normalised, with `digest.text.words.ANY_RUN` and `ANY_ONE` for the wildcards."""
    gaps: tuple[Break, ...]
    kept: tuple[int, ...] = ()
    dotted: bool = False
    field: TextField | None = None
    boost: float = 1.0
    spellings: tuple[Words, ...] = ()
    kind: Literal["pattern"] = "pattern"


class Near(NamedTuple):
    """Words that stand near each other, in any order."""

    text: str
    units: tuple[Words, ...]
    """What stands at one place: a word, or words joined by hyphens; wildcards as in `Pattern`."""
    distance: int
    """How many other words may stand between the first and the last."""
    dotted: bool = False
    field: TextField | None = None
    boost: float = 1.0
    spellings: tuple[tuple[Words, ...], ...] = ()
    kind: Literal["near"] = "near"

    @property
    def words(self) -> tuple[str, ...]:
        """The words of all units."""
        return tuple(word for unit in self.units for word in unit.texts)


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


class Proximity(NamedTuple):
    """`left NEAR/5 right`, or `left PRE/5 right`: each side is one of several terms."""

    text: str
    left: tuple[Phrase | Pattern | Exact, ...]
    right: tuple[Phrase | Pattern | Exact, ...]
    distance: int
    """How many words may stand between the two."""
    ordered: bool
    """Whether the left side must come first."""
    field: TextField | None = None
    boost: float = 1.0
    kind: Literal["proximity"] = "proximity"


class Person(NamedTuple):
    """An author, by the name in any of its forms."""

    text: str
    name: str
    """As written, LaTeX cleaned; `digest.rules.people` reads it."""
    field: TextField
    boost: float = 1.0
    kind: Literal["person"] = "person"


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


class SelectedBy(NamedTuple):
    """`rule:"Scaling laws"`: what another rule of the config selects. It gives no points."""

    text: str
    name: str
    rule: Rule | None = None
    """The rule itself, once the rules of the config are known."""
    field: Literal["rule"] = "rule"
    boost: float | None = None
    kind: Literal["rule"] = "rule"


Keyword: TypeAlias = Phrase | Pattern | Near | Exact | Regex | Proximity | Person | Label
Comparison: TypeAlias = DayRange | NumberRange
Leaf: TypeAlias = Keyword | Comparison | SelectedBy


class And(NamedTuple):
    """All of `children`."""

    children: tuple[Node, ...]
    kind: Literal["and"] = "and"


class Or(NamedTuple):
    """Any of `children`."""

    children: tuple[Node, ...]
    best: bool = False
    """Whether it stands in a bracket, whose alternatives give the points of the best of them."""
    kind: Literal["or"] = "or"


class AtLeast(NamedTuple):
    """`ANY 2 (a, b, c)`: at least `least` of `children`."""

    least: int
    children: tuple[Node, ...]
    kind: Literal["at least"] = "at least"


class Not(NamedTuple):
    """All that `child` does not match."""

    child: Node
    kind: Literal["not"] = "not"


Node: TypeAlias = "Leaf | And | Or | AtLeast | Not"
