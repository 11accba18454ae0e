"""What LaTeX's macros mean in running text: tables, no scanning (that is `digest.text.latex`).

Symbols come from pylatexenc's tables, which know some nine hundred of them; here stands only what
those lack, and which macros format, point elsewhere or load files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

Form: TypeAlias = tuple[int, Callable[..., str]]
"""How many arguments in braces a macro takes, and what their conversions make."""

DOUBLE_STRUCK = str.maketrans("CHNPQRZ", "ℂℍℕℙℚℝℤ")
SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_CODE_POINT = re.compile(r"\s*(?:[xX]([0-9A-Fa-f]{1,6})|(\d{1,7}))\s*")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SWITCHES = _names(
    """
    bf it em tt sc rm sf sl bfseries itshape ttfamily rmfamily sffamily scshape normalfont
    tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr middle limits nolimits
    displaystyle textstyle scriptstyle xspace protect noindent centering newline par
    """
)
"""No text of their own."""

OPERATORS = _names(
    """
    log ln lg exp sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan max min sup inf lim
    limsup liminf det dim gcd ker arg argmax argmin Pr mod hom
    """
)
"""Names set upright, with a space to their neighbours. `deg` is none: in prose it is a degree."""

ABBREVIATIONS = {"eg": "e.g.", "ie": "i.e.", "etal": "et al.", "aka": "a.k.a.", "wrt": "w.r.t."}
"""Macros of conference styles; a full stop that follows is not doubled."""

ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331", "t": "\u0361",
    "hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307", "ddot": "\u0308",
    "vec": "\u20d7", "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
}  # fmt: skip
"""Combining character of each accent, of text and of formulas."""

_COMMON = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "theta": "θ", "lambda": "λ",
    "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "ϕ", "omega": "ω",
    "times": "×", "pm": "±", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "approx": "≈",
    "rightarrow": "→", "to": "→", "infty": "∞", "cdot": "·", "in": "∈", "ell": "ℓ",
}  # fmt: skip
"""The commonest, which then need no import of 40 ms."""

_ADDED = {
    "deg": "°", "ne": "≠", "gets": "←", "iff": "⟺", "implies": "⟹", "dots": "…", "dotsc": "…",
    "cdots": "⋯", "quad": " ", "qquad": " ", "S": "§", "copyright": "©", "circledR": "®",
    "LaTeX": "LaTeX", "TeX": "TeX", "Re": "Re", "Im": "Im", "item": "•", "sim": "~",
    "textasciitilde": "~", "textunderscore": "_", "bullet": "•", "ast": "*",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "vert": "|", "nobreakspace": " ",
    "checkmark": "✓", "epsilon": "ε", "space": " ", "colon": ":", "textmu": "μ",
}  # fmt: skip
"""What pylatexenc lacks or draws with a character that few fonts have."""


@cache
def _pylatexenc_symbols() -> dict[str, str]:
    """Return the macros of pylatexenc that stand for fixed text, but no `<cit.>`."""
    from pylatexenc.latex2text import get_default_latex_context_db

    symbols: dict[str, str] = {}
    for category in get_default_latex_context_db().d.values():
        for name, spec in category["macros"].items():
            printed = spec.simplify_repl
            if isinstance(printed, str) and "%" not in printed and printed[:1] != "<":
                symbols.setdefault(name, printed)
    return symbols


def symbol(name: str) -> str | None:
    """Return what the macro `name` prints by itself, None if that is not known."""
    if name in OPERATORS:
        return name
    return _COMMON.get(name) or _ADDED.get(name) or _pylatexenc_symbols().get(name)


# --- macros with arguments -----------------------------------------------------------------------


def bracketed(term: str) -> str:
    """Put brackets around a term of several parts, so that `(a+b)/c` keeps its meaning."""
    return term if len(term) < 2 or term.isalnum() else f"({term})"


def _fraction(above: str, below: str) -> str:
    return f"{bracketed(above)}/{bracketed(below)}"


def _code_point(written: str) -> str:
    r"""Return the character of MathJax's `\unicode{x2013}`, nothing for an unprintable one."""
    found = _CODE_POINT.fullmatch(written)
    if found is None:
        return ""
    number = int(found[1], 16) if found[1] else int(found[2])
    character = chr(number) if number <= 0x10FFFF else ""
    return character if character.isprintable() else ""


def _raised(inner: str) -> str:
    return inner.translate(SUPERSCRIPTS) if inner.isdigit() else inner


def _lowered(inner: str) -> str:
    return inner.translate(SUBSCRIPTS) if inner.isdigit() else inner


_KEEP_ARGUMENT = _names(
    """
    text textbf textit textsc texttt textsf textrm textmd textup textsl textnormal emph underline
    uline mbox hbox fbox boxed mathbf mathrm mathit mathsf mathtt mathcal mathscr mathfrak
    mathnormal boldsymbol bm pmb operatorname ensuremath url path nolinkurl acrshort acrlong gls
    overline underbrace overbrace widehat widetilde overrightarrow section subsection paragraph
    """
)
"""What a reader sees is the argument."""

_KEEP_SECOND = _names("href hyperlink hyperref textcolor colorbox scalebox texorpdfstring")
"""Of two arguments the reader sees the second; the target of a link is never followed."""

_DROP = _names(
    """
    input include includeonly includegraphics bibliography bibliographystyle usepackage
    documentclass label vspace hspace color begin end write openin openout read special
    catcode def newcommand renewcommand pagestyle setcounter thanks
    """
)
"""Gone with their arguments: they load, place or define. Nothing is ever opened."""

_CITE = _names("cite citep citet citealp citealt citeauthor citeyear ref eqref")
"""Their argument is a key of a bibliography that the reader does not have."""

FORMS: dict[str, Form] = {
    **dict.fromkeys(_KEEP_ARGUMENT, (1, str)),
    **dict.fromkeys(_KEEP_SECOND, (2, lambda _, shown: shown)),
    **dict.fromkeys(_DROP, (1, lambda _: "")),
    **dict.fromkeys(_CITE, (1, lambda _: "[…]")),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "nicefrac"), (2, _fraction)),
    "binom": (2, "({} choose {})".format),
    "sqrt": (1, lambda radicand: f"√{bracketed(radicand)}"),
    "pmod": (1, "(mod {})".format),
    "mathbb": (1, lambda letters: letters.translate(DOUBLE_STRUCK)),
    "unicode": (1, _code_point),
    "textsuperscript": (1, _raised),
    "textsubscript": (1, _lowered),
    "footnote": (1, lambda note: f" ({note.strip()})"),
}
