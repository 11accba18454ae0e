"""The details that triage shows of one paper."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from digest.explain.cards import card
from digest.model import Pick
from digest.model.matches import CountRise, Update
from tests.picks import DAY, matched, paper

LAKE = paper("Lakes of the north", abstract="We map lakes.")
NEW = Pick(LAKE, 2.0, (matched("Lakes", keyword="lakes", at=(0, 5)),))


def test_a_new_paper_has_no_kicker() -> None:
    shown = card(NEW, LAKE.id, DAY)
    assert (shown.kicker, shown.since) == ("", "")
    assert shown.section == "Lakes"


def test_a_new_version_is_said_above_the_title() -> None:
    update = Update(2, date(2026, 1, 4), date(2026, 1, 2), ("title",))
    shown = card(replace(NEW, update=update), LAKE.id, DAY)
    assert shown.kicker.replace("\u00a0", " ") == (
        "v2 of a paper that you were sent on 2 January: title changed"
    )
    assert shown.since == ""


def test_a_rise_is_said_above_the_title() -> None:
    shown = card(replace(NEW, rise=CountRise("upvotes", 12, 57, date(2026, 1, 1))), LAKE.id, DAY)
    assert shown.kicker.replace("\u00a0", " ") == "Rising: ▲ 12 → 57 in 4 days"
    assert shown.since.replace("\u00a0", " ") == "since 1 January"
