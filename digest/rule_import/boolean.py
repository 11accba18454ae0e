"""Parse the boolean queries of search engines and feed readers to a tree.

Read are the arXiv API (`ti:"x" AND cat:cs.LG`, also as a URL), PubMed (`deep learning[tiab]`), Web
of Science (`TS=(x NEAR/3 y)`), Scopus (`TITLE-ABS-KEY(x W/3 y)`), Google Scholar and FreshRSS
(`intitle:x -survey`). `digest.rule_import.fields` maps fields to ours and writes the tree.
Sources: https://info.arxiv.org/help/api/user-manual.html ("Details of Query Construction"),
https://pubmed.ncbi.nlm.nih.gov/help/, https://freshrss.github.io/FreshRSS/en/users/10_filter.html.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote_plus

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH: Final = 30
"""Maximum nesting of brackets; our own language allows twice as many."""
MAX_CHARACTERS: Final = 20_000
MAX_TOKENS: Final = 2_000

_ARXIV = (
    "ti|title|abs|abstract|au|author|cat|category|all|co|jr|rn|id|id_list"
    "|submittedDate|lastUpdatedDate"
)
_READERS = "intitle|intext|inurl|allintitle|allintext|source"
_WEB_OF_SCIENCE = "TS|TI|AB|AU|AK|KP|SO|DO|AD|OG|WC|SU"
_SCOPUS = (
    "TITLE-ABS-KEY|TITLE-ABS|TITLE|ABS|KEY|AUTH|AUTHOR-NAME|AUTHKEY|AFFIL|SRCTITLE|DOCTYPE|LANGUAGE"
    "|SUBJAREA|LIMIT-TO|EXCLUDE|DOI|EXACTKEYWORD|PUBSTAGE|OA|ALL"
)
_ONE_WORD: Final = frozenset({"intitle", "intext", "inurl", "author", "source"})
"""Fields of feed readers that apply only to the next word."""
_SIGN: Final = re.compile(
    rf"(?:^|[\s(+-])(?:{_ARXIV}|{_READERS}):(?=[^\s])|(?:\s|\+)(?:AND|OR|ANDNOT)(?:\s|\+)"
    r"|[\")](?:AND|OR|ANDNOT|NOT)[\"(]|search_query="
    rf"|(?:^|[\s(])(?:(?:{_WEB_OF_SCIENCE})\s?=|(?:{_SCOPUS})\s?\()|\b(?:NEAR|PRE|W)/\d"
    r"|\[(?:tiab|ti|au|mesh|mh|pt|tw|Title|Title/Abstract|MeSH Terms|Author)\]"
)
_IN_URL: Final = re.compile(r"%[0-9A-Fa-f]{2}|\+(?:AND|OR|ANDNOT)\+|^\S*:\S*\+\S*$")
_TOKEN: Final = re.compile(
    rf"""\s*(?:
      (?P<open>\()
    | (?P<close>\))
    | (?P<year>(?:PUBYEAR|PY)\s*(?:[<>=]|AFT|BEF|IS)+\s*\(?\d{{4}}(?:-\d{{4}})?\)?)
    | (?P<field>(?:{_ARXIV}|{_READERS}):|(?:{_WEB_OF_SCIENCE})\s*=|(?:{_SCOPUS})(?=\s*\())
    | (?P<range>\[[^\[\]]{{1,60}}\sTO\s[^\[\]]{{1,60}}\])
    | (?P<tag>\[[A-Za-z/ ]{{1,30}}\])
    | (?P<regex>/(?:\\.|[^/\\])+/[a-z]*(?=[\s)]|$))
    | "(?P<phrase>[^"]*)"?
    | (?P<near>(?:NEAR|PRE|W|ADJ)/\d{{1,3}}(?=[\s("]))
    | (?P<operator>(?:AND\s+NOT|ANDNOT|AND|OR|NOT|&&|\|\|?)(?=[\s()"]|$)|[-!](?=["(\w]))
    | (?P<word>[^\s()"\[\]]+|[\[\]])
    )""",
    re.VERBOSE,
)


class UnreadableError(Exception):
    """The text is not a boolean query; `str()` says why."""


class Term(Struct, frozen=True):
    """A word or phrase to be found in a field."""

    text: str
    field: str = ""
    """In lower case for the arXiv API, PubMed and feed readers, in capitals for the others; empty
    if none is written."""
    quoted: bool = False
    regex: bool = False


class All(Struct, frozen=True):
    """All of `children`."""

    children: tuple[Tree, ...]


class Any(Struct, frozen=True):
    """Any of `children`."""

    children: tuple[Tree, ...]


class Negation(Struct, frozen=True):
    """Everything that `child` does not match."""

    child: Tree


class Near(Struct, frozen=True):
    """Two terms with at most `distance` words between them."""

    left: Tree
    right: Tree
    distance: int
    ordered: bool


Tree: TypeAlias = Term | All | Any | Negation | Near
_Token: TypeAlias = tuple[str, str]


def is_boolean(text: str) -> bool:
    """Return whether `text` is a boolean query rather than a phrase."""
    return _SIGN.search(text) is not None


def parse(text: str) -> tuple[Tree, bool]:
    """Return the tree of `text`, and whether operators without brackets had to be ordered.

    AND binds tighter than OR; what follows ANDNOT is excluded from everything before it, because
    that is what people mean who end a query with it. Raises `UnreadableError`.
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
        alternatives = [_joined(All, group) for group in groups if group]
        if not alternatives and not unwanted:
            raise UnreadableError("there is nothing in it, or in its brackets")
        if len(alternatives) == 1 and isinstance(alternatives[0], All):
            parts = list(alternatives[0].children)
        else:
            parts = [_joined(Any, alternatives)] if alternatives else []
        return _joined(All, parts + [Negation(tree) for tree in unwanted])

    def _leading(self) -> str:
        negated = self._peek() in {("operator", sign) for sign in ("NOT", "-", "!")}
        return self._operator() if negated else "first"

    def _operator(self) -> str:
        kind, text = self._peek()
        if kind != "operator":
            return ""  # side by side
        self.at += 1
        if self._peek() == ("operator", "NOT") and text in ("AND", "&&"):
            self.at += 1
            return "NOT"
        return {"&&": "AND", "||": "OR", "|": "OR", "AND": "AND", "OR": "OR"}.get(text, "NOT")

    def _operand(self, field: str, depth: int) -> Tree:
        """Parse a term or a bracket, and a following proximity operator."""
        tree = self._single(field, depth)
        while self._kind() == "near":
            name, _, number = self._peek()[1].partition("/")
            self.at += 1
            tree = Near(tree, self._single(field, depth), int(number), ordered=name == "PRE")
        return tree

    def _single(self, field: str, depth: int) -> Tree:
        kind, text = self._peek()
        if kind == "field":
            self.at += 1
            field = text[:-1].lower() if text.endswith(":") else text.rstrip("= \t")
            kind, text = self._peek()
        if kind == "year":
            self.at += 1
            return Term(text, "PUBYEAR", quoted=True)
        if kind == "open":
            if not depth:
                raise UnreadableError(f"brackets stand more than {MAX_DEPTH} deep")
            self.at += 1
            tree = self.sequence(field, depth - 1)
            if self._kind() != "close":
                raise UnreadableError("a bracket is never closed")
            self.at += 1
            return tree
        if kind in ("phrase", "range", "regex"):
            self.at += 1
            return Term(text, self._tag() or field, quoted=True, regex=kind == "regex")
        words: list[str] = []
        while self._kind() == "word" and not (words and field in _ONE_WORD):
            words.append(self._peek()[1])
            self.at += 1
        if not words:
            raise UnreadableError(f"a word should stand where {text or 'it ends'} does")
        return Term(" ".join(words), self._tag() or field)

    def _tag(self) -> str:
        """Parse PubMed's field, which follows the words."""
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
