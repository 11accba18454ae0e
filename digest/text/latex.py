r"""Turn the LaTeX in titles, abstracts and names into Unicode.

Such text is prose with LaTeX here and there, written by strangers, cut and damaged on its way: a
parser for documents would take `%` for a comment, `$5 and $6` for a formula and fail on the first
lone brace. So this scans once, from left to right, converts what is surely LaTeX and leaves the
rest as it stands: prices, ranges (`1M~60M`), sets (`{A,R}`), paths (`C:\path`), macros without a
known meaning (`\tool`). What lost its backslashes before it came (`64times64`, `<projektor>`,
`1/text{depth}`) stays too, except scripts in braces, which cannot mean anything else
(`D^{2}` → D², `10^{-4}` → 10⁻⁴). `--` stays, because it is a stop to the rule language, where the
en dash is a hyphen.

Nothing is ever loaded or run. Time is linear in the length: each character is looked at once for
each of at most `MAX_DEPTH` levels of braces, and a search for a closing sign has a limit.
"""

from __future__ import annotations

import re
import unicodedata

from digest.text import latex_macros as macros

MAX_DEPTH = 12
"""Braces within braces; beyond, text stays as it stands."""
MAX_LENGTH = 200_000
"""Characters; no abstract is near it, so a longer text stays as it stands."""
_MAX_FORMULA = 1_000
_MAX_QUOTE = 400
_MAX_ARGUMENT = 80  # of a script in prose or of an accent

_SPECIAL = re.compile(r"\\(?:[A-Za-z]+|.)|\$\$?|[{}^_~`]|''", re.DOTALL)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_SPACE = re.compile(r"\s*")
_OPTIONAL = re.compile(r"\s*\[[^\[\]]{0,200}\]")
_MACRO_WITH_ARGUMENT = re.compile(r"\\[A-Za-z]+(?:\s*\{[^{}]*\})?")
_FORMULA_SIGNS = re.compile(r"[\\^_]")
_PLAIN_FORMULA = re.compile(r"[\w(\[|<>=≤≥≈+\-−~.][\w\s+\-−*/=<>≤≥≈→×·±∈∞.,:;|()\[\]!'@%]*")
_ESCAPED_QUOTE = re.compile(r'\\"(?![A-Za-z{\\])')
_CONTRACTION = re.compile(r"(?:s|t|d|m|ll|re|ve)\b")
_SINGLE_QUOTED = re.compile(r"`(?=\w)[^`]{1,120}?'(?!\w)")
_POWER = re.compile(r"\^(-?\d{1,3})(?![\d.]*\d)")
_PROTECTED = re.compile(r"(?=\w*[A-Z])\w[\w+.-]+")
_CODE_POINT = re.compile(r"[xX]([0-9A-Fa-f]{1,6})|(\d{1,7})")


def latex_to_unicode(text: str) -> str:
    r"""Return `text` with its LaTeX as Unicode.

    A text with `\*` outside formulas is Markdown, whose escapes are not LaTeX: it stays as it is.
    """
    if len(text) > MAX_LENGTH or ("\\*" in text and "$" not in text):
        return text
    return _Scanner(text).scan(0, len(text), math=False, depth=0)


def _matching_braces(text: str) -> dict[int, int]:
    """Map the position of each opening brace to that of its closing one."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for found in _BRACES.finditer(text):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


def _is_formula(inner: str, following: str) -> bool:
    """Tell a formula from the text between two dollar signs that mean money."""
    if not inner.strip() or len(inner) > _MAX_FORMULA or "\n\n" in inner:
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
    return len(words) < 2 and not cut and _PLAIN_FORMULA.fullmatch(inner) is not None


class _Scanner:
    """One text on its way through; positions are of the whole text, ends are exclusive."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.closing = _matching_braces(text) if "{" in text else {}
        # \" before what carries no umlaut is JSON's or a programmer's escape, as are then all.
        self.quotes_escaped = _ESCAPED_QUOTE.search(text) is not None

    def scan(self, start: int, end: int, *, math: bool, depth: int) -> str:
        """Return the conversion of the text from `start` to `end`."""
        if depth > MAX_DEPTH:
            return self.text[start:end]
        pieces: list[str] = []
        at = start
        while found := _SPECIAL.search(self.text, at, end):
            pieces.append(self.text[at : found.start()])
            piece, at = self._convert(found[0], found.start(), end, math=math, depth=depth)
            pieces.append(piece)
        pieces.append(self.text[at:end])
        return "".join(pieces)

    def _convert(self, token: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        """Return what stands for the construct at `at`, and where the text goes on after it."""
        first = token[0]
        if first == "\\":
            return self._macro(token[1:], at, end, math=math, depth=depth)
        if first == "$":
            return ("", at + len(token)) if math else self._dollars(token, at, end, depth)
        if first == "{":
            return self._group(at, end, math=math, depth=depth)
        if first in "^_":
            return self._script(first, at, end, math=math, depth=depth)
        if first == "~":
            return (" " if math or self._is_tie(at, end) else "~"), at + 1
        if first in "`'" and not math:
            return self._quotation(token, at, end, depth)
        return ("" if math and first == "}" else token), at + len(token)

    # --- formulas, groups, quotations ------------------------------------------------------------

    def _formula(self, start: int, end: int, depth: int) -> str:
        return self.scan(start, end, math=True, depth=depth + 1).strip()

    def _dollars(self, sign: str, at: int, end: int, depth: int) -> tuple[str, int]:
        start = at + len(sign)
        close = self.text.find(sign, start, min(end, start + _MAX_FORMULA + 2))
        while close > start and self.text[close - 1] == "\\":
            close = self.text.find(sign, close + 1, min(end, start + _MAX_FORMULA + 2))
        following = self.text[close + len(sign) : close + len(sign) + 1]
        if close < 0 or not _is_formula(self.text[start:close], following):
            return sign, start
        return self._formula(start, close, depth), close + len(sign)

    def _group(self, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        close = self.closing.get(at, end)
        if close >= end:
            return ("" if math else "{"), at + 1
        inner = self.text[at + 1 : close] if close - at < 80 else self.text[at + 1 : at + 80]
        apart = at == 0 or not (self.text[at - 1].isalnum() or self.text[at - 1] in "{-")
        protects = apart and _PROTECTED.fullmatch(inner)
        if math or not inner or inner[0] == "\\" or protects:
            return self.scan(at + 1, close, math=math, depth=depth + 1), close + 1
        return "{", at + 1

    def _quotation(self, token: str, at: int, end: int, depth: int) -> tuple[str, int]:
        text = self.text
        before = text[at - 1] if at else " "
        if token == "`":
            if text.startswith("``", at) and not text.startswith("```", at) and before != "`":
                return self._double_quotation(at, end, depth)
            quoted = _SINGLE_QUOTED.match(text, at, end)
            if quoted is None or before.isalnum() or before == "`":
                return token, at + 1
            inner = self.scan(at + 1, quoted.end() - 1, math=False, depth=depth + 1)
            return f"‘{inner}’", quoted.end()
        opens = (before.isspace() or before in "([-") and text[at + 2 : at + 3].isalnum()
        return self._double_quotation(at, end, depth) if opens else (token, at + 2)

    def _double_quotation(self, at: int, end: int, depth: int) -> tuple[str, int]:
        """Read what begins with two backquotes, or with two apostrophes by mistake."""
        limit = min(end, at + _MAX_QUOTE)
        sign = self.text[at : at + 2]
        close, width = self.text.find("''", at + 2, limit), 2
        again = self.text.find("``", at + 2, limit)
        if sign == "``" and (close < 0 or 0 <= again < close):
            close, width = self.text.find('"', at + 2, limit if again < 0 else again), 1
        if close <= at + 2:
            return sign, at + 2
        inner = self.scan(at + 2, close, math=False, depth=depth + 1)
        return f"“{inner}”", close + width

    def _is_tie(self, at: int, end: int) -> bool:
        """Tell LaTeX's unbreakable space (`Fig.~3`) from a range, an "about" or a home folder."""
        before = self.text[max(0, at - 24) : at]
        after = self.text[at + 1 : min(end, at + 2)]
        if not before or not after or before[-1].isspace() or "/" in before.rsplit(None, 1)[-1]:
            return False
        if after in "\\$([" or before[-1] in "$)}]":
            return after not in "~ "
        if not (after.isascii() and after.isalnum()):
            return False
        word = re.search(r"[A-Za-z0-9]*$", before)
        last = word[0] if word else ""
        if last.isalpha():
            return len(last) > 1
        return (last.isdigit() and after.isalpha()) or (not last and before[-1] in ".,:;%")

    # --- scripts ---------------------------------------------------------------------------------

    def _script(self, sign: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        before = self.text[at - 1] if at else " "
        if not math:
            if not (before.isalnum() or before in ")]}%"):
                return sign, at + 1
            if sign == "^" and before != "]" and (power := _POWER.match(self.text, at, end)):
                return power[1].translate(macros.SUPERSCRIPTS), power.end()
            close = self.closing.get(at + 1, end)
            if close >= end or close - at > _MAX_ARGUMENT:
                return sign, at + 1
        start, stop, after = self._argument(at + 1, end)
        inner = self._formula(start, stop, depth)
        if inner in ("∘", "°", "circ"):
            return "°", after
        raised = inner.translate(macros.SUPERSCRIPTS if sign == "^" else macros.SUBSCRIPTS)
        if inner and all(new != old for new, old in zip(raised, inner, strict=True)):
            return raised, after
        if len(inner) == 1 or inner.isalpha() or (inner.isalnum() and inner.isascii()):
            return f"{sign}{inner}", after
        if math:
            return (f"{sign}({inner})" if inner else ""), after
        return sign, at + 1

    # --- macros ----------------------------------------------------------------------------------

    def _argument(self, at: int, end: int) -> tuple[int, int, int]:
        """Return start and end of the argument at `at`, and where the text goes on after it."""
        at = self._skip_space(at, end)
        close = self.closing.get(at, end)
        if close < end:
            return at + 1, close, close + 1
        stop = min(at + 1, end)
        if found := _SPECIAL.match(self.text, at, end):
            stop = found.end()
            while self.text[at] == "\\" and self.closing.get(stop, end) < end:
                stop = self.closing[stop] + 1
        return at, stop, stop

    def _skip_space(self, at: int, end: int) -> int:
        found = _SPACE.match(self.text, at, end)
        return found.end() if found else at

    def _braced(self, at: int, end: int) -> list[tuple[int, int]]:
        """Return start and end of each of the arguments in braces that follow, options skipped."""
        arguments: list[tuple[int, int]] = []
        while len(arguments) < 3:
            option = _OPTIONAL.match(self.text, at, end) if not arguments else None
            opening = self._skip_space(option.end() if option else at, end)
            close = self.closing.get(opening, end)
            if close >= end or (arguments and opening != at):
                break
            arguments.append((opening + 1, close))
            at = close + 1
        return arguments

    def _macro(self, name: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        after = at + 1 + len(name)
        if name in macros.ACCENTS:
            return self._accent(name, after, end, math=math, depth=depth)
        if not (name.isascii() and name.isalpha()):
            return self._sign(name, at, end, math=math, depth=depth)
        arguments = self._braced(after, end)
        if arguments:
            known = self._with_arguments(name, arguments, math=math, depth=depth)
            if known is not None:
                return known
        if name in macros.SWITCHES:
            return "", self._skip_space(after, end)
        if name in macros.ABBREVIATIONS:
            printed = macros.ABBREVIATIONS[name]
            return printed, after + self.text.startswith(".", after)
        printed_symbol = macros.symbol(name)
        if printed_symbol is not None:
            return self._symbol(printed_symbol, name, at, end, math=math)
        if arguments:
            start, stop = arguments[0]
            kept = self.scan(start, stop, math=math, depth=depth + 1)
            return kept or f"\\{name}", stop + 1
        return (name if math else f"\\{name}"), after

    def _with_arguments(
        self, name: str, arguments: list[tuple[int, int]], *, math: bool, depth: int
    ) -> tuple[str, int] | None:
        """Read a macro that is known to take arguments; None for any other."""

        def read(number: int) -> str:
            return self.scan(*arguments[number], math=math, depth=depth + 1)

        first_end = arguments[0][1] + 1
        second_end = arguments[1][1] + 1 if len(arguments) > 1 else first_end
        match name:
            case "frac" | "dfrac" | "tfrac" | "nicefrac" if len(arguments) > 1:
                return "/".join(_bracketed(read(number)) for number in (0, 1)), second_end
            case "binom" if len(arguments) > 1:
                return f"({read(0)} choose {read(1)})", second_end
            case "sqrt":
                return f"√{_bracketed(read(0))}", first_end
            case "pmod":
                return f"(mod {read(0)})", first_end
            case "mathbb":
                return read(0).translate(macros.DOUBLE_STRUCK), first_end
            case "unicode":
                return _code_point(self.text[slice(*arguments[0])]), first_end
            case "textsuperscript" | "textsubscript":
                table = macros.SUPERSCRIPTS if name == "textsuperscript" else macros.SUBSCRIPTS
                inner = read(0)
                return inner.translate(table) if inner.isdigit() else inner, first_end
            case "footnote":
                return f" ({read(0).strip()})", first_end
            case _ if name in macros.CITATIONS:
                return "[…]", first_end
            case _ if name in macros.DROPPED:
                return "", first_end
            case _ if name in macros.KEEPS_SECOND:
                return read(min(1, len(arguments) - 1)), second_end
            case _ if name in macros.KEEPS_ARGUMENT:
                return read(0), first_end
        return None

    def _symbol(self, printed: str, name: str, at: int, end: int, *, math: bool) -> tuple[str, int]:
        """Put `printed` into its place: spaces, the empty group, a dollar sign left behind."""
        after = at + 1 + len(name)
        after += 2 * self.text.startswith("{}", after, end)
        following = self.text[after : after + 1]
        if name in macros.OPERATORS and name != "deg":
            lead = " " if at and self.text[at - 1].isalnum() else ""
            tail = " " if following.isalnum() or following == "\\" else ""
            return f"{lead}{printed}{tail}", after
        if math:
            skipped = self._skip_space(after, end)
            letter = printed.isalpha() and self.text[skipped : skipped + 1].isalnum()
            return printed, (skipped if letter and skipped < end else after)
        stray = following == "$" and not self.text[after + 1 : after + 2].isalnum()
        return printed, after + (stray and self._dollars_before(after) % 2 == 0)

    def _dollars_before(self, at: int) -> int:
        return self.text.count("$", max(0, at - _MAX_FORMULA), at)

    def _sign(self, sign: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        """Read a backslash before something that is no ASCII letter."""
        after = at + 2
        if sign in "%&#_${}":
            return sign, after
        if sign in "([":
            close = self.text.find(")" if sign == "(" else "]", after, after + _MAX_FORMULA)
            while 0 <= close < end and self.text[close - 1] != "\\":
                close = self.text.find(self.text[close], close + 1, after + _MAX_FORMULA)
            if 0 <= close < end:
                return self._formula(after, close - 1, depth), close + 1
        elif sign.isspace() or (math and sign in ",;:>"):
            return " ", after
        elif math or sign in "/-":
            return {"!": "", "/": "", "|": "‖", "\\": " "}.get(sign, sign), after
        elif sign == "\\" and self.text[after : after + 1].isspace():
            return " ", after
        elif sign == "," and self.text[at - 1 : at].strip():
            return " ", after
        return "\\", at + 1

    def _accent(self, mark: str, at: int, end: int, *, math: bool, depth: int) -> tuple[str, int]:
        """Put the accent `mark` on the letter that follows, where one can carry it."""
        as_written = f"\\{mark}"
        if mark == '"' and self.quotes_escaped:
            return '"', at
        if mark == "'" and not math and _CONTRACTION.match(self.text, at, end):
            return "'", at
        braced = self.closing.get(self._skip_space(at, end), end) < end
        start, stop, after = self._argument(at, end)
        if stop - start > _MAX_ARGUMENT:
            return as_written, at
        written = self.text[start:stop]
        base = {"\\i": "i", "\\j": "j"}.get(written.strip()) or (
            self.scan(start, stop, math=math, depth=depth + 1) if braced or math else written
        )
        # arXiv's own conversion turns \beta into \b{eta}: an accent and a piece of a name.
        if braced and len(base) > 1 and (whole := macros.symbol(mark + written)):
            return whole, after
        if not base or not base[0].isalpha() or (start > at and not (braced or mark in "cvuHkr")):
            return ("~" if mark == "~" else base if braced and base else as_written), (
                after if braced and base and mark != "~" else at
            )
        composed = unicodedata.normalize("NFC", base[0] + macros.ACCENTS[mark])
        fits = len(composed) == 1 and (mark != '"' or base[0] in "aeiouyAEIOUY")
        if fits or ((braced or math) and len(base) == 1):
            return composed + base[1:], after
        return (base, after) if braced or math else (as_written, at)


def _bracketed(term: str) -> str:
    """Put brackets around a term of several parts, so that `(a+b)/c` keeps its meaning."""
    return term if len(term) < 2 or term.isalnum() else f"({term})"


def _code_point(written: str) -> str:
    """Return the character of MathJax's `\\unicode{x2013}`, nothing for one that is unprintable."""
    found = _CODE_POINT.fullmatch(written.strip())
    if found is None:
        return ""
    number = int(found[1], 16) if found[1] else int(found[2])
    character = chr(number) if number <= 0x10FFFF else ""
    return character if character.isprintable() else ""
