"""The examples in docs/ are up to date: a paper of each kind in every format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from digest.model import FeedItem
from digest.rendering.feeds import profile_channel, render_feed
from digest.rendering.templates import Links
from tests.conftest import PROJECT
from tests.rendering.paper_kinds import CREATED, DAY, PAPERS, PROFILE, RULES, kinds
from tests.rendering.test_templates import without_spaces_in_styles

if TYPE_CHECKING:
    from digest.rendering.templates import Renderer

FOLDER = PROJECT / "docs/examples"
LINKS = Links(
    archive="https://papers.example.org/2026-03-05.html",
    unsubscribe="https://papers.example.org/stop",
)


def rendered(renderer: Renderer) -> dict[str, str]:
    one = kinds()
    items = [FeedItem(entry, CREATED, one.day) for entry in one.entries]
    feed = render_feed(
        profile_channel(PROFILE, "https://papers.example.org/"),
        items,
        describe=lambda item: renderer.feed_item(item.entry, DAY),
        updated=CREATED,
    )
    return {
        "digest.md": renderer.markdown(one),
        "mail.html": without_spaces_in_styles(renderer.html(one, LINKS)),
        "mail.txt": renderer.text(one, LINKS),
        "feed.xml": feed.decode(),
    }


@pytest.mark.parametrize("name", ["digest.md", "mail.html", "mail.txt", "feed.xml"])
def test_the_examples_are_current(
    name: str, renderer: Renderer, request: pytest.FixtureRequest
) -> None:
    text, path = rendered(renderer)[name], FOLDER / name
    if request.config.getoption("--renew"):
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode(), "pytest tests/rendering --renew"


def test_there_is_a_paper_of_each_kind() -> None:
    one = kinds()
    assert [len(section.entries) for section in one.sections] == [1] * len(RULES)
    assert len(one.entries) == len(PAPERS)


def test_no_word_of_the_engine_reaches_a_recipient(renderer: Renderer) -> None:
    for name, text in rendered(renderer).items():
        shown = re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
        assert not re.search(r"\b(dumps?|records?|profiles?|points?|candidates?)\b", shown), name
