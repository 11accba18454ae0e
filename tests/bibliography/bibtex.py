"""Read BibTeX with bibtexparser, an independent parser."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import bibtexparser
from bibtexparser.bparser import BibTexParser


class Entry(NamedTuple):
    """An entry as bibtexparser reads it; the names of fields are in small letters."""

    type: str
    key: str
    fields: dict[str, str]


def entries_of(text: str) -> list[Entry]:
    """Return the entries of a file, in its order; no text may stand between them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyparsing's names of old
        parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
        database = bibtexparser.loads(text, parser=parser)
    assert not database.comments
    return [
        Entry(entry.pop("ENTRYTYPE"), entry.pop("ID"), entry)
        for entry in map(dict, database.entries)
    ]
