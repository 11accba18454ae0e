"""The site's texts: all are translated, and pages declare their language."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import jinja2
import pytest
from jinja2 import nodes

from digest.config import load_config
from digest.pipeline.site import build
from digest.wording.languages import OFFERED, words_in
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.pipeline.world import World

TEMPLATES = sorted(
    path
    for folder in ("site", "serve")
    for path in (PROJECT / "templates" / folder).glob("*.html.j2")
)
NAMES = (
    "arXiv", "RSS", "Atom", "JSON", "BibTeX", "Esc", "papers.json", "export.bib",
    "export/papers-2026-01.json",
)  # fmt: skip
"""Of formats, files and keys: the same in every language."""
CODE = ("kbd", "pre", "script", "style")
SHOWN = frozenset({"aria-label", "title", "placeholder", "alt"})


class Seen(HTMLParser):
    """Collects what a person reads: texts, and the attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._keys = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name in SHOWN]
        self._keys += tag in CODE

    def handle_endtag(self, tag: str) -> None:
        self._keys -= tag in CODE

    def handle_data(self, data: str) -> None:
        if not self._keys:
            self.texts.append(data)


def literals(source: str) -> Iterator[str]:
    """Yield what a template shows that is neither a value nor a phrase."""
    tree = jinja2.Environment(autoescape=True).parse(source)
    seen = Seen()
    for node in tree.find_all((nodes.TemplateData, nodes.Output)):
        if isinstance(node, nodes.TemplateData):
            seen.feed(node.data)
    seen.close()
    yield from seen.texts
    phrases = {
        id(const)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
        for const in call.find_all(nodes.Const)
    }
    phrases |= {
        id(const)
        for counted in tree.find_all(nodes.Filter)
        if counted.name == "counted"
        for const in counted.args
    }
    phrases |= {
        id(const)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "count"
        for const in call.args[:2]
    }
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str) and " " in const.value.strip() and id(const) not in phrases:
            yield const.value


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_of_a_page_holds_no_words_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    words = [
        word
        for text in literals(source)
        for word in re.findall(r"[^\W\d_][\w./-]*", text)
        if word not in NAMES and not re.fullmatch(r"[a-zA-Z]( [a-zA-Z])*", text.strip())
    ]
    assert words == []


def page(world: World, path: str) -> str:
    return (world.output / "site" / path).read_text(encoding="utf-8")


def rebuilt(world: World, config: str) -> None:
    world.config.write_text(config, encoding="utf-8")
    with world.library() as library:
        build(load_config(world.config), library)


@pytest.mark.parametrize("language", OFFERED)
def test_pages_are_in_the_language_of_the_config(world: World, language: str) -> None:
    rebuilt(world, f"language: {language}\n{world.config.read_text(encoding='utf-8')}")
    words = words_in(language)
    folder = world.output / "site"
    for path in folder.rglob("*.html"):
        assert f'<html lang="{language}">' in path.read_text(encoding="utf-8"), path
    assert f"<h1>{words.text('Days')}</h1>" in page(world, "days.html")
    assert words.text("In this digest") in page(world, "index.html")
    assert words.text("Papers a week") in page(world, "rules/pruning.html")
    history = page(world, "papers/2601.00001.html")
    assert words.text("Seen in {source}", source="dumps") in history
    assert words.text("strong match") in history
    assert words.text("Papers that the rule “{rule}” selects", rule="Pruning") in (
        folder / "feeds/rules/pruning.xml"
    ).read_text(encoding="utf-8")


def test_a_digest_in_another_language_has_a_page_in_that_language(world: World) -> None:
    config = world.config.read_text(encoding="utf-8")
    rebuilt(world, config.replace("name: daily,", "name: daily, language: fr,"))
    assert '<html lang="fr">' in page(world, "digests/daily/2026-01-07.html")
    assert '<html lang="fr">' in page(world, "index.html")
    assert "janvier 2026" in page(world, "index.html")
    assert '<html lang="en">' in page(world, "papers/2601.00001.html")
    assert '<html lang="en">' in page(world, "days.html")
