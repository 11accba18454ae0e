"""The tree of a parsed query, and the rule of the config that holds it.

Nodes are frozen, with value equality and no behaviour. Rule is here too, because a query may name
another rule: `rule:"Scaling laws"`.

Leaves are keywords (`Phrase`, `Pattern`, `Near`, `Proximity`, `Exact`, `Regex`, `Person`, `Label`),
comparisons (`DayRange`, `NumberRange`) and `SelectedBy`, another rule. Every leaf has its field and
its boost, multiplied by those of the brackets around it, so that nothing below the root needs its
ancestors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from digest.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.model import Order
    from digest.text.words import Words

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

# Nodes hold nothing that holds them, so the garbage collector need not follow them (`gc=False`):
# it would walk through all of ten thousand rules again and again while they are read.


class Phrase(Struct, frozen=True, gc=False):
    """Consecutive words, joined or split as docs/rule-language.md allows."""

    text: str
    """As written, without field and boost; the same for every leaf."""
    spelling: Words
    field: TextField | None = None
    boost: float = 1.0
    spellings: tuple[Words, ...] = ()
    """Other spellings that match, from the aliases of the config."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words as written, normalised; plurals are not folded."""
        return self.spelling.texts


class Pattern(Struct, frozen=True, gc=False):
    """A phrase in which at least one word has a wildcard; its words are matched one by one."""

    text: str
    spelling: Words
    field: TextField | None = None
    boost: float = 1.0
    spellings: tuple[Words, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words, with `digest.text.words.ANY_RUN` and `ANY_ONE` for the wildcards."""
        return self.spelling.texts


class Near(Struct, frozen=True, gc=False):
    """Words near each other, in any order."""

    text: str
    units: tuple[Words, ...]
    """What matches at one place: a word, or words joined by hyphens; wildcards as in `Pattern`."""
    distance: int
    """Maximum number of other words between the first and the last."""
    dotted: bool = False
    field: TextField | None = None
    boost: float = 1.0
    spellings: tuple[tuple[Words, ...], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of all units."""
        return tuple(word for unit in self.units for word in unit.texts)


class Exact(Struct, frozen=True, gc=False):
    """Characters of the clean text, as they are."""

    text: str
    literal: str
    field: TextField | None = None
    boost: float = 1.0


class Regex(Struct, frozen=True, gc=False):
    """A regular expression in RE2 syntax, searched in the clean text."""

    text: str
    pattern: str
    field: TextField | None = None
    boost: float = 1.0


class Proximity(Struct, frozen=True, gc=False):
    """`left NEAR/5 right`, or `left PRE/5 right`: each side is one of several terms."""

    text: str
    left: tuple[Phrase | Pattern | Exact, ...]
    right: tuple[Phrase | Pattern | Exact, ...]
    distance: int
    """Maximum number of words between the two."""
    ordered: bool
    """Whether the left side must come first."""
    field: TextField | None = None
    boost: float = 1.0


class Person(Struct, frozen=True, gc=False):
    """An author, by any form of the name."""

    text: str
    name: str
    """As written, LaTeX cleaned; `digest.rules.people` reads it."""
    field: TextField
    boost: float = 1.0


class Label(Struct, frozen=True, gc=False):
    """The whole value of a label field; `*` in it stands for any characters."""

    text: str
    value: str
    field: LabelField
    boost: float = 1.0


class DayBound(Struct, frozen=True, gc=False):
    """A day, or one relative to the run's day."""

    iso: str
    """ISO day; empty for one counted from today."""
    offset: int = 0
    """Days after today, if `iso` is empty."""


class DayRange(Struct, frozen=True, gc=False):
    """A day between two inclusive bounds; None is open."""

    text: str
    field: DayField
    low: DayBound | None
    high: DayBound | None
    boost: float | None = None
    """None: no points, as for every comparison without a boost."""


class NumberRange(Struct, frozen=True, gc=False):
    """A count between two inclusive bounds; None is open."""

    text: str
    field: NumberField
    low: int | None
    high: int | None
    boost: float | None = None


class SelectedBy(Struct, frozen=True, gc=False):
    """`rule:"Scaling laws"`: what another rule of the config selects. It gives no points."""

    text: str
    name: str
    rule: Rule | None = None
    """The rule itself, once the rules of the config are known."""
    field: Literal["rule"] = "rule"
    boost: float | None = None


Keyword: TypeAlias = Phrase | Pattern | Near | Exact | Regex | Proximity | Person | Label
Comparison: TypeAlias = DayRange | NumberRange
Leaf: TypeAlias = Keyword | Comparison | SelectedBy


class And(Struct, frozen=True, gc=False):
    """All of `children`."""

    children: tuple[Node, ...]


class Or(Struct, frozen=True, gc=False):
    """Any of `children`."""

    children: tuple[Node, ...]
    best: bool = False
    """Whether it is a bracket whose alternatives give the points of the best of them."""


class AtLeast(Struct, frozen=True, gc=False):
    """`ANY 2 (a, b, c)`: at least `least` of `children`."""

    least: int
    children: tuple[Node, ...]


class Not(Struct, frozen=True, gc=False):
    """Everything that `child` does not match."""

    child: Node


Node: TypeAlias = "Leaf | And | Or | AtLeast | Not"


ORDERS: tuple[Order, ...] = ("score", "upvotes", "comments", "newest", "learned", "library")


class Rule(Struct, frozen=True, gc=False):
    """What selects a paper, under which name, and for how many points.

    Raises `QueryError` if nothing in it can select: neither keywords, query nor authors, or a query
    that only excludes.
    """

    name: str
    keywords: tuple[Node, ...] = ()
    query: Node | None = None
    require: tuple[Node, ...] = ()
    exclude: tuple[Node, ...] = ()
    weight: float = 1.0
    limit: int | None = None
    minimum: int = 0
    """Places that a digest's limit reserves for this rule: `min` in the config."""
    min_score: float | None = None
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    query_text: str = ""
    """The query as written, for messages."""
    authors: tuple[Node, ...] = ()
    """People whose papers are selected."""
    prefer: tuple[Node, ...] = ()
    """What gives points to a paper that is selected anyway."""
    avoid: tuple[Node, ...] = ()
    """What subtracts points from it."""
    order: Order | None = None
    """The order of its section; None: the profile's order."""
    until: date | None = None
    """The last day on which it selects."""
    paused: bool = False
    note: str = ""
    """Markdown that a person wrote, for its section."""
    written: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The entries of its lists as in the config, by key; see `digest.rules.rule_text`."""

    def __post_init__(self) -> None:
        if not (self.keywords or self.authors) and self.query is None:
            raise QueryError(
                f"rule {self.name!r} has neither keywords, a query nor authors",
                text="", start=0, end=0,
            )  # fmt: skip
        if not (self.keywords or self.authors) and self.query and only_negates(self.query):
            raise QueryError(
                "a negation alone selects nearly everything",
                text=self.query_text,
                start=0,
                end=len(self.query_text),
                hint="Say what is wanted too, as in: robots NOT survey.",
            )

    @property
    def selecting(self) -> Node:
        """The tree that selects, before `require` and `exclude`."""
        children = (*self.keywords, *self.authors)
        if self.query is not None:
            children = (*children, self.query)
        return children[0] if len(children) == 1 else Or(children)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All trees of the rule."""
        return (
            self.selecting, *self.require, *self.exclude, *self.prefer, *self.avoid,
        )  # fmt: skip

    def rests(self, today: date) -> bool:
        """Return whether the rule selects nothing on the day `today`."""
        return self.paused or (self.until is not None and today > self.until)


def only_negates(node: Node) -> bool:
    """Whether `node` only excludes."""
    if type(node) is Phrase:  # most are, and a miss of `isinstance` takes long with structs
        return False
    if isinstance(node, Not):
        return not only_negates(node.child)
    if isinstance(node, (And, Or, AtLeast)):
        return all(map(only_negates, node.children))
    return False


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Yield every leaf under `node`, also under NOT, in the order of the text."""
    if isinstance(node, (And, Or, AtLeast)):
        for child in node.children:
            yield from leaves_of(child)
    elif isinstance(node, Not):
        yield from leaves_of(node.child)
    else:
        yield node
