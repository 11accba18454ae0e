r"""Convert clean text to the LaTeX of a bibliography, and back.

The file is UTF-8. Characters that 8-bit BibTeX would cut in two, or LaTeX would interpret, are
written in ASCII: Latin letters with accents (`{\'e}`, which BibTeX takes for one letter), LaTeX's
special characters, Greek letters in formulas and the usual mathematical signs. Other scripts and
everything else are unchanged; they need a LaTeX that reads UTF-8 and a font that has them. Only
macros of LaTeX's kernel are used. A single brace is never used: BibTeX counts `\{`, too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from digest.text.clean import clean_text
from digest.text.one_line import one_line

_SIGNS: Final = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}",
    "^": r"{\textasciicircum}", "~": r"{\textasciitilde}", "`": r"{\textasciigrave}",
    "|": r"{\textbar}", "<": r"{\textless}", ">": r"{\textgreater}",
    "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
}  # fmt: skip
_TEXT: Final = {
    "–": r"{\textendash}", "—": r"{\textemdash}", "‘": r"{\textquoteleft}",
    "’": r"{\textquoteright}", "“": r"{\textquotedblleft}", "”": r"{\textquotedblright}",
    "…": r"{\textellipsis}", "•": r"{\textbullet}", "§": r"{\S}", "©": r"{\textcopyright}",
    "®": r"{\textregistered}", "™": r"{\texttrademark}", "£": r"{\textsterling}",
    "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "ø": r"{\o}",
    "Ø": r"{\O}", "å": r"{\aa}", "Å": r"{\AA}", "ł": r"{\l}", "Ł": r"{\L}", "ı": r"{\i}",
    "\u00a0": " ", "\u2010": "-", "\u2011": "-", "\u00ad": "", "\u200b": "",
}  # fmt: skip
_ACCENTS: Final = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0304": "=",
    "\u0307": ".", "\u0306": "u", "\u030c": "v", "\u030b": "H", "\u0327": "c", "\u0328": "k",
    "\u030a": "r", "\u0323": "d", "\u0331": "b",
}  # fmt: skip
_MATH: Final = {
    "×": r"\times", "·": r"\cdot", "±": r"\pm", "÷": r"\div", "−": "-", "∗": "*", "≤": r"\leq",
    "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim", "≃": r"\simeq",
    "≪": r"\ll", "≫": r"\gg", "∝": r"\propto", "→": r"\rightarrow", "←": r"\leftarrow",
    "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "⇔": r"\Leftrightarrow", "↦": r"\mapsto",
    "↑": r"\uparrow", "↓": r"\downarrow", "∞": r"\infty", "∈": r"\in", "∉": r"\notin",
    "⊂": r"\subset", "⊆": r"\subseteq", "∪": r"\cup", "∩": r"\cap", "∅": r"\emptyset",
    "∀": r"\forall", "∃": r"\exists", "∇": r"\nabla", "∂": r"\partial", "∑": r"\sum",
    "∏": r"\prod", "∫": r"\int", "√": r"\surd", "∥": r"\parallel", "⊥": r"\perp",
    "⊕": r"\oplus", "⊗": r"\otimes", "∘": r"\circ", "†": r"\dagger",
    "ℓ": r"\ell", "ℏ": r"\hbar", "′": "'", "°": r"^{\circ}", "⋅": r"\cdot",
    "⟨": r"\langle", "⟩": r"\rangle", "⋆": r"\star", "ϕ": r"\phi",
    "φ": r"\varphi", "ϵ": r"\epsilon", "ε": r"\varepsilon", "ϑ": r"\vartheta",
}  # fmt: skip
_GREEK: Final = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi",
    "Omega",
})  # fmt: skip
_PIECE = re.compile(
    "(?P<greek>[\u0370-\u03ff\u1f00-\u1fff]{3,})"
    r"|(?P<quotes>''+)|^(?P<at>@)"
    "|(?P<accented>[^\\W\\d_][\u0300-\u036f]+)"
    r"|(?P<sign>[^A-Za-z0-9 .,:;()/*+=\[\]@-])"
)

# --- clean text to LaTeX -------------------------------------------------------------------------


def escape(text: str, *, math: bool = True) -> str:
    """Return prose as LaTeX, on one line; `math=False` is for names, which have no formulas."""
    text = unicodedata.normalize("NFC", one_line(text))
    return _PIECE.sub(lambda match: _written(match, math=math), text)


def _written(match: re.Match[str], *, math: bool) -> str:
    piece = match[0]
    match match.lastgroup:
        case "greek":  # a word of the language, not letters of a formula
            return piece
        case "quotes":  # LaTeX makes a quotation mark of two apostrophes
            return "{}".join(piece)
        case "at":  # on a line of its own it would begin an entry for some readers
            return "{@}"
        case "accented":
            return _accented(piece)
    return _sign(piece, math=math)


@lru_cache(4_096)
def _sign(character: str, *, math: bool) -> str:
    """Return one character as LaTeX; itself if there is no kernel macro for it."""
    known = _SIGNS.get(character, _TEXT.get(character))
    if known is not None:
        return known
    if math and (macro := _MATH.get(character) or _greek(character) or _script(character)):
        # In braces, because BibTeX lowers letters in formulas, too: \Delta would be \delta.
        return f"{{${macro}$}}"
    decomposed = unicodedata.normalize("NFD", character)
    return _accented(decomposed) if len(decomposed) > 1 else character


def _accented(decomposed: str) -> str:
    r"""Return a Latin letter with its accent, such as `{\'e}`; unchanged with two accents.

    Not even biber, which reads most of LaTeX, takes `{\'{\^e}}` for one letter.
    """
    letter = unicodedata.normalize("NFC", decomposed)
    base, *marks = list(unicodedata.normalize("NFD", decomposed))
    accent = _ACCENTS.get(marks[0]) if len(letter) == 1 and base.isascii() else None
    if accent is None or len(marks) > 1:
        return letter
    return f"{{\\{accent}{{{base}}}}}" if accent.isalpha() else f"{{\\{accent}{base}}}"


def _greek(character: str) -> str | None:
    kind, _, letter = unicodedata.name(character, "").rpartition(" LETTER ")
    letter = {"LAMDA": "LAMBDA"}.get(letter, letter)
    name = letter.lower() if kind == "GREEK SMALL" else letter.capitalize()
    return f"\\{name}" if kind.startswith("GREEK") and name in _GREEK else None


def _script(character: str) -> str | None:
    """Return a superscript or subscript digit, letter or sign as LaTeX."""
    kind, _, plain = unicodedata.decomposition(character).partition(" ")
    sign = {"<super>": "^", "<sub>": "_"}.get(kind)
    if sign is None or " " in plain:
        return None
    inner = chr(int(plain, 16)).replace("−", "-")
    return f"{sign}{{{inner}}}" if inner.isascii() else None


# --- titles --------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\s/\-–—:;,.()\[\]\"“”‘’!?&|]+")
_LONG: Final = 4
"""Minimum length, in letters, of words that title case capitalises and sentence case does not."""


def title(text: str) -> str:
    """Return a title as LaTeX, with braces around what styles must not lower: `{BERT}`, `{X}-ray`.

    That is a word with a capital after its first letter, or a single one. In a title in sentence
    case every capital but the first belongs to a name, and is protected as well.
    """
    text = one_line(text)
    like_sentence = _is_like_sentence(text)
    pieces: list[str] = []
    at = 0
    for match in _WORD.finditer(text):
        first = not text[: match.start()].strip(' "“‘([') or text[: match.start()].endswith(": ")
        pieces.append(escape_part(text[at : match.start()]))
        word = escape_part(match[0])
        pieces.append(f"{{{word}}}" if _is_kept(match[0], like_sentence and not first) else word)
        at = match.end()
    pieces.append(escape_part(text[at:]))
    return "".join(pieces)


def escape_part(text: str) -> str:
    """Escape like `escape`, and keep the white space around."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return text[:start] + escape(inner) + text[start + len(inner) :]


def _is_kept(word: str, is_name: bool) -> bool:  # noqa: FBT001 - private, read beside its call
    capitals = sum(map(str.isupper, word))
    if not capitals or word in ("A", "I"):
        return False
    return is_name or capitals > word[0].isupper() or len(word) == 1


def _is_like_sentence(text: str) -> bool:
    words = [word for word in _WORD.findall(text)[1:] if len(word) >= _LONG and word.isalpha()]
    small = sum(word.islower() for word in words)
    return len(words) > 1 and small * 2 >= len(words)


# --- LaTeX to clean text -------------------------------------------------------------------------

_LITERAL: Final = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "lbrace": "{",
    "rbrace": "}", "textasciicircum": "^", "textasciitilde": "~", "textasciigrave": "`",
    "textbar": "|", "textless": "<", "textgreater": ">", "textquotedbl": '"',
    "{": "{", "}": "}", "$": "$", "%": "%", "&": "&", "#": "#", "_": "_",
}  # fmt: skip
_LITERAL_MACRO = re.compile(
    r"\\(?:(?P<name>" + "|".join(name for name in _LITERAL if name.isalpha()) + r")(?![A-Za-z])"
    r"(?:\{\}|[ \t]+)?|(?P<sign>[{}$%&#_]))"
)
_HELD: Final = {sign: chr(0xE100 + place) for place, sign in enumerate("\\{}^~`|<>\"$%&#_'")}
"""Private-use characters: placeholders of escaped signs while the special signs are read."""
_LET_GO: Final = str.maketrans({held: sign for sign, held in _HELD.items()})
_ACCENTED = re.compile(
    r"\\([`'^~\"=.])\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\([ij])(?![A-Za-z])|([A-Za-z]))"
)
_MARKS: Final = {accent: mark for mark, accent in _ACCENTS.items()}
_IF_MATH = re.compile(r"\\ifmmode\b.*?\\else\b\s*(.*?)\\fi\b(?:\{\})?", re.DOTALL)
"""The American Physical Society's notation of an accent for text and formulas alike."""
_CPRIME = re.compile(r"\{?\\cprime\b(?:\{\}|[ \t]+)?\}?")
"""The soft sign of transliterated Russian, as MathSciNet writes it (AMS Cyrillic)."""
_KEPT_APART = re.compile(r"'\{\}(?=')")
_GROUPS = re.compile(r"[{}]")
_MARKED = re.compile(r"[^\w\s.,:;()/-]|--|_")
"""Characters that plain words, which are most of the text, do not have."""


def decode(text: str) -> str:
    """Return the text of a bibliography's field, without grouping braces."""
    if not _MARKED.search(text):
        return " ".join(text.split())

    def held(match: re.Match[str]) -> str:
        return _HELD[_LITERAL[match["name"] or match["sign"]]]

    text = _IF_MATH.sub(r"\1", _CPRIME.sub("ʹ", text))
    # Here `\'s` is a letter; in the prose of dumps, for which clean text is made, it is "it's".
    text = _ACCENTED.sub(_letter, text)
    text = _KEPT_APART.sub(_HELD["'"], text)
    text = clean_text(_LITERAL_MACRO.sub(held, text))
    return " ".join(_GROUPS.sub("", text).translate(_LET_GO).split())


def _letter(match: re.Match[str]) -> str:
    """Return a letter with its accent; unknown LaTeX is unchanged."""
    accent, *letters = match.groups("")
    letter = unicodedata.normalize("NFC", "".join(letters) + _MARKS[accent])
    return letter if len(letter) == 1 else match[0]
