"""Fit what the records say now to the papers that the library already has.

`digest.identity.gather` says which records are one paper, as if nothing had ever been shown to
anybody. This module, as pure, keeps the promises made since:

- a paper that a digest has used keeps its id and everything that ever belonged to it;
- when two used papers turn out to be one, the one that was used first stays, and the other's id
  leads to it;
- a paper that nothing has used takes the best identifier that it has by now.

A paper never holds two arXiv identifiers: a used paper follows only its own strongest identifier,
and one with an arXiv identifier follows nothing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from digest.identity import strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Known(NamedTuple):
    """A paper of the library as it stands."""

    key: int
    id: str
    used: int | None
    """Number of the digest that used it first; None when none has."""


class Settled(NamedTuple):
    """A paper as it shall be."""

    id: str
    identifiers: tuple[str, ...]
    """All that lead to it, sorted; its `id` is one of them."""
    key: int | None
    """Key of the paper that it continues; None for a new one."""
    absorbed: tuple[Known, ...]
    """Papers that end here, because they turned out to be this one."""


def settle(papers: Mapping[str, str], owners: Mapping[str, Known]) -> tuple[Settled, ...]:
    """Return the papers to which the identifiers belong from now on, in the order of their ids.

    `papers` is the answer of `gather` for all identifiers that are linked with each other,
    `owners` the present paper of each that has one.
    """
    groups = _Groups()
    for identifier, paper in papers.items():
        owner = owners.get(identifier)
        if owner is None or owner.used is None:
            groups.join(identifier, paper)
        else:
            groups.join(identifier, owner.id)
    held: defaultdict[str, list[str]] = defaultdict(list)
    for identifier, owner in owners.items():
        if owner.used is not None:
            held[owner.id].append(identifier)
    for identifiers in held.values():
        strongest = min(identifiers, key=strength)
        groups.join(strongest, papers[strongest])

    standing: defaultdict[str, list[Known]] = defaultdict(list)
    for known in {owner.key: owner for owner in owners.values()}.values():
        standing[groups.find(known.id)].append(known)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for identifier in papers:
        members[groups.find(identifier)].append(identifier)
    settled = (_settle_one(papers, members[group], standing.get(group, ())) for group in members)
    return tuple(sorted(settled, key=lambda each: strength(each.id)))


def _settle_one(
    papers: Mapping[str, str], identifiers: list[str], standing: Iterable[Known]
) -> Settled:
    strongest = min((name for name in identifiers if papers[name] == name), key=strength)

    def precedence(known: Known) -> tuple[bool, int, bool, int]:
        return known.used is None, known.used or 0, known.id != strongest, known.key

    ranked = sorted(standing, key=precedence)
    stays = ranked[0] if ranked else None
    return Settled(
        id=strongest if stays is None or stays.used is None else stays.id,
        identifiers=tuple(sorted(identifiers)),
        key=None if stays is None else stays.key,
        absorbed=tuple(ranked[1:]),
    )


class _Groups:
    """Disjoint sets of identifiers (union-find with path halving)."""

    __slots__ = ("_parent",)

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        parent = self._parent
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        self._parent[self.find(one)] = self.find(other)
