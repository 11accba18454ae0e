"""Lay a selection out as a digest: sections, places, and the text of its head. Pure.

A paper appears once, under the rule that gives it most points. Papers over a limit are carried over
to the next digests; on the last day they are listed in one line, which delivers them.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from digest.digests.coverage import coverage_line, loud_sentences
from digest.digests.entries import entry
from digest.digests.limits import share_out
from digest.model import Digest, Section
from digest.wording import head
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from digest.digests.limits import Places
    from digest.model import Entry, Profile, Selection
    from digest.rules import Rule


def compose(  # noqa: PLR0913 - keywords
    selection: Selection,
    profile: Profile,
    rules: Mapping[str, Rule],
    *,
    created: datetime,
    number: int = 1,
    rules_before: Sequence[str] = (),
) -> Digest:
    """Lay `selection` out for `profile` on the day of `created` (aware, in the profile's zone).

    `rules` has the rules of the config by name; `number` is 1 for the profile's first digest of a
    day; `rules_before` are the sections of its last digest.
    """
    places = share_out(selection.picks, profile, rules, created.date())
    return Digest(
        profile=profile.name,
        title=profile.title,
        day=created.date(),
        number=number,
        created=created,
        language=profile.language,
        summary=_summary(selection, profile),
        intro=profile.intro,
        sections=(*_sections(selection, profile, rules, places), *_more(selection, profile)),
        carried_over=tuple(map(entry, places.carried_over)),
        listed=tuple(map(entry, places.listed)),
        coverage=selection.coverage,
        news=tuple(map(entry, selection.news)),
        details=_details(selection, profile, places, rules_before),
        missing=head.missing(selection.coverage, words_in(profile.language)),
        detail=profile.detail,
        abstracts=profile.abstracts,
        front_matter=profile.front_matter,
    )


def _sections(
    selection: Selection, profile: Profile, rules: Mapping[str, Rule], places: Places
) -> tuple[Section, ...]:
    entries: dict[str, list[Entry]] = {name: [] for name in profile.rules}
    for pick in places.shown:
        entries[pick.rules[0].rule].append(entry(pick))
    selected = dict(selection.rule_counts)
    return tuple(
        Section(
            name,
            tuple(section_entries),
            max(selected.get(name, 0), len(section_entries)),
            rules[name].note if name in rules else "",
        )
        for name, section_entries in entries.items()
    )


def _more(selection: Selection, profile: Profile) -> tuple[Section, ...]:
    """Return the sections of papers that no rule selected; they count for no limit."""
    words = words_in(profile.language)
    like = words.text("No rule took them; they are like papers that you starred, read or imported.")
    near = words.text("No rule took them; each only just missed one of your rules.")
    sections = []
    for name, picks in groupby(selection.more, key=lambda pick: pick.more):
        entries = tuple(map(entry, picks))
        note = near if entries[0].missed else like
        sections.append(Section(name, entries, len(entries), note, of_rule=False))
    return tuple(sections)


def _summary(selection: Selection, profile: Profile) -> str:
    return head.summary(selection.coverage, _matched(selection), words_in(profile.language))


def _matched(selection: Selection) -> int:
    """Return how many of the new papers any rule selected."""
    return sum(pick.carried_since is None and not pick.again for pick in selection.picks)


def _details(
    selection: Selection, profile: Profile, places: Places, rules_before: Sequence[str]
) -> tuple[str, ...]:
    words = words_in(profile.language)
    coverage = selection.coverage
    sentences = (
        head.looked_back(coverage, words),
        *head.details(
            coverage,
            words,
            matched=_matched(selection),
            again=sum(pick.again and pick.carried_since is None for pick in selection.picks),
            earlier=sum(pick.carried_since is not None for pick in places.shown),
            waiting=len(places.carried_over),
            listed=len(places.listed),
            news=len(selection.news),
        ),
        head.rule_changes(rules_before, profile.rules, words),
        selection.unlearned,
        coverage_line(coverage.sources, words),
        *loud_sentences(coverage.sources, words),
        head.refused(coverage, words),
    )
    return tuple(sentence for sentence in sentences if sentence)
