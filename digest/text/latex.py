r"""Turn the LaTeX in titles, abstracts and names into Unicode.

Such text is prose with LaTeX here and there, written by strangers, cut and damaged on its way: a
parser for documents would take `%` for a comment, `$5 and $6` for a formula and fail on the first
lone brace. So this scans once, from left to right, converts what is certainly LaTeX and leaves the
rest unchanged: prices, ranges (`1M~60M`), sets (`{A,R}`), paths (`C:\path`), macros without a known
meaning (`\tool`). Text that has lost its backslashes (`64times64`, `<projektor>`, `1/text{depth}`)
stays too, except scripts in braces, which cannot mean anything else (`D^{2}` → D², `10^{-4}` →
10⁻⁴). `--` stays, because it is a stop in the rule language, where the en dash is a hyphen.

Nothing is ever loaded or run. Time is linear in the length: each character is examined once for
each of at most `MAX_DEPTH` levels of braces, and a search for a closing sign has a limit.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TypeAlias

from msgspec import Struct

from digest.text import latex_macros as macros

MAX_DEPTH = 12
"""Maximum nesting of braces; beyond it, text is unchanged."""
MAX_LENGTH = 200_000
"""In characters; no abstract is near it, so a longer text is unchanged."""
_MAX_FORMULA = 1_000
_MAX_QUOTE = 400
_MAX_ARGUMENT = 80  # of a script in prose or of an accent

# Alternatives rather than a set of signs: each begins with one character, so `re` knows what to
# search for, and finds them four times as fast.
_SPECIAL = re.compile(r"\\(?:[A-Za-z]+|.)|\$\$?|''|\{|\}|\^|_|~|`", re.DOTALL)
_BRACES = re.compile(r"\\.|\{|\}", re.DOTALL)
_SPACE = re.compile(r"\s*")
_OPTIONAL = re.compile(r"(?:\s*\[[^\[\]]{0,200}\]){1,2}")
_MACRO_WITH_ARGUMENT = re.compile(r"\\[A-Za-z]+(?:\s*\{[^{}]*\})?")
_FORMULA_SIGNS = re.compile(r"[\\^_]")
_PLAIN_FORMULA = (  # compiled on first use, which is rare
    r"[\w(\[|<>=≤≥≈+\-−~.][\w\s+\-−*/=<>≤≥≈→×·±∈∞.,:;|()\[\]!'@%]*"
)
_ESCAPED_QUOTE = re.compile(r'\\"(?![A-Za-z{\\])')
_CONTRACTION = re.compile(r"(?:s|t|d|m|ll|re|ve)\b")
_SINGLE_QUOTED = re.compile(r"`(?=\w)[^`]{1,120}?'(?!\w)")
_POWER = re.compile(r"\^(-?\d{1,3})(?![\d.]*\d)")
_LAST_WORD = re.compile(r"[A-Za-z0-9]*$")
_SPACED = frozenset("cvuHkr")  # accents that precede a space and their letter
_DOTLESS = {"\\i": "i", "\\j": "j"}
_PROTECTED = re.compile(r"(?=\w*[A-Z])\w[\w+.-]+")

_Piece: TypeAlias = tuple[str, int]
"""The replacement of a construct, and the position after it."""


class _Context(Struct, frozen=True):
    """The scanner's context: end position, in a formula or not, number of open groups."""

    end: int
    math: bool
    depth: int


def latex_to_unicode(text: str, *, name: bool = False) -> str:
    r"""Return `text` with its LaTeX as Unicode; a person's `name` has no English contractions.

    A text with `\*` outside formulas is Markdown, whose escapes are not LaTeX: it is unchanged.
    """
    if len(text) > MAX_LENGTH or ("\\*" in text and "$" not in text):
        return text
    return _Scanner(text, name=name).scan(0, _Context(len(text), math=False, depth=0))


def _matching_braces(text: str) -> dict[int, int]:
    """Map the position of each opening brace to that of its closing one."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for brace in _BRACES.finditer(text):
        if brace[0] == "{":
            opened.append(brace.start())
        elif brace[0] == "}" and opened:
            pairs[opened.pop()] = brace.start()
    return pairs


def _is_formula(inner: str, following: str) -> bool:
    """Distinguish a formula from the text between two dollar signs that mean money."""
    if not inner.strip() or len(inner) > _MAX_FORMULA or "\n\n" in inner:
        return False
    # "costs $5. R$^2$": the second sign opens a formula, because a sentence ends before it or a
    # script follows it.
    if inner[0].isdigit() and (re.search(r"[.;:!?]\s", inner) or following in tuple("^_\\")):
        return False
    words = re.findall(r"[A-Za-z]{4,}", _MACRO_WITH_ARGUMENT.sub(" ", inner))
    if _FORMULA_SIGNS.search(inner):
        return len(words) < 3 and not (inner[0].isdigit() and inner[-1].isspace())
    if len(inner) == 1 and not inner.isalnum():
        return True
    # Pandoc's rule for prose: no space inside the signs, no digit after the closing one.
    if inner[0].isspace() or inner[-1].isspace() or following.isdigit():
        return False
    cut = inner[-1] in "-−/=<>" or (inner[-1] in ",:;" and inner[0].isdigit())
    return len(words) < 2 and not cut and re.fullmatch(_PLAIN_FORMULA, inner) is not None


class _Scanner:
    """Converts one text; all positions are of the whole text, ends are exclusive."""

    def __init__(self, text: str, *, name: bool = False) -> None:
        self.text = text
        self.is_name = name
        self.closing = _matching_braces(text) if "{" in text else {}
        # \" before a letter without an umlaut is JSON's or a programmer's escape, as are then all.
        self.quotes_escaped = _ESCAPED_QUOTE.search(text) is not None
        self.readers = {
            "\\": self._backslash,
            "$": self._dollars,
            "{": self._group,
            "}": self._closing_brace,
            "^": self._script,
            "_": self._script,
            "~": self._tie,
            "`": self._backquote,
            "'": self._apostrophes,
        }

    def scan(self, start: int, within: _Context) -> str:
        """Return the conversion of the text from `start` to the end of the context."""
        if within.depth > MAX_DEPTH:
            return self.text[start : within.end]
        pieces: list[str] = []
        at = start
        while sign := _SPECIAL.search(self.text, at, within.end):
            pieces.append(self.text[at : sign.start()])
            piece, at = self.readers[sign[0][0]](sign[0], sign.start(), within)
            pieces.append(piece)
        pieces.append(self.text[at : within.end])
        return "".join(pieces)

    def _inner(self, start: int, end: int, within: _Context) -> str:
        return self.scan(start, _Context(end, within.math, within.depth + 1))

    def _formula(self, start: int, end: int, within: _Context) -> str:
        return self.scan(start, _Context(end, math=True, depth=within.depth + 1)).strip()

    def _before(self, at: int) -> str:
        return self.text[at - 1] if at else " "

    # --- formulas, groups, ties ------------------------------------------------------------------

    def _dollars(self, sign: str, at: int, within: _Context) -> _Piece:
        start = at + len(sign)
        if within.math:
            return "", start
        limit = min(within.end, start + _MAX_FORMULA + 2)
        close = self.text.find(sign, start, limit)
        while close > start and self.text[close - 1] == "\\":
            close = self.text.find(sign, close + 1, limit)
        after = close + len(sign)
        if close < 0 or not _is_formula(self.text[start:close], self.text[after : after + 1]):
            return sign, start
        return self._formula(start, close, within), after

    def _group(self, sign: str, at: int, within: _Context) -> _Piece:
        close = self.closing.get(at, within.end)
        if close >= within.end:
            return ("" if within.math else sign), at + 1
        inner = self.text[at + 1 : min(close, at + 1 + _MAX_ARGUMENT)]
        before = self._before(at)
        protects = _PROTECTED.fullmatch(inner) and not (before.isalnum() or before in "{-")
        if within.math or not inner or inner[0] == "\\" or protects:
            return self._inner(at + 1, close, within), close + 1
        return sign, at + 1

    def _closing_brace(self, sign: str, at: int, within: _Context) -> _Piece:
        return ("" if within.math else sign), at + 1

    def _tie(self, sign: str, at: int, within: _Context) -> _Piece:
        return (" " if within.math or self._is_tie(at, within.end) else sign), at + 1

    def _is_tie(self, at: int, end: int) -> bool:
        """Distinguish LaTeX's unbreakable space (`Fig.~3`) from a range, "about" or a home."""
        before = self.text[max(0, at - 24) : at]
        after = self.text[at + 1 : min(end, at + 2)]
        if not before or not after or before[-1].isspace() or "/" in before.rsplit(None, 1)[-1]:
            return False
        if after in "\\$([" or before[-1] in "$)}]":
            return after not in "~ "
        word = _LAST_WORD.search(before)
        last = word[0] if word else ""
        if last.isalpha():
            fits = len(last) > 1
        else:
            fits = after.isalpha() if last.isdigit() else not last and before[-1] in ".,:;%"
        return fits and after.isascii() and after.isalnum()

    # --- quotations ------------------------------------------------------------------------------

    def _backquote(self, sign: str, at: int, within: _Context) -> _Piece:
        before = self._before(at)
        if self.text.startswith("``", at):
            odd = before == "`" or self.text.startswith("```", at)
            return (sign, at + 1) if odd else self._double_quotation(at, within)
        quoted = _SINGLE_QUOTED.match(self.text, at, within.end)
        if quoted is None or before.isalnum() or before == "`":
            return sign, at + 1
        return f"‘{self._inner(at + 1, quoted.end() - 1, within)}’", quoted.end()

    def _apostrophes(self, sign: str, at: int, within: _Context) -> _Piece:
        """Read two apostrophes, which some also use as an opening quotation mark."""
        before = self._before(at)
        opens = before.isspace() or before in "([-"
        if within.math or not opens or not self.text[at + 2 : at + 3].isalnum():
            return sign, at + 2
        return self._double_quotation(at, within)

    def _double_quotation(self, at: int, within: _Context) -> _Piece:
        limit = min(within.end, at + _MAX_QUOTE)
        sign = self.text[at : at + 2]
        close, width = self.text.find("''", at + 2, limit), 2
        next_opening = self.text.find("``", at + 2, limit)
        if 0 <= next_opening < close:
            close = -1
        # ``x" is as common a mistake as ``x "y" z'' is a quotation within one.
        if sign == "``" and (close < 0 or self.text.count('"', at, close) % 2):
            close, width = (
                self.text.find('"', at + 2, limit if next_opening < 0 else next_opening),
                1,
            )
        if close <= at + 2:
            return sign, at + 2
        return f"“{self._inner(at + 2, close, within)}”", close + width

    # --- scripts ---------------------------------------------------------------------------------

    def _script(self, sign: str, at: int, within: _Context) -> _Piece:
        if not within.math:
            before = self._before(at)
            power = _POWER.match(self.text, at, within.end)
            if power and (before.isalnum() or before == ")"):
                return power[1].translate(macros.SUPERSCRIPTS), power.end()
            close = self.closing.get(at + 1, within.end)
            attached = before.isalnum() or before in ")]}%"
            if not attached or close >= within.end or close - at > _MAX_ARGUMENT:
                return sign, at + 1
        start, stop, after = self._argument(at + 1, within.end)
        inner = self._formula(start, stop, within)
        script = _script(sign, inner)
        if script is None:
            return (f"{sign}({inner})", after) if within.math else (sign, at + 1)
        return script, after

    # --- macros ----------------------------------------------------------------------------------

    def _argument(self, at: int, end: int) -> tuple[int, int, int]:
        """Return start and end of the argument at `at`, and the position after it."""
        at = self._skip_space(at, end)
        close = self.closing.get(at, end)
        if close < end:
            return at + 1, close, close + 1
        stop = min(at + 1, end)
        if sign := _SPECIAL.match(self.text, at, end):
            stop = sign.end()
            while self.text[at] == "\\" and self.closing.get(stop, end) < end:
                stop = self.closing[stop] + 1
        return at, stop, stop

    def _skip_space(self, at: int, end: int) -> int:
        space = _SPACE.match(self.text, at, end)
        return space.end() if space else at

    def _arguments(
        self, at: int, end: int, count: int, *, allow_bare: bool
    ) -> list[tuple[int, int, int]]:
        r"""Return the arguments that follow, as `_argument` does, skipping an option before them.

        Without braces only if `allow_bare`: `\mathbb R` in a formula, but never in prose.
        """
        arguments: list[tuple[int, int, int]] = []
        option = _OPTIONAL.match(self.text, at, end)
        at = option.end() if option else at
        while len(arguments) < count:
            opening = self._skip_space(at, end)
            if opening >= end or not (allow_bare or self.closing.get(opening, end) < end):
                break
            arguments.append(self._argument(opening, end))
            at = arguments[-1][2]
        return arguments

    def _backslash(self, token: str, at: int, within: _Context) -> _Piece:
        name = token[1:]
        if name in macros.ACCENTS:
            return self._accent(name, at + len(token), within)
        if not (name.isascii() and name.isalpha()):
            return self._sign(name, at, within)
        return self._macro(name, at, within)

    def _macro(self, name: str, at: int, within: _Context) -> _Piece:
        after = at + 1 + len(name)
        count, form = macros.FORMS.get(name, (1, str))
        allow_bare = within.math and name in macros.FORMS
        arguments = self._arguments(after, within.end, count, allow_bare=allow_bare)
        if name in macros.FORMS and arguments:
            parts = [self._inner(start, stop, within) for start, stop, _ in arguments]
            piece = form(*parts) if len(parts) == count else parts[-1]
            after = arguments[-1][2]
        elif name in macros.SWITCHES:
            piece, after = "", self._skip_space(after, within.end)
        elif name in macros.ABBREVIATIONS:
            piece = macros.ABBREVIATIONS[name]
            after += self.text.startswith(".", after)
        elif (printed := macros.symbol(name)) is not None:
            piece, after = self._symbol(printed, name, at, within)
        else:
            piece = name if within.math else f"\\{name}"
            if arguments and self.text[after] == "{":
                start, stop, after = arguments[0]
                piece = self._inner(start, stop, within) or piece
        return piece, after

    def _symbol(self, printed: str, name: str, at: int, within: _Context) -> _Piece:
        """Insert `printed`: handle spaces, the empty group, a leftover dollar sign."""
        after = at + 1 + len(name)
        after += 2 * self.text.startswith("{}", after, within.end)
        following = self.text[after : after + 1]
        if name in macros.OPERATORS:
            lead = " " if self._before(at).isalnum() else ""
            tail = " " if following.isalnum() or following == "\\" else ""
            return f"{lead}{printed}{tail}", after
        if within.math:
            skipped = self._skip_space(after, within.end)
            letter = printed.isalpha() and self.text[skipped : skipped + 1].isalnum()
            return printed, (skipped if letter and skipped < within.end else after)
        if name in macros.LETTERS:
            return printed, self._before_letter(after, within.end)
        # `5.18\times$ faster` has lost the dollar sign that opened the formula.
        stray = following == "$" and not self.text[after + 1 : after + 2].isalnum()
        opened = self.text.count("$", max(0, after - _MAX_FORMULA), after) % 2
        return printed, after + (stray and not opened)

    def _before_letter(self, at: int, end: int) -> int:
        r"""Skip the space that TeX drops after a control word: `\AA ngstrom`."""
        skipped = self._skip_space(at, end)
        return skipped if skipped < end and self.text[skipped].isalpha() else at

    def _sign(self, sign: str, at: int, within: _Context) -> _Piece:
        """Read a backslash before something that is not an ASCII letter."""
        after = at + 2
        following = self.text[after : after + 1]
        piece: str | None = None
        if sign in "%&#_${}":
            piece = sign
        elif sign in "([":
            limit = min(within.end, after + _MAX_FORMULA)
            close = self.text.find("\\)" if sign == "(" else "\\]", after, limit)
            if close >= 0:
                return self._formula(after, close, within), close + 2
        elif within.math:
            piece = {"!": "", "/": "", "|": "‖"}.get(sign, " " if sign in ",;:> \\" else sign)
        elif sign in "/-":
            piece = "" if sign == "/" else "-"
        elif sign.isspace() or (
            following.isspace() if sign == "\\" else sign == "," and not self._before(at).isspace()
        ):
            piece = " "
        return ("\\", at + 1) if piece is None else (piece, after)

    # --- accents ---------------------------------------------------------------------------------

    def _accent(self, mark: str, at: int, within: _Context) -> _Piece:
        """Put the accent `mark` on the following letter, if one can have it."""
        if mark == '"' and self.quotes_escaped:
            return mark, at
        plain = not (within.math or self.is_name)
        if mark == "'" and plain and _CONTRACTION.match(self.text, at, within.end):
            return mark, at
        start, stop, after = self._argument(at, within.end)
        braced = after > stop
        written = self.text[start:stop]
        if stop - start <= _MAX_ARGUMENT and (
            braced or within.math or start == at or mark in _SPACED
        ):
            # arXiv's own conversion turns \beta into \b{eta}: an accent and a piece of a name.
            if braced and len(written) > 1 and (symbol := macros.symbol(mark + written)):
                return symbol, after
            base = _DOTLESS.get(written.strip()) or self._inner(start, stop, within)
            if not braced and written in _DOTLESS:
                after = self._before_letter(after, within.end)
            if accented := _accented(base, mark, forced=braced or within.math):
                return accented, after
            if braced or within.math:
                return base, after
        return ("~" if mark == "~" else f"\\{mark}"), at


def _script(sign: str, inner: str) -> str | None:
    """Return `inner` raised or lowered; None if that needs brackets."""
    if inner in ("∘", "°", "circ"):
        return "°"
    table = macros.SUPERSCRIPTS if sign == "^" else macros.SUBSCRIPTS
    moved = inner.translate(table)
    if all(new != old for new, old in zip(moved, inner, strict=True)):
        return moved
    plain = len(inner) == 1 or all(sign.isalnum() or sign == "." for sign in inner)
    return f"{sign}{inner}" if plain else None


def _accented(base: str, mark: str, *, forced: bool) -> str | None:
    """Return `base` with the accent on its first letter; None if no such letter exists."""
    if not base or not base[0].isalpha():
        return None
    composed = unicodedata.normalize("NFC", base[0] + macros.ACCENTS[mark])
    in_use = len(composed) == 1 and (mark != '"' or base[0] in "aeiouyAEIOUY")
    return composed + base[1:] if in_use or (forced and len(base) == 1) else None
