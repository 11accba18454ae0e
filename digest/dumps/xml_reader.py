"""Read XML: feeds, OAI-PMH, PubMed, DBLP, the ACL Anthology; chosen by root and elements."""

from __future__ import annotations

import re
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.dumps import xml_records
from digest.dumps.dates import parse_day
from digest.dumps.draft import to_record
from digest.dumps.feeds import Channel, read_channel, read_item
from digest.dumps.fields import BadRecordError, LeftOutError, day_in_name
from digest.dumps.xml_documents import Documents
from digest.dumps.xml_stream import Element, Fragments, decoded, local_name, root_of
from digest.errors import DumpError
from digest.model import Refusal
from digest.text.markup import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.model import DumpFormat, Record

_PUBLICATIONS: Final = (
    "article", "inproceedings", "incollection", "book", "phdthesis", "mastersthesis",
)  # fmt: skip
ROOTS: Final[dict[str, tuple[DumpFormat, tuple[str, ...]]]] = {
    "rss": ("feed", ("item",)),
    "RDF": ("feed", ("item",)),
    "feed": ("feed", ("entry",)),
    "entry": ("feed", ("entry",)),
    "OAI-PMH": ("oai-pmh", ("record",)),
    "ListRecords": ("oai-pmh", ("record",)),
    "record": ("oai-pmh", ("record",)),
    "PubmedArticleSet": ("pubmed", ("PubmedArticle", "PubmedBookArticle")),
    "PubmedArticle": ("pubmed", ("PubmedArticle", "PubmedBookArticle")),
    "PubmedBookArticle": ("pubmed", ("PubmedBookArticle",)),
    "PubmedBookArticleSet": ("pubmed", ("PubmedBookArticle",)),
    "result": ("dblp", ("hit",)),
    "dblp": ("dblp", _PUBLICATIONS),
    "collection": ("acl-anthology", ("paper", "meta")),
}
"""Local name of the root: format, and the names of the elements with one record each."""
_OAI_ERROR = re.compile(
    r"<error\s+code\s*=\s*[\"'](\w{1,60})[\"'](?:/>|>(.{0,300}?)</error>)", re.DOTALL
)
_ERROR = re.compile(r"<(?:ERROR|error|message|Error)>(.{1,300}?)</", re.DOTALL)
_EMPTY_ERRORS: Final = ("noRecordsMatch",)


class XmlDump(Struct, frozen=True):
    """The format and day of an XML dump, and its items."""

    format: DumpFormat
    day: date | None
    items: Iterator[Record | Refusal]


def read_xml(chunks: Iterator[bytes], head: bytes, name: str) -> XmlDump:
    """Return the items of a dump; raise `DumpError` for XML of an unknown kind.

    Several documents in one file are read one after the other.
    """
    root, _ = root_of(head.decode(errors="replace"))
    if root not in ROOTS:
        raise DumpError(_unknown(root))
    end: list[Refusal] = []
    documents = Documents(decoded(_sound(chunks, name, end)))
    first = _read_document(documents, name)
    items = chain(first.items, _following(documents, name))
    return replace(first, items=_with_end(items, end))


def _read_document(documents: Documents, name: str) -> XmlDump:
    """Return the content of the next document; raise `DumpError` for errors."""
    # Decoded as the document declares: damaged bytes may have misled the sniffer.
    root, _ = root_of(documents.head())
    if root not in ROOTS:
        raise DumpError(_unknown(root))
    format_, names = ROOTS[root]
    # Records without a root around them are separated by their own names.
    fragments = Fragments(documents.next(whole=root in names), names, documents.line)
    elements = iter(fragments)
    first = next(elements, None)
    if first is None:
        _check_empty(fragments.head, root)
    channel = read_channel(fragments.head) if format_ == "feed" else Channel()
    if format_ == "feed" and "arxiv.org/api/" in fragments.head:
        format_ = "arxiv-api"
    elif format_ == "feed" and "arxiv.org" in fragments.head:
        format_ = "arxiv-feed"
    day = parse_day(channel.day) if format_ == "arxiv-feed" else None
    items = _items(first, elements, format_, channel, name)
    return XmlDump(format_, day_in_name(name) or day, items)


def _following(documents: Documents, name: str) -> Iterator[Record | Refusal]:
    """Yield the items of the documents after the first; refuse what cannot be read."""
    while head := documents.head():
        root, _ = root_of(head)
        line, reason = documents.line, _unknown(root) if head.startswith("<") else "is no XML"
        if root in ROOTS:
            try:
                yield from _read_document(documents, name).items
                continue
            except DumpError as error:
                reason = error.reason
        else:
            deque(documents.next(), maxlen=0)
        yield Refusal(name, line, f"what follows the end of the XML {reason}; it was not read")


def _unknown(root: str) -> str:
    if not root:
        return "begins like XML and has no root element"
    return f"is XML with the root element <{root}>, which no reader knows"


def _sound(chunks: Iterator[bytes], name: str, end: list[Refusal]) -> Iterator[bytes]:
    try:
        yield from chunks
    except DumpError as error:
        end.append(Refusal(name, None, f"the dump {error.reason}; what came before it was read"))


def _with_end(items: Iterator[Record | Refusal], end: list[Refusal]) -> Iterator[Record | Refusal]:
    yield from items
    yield from end


def _check_empty(text: str, root: str) -> None:
    """Raise `DumpError` for a document without records that is not just a day without papers."""
    if match := _OAI_ERROR.search(text):
        if match[1] in _EMPTY_ERRORS:
            return
        message = " ".join(plain_text(match[2] or "").split())
        raise DumpError(f"is an error that the service answered: {match[1]} {message}".rstrip())
    if match := _ERROR.search(text):
        raise DumpError(f"is an error that the service answered: {' '.join(match[1].split())}")
    if root == "OAI-PMH" and "<ListRecords" not in text:
        verb = re.search(
            r"<(Identify|ListSets|ListIdentifiers|ListMetadataFormats|GetRecord)\b", text
        )
        request = verb[1] if verb else "another verb"
        raise DumpError(
            f"is an answer of OAI-PMH to {request}, which holds no records; ask for ListRecords"
        )
    if not re.search(r"</(?:[\w.-]+:)?[\w.-]+\s*>\s*\Z|/>\s*\Z", text):
        raise DumpError("is XML that is cut off before its first record")


def _items(
    first: Element | None,
    rest: Iterator[Element],
    format_: DumpFormat,
    channel: Channel,
    name: str,
) -> Iterator[Record | Refusal]:
    meta = None
    element = first
    while element is not None:
        tree = element.tree
        if tree is None:
            yield Refusal(name, element.line, element.fault)
        elif local_name(tree) == "meta":
            meta = tree
        else:
            try:
                if format_ == "acl-anthology":
                    draft = xml_records.acl(tree, meta)
                elif format_ in _READERS:
                    draft = _READERS[format_](tree)
                else:
                    draft = read_item(tree, channel)
                yield to_record(draft, element.line)
            except BadRecordError as error:
                yield Refusal(name, element.line, f"this record {error}")
            except LeftOutError as error:
                yield Refusal(name, element.line, f"this record {error}", "left out")
        element = next(rest, None)


_READERS = {"oai-pmh": xml_records.oai, "pubmed": xml_records.pubmed, "dblp": xml_records.dblp}
