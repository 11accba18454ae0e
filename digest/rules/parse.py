"""Parse a query to its tree by recursive descent, a method for each kind of node.

The grammar is in docs/rule-language.md, "Queries". Errors are `QueryError`s that point at the
characters at fault; `digest.rules.foreign_syntax` raises those for the syntax of other programs.
`digest.rules.syntax.Rule` decides whether a tree may be a whole rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from msgspec.structs import replace

from digest.errors import QueryError
from digest.rules import comparisons, terms
from digest.rules.foreign_syntax import RESERVED, check_slips, no_such_field
from digest.rules.scanner import Reader
from digest.rules.syntax import (
    DAY_FIELDS,
    LABEL_FIELDS,
    NUMBER_FIELDS,
    PERSON_FIELDS,
    And,
    AtLeast,
    DayField,
    DayRange,
    Exact,
    LabelField,
    Not,
    NumberField,
    NumberRange,
    Or,
    Pattern,
    Phrase,
    Proximity,
    Regex,
    SelectedBy,
    TextField,
)
from digest.rules.terms import Place

if TYPE_CHECKING:
    from digest.rules.syntax import Leaf, Node

MAX_LENGTH = 20_000
"""Maximum length of a query, in characters."""

FieldName: TypeAlias = TextField | LabelField | DayField | NumberField

FIELD_NAMES: Final[dict[str, FieldName]] = {
    "title": "title", "ti": "title", "abstract": "abstract", "abs": "abstract",
    "author": "author", "au": "author", "first_author": "first_author",
    "last_author": "last_author", "org": "org", "journal": "journal", "comment": "comment",
    "category": "category", "cat": "category", "primary": "primary", "source": "source",
    "id": "id", "doi": "doi", "type": "type", "has": "has", "published": "published",
    "first_seen": "first_seen", "updated": "updated", "upvotes": "upvotes",
    "comments": "comments", "authors": "authors",
}  # fmt: skip
RULE_FIELD: Final = "rule"
"""The field that names another rule of the config."""

_FIELD = re.compile(r"([^\W\d]\w*):")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/", re.DOTALL)
# Letters and digits, quoted or not, with nothing after them: the form of most terms.
_PLAIN = re.compile(
    rf"(?!{RESERVED}(?=[\s)]|$))"
    rf'([A-Za-z0-9]{{1,40}}(?:-[A-Za-z0-9]{{1,40}}){{0,9}}|"({terms.PLAIN})")(?=[\s)]|$)\s*'
)
_NEAR = re.compile(r"~(\d{1,4})(?=[\s()^\",]|\|\||&&|$)")
_BESIDE = re.compile(r"(NEAR|PRE)/(\d{1,4})(?=[\s()]|$)")
_PROXIMITY = ("NEAR/", "PRE/")
_ANY = re.compile(r"ANY\s+(\d{1,4})\s*\(")


def parse_query(text: str) -> Node:
    """Parse `text`, a query in the full language; raises `QueryError`."""
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"a query of {len(text)} characters is longer than {MAX_LENGTH}",
            text=text[:80], start=0, end=1, hint="Cut it into several rules.",
        )  # fmt: skip
    if match := _PLAIN.fullmatch(text):
        return terms.plain(match[1], match[2] or match[1], None)
    return _Parser(text).parse()


class _Parser(Reader):
    names_fields = False

    def parse(self) -> Node:
        self.names_fields = ":" in self.text
        self.space()
        if self.at == len(self.text):
            raise self.error("the query is empty", hint="Write at least one word.")
        node = self._or(None)
        if self.at < len(self.text):
            raise self.error("a bracket closes that was never opened", end=self.at + 1)
        return node

    # --- the grammar

    def _or(self, field: FieldName | None) -> Node:
        """Parse alternatives, and in each of them the terms that must all match."""
        alternatives: list[Node] = []
        children = [self._not(field)]
        while not self.ends():
            operator = self.operator()
            if operator in ("AND", "OR"):
                self.take_operator(operator)
            if operator == "OR":
                alternatives.append(_all(children))
                children = []
            children.append(self._not(field))
        last = _all(children)
        return Or((*alternatives, last)) if alternatives else last

    def _not(self, field: FieldName | None) -> Node:
        start = self.at
        plain = self._plain_term(field)
        if plain is not None:
            is_beside = self.text.startswith(_PROXIMITY, self.at)
            return self._proximity(plain, field, start) if is_beside else plain
        self.deeper()
        operator = self.operator()
        if operator == "NOT":
            self.take_operator("NOT")
            node: Node = Not(self._not(field))
        elif self.negates():
            self.at += 1
            node = Not(self._not(field))
        else:
            if operator or self.ends():
                raise self.no_term(self.at)
            node = self._primary(field)
            if self._is_beside():
                node = self._proximity(node, field, start)
        self.depth -= 1
        return node

    def _primary(self, field: FieldName | None) -> Node:
        if self.text[self.at] == "(":
            return self._bracket(field)
        if list_start := _ANY.match(self.text, self.at):
            return self._any(list_start, field)
        if self.names_fields and (match := _FIELD.match(self.text, self.at)):
            return self._fielded(match)
        return self._term(field)

    def _bracket(self, field: FieldName | None) -> Node:
        opened = self.at
        self.at += 1
        node = self._bracketed(opened, field, in_list=False)[0]
        if isinstance(node, Or):
            node = replace(node, best=True)
        return self._boosted(node)

    def _any(self, match: re.Match[str], field: FieldName | None) -> Node:
        start = self.at
        self.at = match.end()
        children = self._bracketed(match.end() - 1, field, in_list=True)
        count = int(match[1])
        if not 1 <= count <= len(children):
            raise self.error(
                f"ANY {count} of a list of {len(children)}", start=start, end=match.end() - 1,
                hint=f"Write a number from 1 to {len(children)}.",
            )  # fmt: skip
        return self._boosted(AtLeast(count, tuple(children)))

    def _bracketed(self, opened: int, field: FieldName | None, *, in_list: bool) -> list[Node]:
        """Parse up to the closing bracket; in a list, the entries separated by commas."""
        before, self.in_list = self.in_list, in_list
        self.space()
        if self.text[self.at : self.at + 1] == ")":
            raise self.error("the brackets are empty", start=opened, end=self.at + 1)
        children = [self._or(field)]
        while in_list and self.text.startswith(",", self.at):
            self.at += 1
            self.space()
            children.append(self._or(field))
        if self.at == len(self.text):
            raise self.error("this bracket is never closed", start=opened, end=opened + 1)
        self.in_list = before
        self.at += 1
        return children

    def _boosted(self, node: Node) -> Node:
        boost = self.boost()
        self.space()
        return node if boost is None else _scaled(node, boost)

    def _fielded(self, match: re.Match[str]) -> Node:
        name = match[1]
        field = FIELD_NAMES.get(name.lower())
        start = self.at
        if field is None and name.lower() != RULE_FIELD:
            raise no_such_field(
                name, (*FIELD_NAMES, RULE_FIELD), self.word_at(start), self.place(match.end())
            )
        self.at = match.end()
        if field in DAY_FIELDS or field in NUMBER_FIELDS:
            return self._comparison(field, start)
        if self.text.startswith("^", self.at):
            raise self.error(
                f"{name}:^… for *begins with* belongs to another program", start=start,
                end=self.at + 1, hint=f"Write {name}:/^…/, a regular expression.",
            )  # fmt: skip
        self.space()
        if self.ends() or (self.operator() and self.at > match.end()):
            raise self.error(f"{name}: has nothing after it", start=start)
        if self.names_fields and (second := _FIELD.match(self.text, self.at)):
            raise self.error(
                "two fields stand before one term", start=start, end=second.end(),
                hint=f"Write {name}:(…) for a bracket, or quote the text.",
            )  # fmt: skip
        node = self._selected_by() if field is None else self._primary(field)
        if self._is_beside() and self.text[match.end()] != "(":
            raise self.error(
                "a field stands before one side of NEAR or PRE", start=start,
                hint=f"Write {name}:(a NEAR/3 b).",
            )  # fmt: skip
        return node

    def _comparison(self, field: DayField | NumberField, start: int) -> DayRange | NumberRange:
        pattern = comparisons.LISTED_COMPARISON if self.in_list else comparisons.COMPARISON
        match = pattern.match(self.text, self.at)
        is_day = field in DAY_FIELDS
        if match is None:
            example = f"{field}:>=2026-01-01" if is_day else f"{field}:>=10"
            raise self.error(
                f"{field}: wants a comparison", start=start, hint=f"Write for example {example}."
            )
        self.at = match.end()
        text = self.text[start : self.at if match["boost"] is None else match.start("boost") - 1]
        place = Place(self.text, start, self.at)
        self.space()
        if is_day:
            return comparisons.day_range(cast("DayField", field), match, text, place)
        return comparisons.number_range(cast("NumberField", field), match, text, place)

    # --- NEAR and PRE

    def _is_beside(self) -> bool:
        return self.text.startswith(_PROXIMITY, self.at) and self.follows_gap()

    def _proximity(self, left: Node, field: FieldName | None, start: int) -> Proximity:
        """Parse the operator and the right side of `left NEAR/5 right`."""
        if field is not None and (field in LABEL_FIELDS or field in PERSON_FIELDS):
            raise self.error(f"NEAR and PRE do not stand in {field}:", start=start)
        match = _BESIDE.match(self.text, self.at)
        if match is None:
            raise self.error(
                "after NEAR/ or PRE/ stands how many words may lie between",
                end=len(self.text), hint="Write a NEAR/5 b.",
            )  # fmt: skip
        lefts = self._side(left, start)
        self.at = match.end()
        self.space()
        middle = self.at
        if self.ends() or self.operator():
            raise self.error(f"{match[0]} has nothing after it", start=match.start())
        self.deeper()
        rights = self._side(self._primary(field), middle)
        self.depth -= 1
        if self._is_beside():
            raise self.error(
                "a second NEAR or PRE", end=self.at + 4,
                hint="Write brackets: (a NEAR/3 b) AND (b NEAR/3 c).",
            )  # fmt: skip
        text = self.text[start : self.at].rstrip()
        ordered = match[1] == "PRE"
        text_field = cast("TextField | None", field)
        return Proximity(text, lefts, rights, int(match[2]), ordered, text_field)

    def _side(self, node: Node, start: int) -> tuple[Phrase | Pattern | Exact, ...]:
        if _FIELD.match(self.text, start):
            raise self.error(
                "a side of NEAR or PRE has a field of its own", start=start,
                hint="Write title:(a NEAR/3 b).",
            )  # fmt: skip
        children = node.children if isinstance(node, Or) and node.best else (node,)
        for child in children:
            if not isinstance(child, (Phrase, Pattern, Exact)):
                raise self.error(
                    "a side of NEAR or PRE is a term, or a bracket of terms joined by OR",
                    start=start, hint="Write (a OR b) NEAR/3 c.",
                )  # fmt: skip
        return cast("tuple[Phrase | Pattern | Exact, ...]", children)

    # --- terms

    def _plain_term(self, field: FieldName | None) -> Leaf | None:
        """Parse the term at this position, if it has the form of most terms."""
        if field in LABEL_FIELDS:
            return None
        match = _PLAIN.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return terms.plain(match[1], match[2] or match[1], cast("TextField | None", field))

    def _term(self, field: FieldName | None) -> Leaf:
        plain = self._plain_term(field)
        if plain is not None:
            return plain
        character = self.text[self.at]
        if field is not None and field in LABEL_FIELDS:
            leaf: Leaf = self._label(field)
        elif character == "/":
            leaf = self._regex(cast("TextField | None", field))
        elif character == '"':
            leaf = self._quoted(cast("TextField | None", field))
        else:
            leaf = self._word(cast("TextField | None", field))
        self.space()
        return leaf

    def _selected_by(self) -> SelectedBy:
        start = self.at
        if self.text[start] == "(":
            raise self.error("rule: names one rule", hint='Write rule:"Name".')
        value, written = self._value()
        if not value.strip():
            raise self.error("rule: has no name", start=start, hint='Write rule:"Name".')
        self.space()
        return SelectedBy(f"{RULE_FIELD}:{written.text}", value.strip())

    def _label(self, field: LabelField) -> Leaf:
        value, written = self._value()
        return terms.label(value, written, field)

    def _value(self) -> tuple[str, terms.Written]:
        """Parse a value, quoted or not; an `=` before it changes nothing."""
        start = self.at
        exact = self.text.startswith("=", start)
        if self.text.startswith('"', start + exact):
            self.at += exact
            value = self.quotation()
            return value, self.written(start)
        return self.plain()

    def _regex(self, field: TextField | None) -> Regex:
        match = _REGEX.match(self.text, self.at)
        start = self.at
        if match is None:
            raise self.error(
                "a regular expression begins here and does not end",
                end=len(self.text), hint='End it with /, or quote the word: "/word".',
            )  # fmt: skip
        self.at = match.end()
        if flags := self.word_at(self.at) if self.text[self.at : self.at + 1].isalpha() else "":
            proposal = f"/(?i){match[1]}/" if flags == "i" else f"/(?{flags}){match[1]}/"
            raise self.error(
                f"{flags!r} stands after the last slash of a regular expression", start=start,
                end=self.at + len(flags), hint=f"Write {proposal}.",
            )  # fmt: skip
        written = self.written(start)
        pattern = match[1].replace("\\/", "/")
        if not pattern:
            raise written.place.error(
                "the regular expression is empty", 'To search for the signs, write ="//".'
            )
        _check_regex(pattern, written.place)
        return Regex(written.text, pattern, field, written.boost)

    def _quoted(self, field: TextField | None) -> Leaf:
        start = self.at
        check_slips(self.text, start)
        content = self.quotation()
        distance = _NEAR.match(self.text, self.at)
        if distance:
            self.at = distance.end()
            return terms.near(content, int(distance[1]), self.written(start), field)
        if self.text.startswith("~", self.at):
            raise self.error(
                "after ~ stands how many words may lie between", end=self.at + 1,
                hint='Write "reward model"~5.',
            )  # fmt: skip
        return terms.phrase(content, self.written(start), field)

    def _word(self, field: TextField | None) -> Leaf:
        start = self.at
        check_slips(self.text, start)
        if self.text.startswith('="', start):
            self.at += 1
            literal = self.quotation()
            return terms.exact(literal, self.written(start), field)
        text, written = self.plain()
        if not text:
            raise self.no_term(start)
        if text.startswith("="):
            return terms.exact(text[1:], written, field)
        return terms.phrase(text, written, field)


def _all(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _scaled(node: Node, factor: float) -> Node:
    """Multiply every boost in `node`; a comparison without a boost still gives no points."""
    if isinstance(node, (And, Or, AtLeast)):
        return replace(node, children=tuple(_scaled(child, factor) for child in node.children))
    if isinstance(node, Not):
        return node  # what is under NOT gives no points
    if node.boost is None:
        return node
    return replace(node, boost=node.boost * factor)


def _check_regex(pattern: str, place: Place) -> None:
    import re2  # here and not above: most configs have no regular expression

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        cause = error.args[0] if error.args else error
        reason = cause.decode(errors="replace") if isinstance(cause, bytes) else str(cause)
        raise place.error(
            f"the regular expression is not RE2: {reason}",
            "Look-around and back-references do not exist in RE2.",
        ) from None
