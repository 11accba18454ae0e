"""Decide which records are one paper; the rules are in the package's docstring."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from digest.identity.evidence import Evidence, agreement
from digest.identity.keys import Keys, strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_NAMESAKES: Final = 40
"""Maximum number of identifiers with the same title for it to join any of them: *Editorial* says
nothing."""
_NONE: Final = Evidence()


def gather(keys: Iterable[Keys], evidence: Mapping[str, Evidence] | None = None) -> dict[str, str]:
    """Map each record's own identifier to the identifier of the paper that it belongs to.

    `evidence` is that of the identifiers that share a title with others; what is missing says
    nothing. The answer for a record is right when `keys` holds everything that is linked to it
    through a shared arXiv identifier, DOI or title, directly or through others; more does no harm.
    Time and memory are linear in the number of different keys.
    """
    distinct = set(keys)
    known = evidence or {}
    papers = {key.arxiv_id: key.arxiv_id for key in distinct if key.arxiv_id}
    by_title: defaultdict[str, set[str]] = defaultdict(set)
    for key in distinct:
        by_title[key.title_id].add(key.identifier)
    telling = {title for title, same in by_title.items() if len(same) <= MOST_NAMESAKES}
    papers |= _place_dois(distinct, telling, known)
    titled: defaultdict[str, list[str]] = defaultdict(list)
    for key in distinct:
        if not (key.arxiv_id or key.doi):
            titled[key.title_id].append(key.identifier)
    for title, identifiers in titled.items():
        if title not in telling:
            papers.update((identifier, identifier) for identifier in identifiers)
            continue
        identified = by_title[title] - set(identifiers)
        papers |= _place_titles(identifiers, identified, papers, known)
    return papers


def _place_dois(
    distinct: set[Keys], telling: set[str], evidence: Mapping[str, Evidence]
) -> dict[str, str]:
    """Map each DOI that is some record's best identifier to its paper (rule 2)."""
    with_doi = {key.arxiv_id for key in distinct if key.arxiv_id and key.doi}
    carriers: dict[str, str] = {}
    without_doi: defaultdict[str, set[str]] = defaultdict(set)
    for key in distinct:
        if key.arxiv_id and key.doi:
            carriers[key.doi] = min(key.arxiv_id, carriers.get(key.doi, key.arxiv_id))
        elif key.arxiv_id and key.arxiv_id not in with_doi and key.title_id in telling:
            without_doi[key.title_id].add(key.arxiv_id)
    alone = {key.doi: key.doi for key in distinct if key.doi and not key.arxiv_id}
    pairs = {
        (key.doi, arxiv_id)
        for key in distinct
        if key.doi and not key.arxiv_id and key.doi not in carriers
        for arxiv_id in without_doi.get(key.title_id, ())
    }
    agreed = [
        (-score, arxiv_id, doi)
        for doi, arxiv_id in pairs
        if (score := _agreement(doi, arxiv_id, evidence)) is not None
    ]
    joined: dict[str, str] = {}
    # The best pair first; an arXiv paper takes only one DOI, because two are two works.
    for _, arxiv_id, doi in sorted(agreed):
        if doi not in joined and arxiv_id not in joined.values():
            joined[doi] = arxiv_id
    return alone | joined | {doi: carriers[doi] for doi in alone if doi in carriers}


def _place_titles(
    identifiers: Iterable[str],
    identified: Iterable[str],
    papers: Mapping[str, str],
    evidence: Mapping[str, Evidence],
) -> dict[str, str]:
    """Map the identifiers of records that have but their title to papers (rule 3).

    `identified` are the arXiv identifiers and DOIs of records of the same title. One after the
    other, those of which most is known first, each joins a paper of which it contradicts no record.
    """
    groups: dict[str, list[str]] = {}
    for identifier in sorted(identified, key=strength):
        groups.setdefault(papers[identifier], []).append(identifier)
    groups = {name: groups[name] for name in sorted(groups, key=strength)}
    placed: dict[str, str] = {}
    ordered = sorted(
        identifiers, key=lambda identifier: (-evidence.get(identifier, _NONE).richness, identifier)
    )
    for identifier in ordered:
        best, most = identifier, -1
        for name, members in groups.items():
            scores = [_agreement(identifier, member, evidence) for member in members]
            known = [score for score in scores if score is not None]
            if len(known) == len(scores) and max(known) > most:
                best, most = name, max(known)
        groups.setdefault(best, []).append(identifier)
        placed[identifier] = best
    return placed


def _agreement(one: str, other: str, evidence: Mapping[str, Evidence]) -> int | None:
    return agreement(evidence.get(one, _NONE), evidence.get(other, _NONE))
