"""Read queries and keywords into a plain tree, one function for each line of the grammar.

    or      = and { ("OR" | "||") and }
    and     = not { [ "AND" | "&&" ] not }          words side by side mean AND
    not     = ( "NOT" | "-" | "!" ) not | primary
    primary = "(" or ")" [boost] | field ":" primary | field ":" comparison [boost]
            | "ANY" N "(" or { "," or } ")" [boost] | primary near primary | term [boost]
    near    = "NEAR/" N | "PRE/" N
    term    = word | "=" exact | '"' phrase '"' [ "~" N ] | "/" regex "/"
    boost   = "^" [ "-" ] number

Says only that a query is wrong and roughly why, not where.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tests.reference.terms import check_comparison, check_slips, checked
from tests.reference.tree import (
    COMPARED,
    FIELDS,
    LABELS,
    And,
    Any,
    Bracket,
    Kind,
    Leaf,
    Node,
    Not,
    Or,
    Pair,
    ReferenceQueryError,
)

NUMBER = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
BOOST = re.compile(rf"\^({NUMBER})(?=[\s()\"]|$|\|\||&&)")
"""`^` is a boost only where `^number` ends the term."""
FIELD = re.compile(r"[^\W\d_]\w*:")


@lru_cache(maxsize=20_000)
def parse_keyword(text: str) -> Leaf:
    """Read an entry of `keywords`, `require`, `exclude`, `prefer` or `avoid`.

    "a phrase, with `*`, `?`, a leading `=`, a trailing `^N`; nothing else in it is an operator"
    """
    text = " ".join(text.split())
    boost = None
    ends = re.search(rf"\^({NUMBER})$", text)
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


def parse_person(name: str) -> Leaf:
    """Read an entry of `authors`."""
    name = " ".join(name.split())
    if name.startswith("="):
        return checked(Leaf("exact", name, name[1:].strip().strip('"'), "author"))
    return checked(Leaf("words", name, name, "author"))


@lru_cache(maxsize=20_000)
def parse_query(text: str) -> Node:
    """Read a query."""
    reader = _Reader(text)
    node = reader.or_(None)
    reader.space()
    if not reader.done:
        raise ReferenceQueryError(f"what should {reader.rest!r} be?")
    return node


class _Reader:
    """A place in a query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.commas_part = False
        """Whether a comma here ends an entry of a list: right in the bracket of an ANY."""

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
        match = re.compile(pattern).match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def after_gap(self) -> bool:
        """Return whether white space, a bracket or nothing stands right before here."""
        before = self.text[: self.at][-1:]
        return before in ("", "(", ")") or before.isspace() or (self.commas_part and before == ",")

    def at_comma(self) -> bool:
        """Recognise a comma between items: "a comma between two digits belongs to the number"."""
        digits = self.text[self.at - 1 : self.at].isdigit() and self.rest[1:2].isdigit()
        return self.commas_part and self.rest.startswith(",") and not digits

    def ends_term(self) -> bool:
        """Find the end of a term of any kind."""
        return self.done or self.at_comma() or bool(re.match(r"[\s()]|\|\||&&", self.rest))

    def operator(self, word: str, sign: str) -> bool:
        """Go past an operator: the word "between white space or brackets", the sign anywhere."""
        self.space()
        if sign and self.take(re.escape(sign)):
            return True
        return self.after_gap() and bool(self.take(rf"{word}(?=[\s(),]|$)"))

    def or_(self, field: str | None) -> Node:
        parts = [self.and_(field)]
        while self.operator("OR", "||"):
            parts.append(self.and_(field))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def and_(self, field: str | None) -> Node:
        parts = [self.not_(field)]
        while True:
            said = self.operator("AND", "&&")
            if not said and (self.done or self.at_comma() or self._is_over()):
                return parts[0] if len(parts) == 1 else And(tuple(parts))
            parts.append(self.not_(field))

    def _is_over(self) -> bool:
        here = self.at
        over = self.rest.startswith(")") or self.operator("OR", "||")
        self.at = here
        return over

    def not_(self, field: str | None) -> Node:
        if self.operator("NOT", ""):
            return Not(self.not_(field))
        # "`-` and `!` are operators only right before a term and after white space, a bracket or
        # the start"
        if self.after_gap() and self.take(r"[-!](?=[^\s)])"):
            return Not(self.not_(field))
        return self.near(field)

    def near(self, field: str | None) -> Node:
        """Read a primary, or two of them that are to stand near each other."""
        self.space()
        start = self.at
        left = self.primary(field)
        operator = self.near_operator()
        if operator is None:
            return left
        left_leaves = self.side(left, start)
        self.space()
        middle = self.at
        right_leaves = self.side(self.primary(field), middle)
        text = self.text[start : self.at]
        if self.near_operator():
            raise ReferenceQueryError("a second NEAR")
        if field in LABELS | COMPARED | {"rule"}:
            raise ReferenceQueryError(f"no NEAR in {field}")
        ordered = operator[1] == "PRE"
        return Pair(text, left_leaves, right_leaves, int(operator[2]), ordered, field)

    def near_operator(self) -> re.Match[str] | None:
        here = self.at
        self.space()
        operator = self.take(r"(NEAR|PRE)/(\d+)(?=[\s()]|$)") if self.after_gap() else None
        if operator is None:
            self.at = here
        return operator

    def side(self, node: Node, start: int) -> tuple[Leaf, ...]:
        """Do: "Either side is a term or a bracket of terms joined by OR, without fields"."""
        if FIELD.match(self.text, start):
            raise ReferenceQueryError("a field of its own beside NEAR")
        match node:
            case Leaf() if node.kind in ("words", "exact") and not node.own_field:
                return (node,)
            case Bracket(Or(parts)):
                return tuple(leaf for part in parts for leaf in self.side(part, len(self.text)))
            case Bracket(part):
                return self.side(part, len(self.text))
        raise ReferenceQueryError(f"{node} cannot stand beside NEAR")

    def primary(self, field: str | None) -> Node:
        self.space()
        here = self.at
        if self.done or any(
            self.operator(*op) for op in (("AND", "&&"), ("OR", "||"), ("NOT", ""))
        ):
            raise ReferenceQueryError(f"something is missing before {self.text[here:]!r}")
        if self.take(r"\("):
            inside = self.bracketed(field, commas_part=False)[0]
            boost = self.boost()
            return Bracket(inside) if boost is None else Bracket(inside, boost)
        count = self.take(r"ANY\s+(\d+)\s*\(") if self.after_gap() or field else None
        if count:
            return self.any_of(int(count[1]), field)
        name = self.take(FIELD.pattern)
        return self.in_field(name.group()[:-1]) if name else self.term(field)

    def bracketed(self, field: str | None, *, commas_part: bool) -> list[Node]:
        """Read up to the closing bracket."""
        before, self.commas_part = self.commas_part, commas_part
        parts = [self.or_(field)]
        while commas_part and self.next_entry():
            parts.append(self.or_(field))
        self.commas_part = before
        self.space()
        if not self.take(r"\)"):
            raise ReferenceQueryError("a bracket is not closed")
        return parts

    def next_entry(self) -> bool:
        self.space()
        return self.take(",") is not None

    def any_of(self, least: int, field: str | None) -> Node:
        parts = self.bracketed(field, commas_part=True)
        # "N is from 1 to the length of the list"
        if not 1 <= least <= len(parts):
            raise ReferenceQueryError(f"{least} of {len(parts)}")
        boost = self.boost()
        node = Any(least, tuple(parts))
        return node if boost is None else Bracket(node, boost)

    def in_field(self, name: str) -> Node:
        # Field names: "ignore case; `name:` with a name that is no field is an error"
        if name.lower() not in FIELDS:
            raise ReferenceQueryError(f"{name!r} is no field; to search for it, put it in quotes")
        field = FIELDS[name.lower()]
        if field in COMPARED:
            return self.comparison(field, len(name) + 1)
        if self.rest.startswith("^"):  # "`^x` after any text field is an error"
            raise ReferenceQueryError("^ after a field")
        self.space()
        if FIELD.match(self.text, self.at):
            raise ReferenceQueryError("two fields")
        return self.primary(field)

    def comparison(self, field: str, named: int) -> Leaf:
        """Read what stands after `upvotes:`.

        "A comparison is `>`, `>=`, `<`, `<=`, `=` or nothing (equal) before the value, white space
        allowed between, or `[a TO b]`"
        """
        start = self.at - named
        self.space()
        value = r"[^\s()^\",|&]+" if self.commas_part else r"[^\s()^\"|&]+"
        match = self.take(rf"(?:\[[^\]]*\]|(?:>=|<=|>|<|=)?\s*{value})")
        if not match:
            raise ReferenceQueryError(f"no comparison: {self.rest!r}")
        text = self.text[start : self.at]
        boost = self.boost()
        if not self.ends_term():
            raise ReferenceQueryError(f"no comparison ends with {self.rest!r}")
        leaf = Leaf("comparison", text, match.group(), field, boost=boost)
        check_comparison(leaf)
        return leaf

    def boost(self) -> float | None:
        match = BOOST.match(self.text, self.at)
        if not match and self.commas_part:
            match = re.compile(rf"\^({NUMBER})(?=,)").match(self.text, self.at)
        if not match:
            return None
        self.at = match.end()
        return float(match[1])

    def term(self, field: str | None) -> Leaf:
        start = self.at
        kind, value, distance = self.label(field) if field in LABELS | {"rule"} else self.bare()
        text = self.text[start : self.at]
        own = self.text[:start].rstrip().endswith(":") and field is not None
        return checked(Leaf(kind, text, value, field, distance, self.boost(), own))

    def label(self, field: str | None) -> tuple[Kind, str, int]:
        """Read the value of a label, quoted or not; an `=` before it changes nothing."""
        self.take("=")
        value = self.until_quote() if self.take('"') else self.word()
        if not value.strip():
            raise ReferenceQueryError(f"no value before {self.rest!r}")
        return "rule" if field == "rule" else "label", value, 0

    def bare(self) -> tuple[Kind, str, int]:
        """Read a term without its boost: kind, what is looked for, distance."""
        check_slips(self.text, self.at)
        if self.take("/"):
            value = self.take(r"((?:[^/\\]|\\.)*)/")
            if not value or re.match(r"[^\W\d_]", self.rest):
                raise ReferenceQueryError("a regex is not closed, or letters follow it")
            return "regex", value[1], 0
        if self.take('"'):
            phrase = self.until_quote()
            near = self.take(r'~(\d+)(?=[\s()^"]|$|\|\||&&)')
            if not near and self.commas_part:
                near = self.take(r"~(\d+)(?=,)")
            return ("near", phrase, int(near[1])) if near else ("words", phrase, 0)
        if self.take('="'):
            return "exact", self.until_quote(), 0
        if self.take("="):
            return "exact", self.word(), 0
        return "words", self.word(), 0

    def word(self) -> str:
        start = self.at
        while not self.ends_term() and not self.rest.startswith('"'):
            here = self.at
            if self.boost() is not None:
                self.at = here
                break
            self.at += 1
        return self.text[start : self.at]

    def until_quote(self) -> str:
        value = self.take(r'([^"]*)"')
        if not value:
            raise ReferenceQueryError("a quotation mark is not closed")
        return value[1]
