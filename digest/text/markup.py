"""Turn HTML, JATS and MathML in titles and abstracts into plain text.

For fields with markup: those of services that declare it, and any text that certainly has it
(`holds_markup`). Only tags with a known name and well-formed attributes are tags; `p<0.05` and `a<b
and c>d` stay text. The result is not clean text yet (see `digest.text.clean`).
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Final

from digest.text.latex_macros import SUBSCRIPTS, SUPERSCRIPTS

if TYPE_CHECKING:
    from lxml import etree

MAX_LENGTH: Final = 1 << 20
"""In characters; a longer text is unchanged."""

_BLOCKS: Final = frozenset({
    "p", "div", "br", "li", "ul", "ol", "sec", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td",
    "th", "table", "list", "list-item", "disp-formula", "blockquote", "abstract", "hr", "dd", "dt",
    "dl", "section", "article", "abstracttext", "para", "label",
})  # fmt: skip
_INLINE: Final = frozenset({
    "i", "b", "em", "strong", "sub", "sup", "inf", "sc", "scp", "u", "span", "a", "font", "tt",
    "small", "big", "code", "italic", "bold", "monospace", "roman", "sans-serif", "underline",
    "overline", "strike", "s", "ext-link", "xref", "uri", "inline-formula", "tex-math",
    "named-content", "styled-content", "alternatives", "fixed-case", "img", "inline-graphic",
    "nobr", "wbr", "title",
    "email", "institution", "kwd", "cite", "q", "mark", "abbr", "var", "dfn", "pre", "body", "html",
    "script", "style", "head", "meta", "link", "noscript",
})  # fmt: skip
_MATHML: Final = frozenset({
    "math", "mi", "mn", "mo", "mtext", "mrow", "msub", "msup", "msubsup", "mfrac", "msqrt", "mroot",
    "mover", "munder", "munderover", "mfenced", "mstyle", "mspace", "semantics", "annotation",
    "annotation-xml", "mtable", "mtr", "mtd", "mmultiscripts", "mprescripts", "none", "mpadded",
    "mphantom", "menclose", "merror", "mlabeledtr", "maligngroup", "malignmark", "maction",
})  # fmt: skip
_DROPPED: Final = frozenset({
    "script", "style", "annotation", "annotation-xml", "head", "noscript", "mphantom", "tex-math",
})  # fmt: skip
_SIGNS: Final = re.compile(
    r"</?(?:jats|mml|m):\w|<(?P<tag>sub|sup|inf|i|em|p|scp|italic|strong)>[^<]{0,20000}</(?P=tag)>"
    r"|<(?:p|br)\s*/?>|<math\s+xmlns|<span class=|<div class=",
    re.IGNORECASE,
)
_OWN_TITLE = re.compile(r"(?:abstract|summary)\s*[.:]?", re.IGNORECASE)
_SCRIPT = re.compile(r"[\d+\-−=().,*′']+|[in]")


def holds_markup(text: str) -> bool:
    """Return whether a text of unknown origin certainly has markup: `CO<sub>2</sub>`, `<jats:p>`.

    Entities alone, a lone `<b>`, or tags that nobody puts into an abstract prove nothing.
    """
    return "<" in text and _SIGNS.search(text) is not None


def plain_text(text: str) -> str:
    """Return the text of a field with markup; subscripts become Unicode if possible."""
    if len(text) > MAX_LENGTH:
        return text
    if "<" not in text:
        # Depositors escape text that is escaped already: `&amp;lt;p&amp;gt;`.
        for _ in range(2):
            text = unescape(text) if "&" in text else text
        return _strip_tags(text) if holds_markup(text) else text
    stripped = _strip_tags(text)
    if "&" in stripped and re.search(r"&(?:lt|gt|amp|#\d+|#x[0-9a-fA-F]+);", stripped):
        stripped = unescape(stripped)
    return _strip_tags(stripped) if holds_markup(stripped) else stripped


def element_text(element: etree._Element) -> str:
    """Return the text of an element of a parsed document, including markup inside it."""
    pieces: list[str] = []
    _walk(element, pieces)
    return "".join(pieces)


def _strip_tags(text: str) -> str:
    from lxml import etree

    escaped = _not_a_tag().sub("&lt;", text.replace("\x00", ""))
    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(f"<div>{escaped}</div>".encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return text
    return text if root is None else element_text(root)


@cache
def _not_a_tag() -> re.Pattern[str]:
    """Return an expression for a `<` that begins no tag."""
    names = "|".join(sorted(map(re.escape, _BLOCKS | _INLINE | _MATHML), reverse=True))
    attribute = r"\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=]+)"
    return re.compile(
        rf"<(?!/?(?:(?:jats|mml|m|x|ce):[\w-]{{1,40}}|{names})(?:{attribute}){{0,20}}\s*/?>|!--)",
        re.IGNORECASE,
    )


def _walk(element: etree._Element, pieces: list[str]) -> None:
    """Append the text of `element`, without its tail."""
    tag = element.tag
    if not isinstance(tag, str):
        return
    name = re.split(r"[:}]", tag)[-1].lower()
    if name in _DROPPED:
        return
    children = list(element)
    if name in ("title", "label") and children == [] and element.text:
        _heading(element.text, pieces)
    elif name in ("sub", "inf", "sup"):
        pieces.append(_script(name, _inner(element)))
    elif name in ("msub", "msup", "msubsup", "mfrac", "mover", "munder"):
        pieces.append(_formula(name, [_inner_of(child) for child in children]))
    else:
        if name in _BLOCKS or (name == "math" and "display" in str(element.attrib)):
            pieces.append(" ")
        text = element.text or ""
        pieces.append(text.strip() if name in _MATHML else text)
        for child in children:
            _walk(child, pieces)
            tail = child.tail or ""
            pieces.append(tail.strip() if name in _MATHML else tail)
        if name in _BLOCKS:
            pieces.append(" ")


def _inner(element: etree._Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        _walk(child, pieces)
        pieces.append(child.tail or "")
    return "".join(pieces)


def _inner_of(element: etree._Element) -> str:
    pieces: list[str] = []
    _walk(element, pieces)
    return "".join(pieces).strip()


def _heading(text: str, pieces: list[str]) -> None:
    """Append the title of a section, unless it is that of the abstract itself."""
    title = text.strip()
    if title and not _OWN_TITLE.fullmatch(title):
        pieces.append(f" {title} " if title[-1] in ".:?!" else f" {title}: ")


def _script(name: str, inner: str) -> str:
    """Return `inner` raised or lowered if Unicode can, else unchanged."""
    stripped = inner.strip()
    if not _SCRIPT.fullmatch(stripped):
        return inner
    return stripped.translate(SUPERSCRIPTS if name in ("sup", "msup") else SUBSCRIPTS)


def _formula(name: str, parts: list[str]) -> str:
    if name == "mfrac" and len(parts) == 2:
        return "/".join(part if len(part) == 1 or part.isalnum() else f"({part})" for part in parts)
    if name == "msubsup" and len(parts) == 3:
        return parts[0] + _script("sub", parts[1]) + _script("sup", parts[2])
    if name in ("msub", "msup") and len(parts) == 2:
        return parts[0] + _script(name, parts[1])
    return "".join(parts)
