"""The message of a digest: what its head says, to whom, and how it can be stopped."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from digest.mail.letter import Letter, unsubscribe_link
from digest.model import EmailSettings, Mailbox
from digest.rendering.templates import Renderer
from digest.wording import preheader, top_titles
from tests.rendering.builders import CREATED, digest, empty, entry, many, marked, profile

if TYPE_CHECKING:
    from digest.mail.mime import Message

RENDERER = Renderer()
YOU = Mailbox("you@example.org")


def letter(**changes: object) -> Letter:
    settings = EmailSettings((YOU,), sender=Mailbox("digest@example.org"), **changes)  # type: ignore[arg-type]  # fields by name
    return Letter(RENDERER, profile(email=settings), many(3))


def message(one: Letter, to: str = "you@example.org", **changes: object) -> Message:
    return one.message(Mailbox.parse(to), library_id="L", **changes)  # type: ignore[arg-type]  # fields by name


def parsed(one: Message) -> EmailMessage:
    read = email.message_from_bytes(one.content, policy=policy.strict + policy.SMTP)
    assert isinstance(read, EmailMessage)
    return read


def test_a_message_tried_twice_is_one() -> None:
    first, second = message(letter()), message(letter())
    assert first == second
    assert first.message_id != message(letter(), "me@example.org").message_id


def test_sent_again_on_purpose_it_is_another_of_its_own_date() -> None:
    later = datetime(2026, 2, 1, tzinfo=UTC)
    again = message(letter(), again="2026-02-01T00:00:00+00:00", date=later)
    assert again.message_id != message(letter()).message_id
    assert parsed(again)["Date"].datetime == later
    assert parsed(message(letter()))["Date"].datetime == CREATED


def test_a_recipient_may_have_a_name() -> None:
    one = message(letter(), "Ü. Rivera <you@example.org>")
    assert one.recipient == Mailbox("you@example.org", "Ü. Rivera")
    assert parsed(one)["To"].addresses[0].display_name == "Ü. Rivera"
    assert one.message_id == message(letter()).message_id


@pytest.mark.parametrize(
    ("unsubscribe", "link", "one_click"),
    [
        (None, "mailto:digest@example.org?subject=unsubscribe%20daily", False),
        ("mailto:stop@example.org?subject={profile}", "mailto:stop@example.org?subject=daily",
         False),
        ("https://example.org/stop?who={to}&from={profile}",
         "https://example.org/stop?who=you%40example.org&from=daily", True),
    ],
)  # fmt: skip
def test_every_message_says_how_to_stop(
    unsubscribe: str | None, link: str, one_click: bool
) -> None:
    one = letter(unsubscribe=unsubscribe)
    read = parsed(message(one))
    assert read["List-Unsubscribe"] == f"<{link}>"
    assert ("List-Unsubscribe-Post" in read) == one_click
    bodies = one.bodies(YOU)
    assert link.replace("&", "&amp;") in bodies.html
    assert f"Stop these mails: {link}\n" in bodies.text


def test_each_recipient_has_a_link_of_their_own() -> None:
    one = letter(unsubscribe="https://example.org/{to}")
    assert "https://example.org/a%40b.org" in one.bodies(Mailbox("a@b.org")).html
    assert "https://example.org/c%40d.org" in one.bodies(Mailbox("c@d.org")).html


def test_recipients_of_one_link_share_the_bodies() -> None:
    one = letter()
    assert one.bodies(Mailbox("a@b.org")) is one.bodies(Mailbox("c@d.org"))


def test_the_lists_identifier_is_the_configs() -> None:
    assert parsed(message(letter(list_id="papers.example.org")))["List-Id"] == (
        "<papers.example.org>"
    )


def test_a_link_to_stop_needs_no_settings() -> None:
    assert unsubscribe_link(profile(), Mailbox("a@b.org")).startswith("mailto:digest@localhost?")


# --- subject and preheader -----------------------------------------------------------------------


def test_the_subject_says_how_many_and_which_are_best() -> None:
    assert parsed(message(letter()))["Subject"] == (
        "Papers for Monday’s reading group: 3 papers — "
        "Routing tokens to sparse experts without a learned router"
    )


def test_the_titles_of_the_subject_are_the_best_that_fit() -> None:
    short = [entry(n, title=marked(title)) for n, title in enumerate(["One", "Two", "Three"])]
    assert top_titles(digest(short)) == ("One", "Two", "Three")
    long = digest([entry(1, title=marked("word " * 60)), *short])
    (title,) = top_titles(long)
    assert len(title) <= 100
    assert title.endswith("word…")


def test_the_preheader_goes_on_where_the_subject_ends() -> None:
    long = [entry(n, title=marked(f"{n} " + "word " * 18)) for n in range(4)]
    shown = digest(long)
    assert len(top_titles(shown)) == 1
    assert preheader(shown).startswith("1 word word")
    assert len(preheader(shown)) <= 160


def test_the_preheader_of_few_papers_is_the_summary() -> None:
    assert preheader(empty()) == empty().summary
    assert preheader(many(1)) == many(1).summary
