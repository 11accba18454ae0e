"""Tell what a dump is by its first bytes; its name counts for nothing."""

from __future__ import annotations

import json
import re
from typing import Literal, TypeAlias

from digest.errors import DumpError

Kind: TypeAlias = Literal["list", "lines", "page"]

KNOWN = (
    "a text copy of the Daily Papers page, an answer of the Daily Papers API, or JSON Lines with a "
    "title in each line"
)
_MARKS = (
    b"get trending papers in your email inbox",
    b"daily papers",
    b"and the research community",
    b"huggingface.co/papers/",
)
_META = re.compile(
    r"^\s*(?:• [\d,]+ authors?\s*\n\s*)?·\s*\n\s*[A-Z][a-z]{2} \d{1,2}\b", re.MULTILINE
)
_LIST = re.compile(r"\[\s*(?:\{|\]|$)")
_OBJECT = re.compile(r"\{\s*(?:\"|\}|$)")
_XML = re.compile(r"<(?:\?xml|!doctype|html|rss|feed|rdf:rdf|!--)", re.IGNORECASE)


def sniff(head: bytes) -> Kind:
    """Return which reader reads a dump that begins with `head` (64 KiB or the whole of it).

    Raises `DumpError` where none does, with what was looked for.
    """
    if not head.strip():
        raise DumpError("is empty")
    text = head.decode(errors="replace").lstrip()
    if _LIST.match(text):
        return "list"
    if _OBJECT.match(text):
        _refuse_single_object(text)
        return "lines"
    if _XML.match(text):
        raise DumpError(f"is XML or HTML; what can be read is {KNOWN}")
    # As bytes, for to lower text beyond ASCII takes longer than all the rest.
    lowered = head.lower()
    if any(mark in lowered for mark in _MARKS) or _META.search(text):
        return "page"
    raise DumpError(f"is in no known format; what can be read is {KNOWN}")


def _refuse_single_object(text: str) -> None:
    """Refuse an object that is spread over lines, of which each would be refused by itself."""
    first, _, rest = text.partition("\n")
    if first.strip() not in ("{", "{}") or not rest.strip():
        return
    try:
        json.loads(first)
    except json.JSONDecodeError:
        raise DumpError(
            "is one JSON object over several lines; JSON Lines has one object on each line, and "
            "the Daily Papers API answers with a list"
        ) from None
