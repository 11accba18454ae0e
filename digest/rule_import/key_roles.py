"""What the keys of other programs' files mean.

A key is cut into words, so that `negativeKeywords`, `NEGATIVE_TERMS` and `exclude-phrases` have the
same role. The words were collected from the configs of arXiv mailers, digests and "paper radars".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, TypeAlias

Role: TypeAlias = Literal[
    "include", "exclude", "require", "boost", "weak", "weak factor", "categories", "authors",
    "topics", "layers", "queries", "merge", "drop", "name", "weight", "limit", "threshold",
    "prose", "wrapper", "gate", "url", "setting", "other",
]  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WHOLE_KEYS: Final[dict[Role, str]] = {
    "weak factor": "weak_keyword_multiplier weak_multiplier weak_weight",
    "topics": "topic track group tag rule feed profile area domain field theme",
    "layers": "layer tier level weights keyword_weight weighted_keyword",
    "merge": "topic_merge topic_aliase merge",
    "drop": "topic_drop drop_topic",
    "name": "name label title id topic_name",
    "weight": "weight score boost point importance",
    "limit": "top_n top_k limit max_paper max_item max_total",
    "threshold": "min_score threshold score_threshold hard_score_threshold min_point cutoff "
    "relevance_cutoff minimum_score",
    "prose": "interest research_interest criteria prompt instruction persona",
    "wrapper": "scoring arxiv config setting search filter selection matching digest",
    "gate": "context robotics_context domain_context context_gate",
    "url": "url feed_url arxiv_url",
    "include": "filters any whitelist allowlist watchlist must_have_any",
    "exclude": "none not",
}  # fmt: skip
"""Keys that have a meaning only as a whole; in the singular."""

_WORDS: Final[dict[Role, str]] = {
    "exclude": "negative exclude excluded excluding exclusion avoid blocked blocklist blacklist "
    "blacklisted banned deny denied denylist ignore ignored unwanted muted rejected stopword "
    "irrelevant disliked block ban skip mute reject without hide hidden ex anti stop veto",
    "require": "require required must gate mandatory",
    "boost": "boost bonus prefer preferred nice",
    "weak": "weak secondary minor",
    "authors": "author keyauthor researcher people scientist",
    "queries": "query",
    "categories": "category cat archive section subject",
    "include": "keyword term phrase word pattern regex regexe keyphrase include included positive",
}
"""Words that give a key its role; of several, the first group's."""

_NOUNS: Final = _words(
    "keyword term phrase word pattern regex regexe keyphrase query author keyauthor researcher "
    "scientist category list"
)
"""What a list contains. Such a word counts at the end of a key: `word_embeddings` is a topic."""
_STRONG: Final = _words(
    "negative exclude excluded excluding exclusion avoid blocked blocklist blacklist blacklisted "
    "banned denylist ignore ignored unwanted stopword required require mandatory"
)
"""Words that count anywhere in a key such as `ignored_in_title`."""
_MODIFIERS: Final = _words(
    "strong core main primary local default filter search list my key title abstract first second "
    "third level user custom extra all any in of to contain contains include included have match "
    "set group high low medium arxiv text content rule 1 2 3"
)

_SETTINGS: Final = _words(
    "retry delay timeout second minute hour day week interval period path file dir directory "
    "folder link endpoint host port email mail smtp user username password token api model llm "
    "language lang format enabled enable show publish badge page size version sort order template "
    "schedule cron timezone log level proxy cache source start end date recipient sender receiver "
    "webhook output color style column ratio temperature feed"
)
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*")
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_NUMBERS_OF: Final = _words("max min num number count top multiplier factor limit")

KEYS_OF_TERMS: Final = ("term", "keyword", "phrase", "text", "pattern", "word")
"""Keys of a mapping that represents one weighted keyword."""
KEYS_OF_WEIGHTS: Final = ("weight", "penalty", "score", "boost", "points")

_BY_KEY: Final[dict[str, Role]] = {
    key: role for role, keys in _WHOLE_KEYS.items() for key in keys.split()
}
_BY_WORD: Final[dict[str, Role]] = {
    word: role for role, words in reversed(_WORDS.items()) for word in words.split()
}
_RANK: Final = {role: rank for rank, role in enumerate(_WORDS)}


def words_of(key: str) -> tuple[str, ...]:
    """Return the words of a key in small letters and the singular.

    >>> words_of("negativeKeywords"), words_of("MAX_RESULTS")
    (('negative', 'keyword'), ('max', 'result'))
    """
    return tuple(_singular(part.lower()) for part in _PARTS.findall(key))


@lru_cache(maxsize=4096)
def role_of(key: str) -> Role:
    """Return the role of `key`; "setting" or "other" if it selects nothing by its name."""
    words = words_of(key)
    if key.strip().lower() == "filters":
        return "include"
    if (role := _BY_KEY.get("_".join(words))) is not None:
        return role
    identifier = _IDENTIFIER.fullmatch(key.strip()) is not None
    if identifier and not _NUMBERS_OF.isdisjoint(words):
        return "setting"
    ranked = sorted((_BY_WORD[word] for word in words if word in _BY_WORD), key=_RANK.__getitem__)
    if ranked and _is_list_name(words, identifier=identifier):
        return ranked[0]
    setting = identifier and ("_" in key or key.islower()) and not _SETTINGS.isdisjoint(words)
    return "setting" if setting else "other"


def _is_list_name(words: tuple[str, ...], *, identifier: bool) -> bool:
    """Return whether the words describe a list, and are not the name of a topic.

    `Negative keywords`, `pubmed_term` and `ignored_in_title` do; `Anti-spoofing` does not.
    """
    if all(word in _BY_WORD or word in _NOUNS or word in _MODIFIERS for word in words):
        return not set(words) <= {"anti", "stop", "hidden", "ex", "minor", "people", "positive"}
    if not identifier:
        return False
    head = [word for word in words if word not in _MODIFIERS or word == "list"]
    return head[-1] in _NOUNS or not _STRONG.isdisjoint(words)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
