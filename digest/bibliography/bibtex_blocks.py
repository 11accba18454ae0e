"""Split a BibTeX file into entries, like BibTeX: braces are counted, escaped or not.

A damaged entry ends where the next line begins another one. Comments, preambles and text between
entries are skipped; `@string` abbreviations are expanded. Linear in the size of the file. Source:
"BibTeXing", Oren Patashnik, and the grammar in bibtex.web.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.bibliography.entry import DamagedEntry
from digest.errors import DumpError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES: Final = 100_000
MAX_BRACES: Final = 4_000_000
MAX_STRING: Final = 300
"""Maximum length of an abbreviation's value in characters: any number of entries may use it."""
_BEGINNING: Final = re.compile(r"(?<![\w.])@\s*([A-Za-z]\w*)\s*([{(])")
_ON_A_LINE: Final = re.compile(r"^[ \t]*@\s*[A-Za-z]\w*\s*[{(]", re.MULTILINE)
_FIELD: Final = re.compile(r"\s*([^\s=,{}\"#%'()]+)\s*=\s*")
_SIGNS: Final = re.compile(r'[{}",#]')
_BRACES: Final = re.compile("[{}]")
_DAMAGED: Final = "this entry is damaged: its braces or quotes do not close"


class Block(Struct, frozen=True):
    """One entry."""

    line: int
    """1-based line on which it begins."""
    type: str
    key: str
    fields: tuple[tuple[str, str], ...]
    """Names as written, and the LaTeX of the values, without delimiters."""


def read_blocks(text: str) -> Iterator[Block | DamagedEntry]:
    """Yield each entry, or where a damaged one begins; raise `DumpError` for too large a file."""
    if sum(1 for _ in _BEGINNING.finditer(text)) > MAX_ENTRIES:
        raise DumpError(f"holds more than {MAX_ENTRIES:,} entries")
    closing = _closing_braces(text)
    strings: dict[str, str] = {}
    at, line, counted = 0, 1, 0
    while beginning := _BEGINNING.search(text, at):
        line += text.count("\n", counted, beginning.start())
        counted = beginning.start()
        end = (
            closing.get(beginning.end() - 1)
            if beginning[2] == "{"
            else _bracket(text, beginning.end())
        )
        if end is None:
            yield DamagedEntry(line, _DAMAGED)
            following = _ON_A_LINE.search(text, beginning.end())
            at = following.start() if following else len(text)
            continue
        at = end + 1
        kind, body = beginning[1].lower(), text[beginning.end() : end]
        if kind in ("comment", "preamble"):
            continue
        key, _, field_text = body.partition(",") if kind != "string" else ("", "", body)
        try:
            fields = tuple(_fields(field_text, strings))
        except ValueError:
            yield DamagedEntry(line, _DAMAGED)
            continue
        if kind == "string":
            strings |= {name.lower(): value[:MAX_STRING] for name, value in fields}
        else:
            yield Block(line, beginning[1], key.strip(), fields)


def _closing_braces(text: str) -> dict[int, int]:
    """Return the closing brace of each brace that opens an entry."""
    if text.count("{") > MAX_BRACES:
        raise DumpError(f"holds more than {MAX_BRACES:,} braces")
    entries = {match.end() - 1 for match in _BEGINNING.finditer(text) if match[2] == "{"}
    closing: dict[int, int] = {}
    stack: list[int] = []
    for brace in _BRACES.finditer(text):
        if brace[0] == "{":
            stack.append(brace.start())
        elif stack and (opened := stack.pop()) in entries:
            closing[opened] = brace.start()
    return closing


def _bracket(text: str, start: int) -> int | None:
    """Return the place of the `)` that closes an entry, before the next entry on a line."""
    following = _ON_A_LINE.search(text, start)
    depth = 0
    for brace in re.finditer(r"[{})]", text[start : following.start() if following else None]):
        if brace[0] == ")" and depth == 0:
            return start + brace.start()
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
    return None


def _fields(body: str, strings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the fields of an entry's body; raise `ValueError` if a value does not end."""
    at = 0
    while at < len(body):
        named = _FIELD.match(body, at)
        if named is None:  # not a field: BibTeX warns and continues after the comma
            comma = body.find(",", at)
            at = len(body) if comma < 0 else comma + 1
            continue
        value, at = _value(body, named.end(), strings)
        yield named[1], value


def _value(body: str, start: int, strings: dict[str, str]) -> tuple[str, int]:
    """Return a field's LaTeX and the place after its comma.

    Pieces are joined by `#`. An abbreviation is replaced by its `@string`, if there is one.
    """
    pieces: list[str] = []
    depth, quoted, piece_start = 0, False, start
    for mark in _SIGNS.finditer(body, start):
        sign = mark[0]
        if sign in "{}":
            depth += 1 if sign == "{" else -1
        elif depth:
            continue
        elif sign == '"':
            quoted = not quoted
        elif not quoted:
            pieces.append(body[piece_start : mark.start()])
            piece_start = mark.end()
            if sign == ",":
                return "".join(_plain(piece, strings) for piece in pieces), mark.end()
    if quoted or depth:
        raise ValueError(body[start : start + 40])
    pieces.append(body[piece_start:])
    return "".join(_plain(piece, strings) for piece in pieces), len(body)


def _plain(piece: str, strings: dict[str, str]) -> str:
    piece = piece.strip()
    if len(piece) > 1 and (piece[0], piece[-1]) in (("{", "}"), ('"', '"')):
        return piece[1:-1]
    return strings.get(piece.lower(), piece)
