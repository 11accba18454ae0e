"""Decide which new versions of papers that a profile was sent are news to it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.identity import title_key
from digest.model import Pick
from digest.model.matches import Update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.library.updates import SentPaper
    from digest.model import Paper, RuleMatch
    from digest.model.matches import Changed


def is_news(sent: SentPaper) -> bool:
    """Return whether this version is news: neither sent to the profile nor reported.

    If no earlier version has a number, the day decides: a version older than the digest is the one
    that was sent.
    """
    version = sent.record.version
    numbers = [sent.pick.paper.version, *(version.version for version in sent.reported)]
    known = max((number for number in numbers if number is not None), default=None)
    if version is not None and known is not None:
        return version > known
    if sent.reported:
        return sent.moment > max(version.moment for version in sent.reported)
    return sent.moment >= sent.day


def new_version(sent: SentPaper, paper: Paper, rules: tuple[RuleMatch, ...]) -> Pick:
    """Return the new version of a paper as a pick, with what differs from the last known one.

    `paper` is the new version (see `version_of`); `rules` are those that match it, possibly none.
    """
    last = (sent.reported[-1].pick if sent.reported else sent.pick).paper
    comment = paper.comment if paper.comment != last.comment else None
    update = Update(
        sent.record.version, sent.moment, sent.day, tuple(_changed(last, paper)), comment or ""
    )
    # Places of matches belong to the former text.
    former = tuple(replace(rule, matches=()) for rule in sent.pick.rules)
    return Pick(paper, sent.pick.score, rules or former, update=update)


def version_of(sent: SentPaper, paper: Paper) -> Paper:
    """Return `paper` with the values of the new version's record."""
    record = sent.record
    return replace(
        paper,
        title=record.title,
        abstract=record.abstract or paper.abstract,
        comment=record.comment or paper.comment,
        version=record.version,
    )


def _changed(before: Paper, now: Paper) -> Iterator[Changed]:
    if title_key(before.title) != title_key(now.title):
        yield "title"
    if before.abstract and now.abstract and title_key(before.abstract) != title_key(now.abstract):
        yield "abstract"
