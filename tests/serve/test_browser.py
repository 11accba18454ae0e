"""The served pages in a real browser: actions, keys, logins, two readers, looks, and policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.serve.state import Options
from tests.browsers import axe_script, chromium, findings
from tests.serve.host import PASSWORD, Host, give_password

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.pipeline.world import World

pytestmark = [pytest.mark.judges, pytest.mark.slow]

PAPER = "2601.00001"
TITLE = "Pruning <b>at scale</b> & more"
PAGES = (
    "", "list", "list?place=to-read", "list?place=done", "list?tag=seminar", "triage",
    "triage?paper=end", "feeds.html", "papers/2601.00001.html", "days.html", "search.html",
    "nothing.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


def opened(browser: Any, host: Host, path: str, **options: Any) -> tuple[Any, list[str]]:
    """Return a page, and what it says to the console."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(30_000)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(f"{host.url}/{path}")
    return page, messages


def starred(world: World, reader: str = "daily", paper: str = PAPER) -> bool:
    with world.library() as library:
        return library.marks.get(reader, paper).starred


def prepare(world: World) -> None:
    """Give the list something in most of its parts."""
    with world.library() as library:
        mark = library.marks.get("daily", PAPER)
        library.marks.put(
            "daily",
            [replace(mark, starred=True, star_at=world.now, note="A *note* #x", tags=("seminar",))],
            undoable=True,
        )
        done = library.marks.get("daily", "2601.10000")
        library.marks.put("daily", [replace(done, state="done", state_at=world.now)])


def test_pages_fit_every_screen_and_break_no_policy(browser: Any, world: World, host: Host) -> None:
    prepare(world)
    for scheme in ("light", "dark"):
        page, said = opened(browser, host, "list", color_scheme=scheme)
        requests: list[str] = []
        page.on("request", lambda request, requests=requests: requests.append(request.url))
        for path in PAGES:
            page.goto(f"{host.url}/{path}")
            for width in (375, 600, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{path} at {width} px"
        assert [text for text in said if "404" not in text] == []
        assert all(url.startswith(host.url) for url in requests), "no outside request"


JUDGED = ("", "list?place=to-read", "triage", "triage?paper=end", "feeds.html", "nothing.html")
JUDGED_IN_THE_DARK = ("list", "triage", "papers/2601.00001.html")


@pytest.mark.timeout(300)
def test_axe_finds_nothing(browser: Any, world: World, host: Host) -> None:
    prepare(world)
    script = axe_script()
    for scheme, paths in (("light", JUDGED), ("dark", JUDGED_IN_THE_DARK)):
        page, _ = opened(browser, host, "list", color_scheme=scheme, bypass_csp=True)
        for path in paths:
            assert judged(page, f"{host.url}/{path}", script) == [], path
    # Who comes through another server has to sign in.
    passed_on = {"X-Forwarded-For": "203.0.113.9"}
    page, _ = opened(browser, host, "login", bypass_csp=True, extra_http_headers=passed_on)
    assert judged(page, f"{host.url}/login?back=list", script) == []


def judged(page: Any, url: str, script: Path) -> list[tuple[str, str]]:
    """Return what axe-core finds on a page all of which is open."""
    page.goto(url)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    page.add_script_tag(path=str(script))
    return findings(page)


def test_buttons_work_without_leaving_the_page(browser: Any, world: World, host: Host) -> None:
    page, said = opened(browser, host, "list")
    article = page.locator("article", has_text=TITLE)
    before = page.locator("article").count()
    article.get_by_role("button", name="Star").click()
    page.locator("#told", has_text="Starred").wait_for()
    assert page.locator("article").count() == before - 1
    assert page.locator(".tabs span").all_inner_texts()[:2] == [str(before - 1), "1"]
    assert TITLE in page.locator("#told").inner_text(), "a title is shown as text"
    assert starred(world)
    page.get_by_role("button", name="Undo").click()
    page.locator("article", has_text=TITLE).wait_for()
    assert not starred(world)
    assert said == []


def test_the_keys_of_the_terminal_work_on_the_list(browser: Any, world: World, host: Host) -> None:
    page, said = opened(browser, host, "list")
    papers = page.locator("article input[name=paper]").evaluate_all("all => all.map(e => e.value)")
    first, second, third = list(dict.fromkeys(papers))[:3]
    for key, message in (("s", "Starred"), ("d", "Dropped"), ("x", "Done")):
        if key == "s":
            page.keyboard.press("j")
        page.keyboard.press(key)
        page.locator("#told", has_text=message).wait_for()
    with world.library() as library:
        marks = library.marks.of("daily")
    assert marks[first].starred
    assert (marks[second].state, marks[second].quiet) == ("dropped", True)
    assert marks[third].state == "done"
    for paper in (third, second):
        with page.expect_navigation():
            page.keyboard.press("u")
        page.locator("#told", has_text="Undone").wait_for()
        assert page.locator(f'article input[value="{paper}"]').count() > 0
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.type("jots s d x")
    page.get_by_role("button", name="Save").first.click()
    page.locator("#told", has_text="Saved").wait_for()
    assert said == []


def test_the_keys_of_the_terminal_work_in_triage(browser: Any, world: World, host: Host) -> None:
    page, said = opened(browser, host, "triage")
    paper = page.locator(".do input[name=paper]").first.get_attribute("value")
    page.keyboard.press("w")
    assert page.locator("details", has_text="Why you got it").get_attribute("open") is not None
    for key in ("j", "k"):
        with page.expect_navigation():
            page.keyboard.press(key)
    assert page.locator(f'.do input[value="{paper}"]').count() == 1
    for key, message in (("d", "Dropped"), ("u", "Undone")):
        with page.expect_navigation():
            page.keyboard.press(key)
        assert message in page.locator("#told").inner_text()
    page.keyboard.press("q")
    page.wait_for_url("**/list")
    with world.library() as library:
        assert library.marks.get("daily", paper).place is None
    assert said == []


def test_site_pages_have_buttons_and_keys(browser: Any, world: World, host: Host) -> None:
    page, said = opened(browser, host, "papers/2601.00001.html")
    page.locator("main .do button", has_text="Star").click()
    page.locator("#told", has_text="Starred").wait_for()
    assert page.locator(".do button[aria-pressed=true]").count() == 1
    assert starred(world)
    page.goto(f"{host.url}/digests/daily/2026-01-05.html")
    page.keyboard.press("d")
    page.wait_for_url("**/days.html")
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.locator("#told", has_text="Dropped").wait_for()
    page.keyboard.press("?")
    assert "show fewer like it" in page.locator("#keys").inner_text()
    assert said == []


def test_everything_works_without_scripts(browser: Any, world: World, host: Host) -> None:
    page, _ = opened(browser, host, "list", java_script_enabled=False)
    page.locator("article", has_text=TITLE).locator("button", has_text="Star").click()
    assert "Starred" in page.locator("#told").inner_text()
    assert starred(world)
    page.locator("#told button", has_text="Undo").click()
    assert not starred(world)
    page.goto(f"{host.url}/triage")
    page.locator("button", has_text="Later").click()
    assert "back on" in page.locator("#told").inner_text()
    page.goto(f"{host.url}/list")
    page.select_option("#rule", "Pruning")
    page.locator("aside button", has_text="Show").click()
    assert "of the rule" in page.locator("main").inner_text()


def test_two_readers_sign_in_and_do_not_mix(browser: Any, two_readers: World) -> None:
    give_password(two_readers, "ann", "bo")
    with Host(two_readers, Options(login=True)) as host:
        pages = {}
        for name in ("ann", "bo"):
            page, said = opened(browser, host, "list?place=inbox")
            page.fill("#name", name)
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/list?place=inbox")
            pages[name] = page
            assert said == []
        pages["ann"].locator("article", has_text=TITLE).locator("button", has_text="Star").click()
        pages["ann"].locator("#told", has_text="Starred").wait_for()
        pages["bo"].reload()
        assert pages["bo"].locator("article", has_text=TITLE).count() == 1
        assert starred(two_readers, "ann")
        assert not starred(two_readers, "bo")
        pages["bo"].get_by_role("button", name="Sign out").click()
        pages["bo"].wait_for_url("**/login")
        pages["bo"].goto(f"{host.url}/list")
        assert re.search(r"/login\?back=list$", pages["bo"].url)


def test_another_sites_form_changes_nothing(browser: Any, world: World, host: Host) -> None:
    """The page of another origin sends what a page of ours would, its secret included."""
    page, _ = opened(browser, host, "list")
    csrf = page.locator("input[name=csrf]").first.get_attribute("value")
    evil = browser.new_context().new_page()
    evil.set_content(
        f'<form method="post" action="{host.url}/act"><input name="csrf" value="{csrf}">'
        f'<input name="paper" value="{PAPER}"><button name="do" value="star">x</button></form>'
    )
    evil.locator("button").click()
    evil.get_by_text("another site").wait_for()
    assert not starred(world)
