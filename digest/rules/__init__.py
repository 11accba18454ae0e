"""The rule language: query text to tree, and what a rule is."""

from digest.rules.aliases import Aliases
from digest.rules.parse import parse_query
from digest.rules.syntax import Rule
from digest.rules.terms import parse_author, parse_keyword
from digest.rules.transform import connect, connect_query

__all__ = [
    "Aliases", "Rule", "connect", "connect_query", "parse_author", "parse_keyword", "parse_query",
]  # fmt: skip
