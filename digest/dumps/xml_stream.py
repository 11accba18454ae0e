"""Split XML into the elements with one record each, a piece at a time.

Each element is parsed separately, inside a copy of the root's start tag, so that a fault costs its
own record, memory use stays at one record, and the line of each is known. Entities that a document
declares are never expanded: a record that uses one is refused. HTML's names (`&eacute;`) and a lone
`&`, which are common in feeds of the field, are understood.
"""

from __future__ import annotations

import codecs
import re
from html import unescape
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.dumps.lines import MAX_LINE
from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MAX_ELEMENT: Final = MAX_LINE
"""Maximum length of one element, in characters."""
_HEAD: Final = 1 << 16
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
_ROOT = re.compile(r"<(?P<name>[A-Za-z_][\w:.-]*)(?P<rest>(?:\s[^<>]*?)?)/?>")
_PROLOG = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>|\s)+", re.DOTALL)
_NAMESPACE = re.compile(r"\sxmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)(\w{1,40};)?")
_CDATA: Final = "<![CDATA["
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Element(Struct, frozen=True):
    """One element: its parsed tree, or the reason why it cannot be parsed."""

    line: int
    tree: _Element | None
    fault: str = ""


def decoded(chunks: Iterator[bytes]) -> Iterator[str]:
    """Yield text in the encoding that the XML declares, UTF-8 by default.

    Invalid bytes become lone surrogates, which spoil the element that contains them.
    """
    first = next(chunks, b"")
    match = _DECLARATION.match(first)
    name = match[1].decode() if match else "utf-8"
    try:
        codec = codecs.lookup(name)
    except LookupError:
        raise DumpError(f"is XML in an encoding that is not known: {name}") from None
    if not codec._is_text_encoding:  # noqa: SLF001 - `rot13` and `zlib` are codecs too
        raise DumpError(f"is XML in an encoding that is not known: {name}")
    utf8 = codec.name in ("utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be")
    decoder = (codecs.getincrementaldecoder("utf-8")("surrogateescape") if utf8
               else codec.incrementaldecoder("replace"))  # fmt: skip
    yield decoder.decode(first)
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def root_of(text: str) -> tuple[str, str]:
    """Return the root's local name, and its namespace declarations."""
    prolog = _PROLOG.match(text)
    match = _ROOT.match(text, prolog.end() if prolog else 0)
    if match is None:
        return "", ""
    return match["name"].rpartition(":")[2], "".join(_NAMESPACE.findall(match["rest"] + " "))


class Fragments:
    """The elements with some names in a text that comes in pieces; iterate once."""

    def __init__(self, pieces: Iterator[str], names: tuple[str, ...], line: int = 1) -> None:
        self._pieces = pieces
        alternatives = "|".join(names)
        self._start = re.compile(rf"<(?P<name>(?:[\w.-]+:)?(?:{alternatives}))(?=[\s/>])")
        self.head = ""
        """The text before the first element, once it was found."""
        self.tail = ""
        """The end of the text, once it was reached."""
        self._text = ""
        self._line = line
        self._namespaces = ""
        self._ended = False

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            self._ended = True
            return False
        self._text += piece
        return True

    def _drop(self, count: int) -> None:
        self._line += self._text.count("\n", 0, count)
        self._text = self._text[count:]

    def __iter__(self) -> Iterator[Element]:
        first = True
        while True:
            match = self._find(keep=first)
            if match is None:
                if first:
                    self.head = self._text[:_HEAD]
                self.tail = self._text[-_HEAD:]
                return
            if first:
                self.head = self._text[: match.start()][:_HEAD]
                self._namespaces = root_of(self.head)[1]
                first = False
            self._drop(match.start())
            yield self._element(match["name"])

    def _find(self, *, keep: bool) -> re.Match[str] | None:
        """Return the start of the next element; drop the text before it, unless it is the head."""
        at = 0
        while True:
            if match := self._start.search(self._text, at):
                return match
            if self._ended:
                return None
            if not keep or len(self._text) > _HEAD:
                self._drop(max(0, len(self._text) - 200))
                at = 0
            else:
                at = max(0, len(self._text) - 200)
            self._more()

    def _element(self, name: str) -> Element:
        """Parse the element at the beginning of the text, and remove it."""
        line = self._line
        end, fault = self._end(name)
        tree = None
        if not fault:
            tree, fault = self._parsed(self._text[:end])
        self._drop(end)
        return Element(line, tree, fault)

    def _end(self, name: str) -> tuple[int, str]:
        """Return the element's end, or where the next one begins and why this has no end."""
        tags = re.compile(
            rf"(?P<cdata><!\[CDATA\[)|(?P<close></{re.escape(name)}\s*>)"
            rf"|(?P<open><{re.escape(name)}(?=[\s/>])(?P<rest>[^<>]*>\s*(?:<[\w.:-]+)?))",
            re.DOTALL,
        )
        at, depth = 0, 0
        while True:
            match = tags.search(self._text, at)
            if match is None or (match.end() == len(self._text) and not self._ended):
                at = at if match else max(at, len(self._text) - 4_000)
                if len(self._text) > MAX_ELEMENT:
                    return len(
                        self._text
                    ) - 200, f"this record is longer than {MAX_ELEMENT >> 20} MiB"
                if not self._more() and match is None:
                    return len(self._text), "the XML is cut off in this record"
                continue
            at = match.end()
            if match["cdata"]:
                if (at := self._cdata_end(at)) < 0:
                    following = self._start.search(self._text, match.end())
                    end = following.start() if following else len(self._text)
                    return end, "a CDATA section of this record has no end"
                continue
            if match["open"] and depth and not _is_nested(name, match["rest"]):
                return match.start(), "this record has no end"
            depth += _change(match)
            if depth <= 0:
                return (at if match["close"] else match.start() + match[0].index(">") + 1), ""

    def _cdata_end(self, at: int) -> int:
        """Return the end of the CDATA section that began before `at`; -1 if it has none."""
        while (end := self._text.find("]]>", at)) < 0:
            at = max(at, len(self._text) - 2)
            if len(self._text) > MAX_ELEMENT or not self._more():
                return -1
        return end + 3

    def _parsed(self, text: str) -> tuple[_Element | None, str]:
        from lxml import etree

        if "&" in text:
            text = "".join(
                part if part.startswith(_CDATA) else _ENTITY.sub(_entity, part)
                for part in _sections(text)
            )
        if not text.isprintable() and _NO_XML.search(text):
            if any("\ud800" <= character <= "\udfff" for character in _NO_XML.findall(text)):
                return None, "this record is not in the encoding of its dump"
            text = _NO_XML.sub("", text)
        declared = self._namespaces + self._undeclared(text)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(f"<root{declared}>{text}</root>", parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            return None, f"this record is not XML: {_shortened(error)}"
        return root[0], ""

    def _undeclared(self, text: str) -> str:
        """Return declarations of the prefixes that neither root nor element declares."""
        prefixes = {a or b for a, b in _PREFIX.findall(_without_cdata(text))} - {"xml", "xmlns"}
        known = self._namespaces
        missing = [
            p for p in sorted(prefixes) if f"xmlns:{p}" not in known and f"xmlns:{p}" not in text
        ]
        return "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in missing)


def _change(match: re.Match[str]) -> int:
    """Return by how much a tag changes the depth: 0 for an empty one, `<item/>`."""
    if match["close"]:
        return -1
    return not match["rest"].split(">")[0].endswith("/")


def _sections(text: str) -> Iterator[str]:
    """Yield the CDATA sections of a text, and what is between them."""
    at = 0
    while (start := text.find(_CDATA, at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        yield text[at:start]
        yield text[start : end + 3]
        at = end + 3
    yield text[at:]


def _without_cdata(text: str) -> str:
    return "".join(part for part in _sections(text) if not part.startswith(_CDATA))


def _is_nested(name: str, rest: str) -> bool:
    """Return whether an element inside one of the same name is a part of it, not the next record.

    Library records are records inside records of OAI-PMH, which begin with a header.
    """
    return name.endswith("record") and not rest.endswith("header")


def _entity(match: re.Match[str]) -> str:
    """Return the character of an HTML entity or a lone `&`; others are unchanged and refused."""
    if not match[1]:
        return "&amp;"
    character = unescape(match[0])
    if character == match[0]:
        return match[0]
    return "".join("&amp;" if c == "&" else "&lt;" if c == "<" else c for c in character)


def _shortened(error: Exception) -> str:
    return re.sub(r", line \d+, column \d+.*", "", str(error))[:160]


def local_name(element: _Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: _Element | None, *names: str) -> list[_Element]:
    """Return the children with one of these names, in any namespace."""
    if element is None:
        return []
    return [child for child in element if local_name(child) in names]


def child(element: _Element | None, *path: str) -> _Element | None:
    """Return the first element at a path of names."""
    for name in path:
        element = next(iter(children(element, name)), None)
    return element


def text_of(element: _Element | None, *path: str) -> str | None:
    """Return the text at a path of names, inner elements included, or None."""
    inner = child(element, *path)
    if inner is None:
        return None
    return "".join(map(str, inner.itertext())).strip() or None
