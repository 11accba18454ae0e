"""The meaning of LaTeX's macros in running text: tables for `digest.text.latex`.

Symbols come from pylatexenc's tables, which have some nine hundred; this module has the missing
ones, and the macros that format, point elsewhere or load files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

Form: TypeAlias = tuple[int, Callable[..., str]]
"""The number of a macro's arguments in braces, and the text made from them."""

DOUBLE_STRUCK = str.maketrans("CHNPQRZ", "ℂℍℕℙℚℝℤ")
SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_CODE_POINT = r"\s*(?:[xX]([0-9A-Fa-f]{1,6})|(\d{1,7}))\s*"


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
"""Macros without text of their own."""

OPERATORS = _names(
    """
    log ln lg exp sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan max min sup inf lim
    limsup liminf det dim gcd ker arg argmax argmin Pr mod hom
    """
)
"""Names in upright type, with a space to their neighbours. `deg` is not one: in prose it is a
degree."""

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

LETTERS = _names("AA aa AE ae OE oe O o L l ss i j DJ dj DH dh TH th NG ng IJ ij")
"""Letters of words, which join what follows: `\\AA ngstrom`."""

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
"""Symbols that pylatexenc lacks or maps to a character that few fonts have."""


_BEGINNINGS = _names(
    """
    AA AE Alp Ang Bet Bum CYR Cap Chi Col Cup DH DJ Del Dig Dow Eps Equ Eta Gam IJ Ide Iot Kap Kop L
    Lam Lef Lle Lon Lsh Mu NG Nes Nu O OE Ome Omi Phi Pi Psi Rev Rho Rig Rou Rri Rsh Rul Sam Sig Sti
    Sub Sup TH Tau The UpA UpE Upa Upd Ups VDa Vda Ver Vvd Xi Zet aa ae ale all alp ama ang app aqu
    arc ari arr ast asy bac bar bec bet big bla bow box bul bum can cap cdo chi cir clo clw com con
    cop cos cup cur cyr dag dal das dbl ddd ddo del dh dia dig div dj dot dow eig ell emp ens eps
    eqc eqr eqs equ est eta eth exi exp fal fla for fro gam ge gem geq gg gim gna gne gns gre gtr
    gui hba her hom hoo hsl hsp i id idd iii iin ij ima in inf int iot j jup kap l lVe lam lan laz
    lbr lce ldo le lef leo leq les lfl lib lim ll llc lmo ln lna lne lno lns log lon loo loz lrc lti
    lve mal map max mea mer mho mid min mp mu mul nLe nRi nVD nVd nab nat nea nep neq nex ng nge ngt
    ni nle nmi nol not npa npr nri nsu ntr nu nvD nvd nwa o odo oe oin ome omi ope opl ori osl oti
    par per phi pi pis pit plu pm pre pri pro psi qqu qua quo rVe ran rbr rce rec rfl rho rig ris
    rmo rti rve sag sat sco sea set sha sig sim sin sma smi sph sqc sqr sqs squ ss sta sub suc sum
    sup sur swa tan tau tex th the til tim to tod top tri tru two udo ulc upa upd uph upl ups upu
    ura urc var vda vdo vee ven ver vir vol vsp wed wp wr xi zet
    """
)
"""The first three letters of every symbol that pylatexenc knows. Abstracts are full of their
authors' own macros (`\\method`), and rejecting them should cost no import."""


@cache
def _pylatexenc_symbols() -> dict[str, str]:
    """Return pylatexenc's macros for fixed text, without `<cit.>`."""
    from pylatexenc.latex2text import get_default_latex_context_db

    symbols: dict[str, str] = {}
    for category in get_default_latex_context_db().d.values():
        for name, spec in category["macros"].items():
            printed = spec.simplify_repl
            if isinstance(printed, str) and "%" not in printed and printed[:1] != "<":
                symbols.setdefault(name, printed)
    return symbols


def symbol(name: str) -> str | None:
    """Return the text of the macro `name` without arguments; None if it is unknown."""
    if name in OPERATORS:
        return name
    if known := _COMMON.get(name) or _ADDED.get(name):
        return known
    return _pylatexenc_symbols().get(name) if name[:3] in _BEGINNINGS else None


# --- macros with arguments -----------------------------------------------------------------------


def bracketed(term: str) -> str:
    """Put brackets around a term of several parts, so that `(a+b)/c` keeps its meaning."""
    return term if len(term) < 2 or term.isalnum() else f"({term})"


def _fraction(above: str, below: str) -> str:
    return f"{bracketed(above)}/{bracketed(below)}"


def _code_point(written: str) -> str:
    r"""Return the character of MathJax's `\unicode{x2013}`; nothing for an unprintable one."""
    match = re.fullmatch(_CODE_POINT, written)
    if match is None:
        return ""
    number = int(match[1], 16) if match[1] else int(match[2])
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
"""The visible text is the argument."""

_KEEP_SECOND = _names("href hyperlink hyperref textcolor colorbox scalebox texorpdfstring")
"""The visible text is the second argument; the target of a link is never followed."""

_DROP = _names(
    """
    input include includeonly includegraphics bibliography bibliographystyle usepackage
    documentclass label vspace hspace color begin end write openin openout read special
    catcode def newcommand renewcommand pagestyle setcounter thanks
    """
)
"""Dropped with their arguments: they load, place or define. Nothing is ever opened."""

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
