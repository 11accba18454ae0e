"""Recipients of mails: removed from `to`, unsubscribed, subscribed by mail; links that act."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import strict
from typing import TYPE_CHECKING

import pytest

from digest.config import load_config
from digest.errors import ConfigError
from digest.library import WaitingDelivery
from digest.mail.signed_links import Recipient, Signer
from digest.pipeline.recipients import LINK_KEY, Withholding
from tests.growth import assert_linear
from tests.pipeline.mail_sink import MailSink
from tests.pipeline.world import RULES, World, of_profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

ADA, BO, CY = "ada@example.org", "bo@example.org", "cy@example.org"
SERVED = "site_url: https://papers.example.org/\nserved: true\n"
LINK = re.compile(r"https://papers\.example\.org/mail/(star|drop|unsubscribe)/([A-Za-z0-9_-]+)")


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as sink:
        yield sink


def config(port: int, *to: str, more: str = "", email: str = "", sources: str = "") -> str:
    rules = RULES.replace("sources: [dumps/]", f"sources: [dumps/{sources}]")
    return (
        f"{rules}{more}profiles: [{{name: daily, email: {{to: [{', '.join(to)}]{email},"
        f" from: digest@example.org}}}}]\n"
        f"smtp: {{host: 127.0.0.1, port: {port}, timeout: 5, retries: 0}}\n"
    )


def mails(sink: MailSink) -> list[EmailMessage]:
    return [message_from_bytes(content, policy=strict) for _, content in sink.delivered]


def part(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    assert body is not None
    return str(body.get_content())


def unsubscribe(world: World, address: str, profile: str = "daily") -> None:
    with world.library() as library:
        library.subscriptions.set(profile, address, "unsubscribed", "command", now=world.now)


# --- many ----------------------------------------------------------------------------------------


def test_who_gets_what_waits_is_found_in_linear_time(world: World) -> None:
    def work(size: int) -> None:
        addresses = [f"r{number}@example.org" for number in range(size)]
        world.configure(config(1, *addresses))
        with world.library() as library:
            withholding = Withholding(library, load_config(world.config))
            reasons = [
                withholding.reason(
                    WaitingDelivery(number, "daily", "smtp", to, b"", None, 0, None, "digest")
                )
                for number, to in enumerate(addresses)
            ]
        assert not any(reasons)

    assert_linear(work, 150)


# --- what waits ----------------------------------------------------------------------------------


@pytest.fixture
def waiting(world: World, sink: MailSink) -> World:
    """Return a world in whose outbox mails for Ada and Bo wait."""
    sink.answers.update({ADA: "451 later", BO: "451 later"})
    world.configure(config(sink.port, ADA, BO))
    world.drop("2026-01-05", "Pruning one")
    assert len(world.run().waiting) == 2
    sink.answers.clear()
    return world


def dropped(world: World) -> list[tuple[str, str | None]]:
    with world.library() as library:
        return [
            (delivery.target, delivery.error)
            for number in (1, 2)
            for delivery in library.outbox.of_digest(number)
            if delivery.state == "dropped"
        ]


def test_who_is_out_of_to_gets_nothing_that_waited(waiting: World, sink: MailSink) -> None:
    waiting.configure(config(sink.port, BO))
    assert waiting.run().complete
    assert sink.recipients == [BO]
    assert dropped(waiting) == [(ADA, f"{ADA} is no longer in `to`")]
    waiting.configure(config(sink.port, ADA, BO))
    assert waiting.run().complete
    assert sink.recipients == [BO], "what was dropped does not come back"


def test_who_unsubscribed_gets_nothing_that_waited(waiting: World, sink: MailSink) -> None:
    unsubscribe(waiting, ADA.upper())
    assert waiting.run().complete
    assert sink.recipients == [BO]
    assert dropped(waiting) == [(ADA, f"{ADA} has unsubscribed")]
    waiting.wait()
    assert of_profile(waiting.run()).deliveries
    assert sink.recipients == [BO, BO], "and nothing of the next digest"


def test_without_email_nothing_that_waited_is_sent(waiting: World, sink: MailSink) -> None:
    waiting.configure(RULES + f"smtp: {{host: 127.0.0.1, port: {sink.port}, timeout: 5}}\n")
    assert waiting.run().complete
    assert sink.recipients == []
    assert len(dropped(waiting)) == 2


def test_an_address_in_other_letters_is_the_same(waiting: World, sink: MailSink) -> None:
    waiting.configure(config(sink.port, "Ada@Example.org", BO))
    assert waiting.run().complete
    assert sink.recipients == [ADA, BO]


def test_another_profile_is_not_concerned(world: World, sink: MailSink) -> None:
    world.configure(
        RULES + f"profiles: [{{name: one, email: {{to: [{ADA}]}}}},"
        f" {{name: two, email: {{to: [{ADA}]}}}}]\n"
        f"smtp: {{host: 127.0.0.1, port: {sink.port}, timeout: 5}}\n"
    )
    unsubscribe(world, ADA, "one")
    world.drop("2026-01-05", "Pruning one")
    world.run()
    assert sink.recipients == [ADA]


# --- links ---------------------------------------------------------------------------------------


def test_each_recipient_has_links_of_their_own(world: World, sink: MailSink) -> None:
    world.configure(config(sink.port, ADA, BO, more=SERVED))
    world.drop("2026-01-05", {"title": "Pruning one", "arxiv_id": "2601.00001"}, "Pruning two")
    assert world.run().complete
    with world.library() as library:
        signer = Signer(library.accounts.secret(LINK_KEY))
        papers = {entry.paper for entry in library.digests.entries(1)}
    seen: set[str] = set()
    for mail, address in zip(mails(sink), (ADA, BO), strict=True):
        who = Recipient("daily", address)
        header = str(mail["List-Unsubscribe"])
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for subtype in ("html", "plain"):
            links = LINK.findall(part(mail, subtype))
            assert [action for action, _ in links] == ["star", "drop"] * 2 + ["unsubscribe"]
            read = [signer.read(a, token, [who], world.now.date()) for a, token in links]
            assert all(read), "each is valid for this recipient"
            assert {one.paper for one in read if one} == papers | {""}
            tokens = {token for _, token in links}
            assert not tokens & seen, "and for nobody else"
        seen |= tokens
        assert f"<https://papers.example.org/mail/unsubscribe/{links[-1][1]}>" in header
        assert address not in part(mail, "html")


def test_files_hold_no_link_that_acts(world: World, sink: MailSink) -> None:
    world.configure(config(sink.port, ADA, more=SERVED))
    world.drop("2026-01-05", "Pruning one")
    world.run()
    assert not any(b"/mail/" in content for content in world.outputs().values())


def test_without_a_served_site_there_is_no_such_link(world: World, sink: MailSink) -> None:
    world.configure(config(sink.port, ADA, more="site_url: https://papers.example.org/\n"))
    world.drop("2026-01-05", "Pruning one")
    world.run()
    (mail,) = mails(sink)
    assert "/mail/" not in part(mail, "html")
    assert mail["List-Unsubscribe"] == "<mailto:digest@example.org?subject=unsubscribe%20daily>"
    assert mail["List-Unsubscribe-Post"] is None


def test_a_site_that_is_not_encrypted_offers_no_one_click(world: World, sink: MailSink) -> None:
    world.configure(config(sink.port, ADA, more=SERVED.replace("https", "http")))
    world.drop("2026-01-05", "Pruning one")
    world.run()
    (mail,) = mails(sink)
    assert "http://papers.example.org/mail/star/" in part(mail, "html")
    assert str(mail["List-Unsubscribe"]).startswith("<mailto:")
    assert mail["List-Unsubscribe-Post"] is None


def test_own_links_to_unsubscribe_stay(world: World, sink: MailSink) -> None:
    own = ", unsubscribe: 'https://example.org/stop?{to}'"
    world.configure(config(sink.port, ADA, more=SERVED, email=own))
    world.drop("2026-01-05", "Pruning one")
    world.run()
    (mail,) = mails(sink)
    assert mail["List-Unsubscribe"] == "<https://example.org/stop?ada%40example.org>"
    actions = [action for action, _ in LINK.findall(part(mail, "html"))]
    assert actions == ["star", "drop"]


def test_a_served_site_needs_an_address(world: World) -> None:
    world.configure(RULES + "served: true\n")
    with pytest.raises(ConfigError, match="`served` needs `site_url`"):
        load_config(world.config)


# --- by mail -------------------------------------------------------------------------------------

MAILBOX = ", {kind: mailbox, name: requests, maildir: box/, subscriptions: true}"


class Post:
    """Mails that arrive in the mailbox."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._count = 0
        for name in ("cur", "new", "tmp"):
            (world.folder / "box" / name).mkdir(parents=True, exist_ok=True)

    def arrives(self, subject: str, sender: str, *headers: str) -> None:
        self._count += 1
        lines = [
            f"From: {sender}", f"Subject: {subject}", "To: digest@example.org",
            f"Date: {self._world.now:%a, %d %b %Y %H:%M:%S} +0000",
            f"Message-ID: <{self._count}@example.org>", *headers, "", "Thank you.", "",
        ]  # fmt: skip
        path = self._world.folder / "box/new" / f"{self._count}"
        path.write_text("\r\n".join(lines), encoding="utf-8")


@pytest.fixture
def post(world: World) -> Post:
    return Post(world)


def states(world: World) -> dict[str, str]:
    with world.library() as library:
        requests = library.subscriptions.of("daily")
        return {address: request.state for address, request in requests.items()}


def test_the_link_of_a_mail_unsubscribes_by_mail(world: World, sink: MailSink, post: Post) -> None:
    world.configure(config(sink.port, ADA, BO, sources=MAILBOX))
    world.drop("2026-01-05", "Pruning one")
    world.run()
    link = str(mails(sink)[0]["List-Unsubscribe"])
    subject = re.search(r"subject=([^>]+)", link)
    assert subject is not None
    post.arrives(subject[1].replace("%20", " "), "Ada <elsewhere@example.net>")
    world.wait()
    world.run()
    assert states(world) == {ADA: "unsubscribed"}
    assert sink.recipients == [ADA, BO, ADA, BO], "the third confirms"
    message = mails(sink)[2]
    assert "gets no more mails" in part(message, "plain")
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["In-Reply-To"] == "<1@example.org>"
    world.wait()
    world.run()
    assert sink.recipients == [ADA, BO, ADA, BO, BO], "and each mail counts once"


def test_it_is_taken_up_before_anything_that_waited_is_sent(
    world: World, sink: MailSink, post: Post
) -> None:
    world.configure(config(sink.port, ADA, sources=MAILBOX))
    sink.answers[ADA] = "451 later"
    world.drop("2026-01-05", "Pruning one")
    (waiting,) = world.run().waiting
    with world.library() as library:
        kept = library.outbox.get(waiting.id)
        assert kept is not None
        token = Signer(library.accounts.secret(LINK_KEY)).unsubscribe(Recipient("daily", ADA))
    assert token.encode() in kept.content.replace(b"=\r\n", b"")
    sink.answers.clear()
    post.arrives(f"unsubscribe daily {token}", ADA)
    assert world.run().complete
    assert [mail["Auto-Submitted"] for mail in mails(sink)] == ["auto-replied"]


def test_a_request_without_a_code_is_confirmed_first(
    world: World, sink: MailSink, post: Post
) -> None:
    world.configure(config(sink.port, ADA, sources=MAILBOX))
    post.arrives("Unsubscribe Daily", "Ada Lie <ada@example.org>")
    post.arrives("unsubscribe", ADA)
    world.run()
    assert states(world) == {}
    ask, digest_mail = mails(sink)
    assert digest_mail["Auto-Submitted"] == "auto-generated"
    assert "asked to unsubscribe" in part(ask, "plain")
    post.arrives(f"Re: AW: {ask['Subject']}", "Ada Lie <ada@example.org>")
    world.wait()
    world.run()
    assert states(world) == {ADA: "unsubscribed"}
    post.arrives(f"Re: {ask['Subject']}", ADA)
    count = len(sink.delivered)
    world.wait()
    world.run()
    assert len(sink.delivered) == count, "a code that comes again does nothing"
    post.arrives("subscribe daily", ADA)
    world.run()
    post.arrives(f"Re: {mails(sink)[-1]['Subject']}", ADA)
    world.run()
    assert states(world) == {ADA: "subscribed"}


def test_nobody_can_act_for_others_or_make_it_send(
    world: World, sink: MailSink, post: Post
) -> None:
    world.configure(config(sink.port, ADA, sources=MAILBOX, email=", when_empty: false"))
    post.arrives("unsubscribe daily " + "A" * 43, CY)
    post.arrives("confirm unsubscribe daily " + "A" * 60, CY)
    post.arrives("subscribe daily", CY)
    post.arrives("unsubscribe other", ADA)
    post.arrives("unsubscribe daily", ADA, "Auto-Submitted: auto-replied")
    post.arrives("unsubscribe daily", ADA, "Precedence: bulk")
    post.arrives("unsubscribe daily", ADA, "Return-Path: <>")
    post.arrives("unsubscribe daily", f"{ADA}, {BO}")
    post.arrives("unsubscribe daily", "=?utf-8?q?=0d=0aBcc:_x?= <a@b@c>")
    world.run()
    assert (states(world), sink.delivered) == ({}, [])


def test_anybody_may_subscribe_where_a_profile_is_open(
    world: World, sink: MailSink, post: Post
) -> None:
    world.configure(config(sink.port, ADA, sources=MAILBOX, email=", open: true", more=SERVED))
    post.arrives("subscribe daily", CY)
    world.run()
    (ask,) = [mail for mail in mails(sink) if mail["To"] == CY]
    post.arrives(f"Re: {ask['Subject']}", CY)
    world.drop("2026-01-06", "Pruning one")
    world.wait()
    world.run()
    assert states(world) == {CY: "subscribed"}
    told, digest_mail = [mail for mail in mails(sink) if mail["To"] == CY][1:]
    assert "is subscribed" in part(told, "plain")
    actions = [action for action, _ in LINK.findall(part(digest_mail, "html"))]
    assert actions == ["unsubscribe"], "the reading list is not theirs"
    world.configure(config(sink.port, ADA, sources=MAILBOX, more=SERVED))
    world.drop("2026-01-07", "Pruning two")
    world.wait()
    count = sink.recipients.count(CY)
    world.run()
    assert sink.recipients.count(CY) == count
