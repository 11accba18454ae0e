"""The message of a digest: headers, recipients, unsubscribe links."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.mail.letter import Letter, unsubscribe_link
from digest.mail.mime import subject
from digest.model import Digest, EmailSettings, Mailbox
from digest.model.settings import DEFAULT_SUBJECT
from digest.rendering.templates import Renderer
from digest.wording.head import preheader, top_titles
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
    second = message(letter(), repetition="2026-02-01T00:00:00+00:00", date=later)
    assert second.message_id != message(letter()).message_id
    assert parsed(second)["Date"].datetime == later
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
    assert f"Unsubscribe: {link}\n" in bodies.text


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
        "3 papers: Routing tokens to sparse experts without a learned router and more"
    )


def titled(*titles: str, rule: str = "A") -> Digest:
    return digest([entry(n, title=marked(title), rule=rule) for n, title in enumerate(titles)])


@pytest.mark.parametrize(
    ("titles", "top"),
    [
        (["One", "Two", "Three"], "One, Two and Three"),
        (["One: of many", "Two"], "One and Two"),
        (["One", "Two", "Three", "Four"], "One, Two, Three and more"),
        (["A: B", "Three"], "A – B and Three"),
        (["word " * 60, "Two"], None),
    ],
)
def test_the_subject_names_the_first_titles_cut_at_their_colon(
    titles: list[str], top: str | None
) -> None:
    shown = top_titles(titled(*titles))
    assert ":" not in shown
    if top is None:
        assert shown.endswith("… and Two")
        assert len(shown) < 80
    else:
        assert shown == top


def test_the_subject_takes_the_first_of_each_section_in_turn() -> None:
    entries = [entry(n, title=marked(f"{'AB'[n // 2]}{n}"), rule="AB"[n // 2]) for n in range(4)]
    assert top_titles(digest(entries)) == "A0, B2, A1 and more"


def test_the_subject_comes_in_the_language_of_the_digest() -> None:
    german = replace(titled("Eins", "Zwei"), language="de")
    assert subject(DEFAULT_SUBJECT, german) == "2 Artikel: Eins und Zwei"
    assert subject(DEFAULT_SUBJECT, titled("One")) == "1 paper: One"


def test_a_day_without_papers_says_so_in_the_subject() -> None:
    assert subject(DEFAULT_SUBJECT, empty()) == "No rule matched any of today’s 433 papers."


def test_the_preheader_says_what_the_subject_does_not() -> None:
    shown = titled("One", "Two", "Three", "Four: of many", "Five")
    assert top_titles(shown) == "One, Two, Three and more"
    assert preheader(shown) == "Also: Four · Five"
    assert len(preheader(titled(*(f"{n} " + "word " * 18 for n in range(9))))) <= 160


def test_the_preheader_of_few_papers_is_the_summary() -> None:
    assert preheader(empty()) == "From arXiv."
    assert preheader(many(1)) == many(1).summary
