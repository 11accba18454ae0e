"""What LaTeX's macros mean in running text: tables, no scanning (that is `digest.text.latex`).

Symbols come from pylatexenc's tables, which know some nine hundred of them; here stands only what
those lack, and which macros format, point elsewhere or load files.
"""

from __future__ import annotations

from functools import cache

KEEPS_ARGUMENT = frozenset(
    """
    text textbf textit textsc texttt textsf textrm textmd textup textsl textnormal emph underline
    uline mbox hbox fbox boxed mathbf mathrm mathit mathsf mathtt mathcal mathscr mathfrak
    mathnormal boldsymbol bm pmb operatorname ensuremath url path nolinkurl acrshort acrlong gls
    textls uppercase lowercase overline underbrace overbrace widehat widetilde overrightarrow
    phantom title section subsection paragraph textquote enquote
    """.split()
)
"""The last argument is what a reader sees."""

KEEPS_SECOND = frozenset(
    "href hyperlink hyperref textcolor colorbox raisebox scalebox resizebox texorpdfstring".split()
)
"""Two arguments, of which the reader sees the second (of `texorpdfstring` the plain one)."""

SWITCHES = frozenset(
    """
    bf it em tt sc rm sf sl bfseries itshape ttfamily rmfamily sffamily scshape normalfont
    tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr middle limits nolimits
    displaystyle textstyle scriptstyle xspace protect noindent centering newline par
    """.split()
)
"""No text of their own."""

DROPPED = frozenset(
    """
    input include includeonly includegraphics bibliography bibliographystyle usepackage
    documentclass label vspace hspace color begin end write openin openout read special
    catcode def newcommand renewcommand pagestyle setcounter thanks
    """.split()
)
"""Gone with their arguments: they load, place or define. Nothing is ever opened."""

CITATIONS = frozenset("cite citep citet citealp citealt citeauthor citeyear ref eqref".split())
"""Their argument is a key of a bibliography that the reader does not have."""

ABBREVIATIONS = {"eg": "e.g.", "ie": "i.e.", "etal": "et al.", "aka": "a.k.a.", "wrt": "w.r.t."}
"""Macros of conference styles; a full stop that follows is not doubled."""

OPERATORS = frozenset(
    """
    log ln lg exp sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan max min sup inf lim
    limsup liminf det dim deg gcd ker arg argmax argmin Pr mod hom
    """.split()
)
"""Names set upright, with a space to their neighbours."""

ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331", "t": "\u0361",
    "hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307", "ddot": "\u0308",
    "vec": "\u20d7", "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
}  # fmt: skip
"""Combining character of each accent, of text and of formulas."""

_ADDED = {
    "deg": "°", "ne": "≠", "gets": "←", "iff": "⟺", "implies": "⟹", "dots": "…", "dotsc": "…",
    "cdots": "⋯", "quad": " ", "qquad": " ", "S": "§", "copyright": "©", "circledR": "®",
    "LaTeX": "LaTeX", "TeX": "TeX", "Re": "Re", "Im": "Im", "item": "•", "sim": "~",
    "textasciitilde": "~", "textunderscore": "_", "bullet": "•", "star": "⋆", "ast": "*",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "vert": "|", "nobreakspace": " ",
    "checkmark": "✓", "varepsilon": "ε", "epsilon": "ε", "space": " ", "colon": ":",
    "mathbb": "", "textmu": "μ",
}  # fmt: skip
"""What pylatexenc lacks or draws with a character that few fonts have."""

_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "theta": "θ", "lambda": "λ",
    "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "ϕ", "omega": "ω",
    "times": "×", "pm": "±", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "approx": "≈",
    "rightarrow": "→", "to": "→", "infty": "∞", "cdot": "·", "in": "∈", "ell": "ℓ",
}  # fmt: skip
"""The commonest, which then need no import of 40 ms."""

DOUBLE_STRUCK = str.maketrans("CHNPQRZ", "ℂℍℕℙℚℝℤ")
SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


@cache
def _pylatexenc_symbols() -> dict[str, str]:
    """Return the macros of pylatexenc that stand for fixed text."""
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415 (40 ms)

    symbols: dict[str, str] = {}
    for category in get_default_latex_context_db().d.values():
        for name, spec in category["macros"].items():
            if isinstance(spec.simplify_repl, str) and "%" not in spec.simplify_repl:
                symbols.setdefault(name, spec.simplify_repl)
    return symbols


def symbol(name: str) -> str | None:
    """Return what the macro `name` prints by itself, None if that is not known."""
    if name in OPERATORS and name != "deg":
        return name
    known = _LETTERS.get(name) or _ADDED.get(name)
    return known if known is not None else _pylatexenc_symbols().get(name)
