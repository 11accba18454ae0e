"""Make the pictures of the README from the example: `python docs/img/make_pictures.py`.

Needs Chromium and Playwright (`pip install playwright`). `sources.json` records what each picture
was made from, so that a test tells when the program's output has moved on.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from html import escape
from pathlib import Path
from typing import Final

from digest.cli.app import main

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parents[1]
DAY: Final = "2026-01-12"
ASKED: Final = "Sparse Upcycling"
WIDTH: Final = 600
HEIGHT: Final = 760
_LINE: Final = 18
"""Pixels of a line of the terminal."""
_COLUMN: Final = 7.85
"""Pixels of a column."""


def sources(folder: Path) -> tuple[str, str]:
    """Run the example in `folder`; return the HTML of its mail and the words of `explain`."""
    shutil.copy(PROJECT / "config.yaml", folder)
    shutil.copytree(PROJECT / "examples", folder / "examples")
    before, columns = Path.cwd(), os.environ.get("COLUMNS", "")
    os.environ["COLUMNS"] = "100"
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            main(["run", "--date", DAY])
        with contextlib.redirect_stdout(io.StringIO()) as words:
            main(["explain", ASKED])
    finally:
        os.chdir(before)
        os.environ["COLUMNS"] = columns
    mail = (folder / f"digests/daily/{DAY}.html").read_text(encoding="utf-8")
    shown = words.getvalue().partition("\n\nRobots")[0] + "\n\n…"
    return mail, f"$ digest explain '{ASKED}'\n{shown}"


def digest_of(html: str) -> str:
    """Return a hash of a page, without what releases of the inliner do differently."""
    page = re.sub(r'style="[^"]*"', lambda style: re.sub(r"([:;]) +", r"\1", style[0]), html)
    return hashlib.sha256(page.encode()).hexdigest()


def terminal(text: str) -> str:
    """Return `text` as an SVG of a terminal, light or dark as the reader's page is."""
    lines = text.splitlines()
    width = round(max(map(len, lines)) * _COLUMN) + 32
    height = len(lines) * _LINE + 28
    rows = []
    for number, line in enumerate(lines):
        shown = re.sub(r"\[([^\]]*)\]", r'<tspan class="mark">[\1]</tspan>', escape(line))
        kind = ' class="bold"' if number in (1, 4) or line.startswith("$") else ""
        rows.append(f'<text x="16" y="{number * _LINE + 26}"{kind}>{shown}</text>')
    style = (
        "rect{fill:#f3f3ef}text{fill:#1a1a1a;font:13px ui-monospace,Menlo,Consolas,monospace;"
        "white-space:pre}.bold{font-weight:700}.mark{fill:#1d5288;font-weight:700}"
        "@media(prefers-color-scheme:dark){rect{fill:#1d2026}text{fill:#e7e7e4}"
        ".mark{fill:#9cc6f0}}"
    )
    body = "\n".join(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'role="img">\n<style>{style}</style>\n'
        f'<rect width="{width}" height="{height}" rx="6"/>\n{body}\n</svg>\n'
    )


def photograph(html: str, folder: Path) -> None:
    """Write the top of the mail as pictures, light and dark."""
    from playwright.sync_api import sync_playwright

    page_file = folder / "mail.html"
    page_file.write_text(html, encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for scheme, name in (("light", "mail.png"), ("dark", "mail-dark.png")):
            view = {"width": WIDTH, "height": HEIGHT}
            context = browser.new_context(
                viewport=view, color_scheme=scheme, device_scale_factor=1.5
            )
            page = context.new_page()
            page.goto(page_file.as_uri())
            page.screenshot(path=HERE / name)
            context.close()
        browser.close()


def make() -> None:
    """Write all pictures, and what they were made from."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mail, explained = sources(folder)
        photograph(mail, folder)
    (HERE / "explain.svg").write_text(terminal(explained), encoding="utf-8")
    made_from = {"mail.html": digest_of(mail)}
    (HERE / "sources.json").write_text(json.dumps(made_from) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make()
