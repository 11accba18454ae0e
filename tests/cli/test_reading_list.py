"""The reading-list commands import changes from the files first, and update the files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.desk import Desk, after_a_run

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO, THREE = "2601.00001", "2601.00002", "2601.00003"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return after_a_run(
        tmp_path_factory.mktemp("made"),
        "{name: Pruning, keywords: [pruning]}",
        {"title": "Pruning and pruning", "arxiv_id": ONE, "abstract": "Pruning.", "upvotes": 9},
        {"title": "Less pruning", "arxiv_id": TWO, "authors": ["A. Author"]},
        {"title": "Something else", "arxiv_id": THREE},
    )


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str], made: Path) -> Desk:
    """Return a desk on whose list two of three papers are."""
    return Desk(folder, capsys, copy=made)


def file(desk: Desk, name: str = "daily") -> str:
    return (desk.folder / f"digests/{name}/reading-list.md").read_text(encoding="utf-8")


def told(desk: Desk, *arguments: str) -> Any:
    """Return the one object that a command prints."""
    answer = desk.type(*arguments, "--json")
    assert answer.code == 0, answer.err
    return answer.json


def ids(desk: Desk, *arguments: str) -> list[str]:
    answer = desk.type("list", *arguments, "--json")
    assert answer.code == 0, answer.err
    return [json.loads(line)["id"] for line in answer.out.splitlines()]


def test_the_list_says_what_waits(desk: Desk) -> None:
    answer = desk.type("list")
    assert [line.split(" ", 3)[2] for line in answer.lines] == [ONE, TWO]
    assert answer.lines[0].endswith("Pruning and pruning")
    assert answer.err == "2 papers\n"


def test_what_was_ticked_in_the_file_counts_at_once(desk: Desk) -> None:
    path = desk.folder / "digests/daily/reading-list.md"
    path.write_text(file(desk).replace("- [ ] [Less", "- [x] [Less"), encoding="utf-8")
    assert ids(desk) == [ONE]
    assert ids(desk, "--state", "done") == [TWO]
    assert TWO not in file(desk)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["less"], [TWO]),
        (["pruning"], [ONE, TWO]),
        (["something"], []),
        (["--state", "dropped"], []),
        (["--state", "all", "--limit", "1"], [ONE]),
        (["--starred"], [TWO]),
        (["--tag", "group"], [TWO]),
        (["--tag", "#group"], [TWO]),
        (["--profile", "daily"], [ONE, TWO]),
        (["--reader", "daily"], [ONE, TWO]),
    ],
)
def test_a_part_of_the_list(desk: Desk, arguments: list[str], found: list[str]) -> None:
    desk.type("star", TWO)
    desk.type("note", TWO, "for #group")
    assert ids(desk, *arguments) == found


@pytest.mark.parametrize(
    ("state", "box"), [("reading", "/"), ("queued", " "), ("done", ""), ("dropped", "")]
)
def test_a_mark_changes_the_file(desk: Desk, state: str, box: str) -> None:
    answer = told(desk, "mark", "Less pruning", state)
    assert (answer["id"], answer["state"], answer["profiles"]) == (TWO, state, ["daily"])
    assert (f"- [{box}] [Less" in file(desk)) == bool(box)
    assert (TWO in file(desk)) == bool(box)


def test_what_is_put_off_says_until_when(desk: Desk) -> None:
    answer = told(desk, "mark", TWO, "snooze", "2099-01-31")
    assert (answer["state"], answer["until"]) == ("snoozed", "2099-01-31")
    assert TWO not in file(desk)
    assert "(until 2099-01-31)" in desk.type("list", "--state", "snoozed").out
    assert told(desk, "mark", TWO, "snooze", "+7")["until"] < "2099"
    assert told(desk, "mark", TWO, "queued")["until"] is None
    assert TWO in file(desk)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mark", TWO, "snooze"], "takes a day"),
        (["mark", TWO, "done", "+7"], "takes a day"),
        (["mark", TWO, "snooze", "2020-01-01"], "does not lie ahead"),
        (["mark", TWO, "snooze", "+0"], "from +1 to"),
        (["mark", TWO, "snooze", "+99999"], "from +1 to"),
        (
            ["mark", TWO, "snooze", "soon"],
            "'soon' is not a valid day; write 2026-01-31, or a number",
        ),
        (["mark", "pruning", "done"], f"may be any of these; give its identifier:\n  {TWO}"),
        (["mark", "nothing of the kind", "done"], "no paper in the library matches"),
        (["star", "2699.00001"], "no paper in the library matches"),
        (["note", TWO, " "], "the note is empty"),
        (["add", "https://example.org/a"], "give it a title with --title"),
        (["add", "javascript:alert(1)"], "cannot be linked to"),
        (["add", "http://127.0.0.1/a", "--title", "A"], "cannot be linked to"),
        (["add", "no such title"], "no paper in the library matches"),
        (["list", "--reader", "nobody"], "has no reader 'nobody'; it has: daily"),
        (["list", "--profile", "nobody"], "has no profile 'nobody'"),
        (["list", "--profile", "daily", "--reader", "me"], "the reader of 'daily' is 'daily'"),
        (["list", "("], "at character"),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, arguments: list[str], words: str) -> None:
    before = file(desk)
    answer = desk.type(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert file(desk) == before


def test_a_star_comes_and_goes(desk: Desk) -> None:
    before = file(desk)
    assert told(desk, "star", TWO)["starred"]
    assert "- [ ] ★ [Less" in file(desk)
    assert told(desk, "star", TWO)["star_at"] == told(desk, "star", TWO)["star_at"]
    assert not told(desk, "star", TWO, "--off")["starred"]
    assert file(desk) == before


def test_a_note_grows_by_paragraphs_and_is_shown(desk: Desk) -> None:
    desk.type("note", TWO, "first\nline #tag")
    answer = told(desk, "note", TWO, "second\x1b[31m")
    assert (answer["note"], answer["tags"]) == ("first\nline #tag\n\nsecond[31m", ["tag"])
    assert "  first\n  line #tag\n\n  second[31m\n" in file(desk)
    assert desk.type("note", TWO).out == "first\nline #tag\n\nsecond[31m\n"
    assert desk.type("note", ONE).out == ""


def test_a_tag_of_a_note_is_not_said_twice(desk: Desk) -> None:
    desk.type("note", TWO, "compare #group")
    assert file(desk).count("#group") == 1


def test_the_next_paper_is_begun_then_starred_then_best(desk: Desk) -> None:
    answer = desk.type("next")
    assert answer.lines[0] == "Pruning and pruning"
    assert answer.lines[-1] == "Pruning."
    assert f"digest mark {ONE} done" in answer.err
    desk.type("star", TWO)
    assert told(desk, "next")["id"] == TWO
    desk.type("mark", ONE, "reading")
    assert told(desk, "next")["id"] == ONE
    desk.type("mark", ONE, "done")
    desk.type("mark", TWO, "dropped")
    answer = desk.type("next")
    assert (answer.code, answer.out, answer.err) == (0, "", "Nothing waits to be read.\n")


# --- words and several papers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "state", "place"),
    [
        ("read", "done", "done"),
        ("Read", "done", "done"),
        ("reading", "reading", "to read"),
        ("to-read", "queued", "to read"),
        ("drop", "dropped", "dropped"),
        ("later", "snoozed", "later"),
        ("inbox", "queued", "inbox"),
    ],
)
def test_the_words_of_the_list_are_states(desk: Desk, word: str, state: str, place: str) -> None:
    answer = told(desk, "mark", ONE, word)
    assert (answer["state"], answer["place"]) == (state, place)
    assert ids(desk, "--state", "all") == [ONE, TWO]


def test_several_papers_are_one_change(desk: Desk) -> None:
    before = file(desk)
    answer = desk.type("mark", ONE, "Less pruning", "read", "--json")
    assert [json.loads(line)["state"] for line in answer.out.splitlines()] == ["done", "done"]
    answer = desk.type("undo")
    assert (len(answer.lines), answer.err) == (2, "Undone: 2 papers\n")
    assert file(desk) == before
    assert desk.type("undo").err == "There is nothing to undo.\n"
    assert len(desk.type("star", ONE, TWO).lines) == 2
    assert ids(desk, "--starred") == [ONE, TWO]


def test_nothing_is_marked_unless_all_papers_are_known(desk: Desk) -> None:
    assert desk.type("mark", ONE, "no such paper", "read").code == 2
    assert ids(desk, "--state", "read") == []


def test_a_word_that_is_no_state_is_answered_with_the_words(desk: Desk) -> None:
    answer = desk.type("mark", ONE, "redd")
    assert answer.code == 2
    assert "'redd' is not a status; did you mean 'read'?" in answer.err
    assert "--fewer goes with drop" in desk.type("mark", ONE, "read", "--fewer").err


def test_an_undone_addition_leaves_the_list(desk: Desk) -> None:
    desk.type("add", THREE)
    assert ids(desk, "--state", "to-read") == [THREE]
    desk.type("undo")
    assert THREE not in file(desk)
    assert ids(desk, "--state", "to-read") == []
    assert ids(desk, "--state", "inbox") == [ONE, TWO]


def test_a_paper_of_the_inbox_that_is_added_is_to_read(desk: Desk) -> None:
    assert told(desk, "add", TWO)["place"] == "to read"
    assert file(desk).index(TWO) < file(desk).index(ONE)


def test_the_reader_is_the_one_who_has_the_paper(desk: Desk) -> None:
    readers = ("a", "Pruning"), ("b", "Other"), ("c", "Other")
    profiles = "".join(f"  - {{name: {name}, rules: [{rule}]}}\n" for name, rule in readers)
    rules = "{name: Pruning, keywords: [less]}\n{name: Other, keywords: [something]}"
    desk.write(rules, f"profiles:\n{profiles}")
    assert desk.type("run", "-q", "--since", "2020-01-01").code == 0
    assert told(desk, "mark", TWO, "read")["profiles"] == ["a"]
    answer = desk.type("mark", THREE, "read")
    assert (answer.code, "several readers" in answer.err) == (2, True)
    assert told(desk, "star", THREE, "--reader", "c")["profiles"] == ["c"]


def test_a_box_that_cannot_be_read_is_reported(desk: Desk) -> None:
    path = desk.folder / "digests/daily/reading-list.md"
    path.write_text(file(desk).replace("[ ] [Less", "[done] [Less"), encoding="utf-8")
    answer = desk.type("list")
    assert answer.code == 3
    assert "[done] is not a box; write one of [ ], [/], [x], [-], [>]" in answer.err
    assert "[done] [Less" in file(desk)


# --- adding --------------------------------------------------------------------------------------


def test_a_paper_that_no_rule_found_is_added(desk: Desk) -> None:
    answer = told(desk, "add", "Something else")
    assert (answer["id"], answer["origin"], answer["rule"], answer["points"]) == (
        THREE, "added", None, 0,
    )  # fmt: skip
    assert ids(desk) == [THREE, ONE, TWO]
    assert told(desk, "add", THREE)["state_at"] == answer["state_at"]


@pytest.mark.parametrize(
    ("arguments", "title", "field"),
    [
        (["https://arxiv.org/abs/2601.00042v2"], "arXiv:2601.00042", {"arxiv_id": "2601.00042"}),
        (["https://doi.org/10.1000/ABC"], "doi:10.1000/abc", {"doi": "10.1000/abc"}),
        (["10.1000/abc", "--title", "Named"], "Named", {"doi": "10.1000/abc"}),
        (
            ["https://example.org/a", "--title", "A <b>*title*</b>"],
            "A <b>*title*</b>",
            {"url": "https://example.org/a"},
        ),
    ],
)
def test_a_paper_that_nothing_has_shown_is_added(
    desk: Desk, arguments: list[str], title: str, field: dict[str, str]
) -> None:
    for _ in range(2):
        answer = told(desk, "add", *arguments)
        assert answer["title"] == title
        assert answer.items() >= field.items()
        assert ids(desk) == [answer["id"], ONE, TWO]
    desk.drop({"title": "Pruning by its real name", **field}, name="later")
    if "url" not in field:
        assert desk.type("run", "-q").code == 0
        assert told(desk, "list", "--limit", "1")["title"] == "Pruning by its real name"
        assert "- [ ] [Pruning by its real name](" in file(desk)


def test_what_was_dropped_can_be_added_again(desk: Desk) -> None:
    desk.type("mark", ONE, "dropped")
    assert told(desk, "add", ONE)["state"] == "queued"
    assert ids(desk) == [ONE, TWO]


# --- readers -------------------------------------------------------------------------------------


def test_of_several_readers_one_is_named(desk: Desk) -> None:
    names = "{name: daily, reader: me}, {name: lab, reader: me}, {name: x}"
    desk.write("{name: Pruning, keywords: [pruning]}", f"profiles: [{names}]\n")
    desk.type("run", "-q", "--since", "2026-01-01")
    answer = desk.type("list")
    assert (answer.code, answer.err) == (
        2,
        "digest: config.yaml has several readers; name one with --reader: me, x\n",
    )
    assert told(desk, "mark", ONE, "done", "--reader", "me")["profiles"] == ["daily", "lab"]
    assert ONE not in file(desk, "lab")
    assert ids(desk, "--profile", "x") == [ONE, TWO]
    assert ids(desk, "--profile", "lab") == [TWO]
    assert told(desk, "add", THREE, "--profile", "lab")["profiles"] == ["lab"]


def test_a_file_that_is_left_alone_is_said_and_the_rest_is_done(desk: Desk) -> None:
    path = desk.folder / "digests/daily/reading-list.md"
    path.write_bytes(b"")
    answer = desk.type("mark", ONE, "done")
    assert answer.code == 3
    assert "it is empty" in answer.err
    assert answer.lines[0].startswith("[x]")
    assert path.read_bytes() == b""
    path.unlink()
    assert ids(desk) == [TWO]


def test_explain_says_when_it_was_marked(desk: Desk) -> None:
    desk.type("mark", ONE, "done")
    desk.type("mark", THREE, "dropped")
    assert "; its reader marked it as done, on 20" in desk.type("explain", ONE).out
    assert "not offered; its reader marked it as dropped" in desk.type("explain", THREE).out
    (place,) = told(desk, "explain", THREE)["profiles"]
    assert (place["state"], place["mark"]) == ("settled", "dropped")
