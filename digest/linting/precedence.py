"""Find operators of a query that bind otherwise than their author may think.

`a OR b NOT c` is `a OR (b NOT c)`: the exclusion applies only to `b`.

It works on the text of a valid query, because the tree no longer has its brackets.
"""

from __future__ import annotations

import re

from msgspec import Struct

_TOKEN = re.compile(
    r"""
    \s+
    | (?P<open> [\w]*:?\( )
    | (?P<close> \)(?:\^-?[\d.]+)? )
    | (?P<or> OR(?=[\s()]|$) | \|\| )
    | (?P<not> NOT(?=[\s()]|$) | (?<![^\s(])[-!](?=[^\s)]) )
    | (?P<term> (?:\w+:)? (?: =?"[^"]*"[~^\d.-]* | /(?:[^/\\]|\\.)*/ | (?:(?!\|\|)[^\s()"])+ ) )
    | .
    """,
    re.VERBOSE,
)


class NarrowNot(Struct, frozen=True):
    """An exclusion that applies only to the last alternative."""

    alternative: str
    """The last alternative without its exclusion: `b`."""
    excluded: str
    """`NOT c`."""
    instead: str
    """The exclusion moved behind a bracket: `(a OR b) NOT c`."""


def narrow_nots(query: str) -> tuple[NarrowNot, ...]:
    """Return each `… OR b NOT c` of a query in which no earlier alternative excludes anything."""
    slips: list[NarrowNot] = []
    levels = [_Level(0)]
    for match in _TOKEN.finditer(query):
        level = levels[-1]
        match match.lastgroup:
            case "open":
                levels.append(_Level(match.end()))
            case "close":
                if len(levels) > 1:
                    slips += levels.pop().slips(query[: match.start()])
            case "or":
                level.alternative(match.end())
            case "not":
                level.nots.append(match.start())
    return (*slips, *levels[0].slips(query))


class _Level:
    """The text between two brackets."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.last = start
        """Where the last alternative begins."""
        self.nots: list[int] = []
        self.other_nots = False
        self.alternatives = 1

    def alternative(self, start: int) -> None:
        """Begin an alternative after an OR."""
        self.other_nots |= bool(self.nots)
        self.nots = []
        self.alternatives += 1
        self.last = start

    def slips(self, text: str) -> list[NarrowNot]:
        """Return the faults of this level; `text` is the query up to its end."""
        if self.alternatives < 2 or self.other_nots or not self.nots:
            return []
        first = self.nots[0]
        alternative = text[self.last : first].strip().removesuffix(" AND").removesuffix(" &&")
        if not alternative:  # `a OR NOT c` is clear
            return []
        excluded = text[first:].strip()
        alternatives = text[self.start : first].strip().removesuffix(" AND").removesuffix(" &&")
        return [NarrowNot(alternative, excluded, f"({alternatives}) {excluded}")]
