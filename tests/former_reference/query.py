"""Read queries and keywords into a plain tree, one function for each line of the grammar.

    or      = and { ("OR" | "||") and }
    and     = not { [ "AND" | "&&" ] not }          words side by side mean AND
    not     = ( "NOT" | "-" | "!" ) not | primary
    primary = "(" or ")" [boost] | field ":" primary | field ":" comparison | term [boost]
    term    = word | "=" exact | '"' phrase '"' [ "~" N ] | "/" regex "/"
    boost   = "^" number

Says only that a query is wrong and roughly why, not where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, TypeAlias

import re2

from tests.former_reference.text import cut

Kind: TypeAlias = Literal["words", "exact", "near", "regex", "label", "comparison"]

FIELDS = {
    "title": "title",
    "ti": "title",
    "abstract": "abstract",
    "abs": "abstract",
    "author": "author",
    "au": "author",
    "org": "org",
    "category": "category",
    "cat": "category",
    "source": "source",
    "id": "id",
    "published": "published",
    "upvotes": "upvotes",
    "comments": "comments",
    "authors": "authors",
}
LABELS = {"category", "source", "id"}
COMPARED = {"published", "upvotes", "comments", "authors"}


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


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What lacks it."""

    part: Node


@dataclass(frozen=True, slots=True)
class Boosted:
    """ "A boost on a bracket multiplies what is inside." """

    part: Node
    boost: float


Node: TypeAlias = Leaf | And | Or | Not | Boosted

BOOST = re.compile(r"\^(\d+(?:\.\d+)?|\.\d+)(?=[\s()\"]|$)")
"""`^` is a boost only where `^number` ends the term."""


@lru_cache(maxsize=10_000)
def parse_keyword(text: str) -> Leaf:
    """Read an entry of `keywords`, `require` or `exclude`.

    "a phrase, with `*`, `?`, a leading `=`, a trailing `^N`; nothing else in it is an operator"
    """
    text = " ".join(text.split())
    boost = None
    ends = re.search(r"\^(\d+(?:\.\d+)?|\.\d+)$", text)
    if ends:
        boost = float(ends[1])
        text = text[: ends.start()].rstrip()
    if text.startswith("="):
        value = text[1:].strip()
        # Someone who copies `="Segment Anything"` from a query means the words, not the marks.
        if len(value) > 2 and value[0] == value[-1] == '"':
            value = value[1:-1]
        return checked(Leaf("exact", text, value, boost=boost))
    return checked(Leaf("words", text, text, boost=boost))


@lru_cache(maxsize=10_000)
def parse_query(text: str) -> Node:
    """Read a query."""
    reader = _Reader(text)
    node = reader.or_(None)
    reader.space()
    if not reader.done:
        raise ReferenceQueryError(f"what should {reader.rest!r} be?")
    return node


def is_negation_alone(node: Node) -> bool:
    """Tell whether nothing in the query asks for anything.

    "A negation alone (`NOT survey`) is allowed inside a query (…); as a whole rule it is an error."
    """
    match node:
        case Not(part):
            return not is_negation_alone(part)
        case And(parts) | Or(parts):
            return all(is_negation_alone(part) for part in parts)
        case Boosted(part, _):
            return is_negation_alone(part)
        case Leaf():
            return False


def checked(leaf: Leaf) -> Leaf:
    """Return the leaf unless it can match nothing or nearly everything."""
    if leaf.kind == "exact" and not leaf.value.strip():
        raise ReferenceQueryError("nothing after the =")
    if leaf.kind == "regex":
        _check_regex(leaf.value)
    if leaf.kind in ("words", "near"):
        words = cut(leaf.value, keyword=True).words
        if not words:  # "Something without a single word (`++`, `""`) is an error."
            raise ReferenceQueryError(f"{leaf.text!r} holds no word")
        for word in words:
            # "at least two characters of the word must be literal, or it is an error"
            if word.wild and len(word.plain.replace("*", "").replace("?", "")) < 2:
                raise ReferenceQueryError(f"{word.plain!r} is too wild, write ={leaf.value}")
    return leaf


def _check_regex(pattern: str) -> None:
    options = re2.Options()
    options.log_errors = False
    if not pattern:
        raise ReferenceQueryError("an empty regex")
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        raise ReferenceQueryError(f"no regex: {pattern!r}") from error


class _Reader:
    """A place in a query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @property
    def rest(self) -> str:
        return self.text[self.at :]

    @property
    def done(self) -> bool:
        return self.at == len(self.text)

    def space(self) -> None:
        """Go past white space."""
        while not self.done and self.text[self.at].isspace():
            self.at += 1

    def take(self, pattern: str) -> re.Match[str] | None:
        """Go past what the pattern matches here, if it does."""
        found = re.compile(pattern).match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def after_gap(self) -> bool:
        """Tell whether white space, a bracket or nothing stands right before here."""
        return self.at == 0 or self.text[self.at - 1].isspace() or self.text[self.at - 1] in "()"

    def operator(self, *names: str) -> bool:
        """Go past one of these, if it stands "between white space or brackets"."""
        self.space()
        for name in names:
            pattern = re.escape(name) + r"(?=[\s()]|$)"
            if self.after_gap() and self.take(pattern):
                return True
        return False

    def or_(self, field: str | None) -> Node:
        parts = [self.and_(field)]
        while self.operator("OR", "||"):
            parts.append(self.and_(field))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def and_(self, field: str | None) -> Node:
        parts = [self.not_(field)]
        while True:
            said = self.operator("AND", "&&")
            if not said and (self.done or self.rest.startswith(")") or self._is_or()):
                return parts[0] if len(parts) == 1 else And(tuple(parts))
            parts.append(self.not_(field))

    def _is_or(self) -> bool:
        here = self.at
        found = self.operator("OR", "||")
        self.at = here
        return found

    def not_(self, field: str | None) -> Node:
        if self.operator("NOT"):
            return Not(self.not_(field))
        # "`-` and `!` are operators only right before a term and after white space, a bracket or
        # the start"
        if self.after_gap() and self.take(r"[-!](?=[^\s)])"):
            return Not(self.not_(field))
        return self.primary(field)

    def primary(self, field: str | None) -> Node:
        self.space()
        if self.done or self.operator("AND", "OR", "NOT", "&&", "||"):
            raise ReferenceQueryError(f"something is missing before {self.rest!r}")
        if self.take(r"\("):
            inside = self.or_(field)
            self.space()
            if not self.take(r"\)"):
                raise ReferenceQueryError("a bracket is not closed")
            boost = self.boost()
            return inside if boost is None else Boosted(inside, boost)
        name = self.take(r"[^\W\d_]\w*:")
        return self.in_field(name.group()[:-1]) if name else self.term(field)

    def in_field(self, name: str) -> Node:
        # Field names: "ignore case; `name:` with a name that is no field is an error"
        if name.lower() not in FIELDS:
            raise ReferenceQueryError(f"{name!r} is no field; to search for it, put it in quotes")
        field = FIELDS[name.lower()]
        return self.comparison(field, len(name) + 1) if field in COMPARED else self.primary(field)

    def comparison(self, field: str, named: int) -> Leaf:
        """Read what stands after `upvotes:`.

        "A comparison is `>`, `>=`, `<`, `<=`, `=` or nothing (equal) before the value, white space
        allowed between, or `[a TO b]`"
        """
        start = self.at - named
        self.space()
        found = self.take(r"(?:\[[^\]]*\]|(?:>=|<=|>|<|=)?\s*[^\s()^\"]+)")
        if not found:
            raise ReferenceQueryError(f"no comparison: {self.rest!r}")
        text = self.text[start : self.at]
        boost = self.boost()
        if not re.match(r"[\s()]|$", self.rest):
            raise ReferenceQueryError(f"no comparison ends with {self.rest!r}")
        leaf = Leaf("comparison", text, found.group(), field, boost=boost)
        check_comparison(leaf)
        return leaf

    def boost(self) -> float | None:
        found = BOOST.match(self.text, self.at)
        if not found:
            return None
        self.at = found.end()
        return float(found[1])

    def term(self, field: str | None) -> Leaf:
        start = self.at
        kind, value, distance = self.label() if field in LABELS else self.bare_term()
        text = self.text[start : self.at]
        return checked(Leaf(kind, text, value, field, distance, self.boost()))

    def label(self) -> tuple[Kind, str, int]:
        """Read the value of a label, quoted or not; an `=` before it changes nothing."""
        self.take("=")
        value = self.until_quote() if self.take('"') else self.word()
        if not value.strip():
            raise ReferenceQueryError(f"no value before {self.rest!r}")
        return "label", value, 0

    def bare_term(self) -> tuple[Kind, str, int]:
        """Read a term without its boost: kind, what is looked for, distance."""
        if self.take("/"):
            return "regex", self.until_slash(), 0
        if self.take('"'):
            phrase = self.until_quote()
            near = self.take(r'~(\d+)(?=[\s()^"]|$)')
            return ("near", phrase, int(near[1])) if near else ("words", phrase, 0)
        if self.take('="'):
            return "exact", self.until_quote(), 0
        if self.take("="):
            return "exact", self.word(), 0
        return "words", self.word(), 0

    def word(self) -> str:
        start = self.at
        while not self.done and not re.match(r'[\s()"]', self.rest):
            if BOOST.match(self.text, self.at):
                break
            self.at += 1
        return self.text[start : self.at]

    def until_quote(self) -> str:
        found = self.take(r'([^"]*)"')
        if not found:
            raise ReferenceQueryError("a quotation mark is not closed")
        return found[1]

    def until_slash(self) -> str:
        found = self.take(r"((?:[^/\\]|\\.)*)/")
        if not found:
            raise ReferenceQueryError("a regex is not closed")
        return found[1]


def check_comparison(leaf: Leaf) -> None:
    """Refuse values that are no count or no day."""
    count = r"\d+"
    day = r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?|today(?:[-+]\d+)?)"
    value = day if leaf.field == "published" else count
    span = rf"\[\s*(?:\*|{value})\s+TO\s+(?:\*|{value})\s*\]"
    if not re.fullmatch(rf"(?:>=|<=|>|<|=)?\s*{value}|{span}", leaf.value):
        raise ReferenceQueryError(f"{leaf.value!r} is no comparison of {leaf.field}")
    if leaf.field == "published":
        days = re.findall(r"(?<![\d+-])(\d{4})(?:-(\d\d))?(?:-(\d\d))?", leaf.value)
        for year, month, day in days:
            _check_day(int(year), int(month or 1), int(day or 1))


def _check_day(year: int, month: int, day: int) -> None:
    try:
        date(year, month, day)
    except ValueError as error:
        raise ReferenceQueryError(f"no day: {year}-{month}-{day}") from error
