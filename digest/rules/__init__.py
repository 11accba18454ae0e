"""What a rule means: query text to tree, many rules to one matcher, matches to points."""

from digest.rules.parse import parse_query
from digest.rules.rule import Rule
from digest.rules.terms import parse_keyword

__all__ = ["Rule", "parse_keyword", "parse_query"]
