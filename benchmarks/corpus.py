"""Papers for measurements: real ones if they are available, else invented ones.

Made-up papers follow what matters for matching: word frequencies by Zipf's law, sentences, plurals,
hyphens, capitals and numbers. The same seed gives the same papers. Also here: papers rewritten so
that engines with simple words must give the answers that the rule language gives (`rewritten`).
"""

from __future__ import annotations

import gzip
import json
import random
import re
from bisect import bisect
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from digest.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Text: TypeAlias = tuple[str, str]
"""Title and abstract."""

PROJECT: Final = Path(__file__).resolve().parent.parent
REAL: Final = PROJECT.parent / "shared" / "data" / "corpus-20k.jsonl.gz"

_SYLLABLES: Final = tuple(consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeio")
_VOCABULARY: Final = 30_000
_PLAIN_WORD: Final = re.compile(r"[a-z0-9]{1,40}")
_AT_ONCE: Final = 500


def write_dump(path: Path, papers: int, *, source: Path | None, seed: int) -> None:
    """Write `papers` papers, of `source` or made up, as JSON Lines that `digest ingest` reads."""
    lines = _generated(papers, seed) if source is None else _real(source)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(islice(lines, papers))


def read_texts(library: Path, limit: int | None = None) -> list[Text]:
    """Return the clean titles and abstracts of a library, and read nothing else of its papers."""
    with Library.open(library) as opened:
        forms = opened.forms
        texts = (text for group in forms.groups() for text in forms.texts(group))
        return list(islice(texts, limit))


def _real(source: Path) -> Iterator[str]:
    with gzip.open(source, "rt", encoding="utf-8") as file:
        yield from file


def _generated(papers: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    writer = _Writer(chance)
    for number in range(papers):
        title = " ".join(word.capitalize() for word in writer.words(chance.randint(5, 12)))
        abstract = " ".join(writer.sentence() for _ in range(chance.randint(6, 11)))
        yield json.dumps({"id": f"{number:07}", "title": title, "abstract": abstract}) + "\n"


class _Writer:
    """Writes sentences of made-up words; the n-th most frequent word stands every 1/n-th time."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        words: dict[str, None] = {}
        while len(words) < _VOCABULARY:
            # Frequent words are short, as in every language.
            syllables = min(5, 1 + len(words) // 40 + chance.randint(0, 2))
            words["".join(chance.choices(_SYLLABLES, k=syllables))] = None
        self._words = list(words)
        self._weights = list(accumulate(1 / rank for rank in range(3, _VOCABULARY + 3)))

    def words(self, count: int) -> list[str]:
        places = (self._chance.random() * self._weights[-1] for _ in range(count))
        return [self._varied(self._words[bisect(self._weights, place)]) for place in places]

    def _varied(self, word: str) -> str:
        draw = self._chance.random()
        if draw < 0.08:
            return f"{word}s"
        if draw < 0.10:
            return f"{word}-{self._chance.choice(self._words[:2000])}"
        if draw < 0.11:
            return word[:3].upper()
        return f"{word}{self._chance.randint(2, 9)}" if draw < 0.12 else word

    def sentence(self) -> str:
        words = self.words(self._chance.randint(12, 28))
        words[len(words) // 2] += self._chance.choice((",", ",", ";", ":", ""))
        return f"{words[0].capitalize()} {' '.join(words[1:])}."


def rewritten(texts: Sequence[Text]) -> list[Text]:
    """Return the texts as folded words, joined by slashes.

    A slash separates words for everybody, and no keyword may run over it without a break of its
    own; folded words are their own singulars. What is no plain word is left out.
    """
    from digest.matching.word_hashes import from_bytes
    from digest.matching.word_index import build_index
    from digest.text.words import fold_word

    known: dict[bytes, str] = {}

    def word(folded: bytes) -> str:
        if folded not in known:
            text = from_bytes(folded)
            plain = _PLAIN_WORD.fullmatch(text) and fold_word(text) == text
            known[folded] = text if plain else ""
        return known[folded]

    result: list[Text] = []
    for start in range(0, len(texts), _AT_ONCE):
        index = build_index([text for pair in texts[start : start + _AT_ONCE] for text in pair])
        data = index.data.tobytes()
        spans = zip(index.start.tolist(), (index.start + index.length).tolist(), strict=True)
        forms = [word(data[begin:end]) for begin, end in spans]
        words = [forms[form] for form in index.form.tolist()]
        first = index.first.tolist()
        joined = ["/".join(filter(None, words[begin:end])) for begin, end in pairwise(first)]
        result += zip(joined[0::2], joined[1::2], strict=True)
    return result
