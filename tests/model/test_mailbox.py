"""One grammar for addresses, in the config and on the command line."""

from __future__ import annotations

from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Mailbox


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("you@example.org", "", "you@example.org"),
        (" you@example.org ", "", "you@example.org"),
        ("<you@example.org>", "", "you@example.org"),
        ("you@localhost", "", "you@localhost"),
        ("You <you+papers@example.org>", "You", "you+papers@example.org"),
        ("Berg, Ada  B. <ada@example.org>", "Berg, Ada B.", "ada@example.org"),
        ('"Berg, Ada" <ada@example.org>', "Berg, Ada", "ada@example.org"),
        (r'"The \"lab\"" <lab@example.org>', 'The "lab"', "lab@example.org"),
        ("Ü. Rivera <you@example.org>", "Ü. Rivera", "you@example.org"),
        ("a@bücher.example", "", "a@xn--bcher-kva.example"),
        ("Lü <a@例え.example>", "Lü", "a@xn--r8jz45g.example"),
        ("a@xn--bcher-kva.example", "", "a@xn--bcher-kva.example"),
    ],
)
def test_an_address_may_have_a_name_and_an_international_domain(
    text: str, name: str, address: str
) -> None:
    mailbox = Mailbox.parse(text)
    assert (mailbox.name, mailbox.address) == (name, address)
    assert mailbox.domain == address.partition("@")[2]


@pytest.mark.parametrize(
    "text",
    [
        "", "you", "you@", "@example.org", ".you@example.org", "you.@example.org", "a..b@c.org",
        "a@b, c@d", "a@b.org, Ada <c@d.org>", "a@b\r\nBcc: c@d", "jürgen@example.org",
        "a b@example.org", "a@exa mple.org", "a@.org", "a@b..org", "a@-b.org", "<a@b", "a@b@c",
        "a@" + "b" * 64 + ".example", "a@" + "ü" * 80 + ".example", "a" * 65 + "@example.org",
        "a@" + "b" * 60 + ".b" * 100, "Ada <a@b.org> Berg", "Ada <Eve <a@b.org>>", "a@b.org>",
    ],
)  # fmt: skip
def test_what_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|has) "):
        Mailbox.parse(text)


def test_a_domain_that_two_standards_read_differently_is_refused() -> None:
    """IDNA 2003 would send it to strasse.example, which may belong to somebody else."""
    with pytest.raises(ValueError, match="xn-- form"):
        Mailbox.parse("a@straße.example")


@given(name=st.text(st.characters(exclude_characters="\r\n")) | st.text('ab ()<>[]:;@\\,."'))
def test_a_mailbox_is_written_as_python_writes_it(name: str) -> None:
    mailbox = Mailbox("you@example.org", name)
    assert str(mailbox) == str(Address(name, addr_spec=mailbox.address))


@given(name=st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1))
def test_what_is_written_is_parsed_again(name: str) -> None:
    mailbox = Mailbox("you@example.org", name)
    assert Mailbox.parse(str(mailbox)) == mailbox
