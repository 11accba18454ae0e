"""Check the renderings with external programs."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.mail.letter import Letter
from digest.mail.personal import PersonalLinks
from digest.mail.signed_links import Signer
from digest.model import Digest, EmailSettings, Mailbox, Segment
from digest.rendering.templates import Links, Renderer
from digest.text.one_line import one_line
from tests.conftest import missing
from tests.people import people
from tests.rendering.builders import digest, empty, entry, full, many, profile

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.judges, pytest.mark.shared, pytest.mark.slow]

NODE_MODULES = Path(os.environ.get("JUDGES_NODE_MODULES", "node_modules"))
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
            sentence=(Segment(text, marked=True),),
            quote=(Segment(text, marked=True),),
            authors=people(text),
            categories=(text,),
        )
        for number, text in enumerate(texts)
    ]
    return digest(entries, details=tuple(texts))


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
    expected = [one_line(one.paper.title) for one in shown.entries]
    titles.write_text(json.dumps(expected), encoding="utf-8")
    judge("md_check.py", page, needs=("cmark", "cmark-gfm", "pandoc"))
    judge("md_check.py", page, "--titles", titles, needs=("cmark", "cmark-gfm", "pandoc"))


CASES = ("full", "empty", "one", "many", "shortened", "long", "hostile")
"""All that can be said, nothing, one paper, many, too many, very long titles, hostile ones."""


def case(name: str, hostile: list[dict[str, str]]) -> Digest:
    """Return the digest of that name."""
    if name == "hostile":
        return hostile_digest(hostile)
    if name == "long":
        titles = (Segment("A title of many words, " * 20), Segment("of-one-word" * 30, marked=True))
        return digest([entry(n, title=(title,)) for n, title in enumerate(titles)])
    return {
        "full": full(), "empty": empty(), "one": many(1), "many": many(60), "shortened": many(200),
    }[name]  # fmt: skip


def letter(renderer: Renderer, one: Digest) -> Letter:
    """Return a digest as it is mailed."""
    settings = EmailSettings(
        (Mailbox("you@example.org"),),
        sender=Mailbox("digest@example.org"),
        unsubscribe="https://example.org/unsubscribe?{profile}",
        archive="https://example.org/{profile}/{digest}.html",
    )
    personal = PersonalLinks(Signer(b"k" * 32), "https://papers.example.org/")
    return Letter(renderer, profile(email=settings), one, personal=personal)


@pytest.mark.parametrize("name", CASES)
def test_the_message_passes_the_linter(
    name: str, renderer: Renderer, judge: Callable[..., str], hostile: list[dict[str, str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    """Without an error, and without a warning but for links that the text part leaves out.

    The text has a paper's page alone, and nothing that jumps.
    """
    you = Mailbox("you@example.org")
    message = letter(renderer, case(name, hostile)).message(you, library_id="L")
    file = tmp_path / "digest.eml"
    file.write_bytes(message.content)
    lines = judge("mail_lint.py", file).splitlines()
    others = [line for line in lines if "HTML links absent from text/plain" not in line]
    assert others in (["0 errors, 0 warnings"], ["0 errors, 1 warnings"]), lines


@pytest.mark.parametrize("name", ["full", "empty", "shortened", "long", "hostile"])
def test_the_mail_shows_right_in_a_browser(
    name: str, renderer: Renderer, judge: Callable[..., str], hostile: list[dict[str, str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    """It does not scroll sideways, runs no script, asks for nothing; axe-core is content."""
    if importlib.util.find_spec("playwright") is None:
        missing("playwright")
    if not (NODE_MODULES / "axe-core/axe.min.js").is_file():
        missing("axe-core")
    if shutil.which("chromium") is None:
        missing("chromium")
    page = tmp_path / "digest.html"
    bodies = letter(renderer, case(name, hostile)).bodies(Mailbox("you@example.org"))
    page.write_text(bodies.html, encoding="utf-8")
    judge("page.py", page, "--mail", "--widths", "320,700")


@pytest.mark.parametrize("name", ["full", "shortened"])
def test_mail_programs_know_what_the_mail_uses(
    name: str, renderer: Renderer, shared: Path, hostile: list[dict[str, str]], tmp_path: Path
) -> None:
    """Allowed are what does no harm where it is ignored.

    Those are the rules of `email-dark.css.j2`, `<body>`, whose ground the sheet covers, the names
    that screen readers get for dots, and the jumps of the overview.
    """
    if shutil.which("node") is None:
        missing("node")
    if not (NODE_MODULES / "caniemail").is_dir():
        missing("caniemail")
    # Modules are found beside the program and nowhere else.
    shutil.copy(shared / "judges/lib/caniemail.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(NODE_MODULES.resolve())
    page = tmp_path / "digest.html"
    bodies = letter(renderer, case(name, hostile)).bodies(Mailbox("you@example.org"))
    page.write_text(bodies.html, encoding="utf-8")
    allowed = "@media|<body> element|color-scheme|aria-label attribute|Local anchors"
    completed = subprocess.run(
        ["node", "caniemail.mjs", page, "--allow", allowed],
        cwd=tmp_path, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert completed.returncode == 0, completed.stdout + completed.stderr
