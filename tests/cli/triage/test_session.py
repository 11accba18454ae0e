"""The effect of each key, without a terminal."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from digest.cli.triage.session import Decide, Edit, Note, Open, Quit, Undo, press
from digest.reading_list.decisions import Decision
from tests.cli.triage.samples import DAY, card, session, typed, unknown


@pytest.mark.parametrize(
    ("key", "action"), [("s", "star"), ("d", "drop"), ("D", "fewer"), ("x", "read")]
)
def test_a_mark_goes_on_to_the_next_paper(key: str, action: str) -> None:
    after, effects = typed(session(), key)
    assert effects == [Decide("2603.00000", Decision(action))]  # type: ignore[arg-type]
    assert after.at == 1


def test_later_again_is_longer() -> None:
    after, effects = typed(session(), "lklll")
    assert effects == [Decide("2603.00000", Decision("later", days)) for days in (7, 14, 30, 7)]
    assert after.at == 0
    assert "back on 12 March" in after.message


def test_what_is_decided_is_passed_over() -> None:
    after, _ = typed(session(3), "jsgd")
    assert (after.at, after.decided["2603.00001"].action) == (2, "star")


def test_the_end_comes_when_all_is_decided() -> None:
    assert typed(session(2), "sd")[0].view == "end"
    assert typed(session(2), "js")[0].view == "paper", "the first is undecided still"


def test_undo_takes_back_each_mark() -> None:
    after, effects = typed(session(2), "sduuu")
    assert effects[2:] == [Undo(), Undo()]
    assert (after.decided, after.at, after.view) == ({}, 0, "paper")
    assert after.message == "There is nothing to undo"


def test_fewer_right_after_a_drop_is_meant_for_the_dropped_paper() -> None:
    after, effects = typed(session(), "dD")
    assert effects[1] == Decide("2603.00000", Decision("fewer"))
    assert after.at == 1
    after, effects = typed(after, "D")
    assert effects == [Decide("2603.00001", Decision("fewer"))]


def test_moving_decides_nothing() -> None:
    after, effects = typed(session(3), "jjjkgGk")
    assert (after.at, effects) == (1, [])


def test_links_open_by_their_keys() -> None:
    assert typed(session(), "op")[1] == [
        Open("https://example.org/o"),
        Open("https://example.org/p"),
    ]
    after, effects = typed(session(), "c")
    assert (effects, after.message) == ([], "This paper has no such page")


def test_a_paper_without_a_page_is_looked_for() -> None:
    made = replace(session(), cards=(unknown(0),))
    assert typed(made, "o2")[1] == [Open("https://example.org/2")]
    assert typed(made, "ox")[1] == [], "any other key leaves the question"


def test_views_open_and_close() -> None:
    for key, view in (("w", "why"), ("a", "abstract"), ("?", "keys")):
        after, _ = typed(session(), key)
        assert after.view == view
        assert typed(after, key)[0].view == "paper"
        assert press(after, "escape", DAY)[0].view == "paper"
    assert typed(session(), "we")[1] == [Edit("Experts")]
    assert typed(session(), "ws")[0].view == "paper"


def test_a_note_is_typed_and_stars() -> None:
    after, _ = typed(session(), "n" + "quit soon!")
    assert (after.view, after.typed) == ("note", "quit soon!")
    after, _ = press(after, "backspace", DAY)
    after, effect = press(after, "enter", DAY)
    assert effect == Note("2603.00000", "quit soon")
    assert after.decided["2603.00000"].action == "star"
    assert typed(after, "u")[1] == [Undo()]
    assert press(typed(session(), "nab")[0], "escape", DAY)[1] is None


def test_find_goes_round() -> None:
    made = session(4)
    after, _ = press(typed(made, "/ledger")[0], "enter", DAY)
    assert after.at == 3
    after, _ = press(typed(after, "/QUIET")[0], "enter", DAY)
    assert after.at == 0
    after, _ = press(typed(after, "/nothing like it")[0], "enter", DAY)
    assert "No paper of this digest has" in after.message


def test_earlier_days_follow_on_request() -> None:
    made = replace(session(0), earlier=(card(8), card(9)))
    after, _ = press(made, "enter", DAY)
    assert (len(after.cards), after.at, after.message) == (2, 0, "2 papers of earlier days")
    after, _ = typed(replace(session(1), earlier=(card(8),)), "sb")
    assert (after.at, after.view) == (1, "paper")


@pytest.mark.parametrize("key", ["q", "c-c"])
def test_one_may_leave_at_any_time(key: str) -> None:
    for made in (session(), session(0), typed(session(1), "s")[0], typed(session(), "w")[0]):
        assert press(made, key, DAY)[1] == Quit()
