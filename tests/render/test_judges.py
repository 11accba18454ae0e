"""The renderings before judges that are programs of their own and know nothing of this project."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.markup import one_line
from digest.message import build_message, subject
from digest.model import Digest, Segment
from digest.render import Links, Renderer
from tests.render.builders import CREATED, digest, empty, entry, full, many
from tests.render.conftest import missing

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.judges, pytest.mark.shared, pytest.mark.slow]

LINKS = Links(
    feed="https://example.org/daily/feed.xml",
    archive="https://example.org/daily/",
    unsubscribe="https://example.org/stop",
)


def hostile_digest(hostile: list[dict[str, str]]) -> Digest:
    """Return a digest that has a paper with each hostile text as title and sentence."""
    texts = [case["value"] for case in hostile if "\ufffd" not in case["value"]]
    entries = [
        entry(
            number,
            title=(Segment(text),),
            excerpt=((Segment(text, marked=True),),),
            authors=(text,),
            categories=(text,),
        )
        for number, text in enumerate(texts)
    ]
    return digest(entries, notes=tuple(texts))


@pytest.mark.parametrize("name", ["full", "empty", "many", "hostile"])
def test_five_markdown_parsers_agree(
    name: str, renderer: Renderer, judge: Callable[..., None], hostile: list[dict[str, str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    shown = {
        "full": digest(full().entries),
        "empty": empty(),
        "many": many(60),
        "hostile": hostile_digest(hostile),
    }[name]
    page, titles = tmp_path / "digest.md", tmp_path / "titles.json"
    page.write_text(renderer.markdown(shown, LINKS), encoding="utf-8")
    wanted = [one_line(one.paper.title) for one in shown.entries]
    titles.write_text(json.dumps(wanted), encoding="utf-8")
    judge("md_check.py", page, needs=("cmark", "cmark-gfm", "pandoc"))
    judge("md_check.py", page, "--titles", titles, needs=("cmark", "cmark-gfm", "pandoc"))


@pytest.mark.parametrize("name", ["full", "empty", "many", "hostile"])
def test_the_message_passes_the_linter(
    name: str, renderer: Renderer, judge: Callable[..., None], hostile: list[dict[str, str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    shown = {"full": full(), "empty": empty(), "many": many(60), "hostile": hostile_digest(hostile)}
    one = shown[name]
    message = tmp_path / "digest.eml"
    message.write_bytes(
        build_message(
            digest_name=one.title,
            subject=subject("{top}", one),
            sender="digest@example.org",
            recipient="you@example.org",
            date=CREATED,
            html=renderer.html(one, LINKS),
            text=renderer.text(one, LINKS),
            message_id="<0123456789abcdef@example.org>",
            list_unsubscribe=LINKS.unsubscribe,
        )
    )
    judge("mail_lint.py", message)


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_the_mail_shows_right_in_a_browser(
    name: str, renderer: Renderer, judge: Callable[..., None], hostile: list[dict[str, str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    """It does not scroll sideways, runs no script, asks for nothing; axe-core is content."""
    if importlib.util.find_spec("playwright") is None:
        missing("playwright")
    modules = Path(os.environ.get("JUDGES_NODE_MODULES", "node_modules"))
    if not (modules / "axe-core/axe.min.js").is_file():
        missing("axe-core")
    if shutil.which("chromium") is None:
        missing("chromium")
    shown = {"full": full(), "hostile": hostile_digest(hostile)}
    page = tmp_path / "digest.html"
    page.write_text(renderer.html(shown[name], LINKS), encoding="utf-8")
    judge("page.py", page, "--mail", "--widths", "320,600")
