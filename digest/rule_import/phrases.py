"""A phrase or a regular expression of a foreign list → an entry of ours.

Their phrases have no operators: what would be one in our keywords (a leading `=`, a trailing `^2`)
is written so that it stays text. Every resulting entry parses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.errors import QueryError
from digest.rule_import.result import Entry, shown
from digest.rules import parse_keyword, parse_query
from digest.rules.syntax import Exact, Pattern, Phrase
from digest.text.words import Break, fold_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rule_import.result import Notes
    from digest.rules.syntax import Node

MAX_WORDS: Final = 10
"""A longer phrase is a sentence, which no paper contains."""
MAX_PHRASE: Final = 1_000
"""Maximum length of a phrase in characters; ten words are never as long."""
MAX_REGEX: Final = 500
"""Maximum length of a regular expression in characters."""
MAX_BOOST: Final = 1_000_000.0

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_SENTENCE = re.compile(r"^\S+\s+\S+\s.*[^.\s]{3}[.!?][)\"']?$|^\S+ \S+: ?\S.*\.$")
_QUOTED = re.compile(r"""^(["'])(.*)\1$""", re.DOTALL)
_PLAIN_WORD = re.compile(r'((?:\w+:)?)"(\w+(?:[-.]\w+)*)"')
_REGEX_SIGN = re.compile(
    r"\\[bBwWdDsS.]|(?:\.|\w|[\])])[*+]\\|\.[*+]|\[[^\]\s]+\]|\(\?|\([^)]*\|[^)]*\)|^\^\w|\w\$$"
)
_MATCH_ANYTHING = re.compile(r"^(?:\^?\.\*\??)+|(?<!\\)(?:\.\*\??\$?)+$")


def tidy(text: str) -> str:
    """Return text on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def as_quoted(text: str) -> str:
    """Return text as a phrase of a query."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def phrase(text: str, notes: Notes, *, boost: float = 1.0, field: str = "") -> Entry | None:
    """Return the entry that finds `text` as words; None, with a note, if nothing can."""
    text = tidy(text)
    unquoted = _QUOTED.match(text)
    if unquoted and unquoted[1] not in unquoted[2]:
        text = unquoted[2].strip()
    if not text:
        return None
    if len(text) > MAX_PHRASE:
        notes.say(f"{shown(text)} is left out: it is longer than {MAX_PHRASE:,} characters.")
        return None
    if len(text.split()) > MAX_WORDS or is_sentence(text):
        notes.say(
            f"{shown(text)} is left out: it is a sentence, which no paper contains. "
            "Write its few words that matter."
        )
        return None
    in_field = f"{field}:" if field else ""
    for query in (in_field + as_quoted(text), in_field + _insensitive(text)):
        try:
            node = parse_query(query)
        except QueryError:
            continue
        keyword = "" if field or not isinstance(node, Phrase | Pattern) else _keyword(text, node)
        if not isinstance(node, Phrase | Pattern):
            notes.say(
                f"{shown(text)} is found by these characters, because it has too few letters."
            )
        return Entry(bare(query), keyword, _bounded(boost, notes), _identity(node))
    notes.say(f"{shown(text)} is left out: it is too long, or has nothing to look for.")
    return None


def is_sentence(text: str) -> bool:
    """Return whether `text` is a sentence rather than a phrase."""
    return _SENTENCE.search(text) is not None


def bare(query: str) -> str:
    """Return the query without redundant quotation marks."""
    match = _PLAIN_WORD.fullmatch(query)
    return query if match is None or match[2] in ("AND", "OR", "NOT") else match[1] + match[2]


def _keyword(text: str, phrase_node: Node) -> str:
    """Return `text` if it means the same as a keyword as it does as a phrase."""
    try:
        node = parse_keyword(text)
    except QueryError:
        return ""
    same = (
        not isinstance(node, Exact)
        and node.boost == 1
        and _identity(node) == _identity(phrase_node)
    )
    return text if same else ""


def _insensitive(text: str) -> str:
    """Return a regular expression for text without words, such as a* or ++."""
    escaped = re.sub(r"([^\w\s])", r"\\\1", text).replace(" ", r"\s")
    before = r"\b" if text[0].isalnum() and text[0].isascii() else ""
    after = r"\b" if text[-1].isalnum() and text[-1].isascii() else ""
    return f"/(?i){before}{escaped}{after}/"


def is_regex(text: str) -> bool:
    """Return whether `text` is a regular expression rather than words."""
    return _REGEX_SIGN.search(text[:MAX_REGEX]) is not None


def regex(text: str, notes: Notes, *, ignore_case: bool, boost: float = 1.0) -> Entry | None:
    """Return the entry that searches for a regular expression; None, with a note, if none can."""
    if len(text) > MAX_REGEX:
        notes.say(f"{shown(text)} is left out: it is longer than {MAX_REGEX} characters.")
        return None
    pattern = _MATCH_ANYTHING.sub("", _CONTROL.sub(" ", text).strip())
    if not pattern:
        notes.say(f"{shown(text)} is left out: it matches everything.")
        return None
    slashes = re.sub(r"\\.|/", lambda match: "\\/" if match[0] == "/" else match[0], pattern)
    flag = "(?i)" if ignore_case and not pattern.startswith("(?i") else ""
    query = f"/{flag}{slashes}/"
    try:
        parse_query(query)
    except QueryError as error:
        notes.say(f"{shown(text)} is left out: {error.reason}.")
        return None
    return Entry(query, "", _bounded(boost, notes), query)


def query_entry(query: str, *, boost: float = 1.0) -> Entry:
    """Return the entry for a valid query of ours."""
    return Entry(query if boost == 1 else f"({query})", "", boost, query)


def boosted(entry: Entry, boost: float, notes: Notes) -> Entry:
    """Return the entry with another boost."""
    return replace(entry, boost=_bounded(boost, notes))


def once(entries: Sequence[Entry | None], notes: Notes) -> tuple[Entry, ...]:
    """Return the entries without those that repeat an earlier one."""
    unique: dict[object, Entry] = {}
    repeated = []
    for entry in entries:
        if entry is None:
            continue
        if entry.identity in unique:
            repeated.append(entry.keyword or entry.query)
        unique.setdefault(entry.identity, entry)
    if repeated:
        names = ", ".join(shown(text) for text in dict.fromkeys(repeated[:5]))
        more = f" and {len(repeated) - 5} more" if len(repeated) > 5 else ""
        notes.say(f"Duplicates left out: {names}{more}.")
    return tuple(unique.values())


def _bounded(boost: float, notes: Notes) -> float:
    if boost > MAX_BOOST:
        notes.say(f"A weight above {MAX_BOOST:,.0f} is carried over as that.")
    return min(boost, MAX_BOOST)


def _identity(node: Node) -> object:
    """Return what the spellings of one phrase share: words without plurals, and the stops."""
    if isinstance(node, Phrase):
        words = tuple(fold_word(word) for word in node.words)
        return (words, tuple(gap == Break.STOP for gap in node.spelling.gaps), node.field)
    return replace(node, text="") if isinstance(node, Pattern) else node
