"""Lay out what one rule would select from recent papers, as a digest that is not stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.digests.layout import compose
from digest.digests.selection import Candidate, select
from digest.model import Coverage
from digest.model.review import NO_REMINDERS
from digest.pipeline.match_library import match_papers
from digest.pipeline.rule_changes import first_day
from digest.search.recent import best_recent
from digest.wording import counted

if TYPE_CHECKING:
    from datetime import datetime

    from digest.library import Library
    from digest.model import Digest, Profile
    from digest.rules import Rule


class TriedRule(Struct, frozen=True):
    """The digest of a tried rule, and the counts behind it."""

    digest: Digest
    papers: int
    """Number of papers searched."""
    selected: int
    """Number of papers that the rule selects."""


def try_rule(  # noqa: PLR0913 - keywords
    library: Library,
    rule: Rule,
    profile: Profile,
    *,
    created: datetime,
    days: int,
    limit: int | None,
) -> TriedRule:
    """Lay out the best `limit` papers that `rule` selects, for a reader of `profile`.

    The papers are those first seen in the last `days` days, whether or not the profile has had
    them. A rule that is paused or over is tried as if it were not.
    """
    today = created.date()
    awake = replace(rule, paused=False, until=None, limit=None, minimum=0)
    since = first_day(today, days)
    # The rule may select many papers: read only those that may be among the best.
    recent = best_recent(library, awake, first=since, last=today, today=today, limit=limit)
    titles = library.papers.titles(recent.keys)
    matched = match_papers(
        library, (identifier for identifier, _ in titles.values()), [awake], today=today
    )
    alone = replace(
        profile,
        name="try",
        title=rule.name,
        rules=(rule.name,),
        groups=(),
        limit=None,
        intro="",
        language="en",
        still_on_list=NO_REMINDERS,
        review=None,
    )
    candidates = (
        Candidate(*matched[titles[key][0]]) for key in recent.keys if titles[key][0] in matched
    )
    coverage = Coverage(papers=recent.papers, since=since)
    selection = select(candidates, alone, coverage, {rule.name: rule.order} if rule.order else None)
    best = replace(selection, picks=selection.picks[:limit])
    digest = compose(best, alone, {rule.name: awake}, created=created)
    summary = _summary(recent.papers, recent.selected, len(best.picks), days)
    return TriedRule(replace(digest, summary=summary, details=()), recent.papers, recent.selected)


def _summary(papers: int, matched: int, shown: int, days: int) -> str:
    """Return how many papers the rule selects: `12 of the 433 papers of the last 30 days match`."""
    when = f"the last {counted(days, 'day')}" if days > 1 else "today"
    if not papers:
        return f"No paper came in {when}." if days > 1 else "No paper came in today."
    match = "matches" if matched == 1 else "match"
    best = "The best one is below." if shown == 1 else f"The best {shown:,} are below."
    best = f" {best}" if shown < matched else ""
    number = f"{matched:,}" if matched else "None"
    return f"{number} of the {counted(papers, 'paper')} of {when} {match}.{best}"
