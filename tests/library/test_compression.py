"""Texts of the library are compressed, each by itself, and come back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.library.compression import pack, unpack


@given(st.text(max_size=200))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert unpack(pack(text.encode())) == text


def test_a_short_text_becomes_shorter() -> None:
    text = "We propose a novel method for training large language models."
    assert len(pack(text.encode())) < len(text) * 2 / 3


def test_texts_of_older_libraries_are_read() -> None:
    packed = bytes.fromhex("0128b52ffd203cbd00005845696e20546578742e227d03007ee6000a3cb8c32a08")
    assert unpack(packed) == '{"title":"Ein Text","abstract":"We propose a novel method."}'
