"""Parse a query to its tree by recursive descent, one method a line of the grammar.

The grammar stands in docs/rule-language.md, "Queries". Errors are `QueryError`s that point at the
characters at fault. Whether a tree may stand as a whole rule is `digest.rules.rule`'s question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from digest.errors import QueryError
from digest.rules import comparisons, terms
from digest.rules.syntax import (
    LABEL_FIELDS,
    NUMBER_FIELDS,
    And,
    DayField,
    DayRange,
    LabelField,
    Not,
    NumberField,
    NumberRange,
    Or,
    Regex,
    TextField,
)
from digest.rules.terms import Place
from digest.text.nearest import nearest

if TYPE_CHECKING:
    from digest.rules.syntax import Leaf, Node

MAX_LENGTH = 20_000
"""Characters of one query."""
MAX_DEPTH = 60
"""Brackets and negations inside each other; keeps the recursion far from the interpreter's."""

FieldName: TypeAlias = TextField | LabelField | DayField | NumberField

FIELD_NAMES: Final[dict[str, FieldName]] = {
    "title": "title", "ti": "title", "abstract": "abstract", "abs": "abstract",
    "author": "author", "au": "author", "org": "org",
    "category": "category", "cat": "category", "source": "source", "id": "id",
    "published": "published", "upvotes": "upvotes", "comments": "comments", "authors": "authors",
}  # fmt: skip

_FIELD = re.compile(r"([^\W\d]\w*):")
_WORD = re.compile(r'[^\s()"]+')
_PHRASE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/", re.DOTALL)
# Letters and digits, in quotation marks or not, with nothing after them: what most terms are.
_PLAIN = re.compile(
    r"([A-Za-z0-9]{1,40}(?:-[A-Za-z0-9]{1,40}){0,9}"
    r'|"([A-Za-z0-9]{1,40}(?:[ -][A-Za-z0-9]{1,40}){0,9})")(?=[\s)]|$)\s*'
)
_NEAR = re.compile(r"~(\d{1,4})(?=[\s()^]|$)")
_BOOST = re.compile(r"\^(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(?=[\s()]|$)")
_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "NOT"}
_NEGATIONS = frozenset("-!")
_OPERATORS_BEGIN = frozenset(name[0] for name in _OPERATORS)
_OPERATOR = re.compile(r"(?:AND|&&|OR|\|\||NOT)(?=[\s()]|$)")
_ESCAPED_QUOTE = re.compile(r'\\(["\\])')


def parse_query(text: str) -> Node:
    """Parse `text`, a query in the full language; raises `QueryError`."""
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"a query of {len(text)} characters is longer than {MAX_LENGTH}",
            text=text[:80], start=0, end=1, hint="Cut it into several rules.",
        )  # fmt: skip
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.names_fields = ":" in text

    def parse(self) -> Node:
        self._space()
        if self.at == len(self.text):
            raise self._error("the query is empty", hint="Write at least one word.")
        if (whole := _PLAIN.fullmatch(self.text)) and whole[1] not in _OPERATORS:
            return terms.plain(whole[1], whole[2] or whole[1], None)
        node = self._or(None)
        if self.at < len(self.text):
            raise self._error("a bracket closes that was never opened", end=self.at + 1)
        return node

    # --- the grammar, a method a line

    def _or(self, field: FieldName | None) -> Node:
        children = [self._and(field)]
        while self._operator() == "OR":
            self._take_operator("OR")
            children.append(self._and(field))
        return children[0] if len(children) == 1 else Or(tuple(children))

    def _and(self, field: FieldName | None) -> Node:
        children = [self._not(field)]
        while not self._ends():
            operator = self._operator()
            if operator == "OR":
                break
            if operator == "AND":
                self._take_operator("AND")
            children.append(self._not(field))
        return children[0] if len(children) == 1 else And(tuple(children))

    def _not(self, field: FieldName | None) -> Node:
        plain = self._plain_term(field)
        if plain is not None:
            return plain
        self._deeper()
        operator = self._operator()
        if operator == "NOT":
            self._take_operator("NOT")
            node: Node = Not(self._not(field))
        elif self._negates():
            self.at += 1
            node = Not(self._not(field))
        else:
            if operator or self._ends():
                raise self._no_term(self.at)
            node = self._primary(field)
        self.depth -= 1
        return node

    def _no_term(self, start: int) -> QueryError:
        found = _OPERATOR.match(self.text, start)
        if found is None:
            return self._error("a word or a bracket should stand here, found nothing", start=start)
        exactly = "" if found[0].isalpha() else "="
        return self._error(
            f"a word or a bracket should stand here, found {found[0]}",
            start=start, end=found.end(),
            hint=f'To search for the word itself, write {exactly}"{found[0]}".',
        )  # fmt: skip

    def _primary(self, field: FieldName | None) -> Node:
        if self.text[self.at] == "(":
            return self._bracket(field)
        if self.names_fields and (match := _FIELD.match(self.text, self.at)):
            return self._fielded(match)
        return self._term(field)

    def _bracket(self, field: FieldName | None) -> Node:
        opened = self.at
        self.at += 1
        self._space()
        if self.text[self.at : self.at + 1] == ")":
            raise self._error("the brackets are empty", start=opened, end=self.at + 1)
        node = self._or(field)
        if self.at == len(self.text):
            raise self._error("this bracket is never closed", start=opened, end=opened + 1)
        self.at += 1
        boost = self._boost()
        self._space()
        return node if boost is None else _scaled(node, boost)

    def _fielded(self, match: re.Match[str]) -> Node:
        name = match[1]
        field = FIELD_NAMES.get(name.lower())
        if field is None:
            near = nearest(name, FIELD_NAMES)
            raise self._error(
                f"{name!r} is no field", end=match.end(),
                hint=(f"Did you mean {near}:? " if near else "")
                + f'To search for the text, quote it: "{self._word_at(match.start())}".',
            )  # fmt: skip
        start = self.at
        self.at = match.end()
        if field == "published" or field in NUMBER_FIELDS:
            return self._comparison(field, start)
        self._space()
        if self._ends() or (self._operator() and self.at > match.end()):
            raise self._error(f"{name}: has nothing after it", start=start)
        if self.text[self.at] == "(" or _FIELD.match(self.text, self.at):
            self._deeper()
            node = self._primary(field)
            self.depth -= 1
            return node
        return self._term(field)

    def _comparison(self, field: DayField | NumberField, start: int) -> DayRange | NumberRange:
        match = comparisons.COMPARISON.match(self.text, self.at)
        if match is None:
            example = "published:>=2026-01-01" if field == "published" else f"{field}:>=10"
            raise self._error(
                f"{field}: wants a comparison", start=start, hint=f"Write for example {example}."
            )
        self.at = match.end()
        text = self.text[start : self.at if match["boost"] is None else match.start("boost") - 1]
        place = Place(self.text, start, self.at)
        self._space()
        if field == "published":
            return comparisons.day_range(field, match, text, place)
        return comparisons.number_range(field, match, text, place)

    def _plain_term(self, field: FieldName | None) -> Leaf | None:
        """Take the term that stands here, if it is one of those that most are."""
        if field in LABEL_FIELDS:
            return None
        match = _PLAIN.match(self.text, self.at)
        if match is None or match[1] in _OPERATORS:
            return None
        self.at = match.end()
        return terms.plain(match[1], match[2] or match[1], cast("TextField | None", field))

    def _term(self, field: FieldName | None) -> Leaf:
        plain = self._plain_term(field)
        if plain is not None:
            return plain
        character = self.text[self.at]
        if field in LABEL_FIELDS:
            leaf: Leaf = self._label(field)
        elif character == "/":
            leaf = self._regex(cast("TextField | None", field))
        elif character == '"':
            leaf = self._quoted(cast("TextField | None", field))
        else:
            leaf = self._word(cast("TextField | None", field))
        self._space()
        return leaf

    # --- terms

    def _label(self, field: LabelField) -> Leaf:
        start = self.at
        exact = self.text.startswith("=", start)
        if self.text.startswith('"', start + exact):
            self.at += exact
            value = self._quotation()
            return terms.label(value, self._written(start), field)
        value, written = self._plain()
        return terms.label(value, written, field)

    def _regex(self, field: TextField | None) -> Regex:
        match = _REGEX.match(self.text, self.at)
        start = self.at
        if match is None:
            raise self._error(
                "a regular expression begins here and does not end",
                end=len(self.text), hint='End it with /, or quote the word: "/word".',
            )  # fmt: skip
        self.at = match.end()
        written = self._written(start)
        pattern = match[1].replace("\\/", "/")
        _check_regex(pattern, written.place)
        return Regex(written.text, pattern, field, written.boost)

    def _quoted(self, field: TextField | None) -> Leaf:
        start = self.at
        content = self._quotation()
        distance = _NEAR.match(self.text, self.at)
        if distance:
            self.at = distance.end()
            return terms.near(content, int(distance[1]), self._written(start), field)
        if self.text.startswith("~", self.at):
            raise self._error(
                "after ~ stands how many words may lie between", end=self.at + 1,
                hint='Write "reward model"~5.',
            )  # fmt: skip
        return terms.phrase(content, self._written(start), field)

    def _word(self, field: TextField | None) -> Leaf:
        start = self.at
        if self.text.startswith('="', start):
            self.at += 1
            literal = self._quotation()
            return terms.exact(literal, self._written(start), field)
        text, written = self._plain()
        if text.startswith("="):
            return terms.exact(text[1:], written, field)
        return terms.phrase(text, written, field)

    def _written(self, start: int) -> terms.Written:
        """Take the boost of the term that began at `start` and ends here."""
        text = self.text[start : self.at]
        boost = self._boost()
        place = Place(self.text, start, self.at)
        return terms.Written(text, 1.0 if boost is None else boost, place)

    def _plain(self) -> tuple[str, terms.Written]:
        """Take characters up to a space, bracket or quotation mark, and the boost in them."""
        start = self.at
        whole = self._word_at(start)
        self.at += len(whole)
        text, boost = terms.split_boost(whole)
        place = Place(self.text, start, self.at)
        return text, terms.Written(text, 1.0 if boost is None else boost, place)

    def _quotation(self) -> str:
        match = _PHRASE.match(self.text, self.at)
        if match is None:
            raise self._error("this quotation mark is never closed", end=self.at + 1)
        self.at = match.end()
        return _ESCAPED_QUOTE.sub(r"\1", match[1])

    # --- characters

    def _space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _ends(self) -> bool:
        """Whether the query or the bracket ends here."""
        return self.at == len(self.text) or self.text[self.at] == ")"

    def _operator(self) -> str | None:
        """Name the operator that stands here, if one does."""
        if self.text[self.at : self.at + 1] not in _OPERATORS_BEGIN:
            return None  # asked before every term, and nearly always the answer
        if self.at and not (self.text[self.at - 1].isspace() or self.text[self.at - 1] in "()"):
            return None
        match = _OPERATOR.match(self.text, self.at)
        return _OPERATORS[match[0]] if match else None

    def _take_operator(self, name: str) -> None:
        symbol = _OPERATOR.match(self.text, self.at)
        start = self.at
        self.at += len(symbol[0]) if symbol else len(name)
        self._space()
        if self._ends():
            raise self._error(f"{name} has nothing after it", start=start)

    def _negates(self) -> bool:
        """Whether `-` or `!` stands here as an operator: right before a term, after a space."""
        if self.text[self.at : self.at + 1] not in _NEGATIONS:
            return False
        before = self.text[self.at - 1] if self.at else " "
        after = self.text[self.at + 1 : self.at + 2]
        opens = bool(after) and not after.isspace() and after != ")"
        return opens and (before.isspace() or before in "()")

    def _boost(self) -> float | None:
        match = _BOOST.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return float(match[1])

    def _word_at(self, start: int) -> str:
        match = _WORD.match(self.text, start)
        return match[0] if match else ""

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"brackets stand more than {MAX_DEPTH} deep")

    def _error(
        self, reason: str, *, start: int | None = None, end: int | None = None, hint: str = ""
    ) -> QueryError:
        first = self.at if start is None else start
        last = max(first, self.at if end is None else end)
        return QueryError(reason, text=self.text, start=first, end=last, hint=hint)


def _scaled(node: Node, factor: float) -> Node:
    """Multiply every boost in `node`; a comparison without one keeps giving no points."""
    if isinstance(node, (And, Or)):
        return node._replace(children=tuple(_scaled(child, factor) for child in node.children))
    if isinstance(node, Not):
        return node  # what stands under NOT gives no points
    if node.boost is None:
        return node
    return node._replace(boost=node.boost * factor)


def _check_regex(pattern: str, place: Place) -> None:
    import re2  # here and not above: most configs hold no regular expression

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
