r"""Read and write the names in BibTeX's `author` and `editor`.

The grammar is that of BibTeX ("Tame the BeaST", section 11): names are separated by `and` outside
braces; a name is `First von Last`, `von Last, First` or `von Last, Jr, First`; whatever is in
braces is one word. Also read are biblatex's extended names, `family=Raadt, given=Michael,
prefix=de` (biblatex manual, section 3.4).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.bibliography.latex import decode, escape
from digest.model import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_NAMES: Final = 100_000
"""Maximum length of a list of names in characters: some thousand names."""
_EXTENDED: Final = re.compile(r"^\s*(?:family|given|prefix|suffix|useprefix)(?:-i)?\s*=")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_SPECIAL = re.compile(r"\{\\(?:[A-Za-z]+|[^A-Za-z])[\s{]*([^\W\d_])?|\\(?:[A-Za-z]+\s*|[^A-Za-z])")
_SMALL_MACRO = re.compile(r"\{?\\(o|l|ae|oe|aa|ss|i|j|dj|dh|th)(?![A-Za-z])")
_LARGE_MACRO = re.compile(r"\{?\\(O|L|AE|OE|AA|DJ|DH|TH)(?![A-Za-z])")


def read_names(text: str) -> tuple[tuple[Name, ...], bool]:
    """Return the names, and whether the list ends with `others`."""
    names = [part for part in split_names(text[:MAX_NAMES]) if part.strip()]
    known = [part for part in names if part.strip().lower() != "others"]
    return tuple(name for part in known if any(name := read_name(part))), len(known) < len(names)


def split_names(text: str) -> Iterator[str]:
    """Yield the names of a list, which are separated by `and` outside braces."""
    start = 0
    for separator in _AND.finditer(text):
        if not _depth(text, start, separator.start()):
            yield text[start : separator.start()]
            start = separator.end()
    yield text[start:]


def read_name(text: str) -> Name:
    """Return the parts of one name."""
    text = text.strip()
    if _EXTENDED.match(text):
        return _extended(text)
    if text.startswith("{") and _depth(text, 0, len(text) - 1) and text.endswith("}"):
        return Name(literal=decode(text))
    parts = [part.strip() for part in _split(text, ",")]
    parts = [part for part in parts if part]
    if len(parts) > 1:
        particle, family = _particle_first(_words(parts[0]))
        suffix = decode(parts[1]) if len(parts) > 2 else ""
        return Name(family, decode(" ".join(parts[2:] or parts[1:2])), particle, suffix)
    return _in_order(_words(parts[0])) if parts else Name()


def write_name(name: Name) -> str:
    """Return the name as `von Last, Jr, First`, or in braces if it must not be split."""
    last = " ".join(part for part in (name.particle, name.family) if part)
    parts = [part for part in (last, name.suffix, name.given) if part]
    # BibTeX finds nothing in a part without a letter.
    if name.literal or not all(any(map(str.isalnum, part)) for part in parts):
        return f"{{{escape(str(name), math=False)}}}"
    written = [escape(part, math=False) for part in parts]
    if len(parts) == 1 and " " in parts[0]:
        return f"{{{written[0]}}}"
    return ", ".join(written)


def write_names(names: Iterable[Name], *, more: bool) -> str:
    """Return the names separated by `and`, with `others` at the end if there are more."""
    return " and ".join([*map(write_name, names), *(["others"] if more else [])])


def _extended(text: str) -> Name:
    values: dict[str, str] = {}
    for part in _split(text, ","):
        key, _, value = part.partition("=")
        values[key.strip().lower()] = decode(value.strip().strip('"'))
    return Name(
        family=values.get("family", ""),
        given=values.get("given", ""),
        particle=values.get("prefix", ""),
        suffix=values.get("suffix", ""),
    )


def _in_order(words: list[str]) -> Name:
    """Return the name of `First von Last`."""
    small = [place for place, word in enumerate(words[:-1]) if _is_small(word)]
    if not small:
        return Name(decode(words[-1]), decode(" ".join(words[:-1])))
    first, last = small[0], small[-1] + 1
    return Name(
        decode(" ".join(words[last:])),
        decode(" ".join(words[:first])),
        decode(" ".join(words[first:last])),
    )


def _particle_first(words: list[str]) -> tuple[str, str]:
    """Return the particle and the family name of `von Last`."""
    small = [place for place, word in enumerate(words[:-1]) if _is_small(word)]
    cut = small[-1] + 1 if small else 0
    return decode(" ".join(words[:cut])), decode(" ".join(words[cut:]))


def _is_small(word: str) -> bool:
    r"""Return whether BibTeX takes a word for a `von`: it starts, outside braces, in lower case.

    A special character such as `{\'e}` or `{\o}` counts as its letter; a word in braces has none.
    """
    at = 0
    while at < len(word):
        if _SMALL_MACRO.match(word, at):
            return True
        if _LARGE_MACRO.match(word, at):
            return False
        if special := _SPECIAL.match(word, at):
            if special[1]:
                return special[1].islower()
            at = special.end()
        elif word[at] == "{":
            at = _end_of_group(word, at)
        elif word[at].isalpha():
            return word[at].islower()
        else:
            at += 1
    return False


def _end_of_group(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if not depth:
            return at + 1
    return len(text)


def _words(text: str) -> list[str]:
    r"""Split a name at white space and ties outside braces; `\~` is an accent, not a tie."""
    words = [""]
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        tie = character == "~" and text[at - 1 : at] != "\\"
        if not depth and (character.isspace() or tie):
            if words[-1] and not words[-1].endswith("\\"):
                words.append("")
            elif words[-1]:
                words[-1] += " "
        else:
            words[-1] += character
    return _joined_macros([word for word in words if word])


_OPEN_MACRO = re.compile(r"\\(?:[A-Za-z]+)$")


def _joined_macros(words: list[str]) -> list[str]:
    r"""Join `Cirel\cprime` and `son`: a control word eats the blank after it."""
    joined: list[str] = []
    for word in words:
        if joined and _OPEN_MACRO.search(joined[-1]):
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _split(text: str, sign: str) -> list[str]:
    """Split at a sign outside braces."""
    pieces = [""]
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if character == sign and not depth:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


def _depth(text: str, start: int, end: int) -> int:
    """Return how many braces are open at `end`."""
    return text.count("{", start, end) - text.count("}", start, end)
