"""LaTeX in prose becomes Unicode; uncertain LaTeX is unchanged."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text import latex_macros
from digest.text.clean import clean_text
from digest.text.latex import MAX_DEPTH, latex_to_unicode
from tests.growth import assert_linear


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (
            r"Schr\"odinger, Erd\H{o}s, na\"{\i}ve, \c{C}a, Bal\'azs",
            "Schrödinger, Erdős, naïve, Ça, Balázs",
        ),
        (
            r"espa\~nol, \v{S}koda, \'{E}tude, fa\c cade, {\aa}ngstr\"om",
            "español, Škoda, Étude, façade, ångström",
        ),
        (r"4\%, R\&D, \$5, \#1, file\_name, \{x\}", "4%, R&D, $5, #1, file_name, {x}"),
        ("``x'' and ``y\" and `z' and ''w''", "“x” and “y” and ‘z’ and “w”"),
        (r"$\mu$P, u-$\mu$P, $\mu P$", "μP, u-μP, μP"),
        (r"$O(n \log n)$, $n\log n$, $\log\alpha$", "O(n log n), n log n, log α"),
        (
            r"$\mathcal{L}_{\theta}$, $x_{i,j}$, $\mathbb{R}^d$, $\mathbb R^2$",
            "L_θ, x_(i,j), ℝ^d, ℝ²",
        ),
        (r"\(x<y\), \[E = mc^2\], $$a \le b$$", "x<y, E = mc², a ≤ b"),
        (r"H$_2$O at 10$^{-4}$ and 90$^\circ$", "H₂O at 10⁻⁴ and 90°"),
        (r"$\frac{a+b}{2}$, $\frac12$, $\sqrt{x}$, $\sqrt{x+1}$", "(a+b)/2, 1/2, √x, √(x+1)"),
        (
            r"$\binom{n}{k}$, $a \pmod{p}$, $\hat{x}$, $\tilde O(n)$",
            "(n choose k), a (mod p), x̂, Õ(n)",
        ),
        (r"\textbf{bold \emph{both}} {\em old} \texttt{code}", "bold both old code"),
        (
            r"\href{https://example.org}{here}, \url{https://example.org}",
            "here, https://example.org",
        ),
        (r"\textcolor{red}{red}, 4\textsuperscript{th}, CO\textsubscript{2}", "red, 4th, CO₂"),
        (r"as shown~\cite{key2026}\footnote{Once.}", "as shown […] (Once.)"),
        (
            r"Fig.~3, Task~Arithmetic, models~(LMs), 12~ms",
            "Fig. 3, Task Arithmetic, models (LMs), 12 ms",
        ),
        (r"\(\approx\)1\,fps on \mbox{$640\times480$}", "≈1 fps on 640×480"),
        (r"$5.1\%$ of $(r,δ)$ and $-$, $\sim$7", "5.1% of (r,δ) and -, ~7"),
        (r"data$\unicode{x2013}$driven", "data–driven"),
        (r"\eg, this, \ie. that, \etal", "e.g., this, i.e. that, et al."),
        ("D^{2}MoE, D^2MoE, 10^-4, 2^10, 10^{-4}", "D²MoE, D²MoE, 10⁻⁴, 2¹⁰, 10⁻⁴"),
        ("D_{KL}, AP^{box}, 360^{circ}", "D_KL, AP^box, 360°"),
        (r"\b{eta}-VAE, {\alpha}-helix, 10{\deg}, \r{ho}", "β-VAE, α-helix, 10°, ρ"),
        (r"5.18\times$ faster", "5.18× faster"),
        ("{CFA} and {RefAlign}: titles", "CFA and RefAlign: titles"),
        (r"zero\-shot \\ second line", "zero-shot second line"),
        (r"he said \"hello\", don\'t", 'he said "hello", don\'t'),
    ],
)
def test_latex_becomes_unicode(latex: str, text: str) -> None:
    assert clean_text(latex) == text


@pytest.mark.parametrize(
    "text",
    [
        "costs $5 and $6", "$48-$74, $100 or $1.5M", "US$ 5 and 10$", "a $10 bill",
        "${7*7} {{7*7}} {% raw %} {# c #}", "{{ ''.__class__ }}", "ImageNet-{A,R,V2}", "{-1, 0, 1}",
        "1M~60M, ~10%, (~50%), /~user", "~~gone~~", "model`s", "`code` and `more`",
        "[^1] a note", "snake_case_name, B_crit", "2^S, FE^{,2}", "64times64, <projektor>",
        "1/text{depth}", r"C:\path, ..\..\windows", r"we present \tool, a tool", "ends with \\",
        r"\* \_ already \\ escaped", "before -- after --- end", "``", "''", "`", "$", "{", "}", "^",
        r"x \( y", "100% of R&D #1",
    ],
)  # fmt: skip
def test_what_is_not_surely_latex_stays(text: str) -> None:
    assert clean_text(text) == text


def test_nothing_is_loaded() -> None:
    assert clean_text(r"a \input{/etc/passwd} b \include{x}") == "a b"
    assert clean_text(r"\href{javascript:alert(1)}{x}") == "x"


@pytest.mark.parametrize(
    "piece",
    ["{", "[", "\\", r"\(", r"\[", "$a ", "$", "x^{", r"\'{", r"\textbf{", "``a ", "`a ", " ''a",
     "a~b", "*a_ ", r"\frac{", r"\times$ ", r"\a  ", r"\a[", "$x^{", r"\sqrt[", "_{", r"\~{"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(piece: str) -> None:
    assert_linear(lambda size: clean_text(piece * (size // len(piece))), 20_000)


def test_deep_nesting_keeps_the_text() -> None:
    depth = MAX_DEPTH * 20
    assert "core" in clean_text(r"\textbf{" * depth + "core" + "}" * depth)


@given(st.text(alphabet="ab1 \\${}^_~`'\"%&[]()-,.nmutexfrac"))
def test_any_mixture_of_latex_signs_is_read(text: str) -> None:
    assert isinstance(latex_to_unicode(text), str)
    assert "\n" not in clean_text(text)


def test_no_symbol_of_pylatexenc_is_passed_over() -> None:
    """A macro is looked up in its tables only where its first letters are those of a symbol."""
    known = latex_macros._pylatexenc_symbols()
    passed_over = [
        name for name in known if name[0].isalpha() and latex_macros.symbol(name) is None
    ]
    assert passed_over == []


def test_a_macro_of_the_authors_own_costs_no_import() -> None:
    r"""Abstracts are full of `\model` and its like, and pylatexenc takes 40 ms to import."""
    script = (
        "import sys; from digest.text.clean import clean_text\n"
        "assert clean_text(r'We call it \\model, after \\method.')\n"
        "assert 'pylatexenc' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("It costs $5. R$^2$ is 0.9.", "It costs $5. R² is 0.9."),
        ("At $30; x$_1$ grows.", "At $30; x₁ grows."),
        ("It costs $5 R$^2$ more.", "It costs $5 R² more."),
        ("from $2^7$ on", "from 2⁷ on"),
    ],
)
def test_a_price_before_a_formula_opens_none(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean
