"""The reading list in a browser without scripts: the effects of forms on library and file."""

from __future__ import annotations

import re
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from digest.config import load_config
from digest.reading_list.sync import ReadingLists
from tests.conftest import PROJECT
from tests.rendering.readers import read_html
from tests.serve.host import Browser, Host

if TYPE_CHECKING:
    from digest.model.marks import Mark
    from tests.pipeline.world import World
    from tests.serve.host import Answer

PAPER = "2601.00001"
ROUTING = "2601.10001"


@pytest.fixture
def browser(host: Host) -> Browser:
    return Browser(host)


def press(
    browser: Browser, do: str, paper: str = PAPER, page: str = "/list", **more: str
) -> Answer:
    """Press a button of a page."""
    fields = {"csrf": browser.csrf(page), "paper": paper, "do": do, "back": "list", **more}
    return browser.post("/act", fields)


def mark(world: World, paper: str = PAPER, reader: str = "daily") -> Mark:
    with world.library() as library:
        return library.marks.get(reader, paper)


def file_of(world: World) -> str:
    return world.text("daily/reading-list.md")


def line_of(world: World, paper: str = PAPER) -> str:
    lines = [line for line in file_of(world).splitlines() if f"digest: {paper} " in line]
    return lines[0] if lines else ""


def inbox(answer: Answer) -> list[str]:
    """Return the papers of the inbox, without those to read that stand below it."""
    text = answer.text.partition('data-place="to read"')[0]
    return re.findall(r'name="paper" value="([^"]+)"', text)


def shown(answer: Answer) -> list[str]:
    return re.findall(r'name="paper" value="([^"]+)"', answer.text)


@pytest.mark.parametrize(
    ("do", "state", "is_starred", "place", "box"),
    [
        ("star", "queued", True, "to-read", "- [ ] ★"),
        ("read", "done", False, "done", ""),
        ("drop", "dropped", False, "dropped", ""),
        ("fewer", "dropped", False, "dropped", ""),
        ("later", "snoozed", False, "later", ""),
    ],
)
def test_a_button_changes_the_library_and_the_file(  # noqa: PLR0917 - a table
    browser: Browser, world: World, do: str, state: str, is_starred: bool, place: str, box: str
) -> None:
    assert PAPER in shown(browser.get("/list"))
    answer = press(browser, do)
    assert answer.status == 303
    now = mark(world)
    assert (now.state, now.starred, now.quiet) == (state, is_starred, do == "drop")
    assert line_of(world).startswith(box) if box else not line_of(world)
    assert PAPER not in inbox(browser.get("/list"))
    assert PAPER in shown(browser.get(f"/list?place={place}"))
    message = browser.get("/" + answer.headers["location"].removeprefix("./"))
    assert "Pruning &lt;b&gt;at scale&lt;/b&gt; &amp; more”" in message.text
    assert ("Show fewer like this" in message.text) == (do == "drop")


def test_a_change_is_taken_back(browser: Browser, world: World) -> None:
    before = line_of(world)
    answer = press(browser, "drop")
    page = "/" + answer.headers["location"].removeprefix("./")
    change = re.search(r'name="change" value="(\d+)"', browser.get(page).text)
    assert change
    undone = browser.post("/undo", {"csrf": browser.csrf("/list"), "change": change[1]})
    assert undone.status == 303
    assert mark(world).place is None
    assert line_of(world) == before
    second = browser.post("/undo", {"csrf": browser.csrf("/list"), "change": change[1]})
    assert second.status == 303, "to take it back twice changes nothing"
    assert mark(world).place is None


def test_notes_and_tags_stand_in_the_file_and_on_the_page_as_markdown(
    browser: Browser, world: World
) -> None:
    press(browser, "note", text="Like **ours**\r\nsee <script>x</script> #seminar", tags="to-cite")
    now = mark(world)
    assert now.tags == ("seminar", "to-cite")
    assert "  Like **ours**\n  see <script>" in file_of(world)
    assert "#to-cite" in line_of(world)
    page = browser.get("/list?place=to-read").text
    assert "<strong>ours</strong>" in page
    assert "<script>x" not in page
    assert PAPER in shown(browser.get("/list?tag=seminar"))
    assert PAPER not in shown(browser.get("/list?tag=other"))
    press(browser, "note", text="", tags="read-twice", had="to-cite seminar")
    assert mark(world).tags == ("read-twice", "seminar"), "a tag of the note stays"
    assert "#to-cite" not in line_of(world)


def test_a_form_does_not_undo_what_was_tagged_meanwhile(browser: Browser, world: World) -> None:
    press(browser, "note", text="", tags="one", had="")
    press(browser, "note", text="", tags="two", had="")
    assert mark(world).tags == ("one", "two")


def test_later_is_longer_each_time(browser: Browser, world: World) -> None:
    days = []
    for _ in range(4):
        press(browser, "later", page="/list")
        until = mark(world).until
        assert until is not None
        days.append((until - world.now.date()).days)
    assert days == [7, 14, 30, 7]


def test_an_edit_by_hand_counts_beside_one_on_the_page(browser: Browser, world: World) -> None:
    path = world.output / "daily" / "reading-list.md"
    text = path.read_text(encoding="utf-8")
    line = line_of(world, ROUTING)
    path.write_text(text.replace(line, line.replace("[ ]", "[x]")), encoding="utf-8")
    press(browser, "star")
    assert mark(world, ROUTING).state == "done"
    assert mark(world).starred
    assert line_of(world).startswith("- [ ] ★")


def test_a_file_that_cannot_be_read_is_left_alone_and_named(browser: Browser, world: World) -> None:
    path = world.output / "daily" / "reading-list.md"
    broken = path.read_text(encoding="utf-8").replace("<!-- digest", "<!-- other")
    path.write_bytes(b"\xff\xfe" + broken.encode())
    before = path.read_bytes()
    assert press(browser, "star").status == 303
    assert mark(world).starred
    assert path.read_bytes() == before
    assert "reading-list.md" in browser.get("/list").text


def test_a_run_at_the_same_moment_loses_nothing(browser: Browser, world: World) -> None:
    """Papers are starred while runs come and go; then all stars are in library and file."""
    csrf = browser.csrf("/list")
    papers = ["2601.00001", "2601.10000", "2601.10001"]
    answers: list[int] = []

    def star() -> None:
        for paper in papers * 3:
            fields = {"csrf": csrf, "paper": paper, "do": "star", "back": "list"}
            answers.append(browser.post("/act", fields).status)

    thread = Thread(target=star)
    thread.start()
    for day in range(2):
        world.drop(f"2026-02-0{day + 1}", {"title": f"Routing late {day}", "abstract": "MoE."})
        world.run()
    thread.join(60)
    assert answers == [303] * 9
    world.run()
    assert all(mark(world, paper).starred for paper in papers)
    assert all("★" in line_of(world, paper) for paper in papers)
    assert file_of(world).count("Routing late") == 2


def test_a_mark_made_while_a_run_holds_the_lock_reaches_the_file(
    browser: Browser, world: World, host: Host
) -> None:
    with world.library() as library, library.lock():
        assert press(browser, "star").status == 303
        assert mark(world).starred
        assert "★" not in line_of(world)
    host.wait_for("/list.md?profile=daily", "★")
    assert "★" in line_of(world)


def test_a_new_run_shows_without_a_restart(browser: Browser, world: World, host: Host) -> None:
    world.drop("2026-03-01", {"title": "Pruning anew", "arxiv_id": "2603.00009"})
    world.run()
    assert " anew</a>" in browser.get("/list").text, "the list asks the library"
    host.wait_for("/papers/2603.00009.html", " anew</h1>")
    host.wait_for("/index.html", " anew</a>")


def test_a_changed_config_shows_without_a_restart(world: World, host: Host) -> None:
    text = world.config.read_text(encoding="utf-8")
    world.configure(text.replace("Morning papers", "Evening papers"))
    host.wait_for("/index.html", "Evening papers")
    world.configure("nonsense: [")
    host.until(lambda: any("nonsense" in line or "config.yaml:" in line for line in host.log))
    host.wait_for("/index.html", "Evening papers")
    world.configure(text.replace("Morning papers", "Night papers"))
    host.wait_for("/index.html", "Night papers")


def test_a_changed_template_shows_without_a_restart(world: World) -> None:
    text = world.config.read_text(encoding="utf-8")
    templates = world.folder / "templates" / "site"
    templates.mkdir(parents=True)
    world.configure(text.replace("name: daily,", "name: daily, templates: templates/,"))
    page = templates / "nothing.html.j2"
    page.write_text('{% extends "default/site/nothing.html.j2" %}', encoding="utf-8")
    rules = templates / "rules.html.j2"
    rules.write_text("<!doctype html><title>x</title><p>my rules", encoding="utf-8")
    with Host(world) as host:
        host.wait_for("/rules.html", "my rules")
        rules.write_text("<!doctype html><title>x</title><p>our {{ rules", encoding="utf-8")
        host.until(lambda: any("rules.html.j2" in line for line in host.log))
        host.wait_for("/rules.html", "my rules")
        assert host.get("/list").status == 200, "what is broken is not taken up"
        rules.write_text("<!doctype html><title>x</title><p>our rules", encoding="utf-8")
        host.wait_for("/rules.html", "our rules")
        palette = world.folder / "templates" / "palette.j2"
        default = (PROJECT / "templates" / "palette.j2").read_text(encoding="utf-8")
        palette.write_text(default.replace("#1d5288", "#123456"), encoding="utf-8")
        host.wait_for("/site.css", "#123456")


def test_buttons_of_site_pages_show_what_was_decided(browser: Browser, world: World) -> None:
    page = browser.get("/papers/2601.00001.html").text
    assert 'action="../act"' in page
    assert 'aria-pressed="false">Star' in page
    press(browser, "star", page="/papers/2601.00001.html", back="papers/2601.00001.html")
    after = browser.get("/papers/2601.00001.html").text
    assert 'aria-pressed="true">Star' in after
    press(browser, "unstar")
    assert browser.get("/papers/2601.00001.html").text == page
    assert 'class="do"' not in (world.output / "site/papers/2601.00001.html").read_text("utf-8")


def test_filters_words_rules_orders_and_pages(browser: Browser) -> None:
    everything = shown(browser.get("/list"))
    assert set(shown(browser.get("/list?rule=Pruning"))) < set(everything)
    assert shown(browser.get("/list?q=LIE"))[0] == PAPER, "an author, whatever the case"
    assert shown(browser.get("/list?q=nothing+such")) == []
    once = list(dict.fromkeys(shown(browser.get("/list?order=old"))))
    assert once == list(dict.fromkeys(everything))[::-1]
    assert shown(browser.get("/list?page=99")) == []
    for odd in ("page=-1", "page=x", "place=%00", "order=<b>", "page=" + "9" * 50):
        assert browser.get(f"/list?{odd}").status == 200


def test_every_count_can_be_counted(browser: Browser) -> None:
    for do, paper in (("star", PAPER), ("drop", ROUTING), ("read", "2601.10000")):
        press(browser, do, paper)
    page = browser.get("/list").text
    tabs = re.findall(r'<li><a href="list.place=([a-z-]+)"[^>]*>[^<]+</a> <span>(\d+)<', page)
    assert len(tabs) == 5
    for place, count in tabs:
        papers = set(inbox(browser.get(f"/list?place={place}&order=best")))
        if place == "to-read":
            papers = set(shown(browser.get("/list?place=to-read")))
        assert len(papers) == int(count), place


def test_what_is_to_be_read_stands_below_the_inbox(browser: Browser) -> None:
    press(browser, "star")
    page = browser.get("/list").text
    below = page.partition('data-place="to read"')[2]
    assert f'value="{PAPER}"' in below
    assert '<h2><a href="list?place=to-read">To read</a> <span>1</span></h2>' in below
    assert 'data-place="to read"' not in browser.get("/list?rule=Pruning").text
    for paper in inbox(browser.get("/list")):
        press(browser, "drop", paper)
    page = browser.get("/list").text
    assert "Nothing waits for a decision." in page
    assert f'value="{PAPER}"' in page


def test_triage_goes_through_the_day_and_ends(browser: Browser, world: World) -> None:
    page = browser.get("/triage")
    seen = []
    while match := re.search(r'class="do".*?name="paper" value="([^"]+)"', page.text):
        seen.append(match[1])
        back = re.search(r'name="back" value="([^"]+)"', page.text)
        assert back
        action = "star" if len(seen) == 1 else "drop"
        fields = {"csrf": browser.csrf("/list"), "paper": seen[-1], "do": action}
        answer = browser.post("/act", fields | {"back": back[1].replace("&amp;", "&")})
        page = browser.get("/" + answer.headers["location"].removeprefix("./"))
        assert "Undo" in page.text
        assert len(seen) < 10
    assert len(seen) == len(set(seen)) == 2
    assert "Done: 2 papers" in page.text
    assert "Starred 1 · Dropped 1" in page.text
    assert mark(world, seen[0]).starred
    assert "undecided" in page.text, "papers of earlier days are offered"


def test_triage_takes_any_address(browser: Browser) -> None:
    for query in ("day=x", "day=2026-13-45", "paper=none", "day=1900-01-01", "paper=%00&day=%ff"):
        assert browser.get(f"/triage?{query}").status == 200


def test_the_list_goes_along_as_files(browser: Browser, world: World) -> None:
    press(browser, "star")
    markdown = browser.get("/list.md?profile=daily")
    assert markdown.headers["content-type"].startswith("text/markdown")
    assert markdown.text == file_of(world)
    assert browser.get("/list.md?profile=../daily").status == 404
    assert "2601.00001" in browser.get("/list.bib").text
    assert browser.get("/list.ris").text.startswith("TY  - ")


def test_forms_that_say_nothing_sensible_change_nothing(browser: Browser, world: World) -> None:
    assert press(browser, "explode").status == 400
    assert press(browser, "star", paper="no-such-paper").status == 404
    assert press(browser, "").status == 400
    with world.library() as library:
        assert library.marks.of("daily") == {}


def test_a_paper_of_another_profile_comes_onto_the_list(two_readers: World) -> None:
    from digest.serve.state import Options
    from tests.serve.host import Host

    with Host(two_readers, Options(reader="ann")) as host:
        browser = Browser(host)
        assert press(browser, "star", paper="2601.10000").status == 303
        assert "2601.10000" in shown(browser.get("/list?place=to-read"))
        assert "Routing number 0" in two_readers.text("ann/reading-list.md")


def test_pages_are_well_formed(browser: Browser) -> None:
    press(browser, "note", text="A *note*")
    for path in ("/list", "/list?place=to-read", "/triage", "/feeds.html", "/", "/nothing"):
        read_html(browser.get(path).text)


def test_the_lists_problems_are_those_of_a_command(world: World) -> None:
    config = load_config(world.config)
    with world.library() as library:
        lists = ReadingLists(library, config.output, config.profiles, clock=lambda: world.now)
        lists.read()
        assert lists.problems == ()
