"""Recognise the format of a dump by its first bytes; its name does not count.

Each form has signs that other texts do not have by chance: mentioning a service is not one. An
unknown form is described, so that the refusal says what was found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from digest.dumps.nep import is_report
from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Callable

Kind: TypeAlias = Literal[
    "json",
    "xml",
    "html",
    "mail",
    "listing",
    "nep",
    "medline",
    "references",
    "csv",
    "markdown",
    "page",
    "unknown",
]

KNOWN = "docs/formats.md lists what can be read"
_PAGE_MARKS = ("get trending papers in your email inbox", "and the research community")
# After a run of white space only what is none may follow: two such runs take quadratic time.
_META = re.compile(
    r"^[^\S\n]*(?:• [\d,]+ authors?[^\S\n]*\n\s*)?·[^\S\n]*\n\s*[A-Z][a-z]{2} \d{1,2}\b",
    re.MULTILINE,
)
_JSON_LIST = re.compile(
    r"\[\s*(?:[{\[\]]|null|-?\d[\d.]*\s*[,\]]|\"(?:[^\"\\\n]|\\.)*\"\s*[,\]]|$)"
)
_JSON_OBJECT = re.compile(r"\{\s*(?:\"|\}|$)")
_PYTHON = re.compile(r"\[?\s*\{\s*'")
_HTML = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|div|table|p|h[1-6]|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"<(?:\?xml|!--|!doctype|[A-Za-z_][\w:.-]*[\s/>])", re.IGNORECASE)
_HEADER = re.compile(r"(?:From |[A-Za-z][A-Za-z-]{1,40}: ?)")
_MAIL_HEADERS = re.compile(
    r"^(?:From|To|Subject|Date|MIME-Version|Content-Type|Received|Return-Path|Message-ID"
    r"|Delivered-To|Reply-To|List-Id)\s*:",
    re.MULTILINE | re.IGNORECASE,
)
_LISTING = re.compile(
    r"^\\\\[ \t]*\n(?:arXiv:\s?\S+|Paper(?: \(\*cross-listing\*\))?:\s)", re.MULTILINE
)
_MEDLINE = re.compile(r"\s*(?:PMID|OWN)\s*- \S.*\n(?:[A-Z]{2,4} *- .*\n| {6}.*\n){1}")
_REFERENCES = re.compile(
    r"(?:\s|%.*\n)*@\s*[A-Za-z]{2,30}\s*[{(]"  # BibTeX
    r"|\s*TY {1,2}- [A-Z]{2,10}\s"  # RIS
)
_PAPER_LINK = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)/|huggingface\.co/papers/|hf\.co/papers/|alphaxiv\.org/abs/)(?:[a-z-]+/)?\d{4}"
    r"|doi\.org/10\.\d{4}|openreview\.net/forum\?id=|\barXiv:\d{4}\.\d{4,5}",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"^(?:#{1,6} |[-*+] |\d{1,4}[.)] |\||>|\*\*)", re.MULTILINE)


def sniff(head: bytes) -> Kind:
    """Return the kind of reader for a dump that begins with `head` (64 KiB or all of it).

    Raises `DumpError`, with advice, for known formats that cannot be read here.
    """
    if not head.strip(b" \t\r\n\x00"):
        raise DumpError("is empty")
    text = (
        head.decode(errors="replace")
        .lstrip("\ufeff \t\r\n")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
    )
    if _PYTHON.match(text):
        raise DumpError(
            "holds Python dictionaries (with single quotes), not JSON; write them with json.dumps"
        )
    if _JSON_LIST.match(text) or _JSON_OBJECT.match(text):
        return "json"
    if text.startswith("<"):
        return "html" if _HTML.match(text) else "xml" if _XML.match(text) else "unknown"
    if _REFERENCES.match(text):
        return "references"
    return next((kind for kind, recognizes in _TEXTS if recognizes(text)), "unknown")


def is_page(text: str) -> bool:
    """Return whether a text is a copy of the Daily Papers page: furniture, or days below dots."""
    lowered = text[:20_000].lower()
    if all(mark in lowered for mark in _PAGE_MARKS) or (
        "daily papers" in lowered and _PAGE_MARKS[0] in lowered
    ):
        return True
    if any(mark in lowered for mark in _PAGE_MARKS) and "\n|" not in text[:20_000]:
        return True
    if _META.search(text) is not None:
        return True
    if "huggingface.co/papers" in lowered and (
        "[subscribe]" in lowered or "huggingface.co/login" in lowered
    ):
        return True
    if "huggingface.co/papers/" not in text and "][" not in text:
        return False
    from digest.dumps.daily_papers_links import link_form

    return link_form(text) is not None


def _is_mail(text: str) -> bool:
    """Return whether a text begins with the headers of a message, or of a mailbox."""
    top = text[:20_000].partition("\n\n")[0]
    return _HEADER.match(text) is not None and len(set(_MAIL_HEADERS.findall(top))) >= 2


def _is_table(text: str) -> bool:
    from digest.dumps.table import columns

    return bool(columns(text.partition("\n")[0]))


def _is_markdown(text: str) -> bool:
    """Return whether a text has the marks of Markdown, and links to papers."""
    return _PAPER_LINK.search(text) is not None and ("](" in text or bool(_MARKDOWN.search(text)))


_TEXTS: Final[tuple[tuple[Kind, Callable[[str], object]], ...]] = (
    ("medline", _MEDLINE.match),
    ("mail", _is_mail),
    ("listing", _LISTING.search),
    ("nep", is_report),
    ("page", is_page),
    ("csv", _is_table),
    ("markdown", _is_markdown),
)
"""Kinds of text and their tests; the first that succeeds counts."""

_LOOKS: Final = (
    (_REFERENCES, "a file of references, which `digest import-papers FILE` reads"),
    (re.compile(r"#!|(?:import|from) \w+|def \w+\(|(?:const|let|var) \w+ ?="), "a program"),
    (re.compile(r"(?:---\n)?(?:[\w-]+: .*\n|[\w-]+:\n|- [\w-]+: )"), "YAML or a config file"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\[?(?:INFO|WARNING|ERROR)\b"), "a log"),
)  # fmt: skip


def describe(head: bytes) -> str:
    """Describe a text of unknown form."""
    if b"\x00" in head[:4096]:
        return "looks like binary data"
    text = head.decode(errors="replace").lstrip("\ufeff \t\r\n")
    if look := next((look for sign, look in _LOOKS if sign.match(text)), ""):
        return f"looks like {look}"
    if "</" in text and "<" in text:
        return "looks like a part of a web page"
    if _MARKDOWN.search(text):
        return "looks like Markdown without links to papers"
    return "looks like a text without anything that marks papers"
