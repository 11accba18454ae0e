"""Cut clean text into words and breaks, the obvious way.

Knows nothing of keywords but that their `*` and `?` are kept. The result of `cut` is cached.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, TypeAlias

from tests.reference.characters import (
    EM_DASH,
    INNER_DOT,
    Char,
    char_at,
    in_word,
    is_east_asian,
    normalised,
    without_small_letters,
)
from tests.reference.fold import fold, singular

Break: TypeAlias = Literal["hyphen", "space", "stop", "glue", "none"]
"""What stands between two neighbouring words; `none`: they touch, as in `C++11`."""

# "one of `-`, U+2010, U+2011, U+2013, U+2212"
HYPHENS = "-\u2010\u2011\u2013\u2212"


@dataclass(frozen=True, slots=True)
class Word:
    """One word: normalised, in the forms in which it is compared, and its place in the text."""

    plain: str
    shapes: frozenset[str]
    """The folded form; of SARS the unfolded; of a word that is read both ways, both."""
    capitals: bool
    """Four or five capitals that end in S, where folding would change them."""
    start: int
    end: int

    @property
    def wild(self) -> bool:
        """Whether it holds a wildcard; only the words of keywords can."""
        return "*" in self.plain or "?" in self.plain


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as words, and the break after each word but the last."""

    words: tuple[Word, ...]
    breaks: tuple[Break, ...]
    jumps: dict[int, int] = field(default_factory=dict)
    """Of `A (X) B`, from the number of the word A to that of B."""
    text: str = ""
    starts: dict[str, list[int]] = field(default_factory=dict)
    """The numbers of the words that begin with a letter, in one of their forms."""

    def starting_with(self, letter: str) -> list[int]:
        """Return the numbers of the words of which a form begins with this letter."""
        if not self.starts:
            for i, word in enumerate(self.words):
                for first in {form[0] for form in (word.plain, *word.shapes)}:
                    self.starts.setdefault(first, []).append(i)
        return self.starts.get(letter, [])

    @property
    def bracketed(self) -> set[int]:
        """The numbers of the words in the brackets of abbreviations."""
        return {i for a, b in self.jumps.items() for i in range(a + 1, b)}

    def after(self, i: int) -> list[tuple[int, Break]]:
        """Return which words are the neighbours of word `i`, and over which break."""
        neighbours: list[tuple[int, Break]] = []
        if i + 1 < len(self.words):
            neighbours.append((i + 1, self.breaks[i]))
        if i in self.jumps:
            # "A and B are neighbours with a space between them"
            neighbours.append((self.jumps[i], "space"))
        return neighbours


@lru_cache(maxsize=50_000)
def cut(text: str, *, keyword: bool = False) -> Cut:
    """Cut a clean text, or a keyword (whose wildcards are then letters), into words and breaks."""
    chars = normalised(text, keyword=keyword)
    spans: list[tuple[int, int]] = []
    i = 0
    while i < len(chars):
        end = _word_end(chars, i, keyword=keyword)
        if end > i:
            spans.append((i, end))
        i = max(end, i + 1)
    # "In a text or a keyword of more than one word that has, links apart, no small letter such a
    # word is read both ways"
    both_ways = len(spans) > 1 and without_small_letters(text)
    words = tuple(_word(chars[start:end], both_ways=both_ways) for start, end in spans)
    breaks = [_break(chars, spans[n][1], spans[n + 1][0]) for n in range(len(spans) - 1)]
    jumps: dict[int, int] = {}
    if not keyword:
        for a, b in _abbreviations(text, chars, spans):
            jumps[a] = b
            breaks[b - 1] = "space"  # "and so are X and B; between A and X is a stop as before"
    return Cut(words, tuple(breaks), jumps, text)


def _word(chars: list[Char], *, both_ways: bool) -> Word:
    plain = "".join(c.char for c in chars).replace(INNER_DOT, ".")
    # "Not folded is a word of four or five capitals that ends in S"
    capitals = (
        all(c.capital for c in chars)
        and 4 <= len({c.unit for c in chars}) <= 5
        and plain.endswith("s")
        and singular(plain) != plain
    )
    shapes = {fold(plain)} if not capitals else {plain, fold(plain)} if both_ways else {plain}
    return Word(plain, frozenset(shapes), capitals, chars[0].start, chars[-1].end)


def _word_end(chars: list[Char], start: int, *, keyword: bool) -> int:
    """Return where the word that begins at `start` ends; `start` where none begins there.

    "A word is then a maximal run of letters and digits; `.` and `,` between two digits belong to
    it (…); `++` or `#` right after a one-letter word belongs to it (`c++`, `c#`)"
    """
    if start < len(chars) and is_east_asian(chars[start].char):
        return start + 1
    end = start
    while end < len(chars) and _belongs(chars, end, keyword=keyword):
        if end > start and _greek_seam(chars[end - 1], chars[end]):
            break
        end += 1
    if end == start + 1 and chars[start].char.isalpha():
        if char_at(chars, end) == "+" and char_at(chars, end + 1) == "+":
            return end + 2
        if char_at(chars, end) == "#":
            return end + 1
    return end


def _belongs(chars: list[Char], i: int, *, keyword: bool) -> bool:
    before, char, after = char_at(chars, i - 1), chars[i].char, char_at(chars, i + 1)
    if char in ".,":
        # "`.` and `,` between a digit and a wildcard belong to the word"
        wild = keyword and (
            (before.isdigit() and after == "*") or (before == "*" and after.isdigit())
        )
        return wild or (before.isdigit() and after.isdigit())
    if keyword and char in "*?":
        return True
    return in_word(char) or char == INNER_DOT


def _greek_seam(left: Char, right: Char) -> bool:
    """Find where two letters are two words.

    "between a Greek letter and a digit or another Greek letter stands a hyphen"
    """
    if left.unit == right.unit:
        return False
    return (left.greek and (right.greek or right.char.isdigit())) or (
        left.char.isdigit() and right.greek
    )


def _break(chars: list[Char], start: int, end: int) -> Break:
    if start == end:
        return "hyphen" if _greek_seam(chars[start - 1], chars[start]) else "none"
    return kind_of_break("".join(c.char for c in chars[start:end]))


def kind_of_break(between: str) -> Break:
    """Name what stands between two neighbouring words.

    "a *hyphen* (one of … and nothing else), a *space* (white space alone), a *stop* (white space
    and punctuation together, an em dash, or two or more hyphens; but one `&`, `+` or `/` between
    white space is glue (…)) or *glue* (any other punctuation)"
    """
    if between.isspace():
        return "space"
    if re.fullmatch(r"\s+[&+/]\s+", between):
        return "glue"
    if any(char.isspace() for char in between) or EM_DASH in between:
        return "stop"
    if sum(between.count(hyphen) for hyphen in HYPHENS) >= 2:
        return "stop"
    return "hyphen" if between in HYPHENS else "glue"


def _abbreviations(
    text: str, chars: list[Char], spans: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the numbers of A and B wherever the text has `A (X) B`.

    "X has no white space, at most twelve characters and at least one capital letter (…) (words;
    quotation marks and markup may stand between). `(X)` followed by a hyphen, a comma or another
    bracket is not this form."
    """
    starts = {start: number for number, (start, _) in enumerate(spans)}
    line = "".join(" " if c.char.isspace() else c.char for c in chars)
    pairs = []
    for a, (_, end) in enumerate(spans):
        form = re.compile(r" +\(([^ ()]+)\) +").match(line, end)
        if form is None or form.end() not in starts:
            continue
        inside = chars[form.start(1) : form.end(1)]
        written = text[chars[form.start(1) - 1].end : chars[form.end(1)].start]
        if len(written) <= 12 and any(c.capital for c in inside):
            pairs.append((a, starts[form.end()]))
    return pairs
