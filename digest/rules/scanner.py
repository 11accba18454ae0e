"""Read the tokens of a query: words, quotations, operators and boosts, and errors about them.

`digest.rules.parse` has the grammar.
"""

from __future__ import annotations

import re
from typing import Final

from digest.errors import QueryError
from digest.rules import terms
from digest.rules.terms import Place

MAX_DEPTH: Final = 60
"""Maximum nesting of brackets and negations, far below the interpreter's limit."""

# A word ends before `||` and `&&`, in the list of an ANY also before a comma, but not in 10,000.
_WORD = re.compile(r'(?:(?!\|\||&&)[^\s()"])+')
_LISTED_WORD = re.compile(r'(?:(?!\|\||&&|,(?!(?<=\d,)\d))[^\s()"])+')
_PHRASE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BOOST = re.compile(terms.BOOST + r"(?=[\s(),\"]|\|\||&&|$)")
_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "NOT"}
_NEGATIONS = frozenset("-!")
_OPERATORS_BEGIN = frozenset(name[0] for name in _OPERATORS)
_OPERATOR = re.compile(r"((?:AND|OR|NOT)(?=[\s(),]|$)|&&|\|\|)\s*")
_ESCAPED_QUOTE = re.compile(r'\\(["\\])')


class Reader:
    """A position in a query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.in_list = False
        """Whether a comma ends a term: directly in the bracket of an ANY."""

    def written(self, start: int) -> terms.Written:
        """Read the boost of the term that began at `start` and ends here."""
        text = self.text[start : self.at]
        boost = self.boost()
        place = Place(self.text, start, self.at)
        return terms.Written(text, 1.0 if boost is None else boost, place)

    def plain(self) -> tuple[str, terms.Written]:
        """Read characters up to a space, bracket or quotation mark, and their boost."""
        start = self.at
        word = self.word_at(start)
        self.at += len(word)
        text, boost = terms.split_boost(word)
        place = Place(self.text, start, self.at)
        return text, terms.Written(text, 1.0 if boost is None else boost, place)

    def quotation(self) -> str:
        """Read the text between quotation marks."""
        match = _PHRASE.match(self.text, self.at)
        if match is None:
            raise self.error("this quotation mark is never closed", end=self.at + 1)
        self.at = match.end()
        return _ESCAPED_QUOTE.sub(r"\1", match[1])

    def space(self) -> None:
        """Skip white space."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def ends(self) -> bool:
        """Whether the query, the bracket or the entry of a list ends here."""
        character = self.text[self.at : self.at + 1]
        return character in ("", ")") or (self.in_list and character == ",")

    def follows_gap(self) -> bool:
        """Whether white space, a bracket or nothing comes directly before."""
        before = self.text[self.at - 1] if self.at else " "
        return before.isspace() or before in "()" or (self.in_list and before == ",")

    def operator(self) -> str | None:
        """Return the operator at this position, if there is one."""
        if self.text[self.at : self.at + 1] not in _OPERATORS_BEGIN:
            return None  # asked before every term, and nearly always the answer
        match = _OPERATOR.match(self.text, self.at)
        if match is None or not (match[1] in ("&&", "||") or self.follows_gap()):
            return None
        return _OPERATORS[match[1]]

    def take_operator(self, name: str) -> None:
        """Skip the operator at this position; raise `QueryError` if nothing follows."""
        start = self.at
        if symbol := _OPERATOR.match(self.text, start):
            self.at = symbol.end()
        if self.ends():
            raise self.error(f"{name} has nothing after it", start=start)

    def negates(self) -> bool:
        """Whether `-` or `!` is an operator here: directly before a term, after a space."""
        if self.text[self.at : self.at + 1] not in _NEGATIONS:
            return False
        after = self.text[self.at + 1 : self.at + 2]
        return bool(after) and not after.isspace() and after != ")" and self.follows_gap()

    def boost(self) -> float | None:
        """Read the boost at this position, if there is one."""
        match = _BOOST.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return float(match[1])

    def word_at(self, start: int) -> str:
        """Return the characters from `start` up to a space, bracket or quotation mark."""
        match = (_LISTED_WORD if self.in_list else _WORD).match(self.text, start)
        return match[0] if match else ""

    def deeper(self) -> None:
        """Count one more bracket or negation; raise `QueryError` for too many."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"brackets stand more than {MAX_DEPTH} deep")

    def place(self, end: int) -> Place:
        """Return the place from here to `end`."""
        return Place(self.text, self.at, end)

    def error(
        self, reason: str, *, start: int | None = None, end: int | None = None, hint: str = ""
    ) -> QueryError:
        """Return the error that points at some characters, by default at this one."""
        first = self.at if start is None else start
        last = max(first, self.at if end is None else end)
        return QueryError(reason, text=self.text, start=first, end=last, hint=hint)

    def no_term(self, start: int) -> QueryError:
        """Return the error for a missing term."""
        operator = _OPERATOR.match(self.text, start)
        if operator is None:
            return self.error("a word or a bracket is missing here", start=start)
        exactly = "" if operator[1].isalpha() else "="
        return self.error(
            f"a word or a bracket is missing before {operator[1]}",
            start=start, end=operator.end(1),
            hint=f'To search for the word itself, write {exactly}"{operator[1]}".',
        )  # fmt: skip
