"""One line of a reading list: an entry or a day's heading, as we write it and as a person left it.

    - [ ] ★ [Title](link) — authors, day · why #tag <!-- digest: ID -->

Bullet, box, star, tags and the mark in the comment are understood; all else is text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, unquote

from digest import wording
from digest.rendering import escape

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from digest.model import Paper, Reason
    from digest.model.marks import State

BOXES: Final[dict[State, str]] = {
    "queued": " ", "reading": "/", "done": "x", "dropped": "-", "snoozed": ">",
}  # fmt: skip
"""As Obsidian and others write them (`[>]`: deferred)."""
STATES: Final[dict[str, State]] = {
    " ": "queued", "/": "reading", "x": "done", "X": "done", "-": "dropped",
    ">": "snoozed",
}  # fmt: skip
"""What a box says; of `[>]` nothing says until when."""

STAR: Final = "★"
MAX_WHY: Final = 120
"""Characters; the digest itself has all of it."""

_BOX: Final = re.compile(
    r"(?P<before>\ufeff?[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)"
    r"(?P<box>[^\[\]\r\n])\](?=[ \t★⭐]|\r?\n?\Z)"
)
_STAR: Final = re.compile(r"[ \t]*(?:★|⭐)\ufe0f?[ \t]?")
_MARK: Final = re.compile(r"<!--[ \t]*digest:[ \t]*(?P<id>[^\s<>]+)[ \t]*-->")
_COMMENT: Final = re.compile(r"<!--.*?-->")
_DAY: Final = re.compile(
    r"\ufeff?#{1,6}[ \t].*<!--[ \t]*digest day:[ \t]*(?P<day>\d{4}-\d\d-\d\d)[ \t]*-->"
)
# As Obsidian has them: letters, digits, `_`, `-` and `/`, and not digits alone.
_TAG: Final = re.compile(r"(?<!\S)#(?P<tag>[\w/-]*[^\W\d_][\w/-]*)")
_LINK: Final = re.compile(r"\]\((?P<url>[^()\s]+)\)")


class Parts(NamedTuple):
    """What the line of an entry says."""

    box: str | None
    """The character in the box; None where there is no box."""
    starred: bool
    tags: tuple[str, ...]


# --- reading -------------------------------------------------------------------------------------


def ids_of(line: str) -> tuple[str, ...]:
    """Return the ids of the papers whose marks stand in a line."""
    if "digest:" not in line:
        return ()
    return tuple(unquote(found["id"]) for found in _MARK.finditer(line))


def without_marks(text: str) -> str:
    """Return text in which every mark is shown, and marks nothing."""
    return _MARK.sub(lambda found: f"&lt;{found[0][1:]}", text)


def link_of(line: str) -> str | None:
    """Return the target of the first link of a line that has a box."""
    found = _LINK.search(line) if _BOX.match(line) else None
    return None if found is None else found["url"]


def day_of(line: str) -> str | None:
    """Return the ISO day of a heading that the program wrote, whatever became of its words."""
    found = _DAY.match(line) if "digest day:" in line else None
    return None if found is None else found["day"]


def parts_of(line: str) -> Parts:
    """Return what the line of an entry says."""
    box = _BOX.match(line)
    starred = box is not None and _STAR.match(line, box.end()) is not None
    return Parts(None if box is None else box["box"], starred, tags_in(line))


def tags_in(text: str) -> tuple[str, ...]:
    """Return the `#tags` of a line, in the order of the alphabet."""
    if "#" not in text:
        return ()
    return tuple(sorted({found["tag"] for found in _TAG.finditer(_COMMENT.sub(" ", text))}))


def bare(line: str) -> str:
    """Return a line without the box's character, the star and the line's end.

    It tells whether a person has changed anything else of the line.
    """
    line = line.rstrip("\r\n")
    box = _BOX.match(line)
    if box is None:
        return line
    star = _STAR.match(line, box.end())
    rest = line[star.end() :] if star else line[box.end() :]
    return f"{box['before']} ] {rest.lstrip(' ')}"


# --- writing -------------------------------------------------------------------------------------


def entry_line(paper: Paper, reason: Reason | None) -> str:
    """Return the line of a paper, queued, without a line's end."""
    title = escape.markdown_text(paper.title)
    url = escape.markdown_url(paper.url)
    if url is not None:
        title = f"[{title}]({url})"
    elif title.startswith(("★", "⭐")):  # no star of a person's
        title = f"&#{ord(title[0])};{title[1:]}"
    about = ", ".join(part for part in (wording.authors(paper), wording.published(paper)) if part)
    said = f" — {escape.markdown_text(about)}" if about else ""
    why = "" if reason is None else f" · {escape.markdown_text(_why(reason))}"
    return f"- [ ] {title}{said}{why} {mark(paper.id)}"


def _why(reason: Reason) -> str:
    words = ", ".join(reason.keywords)
    return wording.shortened(f"{reason.rule}: {words}" if words else reason.rule, MAX_WHY)


def mark(paper: str) -> str:
    """Return the comment by which the line of a paper is known, whatever else becomes of it.

    `--` may not stand in a comment (HTML; CommonMark before 0.31), nor may `>` or white space.
    """
    return f"<!-- digest: {quote(paper, safe='/.:_-').replace('--', '%2D%2D')} -->"


def day_heading(day: date) -> str:
    """Return the heading of one day's papers, without a line's end."""
    return f"## {wording.long_day(day)} <!-- digest day: {day} -->"


def with_box(line: str, box: str) -> str:
    """Return the line with another character in its box; one without a box as it is."""
    found = _BOX.match(line)
    return line if found is None else line[: found.start("box")] + box + line[found.end("box") :]


def with_star(line: str, *, on: bool) -> str:
    """Return the line with a star after its box, or without one."""
    box = _BOX.match(line)
    if box is None:
        return line
    star = _STAR.match(line, box.end())
    if on and star is None:
        return f"{line[: box.end()]} {STAR}{line[box.end() :]}"
    if not on and star is not None:
        return f"{line[: box.end()]} {line[star.end() :].lstrip(' ')}"
    return line


def with_tags(line: str, wanted: Collection[str], elsewhere: Collection[str]) -> str:
    """Return the line with the tags that are wanted and no others.

    Those that stand `elsewhere`, in the notes, need not stand here.
    """
    present = set(tags_in(line))
    for tag in sorted(present - set(wanted)):
        line = re.sub(rf"[ \t]+#{re.escape(tag)}(?![\w/-])", "", line)
    missing = [f"#{tag}" for tag in sorted(set(wanted) - present - set(elsewhere))]
    if not missing:
        return line
    found = _MARK.search(line)
    at = found.start() if found else len(line.rstrip("\r\n"))
    before = line[:at].rstrip(" ")
    after = line[at:]
    space = " " if after.strip() else ""
    return f"{before} {' '.join(missing)}{space}{after}"
