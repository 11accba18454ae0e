"""Clean text, and addresses that are safe to link to."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.addresses import MAX_URL, safe_url
from digest.text.clean import clean_text, single_spaced


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  two\n  lines\tand\u00a0more ", "two lines and more"),
        ("form\ffeed, vertical\vtab, next\x85line", "form feed, vertical tab, next line"),
        ("NUL\x00 ESC\x1b[31m DEL\x7f C1\x9f", "NUL ESC[31m DEL C1"),
        ("a \x00 b", "a b"),
        ("over\u202eride\u202c, iso\u2066late\u2069", "override, isolate"),
        ("non\ufffe\uffff\ufdd0\U0001fffecharacter", "noncharacter"),
        ("lone \ud800 surrogate \udc00", "lone surrogate"),
        (
            "soft\u00adhyphen, zero\u200bwidth, \ufeffmark",
            "soft\u00adhyphen, zero\u200bwidth, \ufeffmark",
        ),
        (
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        ("e\u0301 stays as it was composed", "e\u0301 stays as it was composed"),
        ("<projektor> &amp; <b>text</b>", "<projektor> &amp; <b>text</b>"),
        ("", ""),
        (" \n\x00 ", ""),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text(alphabet=" \t\n\x00\x1c\x7f\xa0\u2003ab"))
def test_single_spaced_text_has_one_space_between_words(text: str) -> None:
    assert single_spaced(text) == " ".join(text.split())


def test_labels_keep_what_would_be_latex() -> None:
    assert clean_text(r"a_{2}\%  b", latex=False) == r"a_{2}\% b"


@given(st.text())
def test_clean_text_is_one_line_without_controls(raw: str) -> None:
    clean = clean_text(raw)
    assert clean == " ".join(clean.split())
    assert not any(unicodedata.category(ch) in ("Cc", "Cs") for ch in clean)
    assert not set(clean) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"
    )


@given(st.text(alphabet=st.characters(exclude_characters="\\$~`{}^_'")))
def test_cleaning_twice_changes_nothing_without_latex(raw: str) -> None:
    assert clean_text(clean_text(raw)) == clean_text(raw)


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2601.00001",
        "http://example.org/",
        "https://example.org:8443/a_b/c.html?x=1&y=%20#part",
        "https://xn--e1awd7f.example/",
    ],
)
def test_ordinary_addresses_stay_as_they_are(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        (" https://example.org/a ", "https://example.org/a"),
        ("HTTPS://Example.ORG/A", "https://example.org/A"),
        ('https://example.org/"onclick=x y="', "https://example.org/%22onclick=x%20y=%22"),
        ("https://example.org/1)[x](y", "https://example.org/1%29%5Bx%5D%28y"),
        ("https://example.org/\u202egpj.exe", "https://example.org/gpj.exe"),
        ("https://example.org/<b>'`", "https://example.org/%3Cb%3E%27%60"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ],
)
def test_odd_signs_in_addresses_are_encoded(raw: str, safe: str) -> None:
    assert safe_url(raw) == safe


@pytest.mark.parametrize(
    "raw",
    [
        "", "example.org", "//example.org/", "javascript:alert(1)", " JaVaScRiPt:alert(1)",
        "\x01javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
        "ftp://example.org/", "http://127.0.0.1:22/", "http://0x7f.1/", "http://2130706433/",
        "http://[::1]/", "http://[::1", "http://localhost/", "http://host/", "http://a.local/",
        "http://a.internal/", "https://user:pass@example.org/", "https://example.org@evil.example/",
        "https://example.org:25/", "https://example.org:99999/", "https://example.org:x/",
        "https://example.org/a b\nSet-Cookie: x", "https://example.org/\ta", "https://exa\x00mple.org/",
        "https://example.org/" + "a" * MAX_URL, "https://" + "a." * 200 + "org/", "https:///path",
        "https://-.org/", "https://.org/", "https://ex ample.org/",
    ],
)  # fmt: skip
def test_what_no_reader_should_open_is_refused(raw: str) -> None:
    assert safe_url(raw) is None


@given(st.text() | st.text().map("https://example.org/{}".format))
def test_a_safe_address_can_stand_anywhere(raw: str) -> None:
    safe = safe_url(raw)
    if safe is not None:
        assert safe.startswith(("http://", "https://"))
        assert safe.isascii()
        assert safe.isprintable()
        assert not set(safe) & set(" \"'()[]<>`{}|\\^")
        assert safe_url(safe) == safe
