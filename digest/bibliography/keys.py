"""Citation keys: last name, year, two words of the title, as in `he2024modelmerging`.

A key depends only on its paper. If another paper has it already, part of the paper's own identifier
is appended: never a letter that depends on the other exported papers or their order.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from digest.bibliography.reference import issued
from digest.identity import strength

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from digest.model import Paper

_WORD = re.compile(r"[a-z0-9]+")
_SMALL_WORDS: Final = frozenset({
    "a", "about", "all", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for",
    "from", "how", "in", "into", "is", "it", "its", "no", "not", "of", "on", "or", "our", "s",
    "that", "the", "their", "there", "this", "to", "towards", "toward", "via", "vs", "we", "what",
    "when", "where", "which", "who", "why", "will", "with", "without", "you", "your",
})  # fmt: skip
_LETTERS: Final = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "λ": "lambda",
    "μ": "mu", "π": "pi", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega",
})  # fmt: skip
"""Letters that do not decompose into a plain one and an accent."""
_LONGEST: Final = 30
"""Maximum length of a name or word in characters; hostile ones have any length."""
_HEX: Final = 6


def base_key(paper: Paper) -> str:
    """Return the paper's key if no other paper has it: ASCII letters and digits."""
    name = ""
    if paper.authors:
        author = paper.authors[0]
        name = _ascii(author.literal or author.family)
    when, _ = issued(paper)
    words = _WORD.findall(_folded(paper.title.replace("'", "").replace("’", "")))
    telling = [word for word in words if word not in _SMALL_WORDS] or words
    title = "".join(word[:_LONGEST] for word in telling[:2])
    key = f"{name[:_LONGEST]}{'' if when is None else when.year}{title}"
    # A title without a Latin letter, of a paper of which nothing else is known.
    return key if any(map(str.isalpha, key)) else f"paper{key}{_hash(paper.id)}"


def allot(
    papers: Iterable[Paper], reserved: Collection[str], existing: Mapping[str, str]
) -> dict[str, str]:
    """Return the citation key of each paper, by its id; keys are unique in any case.

    `existing` has the keys that papers have already, `reserved` the keys, in lower case, that no
    paper may get. Among papers with the same key, the one with the strongest identifier gets it.
    """
    used = set(reserved) | {key.lower() for key in existing.values()}
    keys: dict[str, str] = {}
    for paper in sorted(papers, key=lambda paper: strength(paper.id)):
        key = existing.get(paper.id)
        if key is None:
            key = base_key(paper)
            if key in used:
                key = f"{key}-{_own_part(paper)}"
            while key in used:
                key += _hash(paper.id + key)
        used.add(key.lower())
        keys[paper.id] = key
    return keys


def _own_part(paper: Paper) -> str:
    """Return what distinguishes this paper from its namesakes: `2401-12345`, or six hex digits."""
    if paper.arxiv_id:
        return re.sub(r"[^a-z0-9]+", "-", paper.arxiv_id.lower())
    return _hash(paper.id)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HEX]


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def _ascii(text: str) -> str:
    return "".join(_WORD.findall(_folded(text)))
