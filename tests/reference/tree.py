"""What a query is made of, and which queries ask for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["words", "exact", "near", "regex", "label", "comparison", "rule"]

FIELDS = {
    "title": "title", "ti": "title", "abstract": "abstract", "abs": "abstract",
    "author": "author", "au": "author", "first_author": "first_author",
    "last_author": "last_author", "org": "org", "journal": "journal", "comment": "comment",
    "category": "category", "cat": "category", "primary": "primary", "source": "source",
    "id": "id", "doi": "doi", "type": "type", "has": "has", "published": "published",
    "first_seen": "first_seen", "updated": "updated", "upvotes": "upvotes",
    "comments": "comments", "authors": "authors", "rule": "rule",
}  # fmt: skip
PEOPLE = {"author", "first_author", "last_author"}
LABELS = {"category", "primary", "source", "id", "doi", "type", "has"}
COMPARED = {"published", "first_seen", "updated", "upvotes", "comments", "authors"}
# The page: "`type:` is new, cross, replace"; "whether the paper has an abstract, code, doi, pdf, …"
VALUES = {
    "type": ("new", "cross", "replace"),
    "has": ("abstract", "code", "doi", "pdf", "journal", "upvotes"),
}


class ReferenceQueryError(Exception):
    """The query or keyword is none."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One keyword or comparison."""

    kind: Kind
    text: str
    """As written, without field and boost; a comparison with its field."""
    value: str
    """What is looked for, without quotes, slashes and `=`."""
    field: str | None = None
    distance: int = 0
    """The N of `"…"~N`."""
    boost: float | None = None
    """None where none is written."""
    own_field: bool = False
    """Whether the field stands right before this term, not before a bracket around it."""


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least so many of them."""

    least: int
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What lacks it."""

    part: Node


@dataclass(frozen=True, slots=True)
class Bracket:
    """What stands in brackets: "A boost on a bracket multiplies what is inside." """

    part: Node
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """`a NEAR/n b` and `a PRE/n b`: one keyword."""

    text: str
    left: tuple[Leaf, ...]
    right: tuple[Leaf, ...]
    distance: int
    ordered: bool
    field: str | None = None


Node: TypeAlias = Leaf | And | Or | Any | Not | Bracket | Pair


def is_negation_alone(node: Node) -> bool:
    """Return whether nothing in the query asks for anything.

    "A negation alone (`NOT survey`) is allowed inside a query (…); as a whole rule it is an error."
    """
    match node:
        case Not(part):
            return not is_negation_alone(part)
        case And(parts) | Or(parts) | Any(_, parts):
            return all(is_negation_alone(part) for part in parts)
        case Bracket(part, _):
            return is_negation_alone(part)
        case Leaf() | Pair():
            return False
