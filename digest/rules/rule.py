"""A rule of the config: parsed keywords and queries, and what its papers are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import QueryError
from digest.rules.syntax import And, Not, Or

if TYPE_CHECKING:
    from digest.rules.syntax import Node


@dataclass(frozen=True, slots=True)
class Rule:
    """What selects a paper, under which name, and for how many points.

    Raises `QueryError` where nothing in it can select: neither keywords nor query, or a query
    that only says what is not wanted.
    """

    name: str
    keywords: tuple[Node, ...] = ()
    query: Node | None = None
    require: tuple[Node, ...] = ()
    exclude: tuple[Node, ...] = ()
    weight: float = 1.0
    limit: int | None = None
    min_score: float | None = None
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    query_text: str = ""
    """The query as written, for messages."""

    def __post_init__(self) -> None:
        if not self.keywords and self.query is None:
            raise QueryError(
                f"rule {self.name!r} has neither keywords nor a query", text="", start=0, end=0
            )
        if not self.keywords and self.query is not None and only_negates(self.query):
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
        children = self.keywords if self.query is None else (*self.keywords, self.query)
        return children[0] if len(children) == 1 else Or(children)


def only_negates(node: Node) -> bool:
    """Whether `node` only says what is not wanted."""
    if isinstance(node, Not):
        return not only_negates(node.child)
    if isinstance(node, (And, Or)):
        return all(only_negates(child) for child in node.children)
    return False
