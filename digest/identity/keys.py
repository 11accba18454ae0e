"""Titles, identifiers, and the keys that decide to which paper a record belongs."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.identity.evidence import evidence_of, fold

if TYPE_CHECKING:
    from digest.model import Record

_SMALL: Final = bytes(range(256)).lower()
_NOT_IN_KEYS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
"""The characters of an ASCII title that its key lacks; most titles are ASCII."""
_SIGNS: Final = str.maketrans({"♯": "#", "∗": "*", "⁎": "*", "＊": "*"})
_PLUS: Final = re.compile(r"(?<=[^\W\d_])\++(?![^\W_])")
_SHARP: Final = re.compile(r"(?<=[^\W_])#")
_STAR: Final = re.compile(r"(?<![^\W_])([^\W_]{1,2})\*")
"""After a short word alone: the star of a longer one is a footnote's."""

TITLE_ID: Final = 18
"""Length of a title id in characters: `t-` and 16 hex digits."""

_VERSION_OF_DOI: Final = re.compile(
    r"(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,})v\d+"  # bioRxiv, medRxiv
    r"|(10\.26434/chemrxiv.+)-v\d+"
    r"|(10\.21203/rs\..+)/v\d+"  # Research Square
    r"|(10\.20944/preprints.+)\.v\d+"
)


def title_key(title: str) -> str:
    """Return the common key of all spellings of a title: its letters and digits, folded.

    Signs that belong to a name are written out: `C++` → `cplusplus`, `C#` → `csharp`, `A*` →
    `astar`. A title without letters and digits (`???`) has the hash of its characters as its key.
    """
    if title.isascii():
        if "+" in title or "#" in title or "*" in title:
            title = _with_signs(title)
        key = title.encode().translate(_SMALL, _NOT_IN_KEYS).decode()
    else:
        folded = _with_signs(fold(title.translate(_SIGNS)))
        key = "".join(filter(str.isalnum, folded))
    return key or "#" + hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()


def _with_signs(title: str) -> str:
    title = _PLUS.sub(lambda plus: "plus" * len(plus[0]), title)
    return _STAR.sub(r"\1star", _SHARP.sub("sharp", title))


def title_id(title: str) -> str:
    """Return the id of a paper of which only the title is known: `t-` and 16 hex digits."""
    return "t-" + _hash(title_key(title))[: TITLE_ID - 2]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Keys(NamedTuple):
    """What decides to which paper a record belongs; a tuple, because there is one per record.

    `detailed_id` identifies a record with neither an arXiv identifier nor a DOI: its title id and,
    if there is any evidence, a hash of that, which distinguishes works with one title.
    """

    arxiv_id: str | None
    doi: str | None
    title_id: str
    detailed_id: str = ""

    @property
    def identifier(self) -> str:
        """The best identifier that the record itself has."""
        return self.detailed_id or self.arxiv_id or self.doi or self.title_id

    @property
    def public(self) -> str:
        """The id of the record's paper, unless another work has the same title."""
        return self.arxiv_id or self.doi or self.title_id


def keys_of(record: Record) -> Keys:
    """Return the keys of a record; an empty identifier counts as missing."""
    arxiv_id = record.arxiv_id or None
    doi = work_doi(record.doi) if record.doi else None
    title = title_id(record.title)
    detailed_id = "" if arxiv_id or doi else title + _detail(record)
    return Keys(arxiv_id, doi, title, detailed_id)


def _detail(record: Record) -> str:
    evidence = evidence_of(record)
    if not evidence:
        return ""
    parts = (*sorted(map(" ".join, evidence.authors)), *evidence.organizations)
    return "-" + _hash("\n".join((*parts, *evidence.abstracts)))[:8]


def work_doi(doi: str) -> str:
    """Return the common DOI of the versions of one preprint, else `doi` itself.

    bioRxiv appends `v2` to the DOI in its addresses; some other servers register one DOI for each
    version.
    """
    match = _VERSION_OF_DOI.fullmatch(doi) if doi[-1:].isdigit() else None
    return next(filter(None, match.groups())) if match else doi


def is_title(identifier: str) -> bool:
    """Return whether an identifier is made from a title, with or without evidence."""
    return identifier.startswith("t-")


def plain_id(identifier: str) -> str:
    """Return an identifier without the hash of the evidence, as people see it."""
    return identifier[:TITLE_ID] if is_title(identifier) else identifier


def strength(identifier: str) -> tuple[int, str]:
    """Return a sort key that puts arXiv before DOI before title, then the smallest first."""
    if is_title(identifier):
        return 2, identifier
    # A DOI is "10.", digits, a slash (DOI Handbook 2.2); no arXiv identifier has that shape.
    return int(identifier.startswith("10.") and "/" in identifier), identifier
