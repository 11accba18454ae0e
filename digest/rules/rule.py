"""A rule of the config: parsed keywords and queries, and what its papers are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import QueryError
from digest.rules.syntax import And, AtLeast, Not, Or

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.model import Order
    from digest.rules.syntax import Leaf, Node

ORDERS: tuple[Order, ...] = ("score", "upvotes", "comments", "newest", "learned", "library")


@dataclass(frozen=True, slots=True)
class Rule:
    """What selects a paper, under which name, and for how many points.

    Raises `QueryError` where nothing in it can select: neither keywords, query nor authors, or a
    query that only says what is not wanted.
    """

    name: str
    keywords: tuple[Node, ...] = ()
    query: Node | None = None
    require: tuple[Node, ...] = ()
    exclude: tuple[Node, ...] = ()
    weight: float = 1.0
    limit: int | None = None
    minimum: int = 0
    """Places that a limit of the digest keeps for this rule: `min` in the config."""
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
    """What takes points from it."""
    order: Order | None = None
    """What its section is ordered by; None for what the profile says."""
    until: date | None = None
    """The last day on which it selects."""
    paused: bool = False
    note: str = ""
    """Markdown that a person wrote, for its section."""
    written: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The entries of its lists as the config has them, by key; see `digest.rules.written`."""

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
    """Whether `node` only says what is not wanted."""
    if isinstance(node, Not):
        return not only_negates(node.child)
    if isinstance(node, (And, Or, AtLeast)):
        return all(only_negates(child) for child in node.children)
    return False


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Yield every leaf under `node`, those under NOT too, in the order of the text."""
    if isinstance(node, (And, Or, AtLeast)):
        for child in node.children:
            yield from leaves_of(child)
    elif isinstance(node, Not):
        yield from leaves_of(node.child)
    else:
        yield node
