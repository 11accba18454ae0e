"""Escape clean text for the places where renderings put it.

Each function takes data and returns text that every reader of the format shows unchanged. Markdown
and XML have their own functions because Jinja's autoescape covers neither; HTML is left to
autoescape. This module does not depend on digests.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from digest.text.one_line import CONTROLS, one_line, without_controls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Segment

# --- characters ----------------------------------------------------------------------------------

_Text = TypeVar("_Text", bound=str)


def legal(text: _Text) -> _Text:
    """Drop characters that XML 1.0 forbids; forbidden white space becomes a space.

    Text without any is returned unchanged, also `Markup`.
    """
    # Printable text is legal, like nearly all text in templates; this test is ten times as fast,
    # and the expression usually need not even be compiled.
    if text.isprintable() or text.replace("\n", "").replace("\xa0", "").isprintable():
        return text
    if not re.search(CONTROLS, text):
        return text
    return type(text)(without_controls(text))


def marked_html(segments: Iterable[Segment]) -> Markup:
    """Return `segments` as HTML with the marked ones in `<mark>`."""
    # Joined as plain text, because `Markup.join` and `Markup.format` take as long as the rest.
    parts = (
        f"<mark>{escape(legal(segment.text))}</mark>"
        if segment.marked
        else str(escape(legal(segment.text)))
        for segment in segments
    )
    return Markup("".join(parts))  # noqa: S704 - every part is escaped


# --- links ---------------------------------------------------------------------------------------

# RFC 3986's characters without the brackets, quotation marks, `*`, `$` and `!`, which end a link or
# begin something else in some Markdown.
_URL_SAFE = "-._~:/?#@&=+,;%"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ENTITY = re.compile(r"&(?=#|[0-9A-Za-z]+;)")


def web_url(url: str | None) -> str | None:
    """Return `url` as a clickable link, percent-encoded as RFC 3986 asks; None if it is not one.

    Only http and https with a host are links: anything else that claims to be a paper's page
    (`javascript:`, `file:`, white space in the middle) is not worth repairing.
    """
    # Of all white space only the space is printable.
    if not url or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return quote(_STRAY_PERCENT.sub("%25", url), safe=_URL_SAFE)


_MAILTO = re.compile(r"mailto:[\w.+-]+@[\w.-]+(\?[\w.+=&%-]*)?", re.ASCII)


def mail_url(target: str) -> str | None:
    """Return a target that works in a mail, where a path leads nowhere: https, http or mailto."""
    return target if _MAILTO.fullmatch(target) else web_url(target)


# --- chats ---------------------------------------------------------------------------------------

_JOINER = "\N{WORD JOINER}"
# Text that notifies people or makes a link in some chat: `@everyone`, `<!channel>`,
# `<https://evil.example|words>`, `<at id="all">`, `[words](https://evil.example)`.
_CALL = r"@(?=\w)|<(?=\S)|\](?=\()"


def chat_text(text: str) -> str:
    """Return `text` on one line, without mentions or links for a chat.

    An invisible character, which ends no line, separates the signs.
    """
    return re.sub(_CALL, lambda sign: sign[0] + _JOINER, one_line(text))


# --- Markdown ------------------------------------------------------------------------------------

# What cmark, cmark-gfm, pandoc, markdown-it and Python-Markdown show alike: a backslash where
# every one of them treats it as an escape, an entity for the rest (of which Python-Markdown would
# show the backslash). Only where the character means something, because the file is also read raw.
_ENTITIES = {
    "<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;", "~": "&#126;", "^": "&#94;",
    "$": "&#36;", "@": "&#64;", ":": "&#58;", "=": "&#61;",
}  # fmt: skip
# Each alternative begins with its one character and only then looks behind: so `re` knows what to
# search for, and is four times as fast.
_SPECIAL = re.compile(
    r"""
      \\|`|\*|_|\{|\}|\[|\]|\#|<|\||~|\^|\$  # emphasis, code, links, HTML, tables, mathematics
    | @(?<![0-9A-Z]@)                 # a citation or somebody's name, but not pass@k
    | &(?=[#0-9A-Za-z])               # an entity
    | :(?=//|[\w+-]+:)                # https://..., :smile:
    | :(?<=mailto:) | :(?<=xmpp:)     # cmark-gfm's other autolinks
    | -(?<=www-) | \.(?<=www\.)       # and the one without a scheme, for pandoc `www-` as well
    | !$                              # would make an image of a link right behind
    | -(?<=^-) | \+(?<=^\+) | =(?<=^=) | >(?<=^>) | :(?<=^:)  # list, heading, quote, definition
    """,
    re.VERBOSE | re.IGNORECASE,
)
# cmark-gfm links addresses after all escapes are resolved, but not across elements: the first
# letter of the domain is set in italics.
_ADDRESS = re.compile(
    r"@(?<=[0-9A-Z.+_-]@)(?:[-_]*(?=[0-9A-Z][\w-]*\.)|[-_]*\.[-_.]*)(?P<letter>[0-9A-Z])",
    re.ASCII | re.IGNORECASE,
)
# CommonMark's ordered lists have at most nine ASCII digits, Python-Markdown's any digits.
_LIST_NUMBER = re.compile(r"\d+[.)](?=\s|$)")
_WORD = "x"
"""Represents the text before one that does not start its line."""


def markdown_text(text: str, *, starts_line: bool = True) -> str:
    """Return `text` as inline Markdown that shows exactly these characters.

    Some characters are special only at the start of a line; text that follows other text need not
    escape them.
    """
    line = one_line(text)
    if starts_line:
        return _splice(line, _escapes(line))
    return _splice(f"{_WORD} {line}", _escapes(f"{_WORD} {line}"))[len(_WORD) + 1 :]


def markdown_marked(segments: Iterable[Segment]) -> str:
    """Return `segments` as inline Markdown with the marked ones bold.

    CommonMark's flanking rules (section 6.2) decide by the characters on both sides whether `**`
    opens or closes, and its editions disagree on which of them are punctuation. Marks therefore
    shrink to edges that all agree on: C++11 with C++ marked becomes **C**++11.
    """
    line, marks = _joined(segments)
    edits = _escapes(line)
    italics = [match.start("letter") for match in _ADDRESS.finditer(line)]
    for start, end in marks:
        if any(start <= index <= end for index in italics):
            continue  # bold and italics side by side are `***`, on which parsers differ
        edits[start] = "**" + edits.get(start, line[start : start + 1])
        edits[end] = "**" + edits.get(end, line[end : end + 1])
    return _splice(line, edits)


def markdown_url(url: str | None) -> str | None:
    """Return `url` as the target of a Markdown link, or None if it is not a valid one."""
    encoded = web_url(url)
    return None if encoded is None else _ENTITY.sub("&amp;", encoded)


def markdown_target(target: str) -> str:
    """Return a URL or a relative path as the target of a Markdown link.

    A path that looks like another scheme is quoted until it is a path.
    """
    return markdown_url(target) or quote(target, safe="/-._~")


def _escapes(line: str) -> dict[int, str]:
    """Return the escapes of `line`: index of each special character → its escape."""
    escapes = {match.start(): _escape(match.group()) for match in _SPECIAL.finditer(line)}
    if number := _LIST_NUMBER.match(line):
        escapes[number.end() - 1] = "\\" + number.group()[-1]
    for address in _ADDRESS.finditer(line):
        escapes[address.start("letter")] = f"*{address['letter']}*"
    return escapes


def _escape(char: str) -> str:
    return _ENTITIES[char] if char in _ENTITIES else "\\" + char


def _splice(line: str, edits: dict[int, str]) -> str:
    """Replace the characters of `line` at the indices of `edits`, or append at its length."""
    parts: list[str] = []
    position = 0
    for index in sorted(edits):
        parts += (line[position:index], edits[index])
        position = index + 1
    parts.append(line[position:])
    return "".join(parts)


def _joined(segments: Iterable[Segment]) -> tuple[str, list[tuple[int, int]]]:
    """Return the segments as one line, and the spans of it to set in bold.

    Spans do not touch: `**a****b**` is not bold in any parser.
    """
    text = ""
    marks: list[tuple[int, int]] = []
    for segment in segments:
        piece = segment.text
        if "  " in piece or not piece.isprintable():  # which is rare
            piece = legal(re.sub(r"\s+", " ", piece))
        if not text or text.endswith(" "):
            piece = piece.lstrip()
        if segment.marked and piece:
            start = marks.pop()[0] if marks and marks[-1][1] == len(text) else len(text)
            marks.append((start, len(text) + len(piece)))
        text += piece
    line = text.rstrip()
    edges = (_edges(line, start, min(end, len(line))) for start, end in marks)
    return line, [(start, end) for start, end in edges if start < end]


def _edges(line: str, start: int, end: int) -> tuple[int, int]:
    """Move an end of a mark inwards, to a letter or digit, unless bold certainly ends there."""
    if start < end and not _flanks(line[start], line[start - 1 : start]):
        while start < end and not _is_word(line[start]):
            start += 1
    if start < end and not _flanks(line[end - 1], line[end : end + 1]):
        while start < end and not _is_word(line[end - 1]):
            end -= 1
    return start, end


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"


def _flanks(inner: str, outer: str) -> bool:
    """Return whether `**` between `outer` and `inner` certainly belongs to `inner`."""
    if _is_word(inner):
        return True
    is_punctuation = inner.isascii() and not inner.isspace()
    return is_punctuation and (
        not outer or outer == " " or (outer.isascii() and not outer.isalnum())
    )
