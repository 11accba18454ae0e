"""Fit the papers that the records form now to the papers that the library already has.

`digest.identity.gather` decides which records are one paper, as if nothing had ever been shown to
anybody. This pure module keeps the promises made since:

- a paper that a digest has used keeps its id and everything that ever belonged to it;
- when two used papers turn out to be one, the one that was used first stays, and the other's id
leads to it;
- a paper that nothing has used takes the best identifier that it has now.

A paper never has two arXiv identifiers: a used paper follows only its own strongest identifier, and
one with an arXiv identifier follows nothing.

The id of a title leads to one of the works with that title: to the paper that was used under it,
else to the one with the strongest identifier. Other works with that title have longer ids.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.identity import is_title, plain_id, strength

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class StoredPaper(Struct, frozen=True):
    """A paper in the library."""

    key: int
    id: str
    used: int | None
    """Number of the digest that used it first; None if none has."""


class SettledPaper(Struct, frozen=True):
    """A paper as it is from now on."""

    id: str
    identifiers: tuple[str, ...]
    """All identifiers that lead to it, sorted; its `id` is one of them."""
    key: int | None
    """Key of the paper that it continues; None for a new one."""
    absorbed: tuple[StoredPaper, ...]
    """Papers that turned out to be this one."""


class _Group(Struct, frozen=True):
    """The identifiers of one paper."""

    members: Sequence[str]
    """Identifiers of its records."""
    strongest: str
    standing: Sequence[StoredPaper]
    """Papers that it continues or absorbs."""

    @property
    def oldest(self) -> StoredPaper | None:
        """The paper that was used first; None if none was."""
        used = [known for known in self.standing if known.used is not None]
        return min(used, key=lambda known: (known.used, known.key), default=None)


def settle(
    papers: Mapping[str, str], owners: Mapping[str, StoredPaper]
) -> tuple[SettledPaper, ...]:
    """Return the papers that the identifiers belong to from now on, ordered by id.

    `papers` is the result of `gather` for all identifiers that are linked with each other, `owners`
    the current paper of each that has one, including plain ids of titles.
    """
    groups = _grouped(papers, owners)
    plain = _allot_plain_ids(groups, owners)
    settled = (_settle_one(group, plain) for group in groups)
    return tuple(sorted(settled, key=lambda paper: strength(paper.id)))


def _grouped(papers: Mapping[str, str], owners: Mapping[str, StoredPaper]) -> list[_Group]:
    sets = _DisjointSets()
    owned: defaultdict[StoredPaper, list[str]] = defaultdict(list)
    for identifier, paper in papers.items():
        owner = owners.get(identifier)
        if owner is not None:
            owned[owner].append(identifier)
        if owner is None or owner.used is None:
            sets.join(identifier, paper)
        else:
            sets.join(identifier, owner.id)
    for known, identifiers in owned.items():
        if known.used is not None:
            strongest = min(identifiers, key=strength)
            sets.join(strongest, papers[strongest])
    standing: defaultdict[str, list[StoredPaper]] = defaultdict(list)
    for known, identifiers in owned.items():
        current_id = known.id if known.used is not None or known.id in papers else min(identifiers)
        standing[sets.find(current_id)].append(known)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for identifier in papers:
        members[sets.find(identifier)].append(identifier)
    return [
        _Group(
            identifiers,
            min((name for name in identifiers if papers[name] == name), key=strength),
            standing.get(label, ()),
        )
        for label, identifiers in members.items()
    ]


def _allot_plain_ids(
    groups: Sequence[_Group], owners: Mapping[str, StoredPaper]
) -> dict[str, _Group]:
    """Return, for the plain id of each title, the group that it leads to."""
    wanting: defaultdict[str, list[_Group]] = defaultdict(list)
    holder: dict[str, _Group] = {}
    for group in groups:
        for identifier in group.members:
            if is_title(identifier):
                wanting[plain_id(identifier)].append(group)
        holder.update((identifier, group) for identifier in group.members)
        for known in group.standing:
            if known.used is not None:
                holder[known.id] = group
    result: dict[str, _Group] = {}
    linked = {known for group in groups for known in group.standing}
    for plain, claimants in wanting.items():
        owner = owners.get(plain)
        if owner is not None and owner not in linked:
            continue  # it is the id of an unrelated paper
        # A used paper keeps what led to it, under whatever id.
        current = [group for group in claimants if owner in group.standing]
        result[plain] = holder.get(plain) or min(
            current if owner is not None and owner.used is not None and current else claimants,
            key=lambda group: (group.oldest is None, strength(group.strongest)),
        )
    return result


def _settle_one(group: _Group, plain: Mapping[str, _Group]) -> SettledPaper:
    strongest = group.strongest
    plain_ids = [name for name, holder in plain.items() if holder is group]
    if plain_id(strongest) in plain_ids:
        strongest = plain_id(strongest)

    def precedence(known: StoredPaper) -> tuple[bool, int, bool, int]:
        return known.used is None, known.used or 0, known.id != strongest, known.key

    ranked = sorted(group.standing, key=precedence)
    survivor = ranked[0] if ranked else None
    identifier = strongest if survivor is None or survivor.used is None else survivor.id
    return SettledPaper(
        id=identifier,
        identifiers=tuple(sorted({*group.members, *plain_ids, identifier})),
        key=None if survivor is None else survivor.key,
        absorbed=tuple(ranked[1:]),
    )


class _DisjointSets:
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

    def join(self, first: str, second: str) -> None:
        self._parent[self.find(first)] = self.find(second)
