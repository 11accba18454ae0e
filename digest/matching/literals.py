"""Find exact keywords and regular expressions in the clean text.

One RE2 set of all exact keywords, and one filter of the literals in all expressions, select in
linear time which of them may match a text; only those are searched for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from digest.rules.syntax import Exact, Regex
from digest.text.normalise import is_word_character

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import re2

    Span: TypeAlias = tuple[int, int]

_SET_FROM = 5
"""With this many literals one pass over all of them is cheaper than one pass each."""
_SET_MEMORY = 256 << 20
"""Memory in bytes that RE2 may use for the set's automaton; beyond it each literal is searched
separately."""


class LiteralTable:
    """Exact keywords and regular expressions, compiled; `find` numbers them in the given order."""

    def __init__(self, leaves: Sequence[Exact | Regex]) -> None:
        self._exact: dict[int, str] = {}
        self._regex: dict[int, re2.Regexp] = {}
        for number, leaf in enumerate(leaves):
            if isinstance(leaf, Exact):
                self._exact[number] = leaf.literal
            else:
                self._regex[number] = _compile(leaf.pattern)
        self._numbers = list(self._exact)
        self._set = _build_set(self._exact.values()) if len(self._exact) >= _SET_FROM else None
        patterns = [leaf.pattern for leaf in leaves if isinstance(leaf, Regex)]
        self._regex_numbers = list(self._regex)
        self._filter = _build_filter(patterns) if len(patterns) >= _SET_FROM else None

    def find(self, text: str) -> Iterator[tuple[int, list[Span]]]:
        """Yield the number of each leaf that matches `text`, and its places."""
        for number in self._candidates(text):
            if spans := exact_spans(self._exact[number], text):
                yield number, spans
        for number in self._regex_candidates(text):
            if spans := _regex_spans(self._regex[number], text):
                yield number, spans

    def _regex_candidates(self, text: str) -> Sequence[int]:
        """Return the expressions whose literal parts `text` has, and those without any."""
        if self._filter is None:
            return self._regex_numbers
        return [self._regex_numbers[n] for n in self._filter.Match(text, potential=True) or ()]

    def _candidates(self, text: str) -> Sequence[int]:
        if self._set is not None:
            return sorted(self._numbers[place] for place in self._set.Match(text) or ())
        return [number for number, literal in self._exact.items() if literal in text]


def exact_spans(literal: str, text: str) -> list[Span]:
    """Return the places of `literal` in `text` with no letter or digit next to it.

    A dot or comma before a digit may not follow either: `GPT-4` does not match `GPT-4.5`.
    """
    spans: list[Span] = []
    start = text.find(literal)
    while start >= 0:
        end = start + len(literal)
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        decimal = after in {".", ","} and text[end + 1 : end + 2].isdigit()
        if not (_in_word(before) or _in_word(after) or decimal):
            spans.append((start, end))
        start = text.find(literal, start + 1)
    return spans


def _in_word(character: str) -> bool:
    return character != "" and is_word_character(character)


def _regex_spans(pattern: re2.Regexp, text: str) -> list[Span]:
    spans = [match.span() for match in pattern.finditer(text)]
    # An expression that matches the empty text matches everywhere; one place is enough.
    return [span for span in spans if span[0] < span[1]] or spans[:1]


def _compile(pattern: str) -> re2.Regexp:
    import re2

    return re2.compile(pattern, _options())


def _options() -> re2.Options:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _SET_MEMORY
    return options


def _build_set(literals: Iterable[str]) -> re2.Set:
    import re2

    union = re2.Set.SearchSet(_options())
    for literal in literals:
        union.Add(re2.escape(literal))
    union.Compile()
    return union


def _build_filter(patterns: Iterable[str]) -> re2.Filter:
    import re2

    union = re2.Filter()
    for pattern in patterns:
        union.Add(pattern, _options())
    union.Compile()
    return union
