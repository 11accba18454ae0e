"""Papers → the files of reference managers, and back: BibTeX, RIS, CSL-JSON; CSV is only written.

Pure: text in, text out; callers choose papers and lists. Each format has a module that writes it
(`bibtex`, `ris`, `csl`, `csv`); `keys` makes the citation keys and `latex` the LaTeX of BibTeX
files. `read` reads the first three back, entry by entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from digest.bibliography.keys import allot
from digest.bibliography.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FORMATS", "SUFFIXES", "ExportFormat", "Reference", "allot", "write"]

ExportFormat: TypeAlias = Literal["bibtex", "ris", "csl-json", "csv"]

SUFFIXES: Final[dict[str, ExportFormat]] = {
    ".bib": "bibtex", ".ris": "ris", ".json": "csl-json", ".csv": "csv",
}  # fmt: skip
"""Formats by the suffix of a file's name."""
FORMATS: Final[tuple[ExportFormat, ...]] = tuple(SUFFIXES.values())


def write(form: ExportFormat, references: Sequence[Reference]) -> str:
    """Return the references as a file of that format; its line ends are part of the text."""
    match form:
        case "bibtex":
            from digest.bibliography.bibtex import write_bibtex

            return write_bibtex(references)
        case "ris":
            from digest.bibliography.ris import write_ris

            return write_ris(references)
        case "csl-json":
            from digest.bibliography.csl import write_csl

            return write_csl(references)
        case "csv":
            from digest.bibliography.csv import write_csv

            return write_csv(references)
