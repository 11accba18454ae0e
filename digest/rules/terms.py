"""Turn the text of one term into a leaf: words into phrases, patterns and near, names, labels.

Shared by keywords of the config and terms of a query. `digest.rules.parse` handles brackets,
operators and fields, `digest.rules.comparisons` days and counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.errors import QueryError
from digest.rules.syntax import (
    PERSON_FIELDS,
    Exact,
    Label,
    LabelField,
    Near,
    Pattern,
    Person,
    Phrase,
    TextField,
)
from digest.text.words import ANY_ONE, ANY_RUN, Break, Words, plain_words_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.rules.syntax import Keyword

MIN_LITERALS = 2
"""Minimum number of literal characters in a word with a wildcard."""
MAX_WORDS = 64
"""Maximum number of words in a phrase; a longer one was pasted by mistake."""
LABEL_VALUES: Final[dict[LabelField, tuple[str, ...]]] = {
    "type": ("new", "cross", "replace"),
    "has": ("abstract", "code", "doi", "pdf", "journal", "upvotes"),
}
"""The values of fields with few values."""

BOOST: Final = r"\^(-?(?:\d{1,6}(?:\.\d{1,6})?|\.\d{1,6}))"
_BOOST = re.compile(rf"{BOOST}$")
PLAIN: Final = r"[A-Za-z0-9]{1,40}(?:[ -][A-Za-z0-9]{1,40}){0,9}"
"""A few words of letters and digits, between single spaces and hyphens."""
_PLAIN = re.compile(PLAIN)
_LATEX = re.compile(r"\\(?:[^\W\d_]|['`^\"~=.])|\$")


class Place(Struct, frozen=True, gc=False):
    """The place of a term in the whole query, for errors that point at it."""

    query: str
    start: int
    end: int

    def error(self, reason: str, hint: str = "") -> QueryError:
        """Return an error that points here."""
        return QueryError(reason, text=self.query, start=self.start, end=self.end, hint=hint)


class Written(Struct, frozen=True, gc=False):
    """A term as it was written, without its boost, and its place."""

    text: str
    boost: float
    place: Place


def split_boost(text: str) -> tuple[str, float | None]:
    """Split off a `^number` that ends `text`; None without one."""
    match = _BOOST.search(text) if "^" in text else None
    return (text[: match.start()], float(match[1])) if match else (text, None)


def phrase(content: str, written: Written, field: TextField | None) -> Phrase | Pattern | Person:
    """Parse `content` as a phrase, or in a field of people as a name.

    Raises `QueryError` if it has no word, or a word with a wildcard has too few literals.
    """
    content = _without_latex(content)
    words = _words(content, written.place)
    if field is not None and field in PERSON_FIELDS:
        return Person(written.text, " ".join(content.split()), field, written.boost)
    kind = Pattern if any(map(_is_wild, words.texts)) else Phrase
    return kind(written.text, words, field, written.boost)


def plain(text: str, content: str, field: TextField | None) -> Phrase | Person:
    """Like `phrase`, for a few words of ASCII letters and digits, written as `text`."""
    if field is not None and field in PERSON_FIELDS:
        return Person(text, content, field)
    return Phrase(text, plain_words_of(content), field)


def near(content: str, distance: int, written: Written, field: TextField | None) -> Near:
    """Parse `content` as words near each other."""
    words = _words(_without_latex(content), written.place)
    return Near(written.text, tuple(units(words)), distance, words.dotted, field, written.boost)


def units(words: Words, together: Sequence[int] = ()) -> Iterator[Words]:
    """Cut words into units: a word, or words joined by hyphens.

    `together` has the gaps that join as well.
    """
    start = 0
    count = len(words.texts)
    for end in range(1, count + 1):
        if end < count and (words.gaps[end - 1] == Break.HYPHEN or end - 1 in together):
            continue
        unfolded = tuple(place - start for place in words.kept if start <= place < end)
        yield Words(words.texts[start:end], words.gaps[start : end - 1], unfolded)
        start = end


def exact(literal: str, written: Written, field: TextField | None) -> Exact:
    """Parse `literal` as exact characters of the clean text."""
    literal = " ".join(literal.split())
    if not literal:
        raise written.place.error(
            f"{written.text!r} has nothing after the =", "Write =RAG, or leave the = out."
        )
    return Exact(written.text, literal, field, written.boost)


def label(value: str, written: Written, field: LabelField) -> Label:
    """Parse `value` as the whole value of a label field."""
    value = " ".join(value.removeprefix("=").split())
    if not value:
        raise written.place.error(f"{field}: has no value", f"Write {field}:VALUE.")
    known = LABEL_VALUES.get(field)
    if known is not None and not any(_label_matches(value, label) for label in known):
        raise written.place.error(
            f"{value!r} is not a value of {field}:", f"Write one of {', '.join(known)}."
        )
    return Label(written.text, value, field, written.boost)


def _label_matches(value: str, known: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in value.casefold().split("*"))
    return re.fullmatch(pattern, known) is not None


def parse_keyword(entry: str) -> Keyword:
    """Parse an entry of `keywords`, `require` or `exclude`: a phrase without operators.

    Raises `QueryError` if it has no word, or too few literals beside a wildcard.
    """
    return _entry(entry, None)


def parse_author(entry: str) -> Keyword:
    """Parse an entry of `authors`: a name, or `=` and a name exactly as written."""
    return _entry(entry, "author")


def _entry(entry: str, field: TextField | None) -> Keyword:
    if _PLAIN.fullmatch(entry):  # what most keywords are
        return plain(entry, entry, field)
    text, boost = split_boost(" ".join(entry.split()))
    text = text.rstrip()
    written = Written(text, 1.0 if boost is None else boost, Place(entry, 0, len(entry)))
    if text.startswith("="):
        quoted = len(text) > 3 and text[1] == text[-1] == '"'
        return exact(text[2:-1] if quoted else text[1:], written, field)
    return phrase(text, written, field)


def _without_latex(content: str) -> str:
    if not _LATEX.search(content):
        return content
    from digest.text.clean import clean_text  # here and not above: few keywords contain LaTeX

    return clean_text(content)


def _words(content: str, place: Place) -> Words:
    words = words_of(" ".join(content.split()))
    if not any(map(_literals, words.texts)):
        shown = place.query[place.start : place.end]
        raise place.error(
            f"{shown!r} has no letter or digit",
            f'Write ="{content}" to find exactly these characters.' if content.strip() else "",
        )
    if len(words.texts) > MAX_WORDS:
        raise place.error(
            f"a phrase of {len(words.texts)} words is longer than {MAX_WORDS}",
            "Write the few words that matter, joined by AND.",
        )
    _check_literals(words.texts, place)
    return words


def _is_wild(word: str) -> bool:
    return ANY_RUN in word or ANY_ONE in word


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
