"""The rule language: query text to tree, and what a rule is."""

from digest.rules.parse import parse_query
from digest.rules.rule import Rule
from digest.rules.terms import parse_keyword

__all__ = ["Rule", "parse_keyword", "parse_query"]
