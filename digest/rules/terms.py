"""Turn the text of one term into a leaf: words into phrases, patterns and near, labels.

The parts that a keyword of the config and a term of a query have in common. Brackets, operators
and fields are `digest.rules.parse`'s business, days and counts `digest.rules.comparisons`'.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from digest.errors import QueryError
from digest.rules.syntax import Exact, Label, LabelField, Near, Pattern, Phrase, TextField
from digest.text.words import ANY_ONE, ANY_RUN, plain_words_of, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rules.syntax import Keyword
    from digest.text.words import Words

MIN_LITERALS = 2
"""Characters of a word with a wildcard that must be literal."""
MAX_WORDS = 64
"""Words of one phrase; a longer one is a text pasted by mistake."""

_BOOST = re.compile(r"\^(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})$")


class Place(NamedTuple):
    """Where in the whole query a term stands, for errors that point at it."""

    query: str
    start: int
    end: int

    def error(self, reason: str, hint: str = "") -> QueryError:
        """Return the error that points here."""
        return QueryError(reason, text=self.query, start=self.start, end=self.end, hint=hint)


class Written(NamedTuple):
    """A term as it was written, boost apart, and where."""

    text: str
    boost: float
    place: Place


def split_boost(text: str) -> tuple[str, float | None]:
    """Cut a `^number` that ends `text` off; None where there is none."""
    match = _BOOST.search(text) if "^" in text else None
    return (text[: match.start()], float(match[1])) if match else (text, None)


def phrase(content: str, written: Written, field: TextField | None) -> Phrase | Pattern:
    """Read `content` as a phrase.

    Raises `QueryError` where it has no word, or a word with a wildcard has too few literals.
    """
    words, gaps = _words(content, written.place)
    kind = Pattern if any(ANY_RUN in word or ANY_ONE in word for word in words) else Phrase
    return kind(written.text, words, gaps, field, written.boost)


def plain(text: str, content: str, field: TextField | None) -> Phrase:
    """Do as `phrase` for a few words of ASCII letters and digits, written as `text`."""
    return Phrase(text, *plain_words_of(content), field)


def near(content: str, distance: int, written: Written, field: TextField | None) -> Near:
    """Read `content` as words that stand near each other."""
    words, _ = _words(content, written.place)
    return Near(written.text, words, distance, field, written.boost)


def exact(literal: str, written: Written, field: TextField | None) -> Exact:
    """Read `literal` as characters that stand so in the clean text."""
    literal = " ".join(literal.split())
    if not literal:
        raise written.place.error(
            f"{written.text!r} has nothing after the =", "Write =RAG, or leave the = out."
        )
    return Exact(written.text, literal, field, written.boost)


def label(value: str, written: Written, field: LabelField) -> Label:
    """Read `value` as a whole value of a label field."""
    value = " ".join(value.removeprefix("=").split())
    if not value:
        raise written.place.error(f"{field}: has no value", f"Write {field}:VALUE.")
    return Label(written.text, value, field, written.boost)


def parse_keyword(entry: str) -> Keyword:
    """Parse an entry of `keywords`, `require` or `exclude`: a phrase without operators.

    Raises `QueryError` where there is no word in it, or too few literals beside a wildcard.
    """
    text, boost = split_boost(" ".join(entry.split()))
    text = text.rstrip()
    written = Written(text, 1.0 if boost is None else boost, Place(entry, 0, len(entry)))
    if text.startswith("="):
        quoted = len(text) > 3 and text[1] == text[-1] == '"'
        return exact(text[2:-1] if quoted else text[1:], written, None)
    return phrase(text, written, None)


def _words(content: str, place: Place) -> Words:
    found = words_of(" ".join(content.split()))
    words, _ = found
    if not any(map(_literals, words)):
        shown = place.query[place.start : place.end]
        raise place.error(
            f"{shown!r} has no letter or digit",
            f'Write ="{content}" to find exactly these characters.' if content.strip() else "",
        )
    if len(words) > MAX_WORDS:
        raise place.error(
            f"a phrase of {len(words)} words is longer than {MAX_WORDS}",
            "Write the few words that matter, joined by AND.",
        )
    _check_literals(words, place)
    return found


def _literals(word: str) -> str:
    return word.replace(ANY_RUN, "").replace(ANY_ONE, "")


def _check_literals(words: Sequence[str], place: Place) -> None:
    for word in words:
        literals = _literals(word)
        if literals != word and len(literals) < MIN_LITERALS:
            shown = word.replace(ANY_RUN, "*").replace(ANY_ONE, "?")
            written = place.query[place.start : place.end].strip('"')
            proposal = written if " " not in written else f'"{written}"'
            raise place.error(
                f"{shown!r} would match almost any word: beside a wildcard at least "
                f"{MIN_LITERALS} characters must be literal",
                f"Write ={proposal} to find exactly these characters.",
            )
