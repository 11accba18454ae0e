"""Read and write one entry or heading of a reading list.

    - [ ] ★ [Title](link) — authors, day · why #tag <!-- digest: ID -->

Bullet, box, star, tags and the mark in the comment have a meaning; everything else is text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, unquote

from msgspec import Struct

from digest import wording
from digest.reading_list.items import without_code_spans
from digest.rendering import escape
from digest.text.one_line import shortened

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from digest.model import Paper, Reason
    from digest.model.marks import State

BOXES: Final[dict[State, str]] = {
    "queued": " ", "reading": "/", "done": "x", "dropped": "-", "snoozed": ">",
}  # fmt: skip
"""As Obsidian and other programs write them (`[>]`: deferred)."""
STATES: Final[dict[str, State]] = {
    " ": "queued", "/": "reading", "x": "done", "X": "done", "-": "dropped",
    ">": "snoozed", "✓": "done", "✔": "done", "☑": "done",
}  # fmt: skip
"""The state of a box; `[>]` does not say until when."""

STAR: Final = "★"
MAX_WHY: Final = 120
"""In characters; the digest itself has the whole text."""

_BOX: Final = re.compile(
    r"(?P<before>\ufeff?[ \t>]*(?:[-*+•–—]|\d{1,9}[.)])[ \t]*\\?\[)"
    r"(?P<inner>[ \t\u00a0]*[^\[\]\r\n\\][ \t\u00a0]*)\\?\](?=[ \t\u00a0★⭐\[]|\r?\n|\Z)"
)
"""`- [x]`, and as people type it: `-[x]`, `[ x ]`, `- \\[x\\]` (some editors escape it)."""
_ODD_BOX: Final = re.compile(
    r"\ufeff?[ \t>]*(?:(?:[-*+•–—]|\d{1,9}[.)])[ \t]*)?"
    r"(?P<box>\\?\[[^\[\]\r\n]{0,12}\\?\])(?=[ \t★⭐])"
)
_STAR: Final = re.compile(r"[ \t]*(?:★|⭐)\ufe0f?[ \t]?")
_MARK: Final = re.compile(r"<!--\s{0,80}digest:\s{0,80}(?P<id>[^\s<>]+)\s{0,80}-->")
"""White space may be a line's end: editors that wrap lines break the comment, too."""
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_DAY: Final = re.compile(
    r"\ufeff?#{1,6}[ \t].*<!--[ \t]*digest day:[ \t]*(?P<day>\d{4}-\d\d-\d\d)[ \t]*-->"
)
_TO_READ: Final = re.compile(r"\ufeff?#{1,6}[ \t].*<!--[ \t]*digest list[ \t]*-->")
TO_READ_HEADING: Final = "## To read <!-- digest list -->"
# As in Obsidian: letters, digits, `_`, `-` and `/`, but not only digits.
_TAG: Final = re.compile(r"(?<!\S)#(?P<tag>[\w/-]*[^\W\d_][\w/-]*)")
_LINK: Final = re.compile(r"\]\((?P<url>[^()\s]+)\)")
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


class Parts(NamedTuple):
    """The parts of an entry's line."""

    box: str | None
    """The character in the box; None if there is no box."""
    starred: bool
    tags: tuple[str, ...]


# --- reading -------------------------------------------------------------------------------------


class Place(Struct, frozen=True):
    """The mark of a paper in a text."""

    start: int
    end: int
    """Of the comment, in characters."""
    paper: str
    """The paper's id."""


def marks_in(text: str) -> list[Place]:
    """Return the marks of a text, in order."""
    if "digest:" not in text:
        return []
    return [Place(*match.span(), unquote(match["id"])) for match in _MARK.finditer(text)]


def ids_of(text: str) -> tuple[str, ...]:
    """Return the ids of the papers whose marks are in a text."""
    return tuple(place.paper for place in marks_in(text))


def without_marks(text: str) -> str:
    """Return text in which every mark is escaped: it is shown, and no longer a mark."""
    return _MARK.sub(lambda match: f"&lt;{match[0][1:]}", text)


def has_box(line: str) -> bool:
    """Return whether a line begins with a box."""
    return _BOX.match(line) is not None


def odd_box(line: str) -> str | None:
    """Return the text in place of an entry's box, if it is not a box: `[done]`."""
    box = None if _BOX.match(line) else _ODD_BOX.match(line)
    return None if box is None else box["box"]


def link_of(item: str) -> str | None:
    """Return the target of the first link of a list item that has a box."""
    link = _LINK.search(item) if _BOX.match(item) else None
    return None if link is None else link["url"]


def end_of_link(item: str) -> int:
    """Return how many characters of an item there are up to the end of its first link."""
    link = _LINK.search(item)
    return 0 if link is None else link.end()


def tail_of(head: str) -> str:
    """Return the words after the last mark of an entry's head; tags alone do not count.

    A formatter that refills paragraphs moves there the note of the next line.
    """
    places = marks_in(head)
    tail = head[places[-1].end :].strip() if places else ""
    return "" if not _TAG.sub(" ", tail).strip() else tail


def day_of(line: str) -> str | None:
    """Return the ISO day of a heading that the program wrote, even if its words were changed."""
    match = _DAY.match(line) if "digest day:" in line else None
    return None if match is None else match["day"]


def is_to_read(line: str) -> bool:
    """Return whether a line is the heading of the papers to read, whatever its words are."""
    return "digest list" in line and _TO_READ.match(line) is not None


def parts_of(head: str) -> Parts:
    """Return the parts of an entry's head."""
    box = _BOX.match(head)
    if box is None:
        return Parts(None, starred=False, tags=tags_in(head))
    starred = _STAR.match(head, box.end()) is not None
    return Parts(box["inner"].strip() or " ", starred, tags_in(head))


def tags_in(text: str) -> tuple[str, ...]:
    """Return the `#tags` of a text in alphabetical order, except those in code and comments."""
    if "#" not in text:
        return ()
    plain = _COMMENT.sub(" ", without_code_spans(text))
    return tuple(sorted({match["tag"] for match in _TAG.finditer(plain)}))


def bare(head: str) -> str:
    """Return an entry's head without its box's character, its star and its line breaks.

    Two heads with the same result differ in nothing that a person wrote: formatters wrap lines and
    escape characters.
    """
    box = _BOX.match(head)
    if box is None:
        return head.rstrip("\r\n")
    star = _STAR.match(head, box.end())
    text = head[star.end() :] if star else head[box.end() :]
    words = _ESCAPE.sub(r"\1", " ".join(text.split()))
    return f"{box['before']} ] {unescape(words) if '&' in words else words}"


# --- writing -------------------------------------------------------------------------------------


def entry_line(paper: Paper, reason: Reason | None) -> str:
    """Return the entry of a paper that is queued, without a line end."""
    title = escape.markdown_text(paper.title)
    url = escape.markdown_url(paper.url)
    if url is not None:
        title = f"[{title}]({url})"
    elif title.startswith(("★", "⭐")):  # no star given by a person
        title = f"&#{ord(title[0])};{title[1:]}"
    about = ", ".join(part for part in (wording.authors(paper), wording.published(paper)) if part)
    suffix = f" — {escape.markdown_text(about)}" if about else ""
    why = "" if reason is None else f" · {escape.markdown_text(_reason_text(reason))}"
    return f"- [ ] {title}{suffix}{why} {mark(paper.id)}"


def _reason_text(reason: Reason) -> str:
    words = ", ".join(reason.keywords)
    return shortened(f"{reason.rule}: {words}" if words else reason.rule, MAX_WHY)


def mark(paper: str) -> str:
    """Return the comment that identifies the paper of an entry.

    `--` may not be in a comment (HTML; CommonMark before 0.31), nor may `>` or white space.
    """
    return f"<!-- digest: {quote(paper, safe='/.:_-').replace('--', '%2D%2D')} -->"


def day_heading(day: date) -> str:
    """Return the heading of one day, without a line end."""
    return f"## {wording.long_day(day)} <!-- digest day: {day} -->"


def with_box(head: str, box: str) -> str:
    """Return the head with another character in its box; a head without a box is unchanged."""
    match = _BOX.match(head)
    if match is None:
        return head
    inner = match["inner"]
    sign = inner.strip()
    new = inner.replace(sign, box) if sign else box
    return head[: match.start("inner")] + new + head[match.end("inner") :]


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


def with_tags(line: str, new_tags: Collection[str], note_tags: Collection[str]) -> str:
    """Return the head with exactly the wanted tags.

    Tags in the note (`note_tags`) need not be in the head.
    """
    present = set(tags_in(line))
    for tag in sorted(present - set(new_tags)):
        line = re.sub(rf"(?<=\S)\s+#{re.escape(tag)}(?![\w/-])", "", line)
    missing = [f"#{tag}" for tag in sorted(set(new_tags) - present - set(note_tags))]
    if not missing:
        return line
    mark = _MARK.search(line)
    at = mark.start() if mark else len(line.rstrip("\r\n"))
    before, after = line[:at], line[at:]
    if before[: len(before.rstrip(" \t"))].endswith("\n"):  # a wrapped entry
        return f"{before}{' '.join(missing)} {after}"
    space = " " if after.strip() else ""
    return f"{before.rstrip(' ')} {' '.join(missing)}{space}{after}"
