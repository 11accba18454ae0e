"""Lay a selection out as a digest: sections, limits, leftovers, and the words on what was seen.

A paper stands once, under the rule that gives it most points. What a limit keeps back is named
and stays a candidate; on the last of its days it is listed, which delivers it. Pure.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from digest.digests.coverage import coverage_line, loud_sentences
from digest.digests.excerpt import excerpt, mark
from digest.model import Digest, Entry, Reason, Section
from digest.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from digest.model import Coverage, Pick, Profile, Refusal, RuleMatch, Selection


class _Layout(NamedTuple):
    """Which picks are shown in full, and which a limit keeps back."""

    shown: tuple[Pick, ...]
    kept_back: tuple[Pick, ...]
    expiring: tuple[Pick, ...]


def compose(
    selection: Selection,
    profile: Profile,
    limits: Mapping[str, int | None],
    *,
    created: datetime,
    number: int = 1,
) -> Digest:
    """Lay `selection` out for `profile` on the day of `created` (aware, in the profile's zone).

    `limits` gives each rule's own limit; `number` is 1 for the profile's first digest of a day.
    """
    day = created.date()
    layout = _lay_out(selection.picks, profile, limits, day)
    entries = [entry(pick) for pick in layout.shown]
    counts = dict(selection.rule_counts)
    sections = tuple(
        _section(rule, entries, counts.get(rule, 0), selection.coverage) for rule in profile.rules
    )
    return Digest(
        profile=profile.name,
        title=profile.title,
        day=day,
        number=number,
        created=created,
        language=profile.language,
        summary=_summary(selection.coverage, layout),
        intro=profile.intro,
        sections=sections,
        leftovers=tuple(entry(pick) for pick in layout.kept_back),
        expiring=tuple(entry(pick) for pick in layout.expiring),
        coverage=selection.coverage,
        empty_reason="" if selection.picks else _empty_reason(selection.coverage, profile),
        notes=_notes(selection),
        abstracts=profile.abstracts,
        front_matter=profile.front_matter,
    )


def _lay_out(
    picks: Sequence[Pick],
    profile: Profile,
    limits: Mapping[str, int | None],
    day: date,
) -> _Layout:
    """Take picks, best first, while their section and the digest have room."""
    taken: Counter[str] = Counter()
    shown: list[Pick] = []
    kept_back: list[Pick] = []
    expiring: list[Pick] = []
    for pick in picks:
        section = pick.rules[0].rule
        limit = limits.get(section)
        room = profile.limit is None or len(shown) < profile.limit
        if section not in profile.rules:
            # Its rule is gone: no later digest would have a better place for it.
            expiring.append(pick)
        elif room and (limit is None or taken[section] < limit):
            taken[section] += 1
            shown.append(pick)
        else:
            since = pick.carried_since or day
            last = day >= since + timedelta(days=profile.carry_over)
            (expiring if last else kept_back).append(pick)
    return _Layout(tuple(shown), tuple(kept_back), tuple(expiring))


def entry(pick: Pick) -> Entry:
    """Return how `pick` stands in a digest or feed: its words marked, its reasons named."""
    paper = pick.paper
    matches = tuple(match for rule in pick.rules for match in rule.matches)
    title, abstract = (
        [
            (match.keyword, (match.start, match.end))
            for match in matches
            if match.field == field and match.start is not None and match.end is not None
        ]
        for field in ("title", "abstract")
    )
    text = paper.abstract or ""
    return Entry(
        paper=paper,
        section=pick.rules[0].rule,
        score=pick.score,
        points=pick.rules[0].points,
        title=mark(paper.title, [span for _, span in title]),
        excerpt=excerpt(text, abstract),
        abstract=mark(text, [span for _, span in abstract]),
        reasons=tuple(map(reason, pick.rules)),
        matches=matches,
        carried_since=pick.carried_since,
        learned=pick.learned,
    )


def reason(rule: RuleMatch) -> Reason:
    """Return the line of why for one rule that selected a paper."""
    keywords = tuple(dict.fromkeys(match.keyword for match in rule.matches))
    return Reason(rule.rule, rule.points, keywords)


def _section(rule: str, entries: Sequence[Entry], selected: int, coverage: Coverage) -> Section:
    own = tuple(item for item in entries if item.section == rule)
    if own:
        return Section(rule, own, max(selected, len(own)))
    return Section(rule, (), selected, _why_empty(rule, entries, selected, coverage))


def _why_empty(rule: str, entries: Sequence[Entry], selected: int, coverage: Coverage) -> str:
    """Say why nothing stands under `rule`, of which `selected` papers matched."""
    if not selected:
        looked = coverage.papers + coverage.carried
        return f"None of {counted(looked, 'paper')} matched." if looked else "No new papers came."
    elsewhere = [
        item.section for item in entries if any(reason.rule == rule for reason in item.reasons)
    ]
    where = ", ".join(f"“{name}”" for name in sorted(set(elsewhere)))
    verb = "stands" if len(elsewhere) == 1 else "stand"
    if len(elsewhere) == selected:
        return f"{counted(selected, 'paper')} matched and {verb} under {where}."
    if not elsewhere:
        return f"{counted(selected, 'paper')} matched, but the limit left no room."
    left = selected - len(elsewhere)
    return (
        f"{counted(selected, 'paper')} matched: {len(elsewhere):,} {verb} under {where}, "
        f"{left:,} did not fit the limit."
    )


def _summary(coverage: Coverage, layout: _Layout) -> str:
    """Say how many of how many: "17 of 383 new papers (433 records in 5 dumps)."."""
    shown = f"{len(layout.shown):,}" if layout.shown else "None"
    if coverage.papers:
        seen = counted(coverage.papers, "new paper")
        carried = f" and {coverage.carried:,} kept from earlier days" if coverage.carried else ""
        sentence = f"{shown} of {seen}{carried}"
    elif coverage.carried:
        sentence = f"{shown} of {counted(coverage.carried, 'paper')} kept from earlier days"
    else:
        sentence = "No new papers"
    if coverage.dumps:
        records = counted(coverage.records, "record")
        sentence += f" ({records} in {counted(coverage.dumps, 'dump')})"
    if coverage.settled:
        sentence += f"; {coverage.settled:,} that you know already were not looked at"
    if layout.kept_back:
        sentence += f"; {len(layout.kept_back):,} more did not fit and will be offered again"
    if layout.expiring:
        verb = "is" if len(layout.expiring) == 1 else "are"
        sentence += f"; {len(layout.expiring):,} that did not fit {verb} listed at the end"
    return f"{sentence}."


def _empty_reason(coverage: Coverage, profile: Profile) -> str:
    if coverage.papers:
        rules = counted(len(profile.rules), "rule")
        return f"None of the {counted(coverage.papers, 'new paper')} matched any of the {rules}."
    dumps = counted(coverage.dumps, "dump")
    if coverage.records:
        records = counted(coverage.records, "record")
        return f"{dumps} with {records} came in, but every paper there had been delivered already."
    if coverage.dumps:
        return f"{dumps} came in, but no record could be read there."
    if coverage.earlier is None:
        return "No new dump came in since the last digest."
    if coverage.earlier:
        dumps = counted(coverage.earlier, "dump was", "dumps were")
        return (
            f"{dumps} read before the first run of this profile, "
            "and a profile starts with what comes in from then on. To look back, run digest with "
            "--since and a day."
        )
    return "No dump has come in yet."


def _notes(selection: Selection) -> tuple[str, ...]:
    """Return the coverage, the warnings, and sentences on unread dumps and on the order."""
    coverage = selection.coverage
    refused: dict[str, list[Refusal]] = {}
    for refusal in coverage.refused:
        refused.setdefault(refusal.dump, []).append(refusal)
    line = coverage_line(coverage.sources)
    notes = (
        *([line] if line else ()),
        *loud_sentences(coverage.sources),
        *coverage.warnings,
        *(_note(dump, found) for dump, found in refused.items()),
    )
    return (*notes, selection.unlearned) if selection.unlearned else notes


def _note(dump: str, refused: Sequence[Refusal]) -> str:
    first = refused[0]
    place = dump if first.line is None else f"{dump}, line {first.line:,}"
    if len(refused) == 1:
        return f"{place}: {first.reason}."
    return f"{place} and later: {len(refused):,} refusals, the first because {first.reason}."
