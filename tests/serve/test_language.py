"""A served page is in its reader's language, and added parts declare their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from digest.serve.state import Options
from tests.serve.host import Browser, Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipeline.world import World

PAPER = "2601.00001"


@pytest.fixture
def german(world: World) -> Iterator[Browser]:
    """Return a browser at a server whose reader's profile is in German, the site in English."""
    config = world.config.read_text(encoding="utf-8")
    world.config.write_text(
        config.replace("name: daily,", "name: daily, language: de,"), encoding="utf-8"
    )
    with Host(world) as host:
        host.wait_for("/", '<html lang="de"')
        yield Browser(host)


def language(page: str) -> str:
    match = re.search(r'<html lang="([a-z]+)"', page)
    assert match
    return match[1]


def test_the_reading_list_is_in_the_language_of_its_reader(german: Browser) -> None:
    for path in ("/list", "/triage", "/triage?paper=end", "/nothing"):
        assert language(german.get(path).text) == "de"
    page = german.get("/list").text
    assert "<h1>Leseliste</h1>" in page
    assert ">Merken</button>" in page
    assert "Weggelegt" in page


def test_what_is_added_to_a_page_in_another_language_says_its_own(german: Browser) -> None:
    paper = german.get(f"/papers/{PAPER}.html").text
    assert language(paper) == "en"
    assert '<form class="do" lang="de"' in paper
    assert '<li lang="de"><a href="../list">Leseliste</a></li>' in paper
    digest = german.get("/digests/daily/2026-01-06.html").text
    assert language(digest) == "de"
    assert '<form class="do" method' in digest, "the page says it already"


def test_what_was_done_is_told_in_the_language_of_the_reader(german: Browser) -> None:
    fields = {"csrf": german.csrf("/list"), "paper": PAPER, "do": "drop", "back": "list"}
    answer = german.post("/act", fields, {"Accept": "application/json"})
    assert "weggelegt" in answer.json["told"]
    assert 'lang="de"' in answer.json["told"]
    assert "Rückgängig" in answer.json["told"]


def test_the_login_is_in_the_language_of_the_config(world: World) -> None:
    config = world.config.read_text(encoding="utf-8")
    world.config.write_text(f"language: es\n{config}", encoding="utf-8")
    with Host(world, Options(login=True)) as host:
        page = Browser(host).get("/login").text
    assert language(page) == "es"
    assert "Iniciar sesión" in page
