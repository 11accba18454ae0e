"""What the keys of other programs' files mean.

Collected from the configs of arXiv mailers, digests and "paper radars"; a key is looked up in lower
case, with `_` for blanks and hyphens.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

Role: TypeAlias = Literal[
    "include", "exclude", "require", "boost", "weak", "weak factor", "categories", "authors",
    "topics", "layers", "queries", "merge", "drop", "name", "weight", "limit", "threshold",
    "prose", "wrapper", "gate", "url", "other",
]  # fmt: skip

_ROLES: Final[dict[Role, str]] = {
    "include": "keywords keyword keyword_list keywords_list keyword_in_list include included "
    "includes include_keywords positive_keywords terms filters phrases words patterns regex "
    "regexes search_terms any whitelist watchlist must_have_any",
    "exclude": "exclude excluded excludes exclude_keywords excluded_keywords exclusions "
    "negative_keywords negative negatives negative_terms keyword_ex_list excluded_terms none not "
    "blacklist ignore ignored ignore_keywords block blocked stop_words stopwords",
    "require": "require required requires require_keywords required_keywords gate gate_keywords "
    "gate_terms must must_have must_include all_of positive_terms",
    "boost": "boost_keywords domain_boost_keywords bonus_keywords boosts boost_terms "
    "preferred_keywords preferred_terms nice_to_have",
    "weak": "weak_keywords weak_terms secondary_keywords",
    "weak factor": "weak_keyword_multiplier weak_multiplier weak_weight",
    "categories": "categories category arxiv_categories subject_categories cats subjects archives "
    "sections primary_categories arxiv_category",
    "authors": "authors author keyauthors key_authors followed_authors author_list",
    "topics": "topics topic_list tracks groups tags rules feeds profiles areas domains fields",
    "layers": "layers tiers levels weights keyword_weights weighted_keywords",
    "queries": "query queries search_query search_queries arxiv_query arxiv_queries",
    "merge": "topic_merge topic_aliases merge",
    "drop": "topic_drop drop_topics",
    "name": "name label title id topic",
    "weight": "weight score boost points importance",
    "limit": "top_n top_k limit max_papers max_items max_total",
    "threshold": "min_score threshold score_threshold hard_score_threshold min_points cutoff "
    "relevance_cutoff minimum_score",
    "prose": "interest interests research_interest research_interests criteria prompt instructions "
    "persona",
    "wrapper": "scoring arxiv config settings search filter selection matching digest",
    "gate": "context robotics_context domain_context context_gate",
    "url": "url urls feed_url arxiv_url",
}  # fmt: skip
_ROLE_OF: Final[dict[str, Role]] = {
    key: role for role, keys in _ROLES.items() for key in keys.split()
}
_SEPARATORS = re.compile(r"[\s-]+")

KEYS_OF_TERMS: Final = ("term", "keyword", "phrase", "text", "pattern", "word")
"""Keys of a mapping that stands for one weighted keyword."""
KEYS_OF_WEIGHTS: Final = ("weight", "penalty", "score", "boost", "points")


def role_of(key: str) -> Role:
    """Return what stands under `key`; "other" where that is not known."""
    return _ROLE_OF.get(_SEPARATORS.sub("_", key.strip().lower()), "other")
