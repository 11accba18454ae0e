"""The LaTeX of BibTeX files has the meaning of the text, and is decoded to the text again."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.bibliography import latex
from digest.identity import title_key
from digest.text.one_line import one_line
from tests.bibliography.builders import HOSTILE


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words, 3/4 of them (all)!", "plain words, 3/4 of them (all)!"),
        ("50% & more #1_a $5", r"50\% \& more \#1\_a \$5"),
        ("{a} \\b ^c ~d `e |f <g>", (
            r"{\textbraceleft}a{\textbraceright} {\textbackslash}b {\textasciicircum}c"
            r" {\textasciitilde}d {\textasciigrave}e {\textbar}f {\textless}g{\textgreater}"
        )),
        ("é à ñ ü ç ş ő Ż ą ů î", (
            r"{\'e} {\`a} {\~n} {\"u} {\c{c}} {\c{s}} {\H{o}} {\.Z} {\k{a}} {\r{u}} {\^i}"
        )),
        ("e\u0301 x\u0302", "{\\'e} x\u0302"),
        ("ß æ Ø Å ł ı", r"{\ss} {\ae} {\O} {\AA} {\l} {\i}"),
        ("ễ", "ễ"),
        ("– — ‘a’ “b” …", (
            r"{\textendash} {\textemdash} {\textquoteleft}a{\textquoteright}"
            r" {\textquotedblleft}b{\textquotedblright} {\textellipsis}"
        )),
        ("a--b ''c''", "a--b '{}'c'{}'"),
        ("α-Δ λ", r"{$\alpha$}-{$\Delta$} {$\lambda$}"),
        ("Ωμέγα", "Ωμέγα"),
        ("n² x₁ 10⁻⁴", r"n{$^{2}$} x{$_{1}$} 10{$^{-}$}{$^{4}$}"),
        ("2× ≤ ∈ →", r"2{$\times$} {$\leq$} {$\in$} {$\rightarrow$}"),
        ("李明 Привет 😀 ℝ", "李明 Привет 😀 ℝ"),
        ("@misc{x", r"{@}misc{\textbraceleft}x"),
        ("a@b.org", "a@b.org"),
        ("two\nlines\x00", "two lines"),
    ],
)  # fmt: skip
def test_prose_is_written(text: str, written: str) -> None:
    assert latex.escape(text) == written


def test_a_name_holds_no_formula() -> None:
    assert latex.escape("α Ångström ²", math=False) == r"α {\AA}ngstr{\"o}m ²"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Attention in the Wild", "Attention in the Wild"),
        ("BERT-Based LLMs", "{BERT}-Based {LLMs}"),
        ("GPT-4 and iPhones: A Tale", "{GPT}-4 and {iPhones}: A Tale"),
        ("K-Means and Plan B", "{K}-Means and Plan {B}"),
        ("What I Saw", "What I Saw"),
        ("3D Vision at 4K", "{3D} Vision at {4K}"),
        ("The geometry of Bayesian networks", "The geometry of {Bayesian} networks"),
        ("Going home: Markov chains with Kähler forms",
         r"Going home: Markov chains with {K{\"a}hler} forms"),
        ("On the Training of Deep Networks", "On the Training of Deep Networks"),
        ("Faster O(n²) Search", "Faster {O}(n{$^{2}$}) Search"),
        ("École", r"{\'E}cole"),
        ("Models (and BERT)", "Models (and {BERT})"),
    ],
)  # fmt: skip
def test_capitals_of_titles_are_kept_where_they_must_be(text: str, written: str) -> None:
    assert latex.title(text) == written


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"{BERT} and {\'E}cole", "BERT and École"),
        (r"{\"{u}}ber na{\"\i}ve caf\'e", "über naïve café"),
        (r"$\mathcal{O}(n^2)$ and $\alpha$", "O(n²) and α"),
        (r"10\% \& \$5 \_ \# \{x\}", "10% & $5 _ # {x}"),
        ("``quoted'' -- \n   and    wrapped", "“quoted” -- and wrapped"),
        (r"{\textbackslash}input\textbackslash{}x", r"\input\x"),
        ("{{Double {Braces}}}", "Double Braces"),
        ("unbalanced } here {", "unbalanced here"),
        (r"Mi{\l}o{\'s} \'{\i}\"{\i} \~{n} {\'t}", "Miłoś íï ñ 't"),
        (r"Erd{\H{o}}s and {\L}{\'o}d{\'z}", "Erdős and Łódź"),
    ],
)
def test_fields_of_others_are_read(written: str, text: str) -> None:
    assert latex.decode(written) == text


def assert_is_safe(written: str) -> None:
    """Hold LaTeX to what BibTeX counts and TeX reads."""
    depth = 0
    for brace in re.findall(r"[{}]", written):
        depth += 1 if brace == "{" else -1
        assert depth >= 0, written
    assert depth == 0, written
    assert not re.search(r"(?<!\\)[%&#]", written), written
    assert len(re.findall(r"(?<!\\)\$", written)) % 2 == 0, written
    macros = set(re.findall(r"\\([A-Za-z]+)", written))
    assert macros <= KERNEL, macros - KERNEL


KERNEL = {
    macro.strip("\\{}$^ ")
    for table in (latex._SIGNS, latex._TEXT, latex._MATH)
    for value in table.values()
    for macro in re.findall(r"\\[A-Za-z]+", value)
} | set(latex._GREEK) | set("uvHckrdb")  # fmt: skip

TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from([*string.printable, *"éßαΔ²₁–“…×中😀\u0301"]), max_size=40),
    st.text(max_size=30),
    st.lists(st.sampled_from(HOSTILE), max_size=6).map(" ".join),
)


@settings(max_examples=150)
@given(TEXTS)
def test_whatever_is_written_is_balanced_and_read_as_the_same_title(text: str) -> None:
    for write in (latex.escape, latex.title):
        written = write(text)
        assert_is_safe(written)
        assert "\n" not in written
        expected = title_key(one_line(text))
        if not expected.startswith("#"):  # has letters or digits
            assert title_key(latex.decode(written)) == expected, written


def test_every_letter_with_an_accent_is_read_back() -> None:
    for base in string.ascii_letters:
        for mark in latex._ACCENTS:
            letter = unicodedata.normalize("NFC", base + mark)
            for text in (f"a{letter}b", letter, f"{letter} b"):
                assert latex.decode(latex.escape(text)) == text


def test_every_sign_of_the_tables_is_read_back() -> None:
    for character in (*latex._SIGNS, *latex._TEXT, *latex._MATH, *"αβγΓΔΩ", *"²³₀₁⁻"):
        read = latex.decode(latex.escape(f"a {character} b"))
        expected = unicodedata.normalize("NFKC", f"a {character} b")
        assert title_key(read) == title_key(expected), (character, read)
