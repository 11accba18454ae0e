"""Find the authors of papers that rules ask for.

`digest.rules.people` compares names, each name once; a table by the words of names avoids comparing
thousands of followed people with every author.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from digest.rules.people import Query, keys_of, keys_of_author

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Name
    from digest.rules.syntax import Person


class PersonTable:
    """The names that rules ask for, compiled; `find` numbers them in the given order."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._queries = [Query(person.name) for person in people]
        self._by_key: dict[str, list[int]] = {}
        self._any: list[int] = []
        for number, query in enumerate(self._queries):
            keys = keys_of(query)
            if keys is None:
                self._any.append(number)
            for key in keys or ():
                self._by_key.setdefault(key, []).append(number)
        self.find = lru_cache(maxsize=1 << 14)(self._matching)
        """Returns the numbers of the people that a name refers to."""

    def _matching(self, author: Name) -> tuple[int, ...]:
        likely = {number for key in keys_of_author(author) for number in self._by_key.get(key, ())}
        numbers = sorted(likely.union(self._any))
        return tuple(number for number in numbers if self._queries[number].matches(author))
