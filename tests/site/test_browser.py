"""The site in a real browser, from a disk: search, keys, looks, and what axe-core finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browsers import axe_script, chromium, findings
from tests.site.conftest import papers
from tests.site.test_related_rules import surrounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.pipeline.world import World

pytestmark = [pytest.mark.judges, pytest.mark.slow]

PAGES = (
    "index.html",
    "days.html",
    "rules.html",
    "rules/pruning.html",
    "papers/2601.00001.html",
    "digests/daily/2026-01-06.html",
    "trends.html",
    "search.html",
    "feeds.html",
)


@pytest.fixture
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


def test_pages_fit_every_screen_and_break_no_rule(world: World, browser: Any) -> None:
    folder = world.output / "site"
    for scheme in ("light", "dark"):
        page = browser.new_context(color_scheme=scheme).new_page()
        messages: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message, messages=messages: messages.append(message.text))
        page.on("pageerror", lambda error, messages=messages: messages.append(str(error)))
        page.on("request", lambda request, requests=requests: requests.append(request.url))
        for name in PAGES:
            page.goto((folder / name).as_uri())
            for width in (375, 600, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} at {width} px"
        assert messages == [], "a violation of the Content Security Policy, or an error"
        assert all(url.startswith("file:") for url in requests)


def test_axe_finds_nothing(world: World, browser: Any) -> None:
    look_with_axe(world, browser, PAGES)


def test_axe_finds_nothing_beside_rules_and_papers(tmp_path: Path, browser: Any) -> None:
    look_with_axe(surrounded(tmp_path), browser, ("rules/pruning.html", "papers/2601.00004.html"))


def look_with_axe(world: World, browser: Any, pages: Iterable[str]) -> None:
    script = axe_script()
    for scheme in ("light", "dark"):
        page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
        for name in pages:
            page.goto((world.output / "site" / name).as_uri())
            page.add_script_tag(path=str(script))
            assert findings(page) == [], name


def test_search_finds_titles_people_rules_and_abstracts(world: World, browser: Any) -> None:
    page = browser.new_page()
    page.goto((world.output / "site/search.html").as_uri())
    for query, count in (
        ("prun", 7),  # by its rule, too
        ("ada lie", 1),
        ('"routing number"', 3),
        ("pruning helps", 1),
        ("nothing such", 0),
    ):
        page.fill("#q", query)
        expected = f"Papers found: {count}."
        # By its text: the page forbids the `eval` that waiting for a function needs.
        page.get_by_text(expected, exact=True).wait_for(timeout=10_000)
        assert page.locator("#found .paper").count() == count
    page.fill("#q", "scale")
    page.wait_for_selector("#found .paper")
    title = page.locator("#found h3").first.inner_text()
    assert title == papers(0)[0]["title"], "a title is shown as text"
    assert page.locator("#found h3 mark").all_inner_texts() == ["scale"]
    assert page.locator("#found .quote").first.inner_text() == "We prune."
    page.locator("#q").blur()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/papers/2601.00001.html")


def test_what_search_finds_is_narrowed_and_ordered(world: World, browser: Any) -> None:
    page = browser.new_page()
    page.goto((world.output / "site/search.html").as_uri())
    assert not page.locator("#narrow").is_visible()
    page.fill("#q", "prun")
    page.get_by_text("Papers found: 7.", exact=True).wait_for()
    page.get_by_role("button", name="Newest first").click()
    days = page.locator("#found .meta").all_inner_texts()
    assert days[0].endswith("7 January 2026")
    assert days[-1].endswith("5 January 2026")
    rules = page.locator('[data-by="rule"] li').all_inner_texts()
    assert "Pruning 7" in rules
    page.locator('[data-by="year"] button', has_text="2026").click()
    assert page.locator('[data-by="year"] [aria-pressed="true"]').count() == 1
    page.get_by_text("Papers found: 7.", exact=True).wait_for()


def test_a_key_copies_bibtex(world: World, browser: Any) -> None:
    page = browser.new_page()
    page.goto((world.output / "site/papers/2601.00001.html").as_uri())
    page.keyboard.press("y")
    page.locator("#copy", has_text="Copied.").wait_for()


def test_keys_move_open_search_and_help(world: World, browser: Any) -> None:
    page = browser.new_page()
    page.goto((world.output / "site/index.html").as_uri())
    chosen = "[...document.querySelectorAll('.paper')].findIndex(e => e.matches('.here'))"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(chosen) == 1
    page.keyboard.press("k")
    assert page.evaluate(chosen) == 0
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()
    page.keyboard.press("/")
    page.wait_for_url("**/search.html")
    assert page.evaluate("document.activeElement.id") == "q"
