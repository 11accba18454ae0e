"""Parse what may be an identifier of a paper: of arXiv, or a DOI.

Takes a value as it came, of whatever type, and returns None where it is not what it should be.
Apart from other fields, for the pages that are read most days hold no identifiers.
"""

from __future__ import annotations

import re

_NEW_ID = re.compile(r"(?P<id>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})(?:v[1-9]\d*)?")
_OLD_ID = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?/(?P<number>\d{2}(?:0[1-9]|1[0-2])\d{3})"
    r"(?:v[1-9]\d*)?"
)
_ARXIV_PREFIX = re.compile(
    r"(?:https?://)?(?:(?:www|export|browse)\.)?"
    r"(?:arxiv\.org/(?:abs|pdf|html)/|huggingface\.co/papers/|alphaxiv\.org/(?:abs|pdf)/)"
    r"|arxiv\s*:\s*|oai:arxiv\.org:|(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.",
    re.IGNORECASE,
)
_DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>{}|\\^`]{1,300}")


def parse_arxiv_id(value: object) -> str | None:
    """Return the arXiv identifier, without version, of an identifier, a link or arXiv's own DOI.

    Both schemes of <https://info.arxiv.org/help/arxiv_identifier.html>; the subject class that old
    ones may carry (`math.GT/0309136`) is no part of them.
    """
    if not isinstance(value, str) or len(value) > 400:
        return None
    text = value.strip()
    prefix = _ARXIV_PREFIX.match(text)
    if prefix:
        text = re.sub(r"(?:\.pdf)?/?(?:[?#].*)?$", "", text[prefix.end() :])
    if found := _NEW_ID.fullmatch(text):
        return found["id"]
    if found := _OLD_ID.fullmatch(text):
        return f"{found['archive']}/{found['number']}"
    return None


def parse_doi(value: object) -> str | None:
    """Return the DOI in lower case without resolver; None for arXiv's own, which is an arXiv id."""
    if not isinstance(value, str) or len(value) > 400:
        return None
    # Some journals' records hold several, separated by spaces; the first is the article's.
    text = _DOI_PREFIX.sub("", value.strip(), count=1).split(" ")[0].rstrip(".,;")
    if not _DOI.fullmatch(text) or not text.isprintable() or _ARXIV_PREFIX.match(text):
        return None
    return text.lower()
