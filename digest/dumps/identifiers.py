"""Parse what may be an identifier of a paper: of arXiv, or a DOI.

Takes a raw value of any type and returns None if it is not an identifier.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from msgspec import Struct

_MONTH = r"(?:0[1-9]|1[0-2])"
_NEW = rf"(?P<id>\d{{2}}{_MONTH}\.\d{{4,5}})"
_OLD = (
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z]{2,4}(?:-[a-z]{2,4})?)?"
    rf"/(?P<number>\d{{2}}{_MONTH}\d{{3}})"
)
_ID = re.compile(rf"(?:{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d*))?")
_SITES = (
    r"(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print|list)/|xxx\.lanl\.gov/(?:abs|pdf|ps)/"
    r"|huggingface\.co/papers/|hf\.co/papers/|(?:www\.)?alphaxiv\.org/(?:abs|pdf|overview)/"
    r"|(?:www\.)?ar5iv(?:\.labs\.arxiv)?\.org/(?:abs|html|pdf)/|ar5iv\.org/|arxiv\.org/a?bs/"
    r"|(?:www\.)?arxiv-vanity\.com/papers/|(?:www\.)?scirate\.com/arxiv/|papers\.cool/arxiv/"
    r"|(?:www\.)?emergentmind\.com/papers/|ui\.adsabs\.harvard\.edu/abs/arXiv:"
    r"|(?:www\.)?semanticscholar\.org/arxiv/|api\.semanticscholar\.org/arXiv:|doi\.org/10\.48550/arxiv\.|dx\.doi\.org/10\.48550/arxiv\."
)
_PREFIX = re.compile(
    rf"(?:https?://)?(?:{_SITES})|arxiv(?:\s*[:./]\s*|\s+)|oai:arxiv\.org:|(?:doi:\s*)?10\.48550/arxiv\."
    r"|abs/",
    re.IGNORECASE,
)
_END = re.compile(r"(?:\.pdf|\.html?)?/?(?:[?#].*)?", re.DOTALL)
_STAMP = re.compile(r"\s*\[[a-z-]+(?:\.[A-Za-z-]+)?\](?:\s+\d{1,2} [A-Z][a-z]{2} \d{4})?")
_IN_TEXT = re.compile(rf"(?:https?://(?:{_SITES})|\barxiv\s?:\s?){_ID.pattern}", re.IGNORECASE)
_DOI_PREFIX = re.compile(
    r"(?P<page>https?://(?!(?:dx\.|www\.)?doi\.org/)(?:(?:[\w-]+\.)*doi\.[\w.-]+/"  # doi.acm.org
    r"|[\w.-]+/doi/(?:abs/|book/|epdf/|epub/|full/|fullhtml/|pdf/|reader/)?)(?=10\.\d))"
    r"|(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi\s*[:.]?\s*|info:doi/",
    re.IGNORECASE,
)
"""Text before a DOI: addresses of publishers' resolvers and platforms."""
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"{}|\\^`]{1,300}")
_SICI = re.compile(r"\(?sici\)?|\d{4}-\d{3}[\dx]\(\d{4}|%3c|<\d+:[^>]*>", re.IGNORECASE)


class ArxivId(Struct, frozen=True):
    """An arXiv identifier and its version, if given."""

    id: str
    version: int | None = None


def parse_arxiv(value: object) -> ArxivId | None:
    """Return the arXiv identifier in an identifier, a stamp, a link or arXiv's own DOI.

    Both schemes of <https://info.arxiv.org/help/arxiv_identifier.html>; the subject class of some
    old ones (`math.GT/0309136`) is not part of them. Stamps are what arXiv prints on a PDF:
    `arXiv:2601.00003v2 [cs.LG] 5 Jan 2026`.
    """
    if not isinstance(value, str) or len(value) > 400:
        return None
    if match := _ID.fullmatch(value):  # the usual form
        return _arxiv_id(match)
    text = value.strip()
    prefix = _PREFIX.match(text)
    match = _ID.match(text, prefix.end() if prefix else 0)
    if match is None and prefix and "%2f" in text.lower():
        text = unquote(text)
        match = _ID.match(text, prefix.end())
    if match is None:
        return None
    end = _END if prefix else _NOTHING
    if not (end.fullmatch(text, match.end()) or _STAMP.fullmatch(text, match.end())):
        return None
    return _arxiv_id(match)


_NOTHING = re.compile("")


def parse_arxiv_id(value: object) -> str | None:
    """Return the arXiv identifier without version, as `parse_arxiv` finds it."""
    parsed = parse_arxiv(value)
    return parsed.id if parsed else None


def arxiv_in_text(text: str) -> ArxivId | None:
    """Return the first arXiv identifier that a text links to or names (`arXiv:2601.00003`)."""
    match = _IN_TEXT.search(text[:100_000])
    return _arxiv_id(match) if match else None


def _arxiv_id(match: re.Match[str]) -> ArxivId:
    version = match["version"]
    number = int(version) if version and len(version) < 4 else None
    if match["id"]:
        return ArxivId(match["id"], number)
    return ArxivId(f"{match['archive'].lower()}/{match['number']}", number)


def parse_doi(value: object) -> str | None:
    """Return the DOI in lower case without resolver; None for arXiv's own, which is an arXiv id.

    A DOI may stand at the end of a publisher's address: `https://dl.acm.org/doi/10.1145/1.2`.

    Angle brackets are part of older DOIs (SICI, ANSI/NISO Z39.56); percent-encoded ones are
    decoded.
    """
    if not isinstance(value, str) or len(value) > 400:
        return None
    text = value.strip()
    if removed := _DOI_PREFIX.search(text):
        text = text[: removed.start()] + text[removed.end() :]
        if removed["page"]:
            text = re.split("[?#]", text)[0]
    if "%" in text and (removed or _SICI.search(text)):
        text = unquote(text)
    # Some journals' records hold several, separated by spaces; the first is the article's.
    text = text.split(" ")[0].rstrip(".,;")
    if not _DOI.fullmatch(text) or not text.isprintable() or parse_arxiv_id(text):
        return None
    if ("<" in text or ">" in text) and not _SICI.search(text):
        return None  # a tag behind a DOI, and no part of it
    return text.lower()
