"""Signed links cannot be forged, changed, or used for another recipient."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.signed_links import UNSUBSCRIBE_LENGTH, Recipient, Signer, act_length

ADA, BO = Recipient("daily", "ada@example.org"), Recipient("daily", "bo@example.org")
SIGNER = Signer(b"k" * 32)
DAY = date(2026, 1, 5)
LATER = date(2026, 2, 4)


@given(paper=st.text(max_size=80), name=st.text(min_size=1, max_size=20))
def test_a_link_says_what_it_was_made_for(paper: str, name: str) -> None:
    paper = paper.encode("utf-8", "replace").decode()
    who = Recipient(name.encode("utf-8", "replace").decode(), "ada@example.org")
    token = SIGNER.act("star", who, paper, LATER)
    assert len(token) == act_length(paper)
    signed = SIGNER.read("star", token, [BO, who], DAY)
    assert signed is not None
    assert (signed.recipient, signed.paper, signed.expires) == (who, paper, LATER)


def test_a_link_works_for_its_recipient_action_key_and_days_alone() -> None:
    token = SIGNER.act("star", ADA, "2601.00001", LATER)
    assert SIGNER.read("star", token, [ADA], LATER) is not None
    assert SIGNER.read("star", token, [ADA], date(2026, 2, 5)) is None, "expired"
    assert SIGNER.read("drop", token, [ADA], DAY) is None
    assert SIGNER.read("unsubscribe", token, [ADA], DAY) is None
    assert SIGNER.read("star", token, [BO], DAY) is None
    assert SIGNER.read("star", token, [Recipient("weekly", ADA.address)], DAY) is None
    assert SIGNER.read("star", token, [], DAY) is None
    assert Signer(b"other" * 8).read("star", token, [ADA], DAY) is None
    second = Recipient("daily", "Ada@Example.org")
    assert SIGNER.read("star", token, [second], DAY) is not None, "as the address is written now"


@given(place=st.integers(0, 200), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(place: int, bit: int) -> None:
    token = SIGNER.act("drop", ADA, "10.1000/x(1)<y>", LATER)
    content = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    content[place % len(content)] ^= 1 << bit
    forged = base64.urlsafe_b64encode(bytes(content)).decode().rstrip("=")
    assert SIGNER.read("drop", forged, [ADA], DAY) is None


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "=" * 48, "A" * 48, "+/" * 24, "A" * 49])
def test_what_is_no_link_is_refused(token: str) -> None:
    assert SIGNER.read("star", token, [ADA], DAY) is None
    assert SIGNER.confirmed("subscribe", "daily", token, DAY) is None


def test_a_link_can_be_written_in_one_way_only() -> None:
    token = SIGNER.act("star", ADA, "2601.0001", LATER)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    variants = {token + "=", token.replace("-", "+").replace("_", "/") + "\n", f" {token}"}
    variants |= {token[:-1] + letter for letter in last} - {token}
    assert all(SIGNER.read("star", variant, [ADA], DAY) is None for variant in variants)


def test_a_link_to_unsubscribe_never_expires() -> None:
    token = SIGNER.unsubscribe(ADA)
    assert len(token) == UNSUBSCRIBE_LENGTH
    assert SIGNER.read("unsubscribe", token, [ADA], date(2099, 1, 1)) is not None
    assert SIGNER.read("star", token, [ADA], DAY) is None
    assert "ada" not in base64.urlsafe_b64decode(token + "==").decode("latin-1")


def test_a_code_confirms_one_request_of_one_address() -> None:
    code = SIGNER.confirmation("subscribe", ADA, DAY)
    assert SIGNER.confirmed("subscribe", "daily", code, DAY) == ADA.address
    assert SIGNER.confirmed("unsubscribe", "daily", code, DAY) is None
    assert SIGNER.confirmed("subscribe", "weekly", code, DAY) is None
    assert SIGNER.confirmed("subscribe", "daily", code, date(2026, 1, 13)) is None
    assert SIGNER.confirmed("subscribe", "daily", SIGNER.unsubscribe(ADA), DAY) is None
