"""Boolean queries of others, such as the arXiv API's, to a tree.

What is read: `ti:"x" AND cat:cs.LG`, `all:a OR all:b ANDNOT c`, brackets, the forms of a URL
(`all:%22x%22+AND+cat:cs.LG`), and PubMed's `deep learning[tiab]`. See "Details of Query
Construction" in https://info.arxiv.org/help/api/user-manual.html.
`digest.rule_import.arxiv` maps fields to ours and writes the tree in our language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH: Final = 30
"""Brackets inside each other; ours are read up to twice as deep."""
MAX_CHARACTERS: Final = 20_000
MAX_TOKENS: Final = 2_000

_FIELD_NAMES = (
    "ti|title|abs|abstract|au|author|cat|category|all|co|jr|rn|id|id_list"
    "|submittedDate|lastUpdatedDate"
)
_SIGN: Final = re.compile(
    rf"(?:^|[\s(+])(?:{_FIELD_NAMES}):(?=[^\s])|(?:\s|\+)(?:AND|OR|ANDNOT)(?:\s|\+)"
    r"|search_query=|\[(?:tiab|ti|au|mesh|mh|Title|Title/Abstract|MeSH Terms|Author)\]"
)
_IN_URL: Final = re.compile(r"%[0-9A-Fa-f]{2}|\+(?:AND|OR|ANDNOT)\+|^\S*:\S*\+\S*$")
_TOKEN: Final = re.compile(
    rf"""\s*(?:
      (?P<open>\()
    | (?P<close>\))
    | (?P<field>(?:{_FIELD_NAMES}):)
    | (?P<range>\[[^\[\]]{{1,60}}\sTO\s[^\[\]]{{1,60}}\])
    | (?P<tag>\[[A-Za-z/ ]{{1,30}}\])
    | "(?P<phrase>[^"]*)"?
    | (?P<operator>(?:AND\s+NOT|ANDNOT|AND|OR|NOT|&&|\|\|)(?=[\s()"]|$))
    | (?P<word>[^\s()"\[\]]+|[\[\]])
    )""",
    re.VERBOSE,
)


class UnreadableError(Exception):
    """The text is no boolean query; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words or a phrase to look for in a field."""

    text: str
    field: str = ""
    """As written, in lower case; empty where none is."""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """All of `children`."""

    children: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Any of `children`."""

    children: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Nor:
    """What `child` does not match."""

    child: Tree


Tree: TypeAlias = Term | All | Any | Nor
_Token: TypeAlias = tuple[str, str]


def is_boolean(text: str) -> bool:
    """Tell whether `text` is a boolean query rather than a phrase."""
    return _SIGN.search(text) is not None


def parse(text: str) -> tuple[Tree, bool]:
    """Return the tree of `text`, and whether operators without brackets had to be ordered.

    AND binds tighter than OR; what stands after ANDNOT is taken from all that stands before it,
    for that is what those who end a query with it mean. Raises `UnreadableError`.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"it is longer than {MAX_CHARACTERS:,} characters")
    if "search_query=" in text:
        text = text.split("search_query=", 1)[1].split("&", 1)[0]
    if _IN_URL.search(text):
        text = unquote_plus(text)
    tokens = list(_tokens(text))
    if len(tokens) > MAX_TOKENS:
        raise UnreadableError(f"it has more than {MAX_TOKENS:,} words")
    parser = _Parser(tokens)
    tree = parser.sequence("", MAX_DEPTH)
    if parser.at < len(tokens):
        raise UnreadableError("a bracket closes that was never opened")
    return tree, parser.mixed


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while match := _TOKEN.match(text, at):
        kind = match.lastgroup or ""
        yield kind, match[kind]
        at = match.end()


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self.at = 0
        self.mixed = False

    def sequence(self, field: str, depth: int) -> Tree:
        """Read operands and operators up to the end or to a closing bracket."""
        groups: list[list[Tree]] = [[]]
        unwanted: list[Tree] = []
        operators: set[str] = set()
        while self._kind() not in ("", "close"):
            operator = self._operator() if groups[0] or unwanted else self._leading()
            operand = self._operand(field, depth)
            operators.add(operator)
            if operator == "NOT":
                unwanted.append(operand)
            elif operator == "OR":
                groups.append([operand])
            else:
                groups[-1].append(operand)
        self.mixed |= "OR" in operators and len(operators - {"first"}) > 1
        wanted = [_joined(All, group) for group in groups if group]
        if not wanted and not unwanted:
            raise UnreadableError("there is nothing in it, or in its brackets")
        if len(wanted) == 1 and isinstance(wanted[0], All):
            parts = list(wanted[0].children)
        else:
            parts = [_joined(Any, wanted)] if wanted else []
        return _joined(All, parts + [Nor(tree) for tree in unwanted])

    def _leading(self) -> str:
        return self._operator() if self._peek() == ("operator", "NOT") else "first"

    def _operator(self) -> str:
        kind, text = self._peek()
        if kind != "operator":
            return ""  # side by side
        self.at += 1
        if self._peek() == ("operator", "NOT") and text in ("AND", "&&"):
            self.at += 1
            return "NOT"
        return {"&&": "AND", "||": "OR", "AND": "AND", "OR": "OR"}.get(text, "NOT")

    def _operand(self, field: str, depth: int) -> Tree:
        kind, text = self._peek()
        if kind == "field":
            self.at += 1
            field = text[:-1].lower()
            kind, text = self._peek()
        if kind == "open":
            if not depth:
                raise UnreadableError(f"brackets stand more than {MAX_DEPTH} deep")
            self.at += 1
            tree = self.sequence(field, depth - 1)
            if self._kind() != "close":
                raise UnreadableError("a bracket is never closed")
            self.at += 1
            return tree
        if kind in ("phrase", "range"):
            self.at += 1
            return Term(text, self._tag() or field, quoted=True)
        words = []
        while self._kind() == "word":
            words.append(self._peek()[1])
            self.at += 1
        if not words:
            raise UnreadableError(f"a word should stand where {text or 'it ends'} does")
        return Term(" ".join(words), self._tag() or field)

    def _tag(self) -> str:
        """Take PubMed's field, which stands after the words."""
        kind, text = self._peek()
        if kind != "tag":
            return ""
        self.at += 1
        return text[1:-1].lower()

    def _peek(self) -> _Token:
        return self._tokens[self.at] if self.at < len(self._tokens) else ("", "")

    def _kind(self) -> str:
        return self._peek()[0]


def _joined(kind: type[All | Any], children: list[Tree]) -> Tree:
    return children[0] if len(children) == 1 else kind(tuple(children))
