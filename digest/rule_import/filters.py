"""Read the filter files of feed readers: elfeed-score, miniflux, newsboat and arxivtagpy.

Each filter becomes a tree of `digest.rule_import.boolean`, with a weight below 0 if it hides
what it matches. FreshRSS and Google Scholar write queries, which `boolean` reads.
Sources: https://miniflux.app/docs/rules.html, the chapters "Filter language" and "Killfiles" of
https://newsboat.org/releases/2.38/docs/newsboat.html, the chapter "Score file format" of
https://www.unwoundstack.com/doc/elfeed-score/1.2.8/elfeed-score.html.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from digest.errors import UsageError
from digest.rule_import.boolean import All, Any, Negation, Term
from digest.rule_import.result import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.rule_import.boolean import Tree


class Filter(Struct, frozen=True):
    """One line of a filter file."""

    tree: Tree
    text: str
    """As written, for notes."""
    weight: float = 1.0
    """Below 0 if the filter hides papers."""


def read_filters(text: str) -> tuple[str, tuple[Filter, ...]] | None:
    """Return the program that wrote the filters of `text`, and the filters; None for other files.

    Raises UsageError for a filter file with an unreadable line.
    """
    if _ELFEED.search(text) and text.lstrip()[:1] in ("(", ";"):
        return "elfeed-score", tuple(_elfeed(text))
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    for program, (sign, read) in _BY_LINE.items():
        if lines and any(map(sign.match, lines)):
            return program, tuple(_line(line, program, read) for line in lines)
    return None


def _line(line: str, program: str, read: Callable[[str], Filter]) -> Filter:
    try:
        return read(line)
    except (ValueError, IndexError, RecursionError) as error:
        raise UsageError(
            f"{shown(line)} cannot be read as a filter of {program}: {error}"
        ) from None


# --- miniflux ------------------------------------------------------------------------------------

_MINIFLUX_FIELDS: Final = {
    "EntryTitle": "ti", "EntryContent": "abs", "EntryAuthor": "au", "EntryURL": "inurl",
    "EntryCommentsURL": "inurl", "EntryTag": "cat", "EntryDate": "EntryDate",
}  # fmt: skip


def _miniflux(line: str) -> Filter:
    name, _, pattern = line.partition("=")
    field = _MINIFLUX_FIELDS.get(name.strip())
    if field is None:
        raise ValueError(f"the field {name.strip()!r} is not known")
    return Filter(_pattern(field, pattern.strip()), line)


def _pattern(field: str, pattern: str, *, ignore_case: bool = False) -> Term:
    if field in ("cat", "inurl", "EntryDate"):
        return Term(pattern.removeprefix("(?i)"), field, quoted=True)
    flags = "i" if ignore_case else ""
    return Term(f"/{pattern.replace('/', chr(92) + '/')}/{flags}", field, quoted=True, regex=True)


# --- newsboat ------------------------------------------------------------------------------------

_NEWSBOAT_FIELDS: Final = {
    "title": "ti", "content": "abs", "author": "au", "link": "inurl", "guid": "inurl",
}  # fmt: skip
_NEWSBOAT_SIGN: Final = re.compile(
    r'(?:ignore|highlight)-article\s|"query:|\(*[a-z]+ *(?:=~|!~|!?#) *"'
)
_NEWSBOAT_LINE: Final = re.compile(
    r"""(?P<verb>ignore-article|highlight-article)\s+"(?:\\.|[^"\\])*"\s+"(?P<filter>(?:\\.|[^"\\])*)"
    |"query:[^:]*:(?P<query>(?:\\.|[^"\\])*)".*""",
    re.VERBOSE,
)
_NEWSBOAT_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<joint>and|or)\b
    |(?P<field>[a-z_]+)\s*(?P<operator>=~|!~|==|!=|=|!\#|\#|<=|>=|<|>|between)\s*
     (?:"(?P<text>(?:\\.|[^"\\])*)"|(?P<number>[\w:.-]+)))""",
    re.VERBOSE,
)


def _newsboat(line: str) -> Filter:
    match = _NEWSBOAT_LINE.fullmatch(line)
    expression = line if match is None else match["filter"] or match["query"]
    if match is not None:
        expression = re.sub(r"\\(.)", r"\1", expression)
    tokens = list(_newsboat_tokens(expression))
    tree = _newsboat_any(tokens)
    if tokens:
        raise ValueError("a bracket closes that was never opened")
    hides = match is not None and match["verb"] == "ignore-article"
    return Filter(tree, line, -1.0 if hides else 1.0)


_Comparison: TypeAlias = "re.Match[str]"


def _newsboat_tokens(text: str) -> Iterator[_Comparison]:
    at = 0
    while text[at:].strip():
        match = _NEWSBOAT_TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text[at:].strip()[:30]!r} is not a comparison")
        yield match
        at = match.end()


def _newsboat_any(tokens: list[_Comparison]) -> Tree:
    """Parse an expression; `and` binds tighter than `or`."""
    groups: list[list[Tree]] = [[_newsboat_one(tokens)]]
    while tokens and (joint := tokens[0]["joint"]):
        tokens.pop(0)
        if joint == "or":
            groups.append([])
        groups[-1].append(_newsboat_one(tokens))
    joined: list[Tree] = [group[0] if len(group) == 1 else All(tuple(group)) for group in groups]
    return joined[0] if len(joined) == 1 else Any(tuple(joined))


def _newsboat_one(tokens: list[_Comparison]) -> Tree:
    if not tokens:
        raise ValueError("a comparison is missing at the end")
    token = tokens.pop(0)
    if token["open"]:
        tree = _newsboat_any(tokens)
        if not tokens or not tokens.pop(0)["close"]:
            raise ValueError("a bracket is never closed")
        return tree
    if token["field"] is None:
        raise ValueError("a comparison is missing")
    field = _NEWSBOAT_FIELDS.get(token["field"], token["field"])
    value = token["text"] if token["text"] is not None else token["number"]
    operator = token["operator"]
    if operator in ("=~", "!~"):
        tree = _pattern(field, value, ignore_case=True)
    else:
        tree = Term(value, field, quoted=True)
    return Negation(tree) if operator.startswith("!") else tree


# --- arxivtagpy ----------------------------------------------------------------------------------

_TAG: Final = re.compile(r"\s*(?:(?P<field>ti|au|abs)\{(?P<inner>[^{}]*)\}|(?P<sign>[&|()!]))")


def _arxivtag(line: str) -> Filter:
    """Parse `abs{heavy&neutrino|HNL}|ti{neutrino}`; `&` binds tighter than `|`."""
    tokens: list[Tree | str] = []
    at = 0
    while line[at:].strip():
        match = _TAG.match(line, at)
        if match is None:
            raise ValueError(f"{line[at:].strip()[:30]!r} is not ti{{…}}, au{{…}} or abs{{…}}")
        tokens.append(match["sign"] or _inside_braces(match["field"], match["inner"]))
        at = match.end()
    tree = _tag_any(tokens)
    if tokens:
        raise ValueError("a bracket closes that was never opened")
    return Filter(tree, line)


def _inside_braces(field: str, text: str) -> Tree:
    tokens: list[Tree | str] = []
    for part in re.findall(r"[&|()!]|[^&|()!]+", text):
        if part in "&|()!":
            tokens.append(part)
        elif part.strip():
            tokens.append(Term(part.strip(), field, quoted=True))
    tree = _tag_any(tokens)
    if tokens:
        raise ValueError("a bracket closes that was never opened")
    return tree


def _tag_any(tokens: list[Tree | str]) -> Tree:
    groups: list[list[Tree]] = [[_tag_one(tokens)]]
    while tokens and tokens[0] in ("&", "|"):
        if tokens.pop(0) == "|":
            groups.append([])
        groups[-1].append(_tag_one(tokens))
    joined: list[Tree] = [group[0] if len(group) == 1 else All(tuple(group)) for group in groups]
    return joined[0] if len(joined) == 1 else Any(tuple(joined))


def _tag_one(tokens: list[Tree | str]) -> Tree:
    part = tokens.pop(0)
    if part == "!":
        return Negation(_tag_one(tokens))
    if part == "(":
        tree = _tag_any(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise ValueError("a bracket is never closed")
        return tree
    if isinstance(part, str):
        raise ValueError(f"a term should stand where {part} does")  # noqa: TRY004 - their syntax
    return part


_BY_LINE: Final[dict[str, tuple[re.Pattern[str], Callable[[str], Filter]]]] = {
    "miniflux": (re.compile(r"Entry[A-Z]\w+\s*="), _miniflux),
    "newsboat": (_NEWSBOAT_SIGN, _newsboat),
    "arxivtagpy": (re.compile(r"[(!]*(?:ti|au|abs)\{"), _arxivtag),
}  # fmt: skip


# --- elfeed-score --------------------------------------------------------------------------------

_ELFEED: Final = re.compile(r'\(\s*version\s+\d+\s*\)|\(:text\s+"')
_LISP: Final = re.compile(r'\s*(?:;[^\n]*\n?|(?P<part>[()]|"(?:\\.|[^"\\])*"|[^\s()";]+))')
_ELFEED_FIELDS: Final = {
    "title": "ti", "content": "abs", "title-or-content": "", "authors": "au",
    "authors-or-content": "", "title-or-authors": "ti",
}  # fmt: skip

_Lisp: TypeAlias = "str | list[_Lisp]"


def _elfeed(text: str) -> Iterator[Filter]:
    for section in _lisp(text):
        if not isinstance(section, list) or not section or not isinstance(section[0], str):
            continue
        field = _ELFEED_FIELDS.get(section[0].strip('"'))
        for rule in section[1:] if field is not None else ():
            if isinstance(rule, list):
                yield _elfeed_rule(field or "", rule)


def _elfeed_rule(field: str, rule: list[_Lisp]) -> Filter:
    keys = rule[::2]
    values = {str(key): value for key, value in zip(keys, rule[1::2], strict=False)}
    text = values.get(":text")
    if not isinstance(text, str):
        raise UsageError(
            f"{shown(str(rule))} is not a rule of an elfeed score file: it has no :text"
        )
    text = re.sub(r"\\(.)", r"\1", text.strip('"'))
    numbers = [values[key] for key in (":value", ":title-value", ":content-value") if key in values]
    weight = max((float(str(number)) for number in numbers), key=abs, default=1.0)
    if str(values.get(":type", "s")).lower() == "r":
        tree = _pattern(field, _emacs_regex(text), ignore_case=values.get(":type") == "r")
    else:
        tree = Term(text, field, quoted=True)
    return Filter(tree, text, weight)


def _emacs_regex(text: str) -> str:
    r"""Return an Emacs regular expression in the usual syntax: `\(` groups, `(` is a bracket."""
    return re.sub(r"\\([(){}|])", r"\1", text) if re.search(r"\\[(){}|]", text) else text


def _lisp(text: str) -> list[_Lisp]:
    """Return the items of the file's only list."""
    stack: list[list[_Lisp]] = [[]]
    for match in _LISP.finditer(text):
        part = match["part"]
        if part == "(":
            if len(stack) > 16:
                raise UsageError("its lists are nested more than 16 deep")
            stack.append([])
        elif part == ")" and len(stack) > 1:
            items = stack.pop()
            stack[-1].append(items)
        elif part == ")":
            raise UsageError("a bracket of the score file closes that was never opened")
        elif part:
            stack[-1].append(part)
    if len(stack) > 1 or not stack[0] or not isinstance(stack[0][0], list):
        raise UsageError("a bracket of the score file is never closed")
    return stack[0][0]
