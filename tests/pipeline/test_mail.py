"""Mail to working, failing and recovering servers."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import strict
from typing import TYPE_CHECKING

import pytest

from tests.pipeline.mail_sink import MailSink
from tests.pipeline.world import RULES, of_profile, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.pipeline.run import RunResult
    from tests.pipeline.world import World


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as sink:
        yield sink


def mailing(
    port: int, *to: str, smtp: str = "", email: str = "", profile: str = "name: daily"
) -> str:
    recipients = ", ".join(to or ("reader@example.org",))
    return (
        f"{RULES}profiles: [{{{profile}, email: {{to: [{recipients}]{email}}}}}]\n"
        f"smtp: {{host: 127.0.0.1, port: {port}, timeout: 5{smtp}}}\n"
    )


def states(result: RunResult) -> dict[str, tuple[str, str | None]]:
    """Return state and reason of this run's mails, by recipient."""
    return {
        delivery.target: (delivery.state, delivery.error)
        for delivery in of_profile(result).deliveries
        if delivery.channel == "smtp"
    }


def test_each_recipient_gets_a_message_of_their_own(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, "a@example.org", "b@example.org"))
    world.drop("2026-01-05", "Pruning one")
    result = world.run()
    assert result.complete
    assert states(result) == {"a@example.org": ("done", None), "b@example.org": ("done", None)}
    assert sink.recipients == ["a@example.org", "b@example.org"]
    for recipient, content in sink.delivered:
        message = message_from_bytes(content, policy=strict)
        assert message["To"] == recipient
        assert message["Subject"].startswith("1 paper: ")
    assert len(set(sink.message_ids)) == 2
    assert sink.commands.count("EHLO") == 1, "one connection for all"
    world.run()
    assert len(sink.delivered) == 2


def test_an_empty_digest_is_mailed_unless_it_is_not_wanted(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port))
    world.run()
    assert len(sink.delivered) == 1
    assert "No list of papers has come yet." in sink.delivered[0][1].decode()
    world.wait()
    world.configure(mailing(sink.port, email=", when_empty: false"))
    result = world.run()
    assert (len(sink.delivered), states(result)) == (1, {})
    assert "2026-01-06.md" in "".join(world.outputs())


def test_a_mail_that_may_pass_later_waits_for_the_next_run(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, "slow@example.org", "b@example.org"))
    world.drop("2026-01-05", "Pruning one")
    sink.answers["slow@example.org"] = "451 4.7.1 come back later"
    result = world.run()
    assert not result.complete
    reason = "the mail server answered 451 4.7.1 come back later"
    assert states(result)["slow@example.org"] == ("waiting", reason)
    assert sink.recipients == ["b@example.org"], "one does not hold up the other"
    with world.library() as library:
        (waiting,) = library.outbox.not_done()
    del sink.answers["slow@example.org"]
    assert world.run().complete
    assert sink.recipients == ["b@example.org", "slow@example.org"]
    assert sink.message_ids[1] == waiting.message_id


def test_without_retries_nothing_is_tried_twice_in_one_run(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, smtp=", retries: 0"))
    sink.answers["reader@example.org"] = "451 later"
    world.run()
    world.wait()
    sink.commands.clear()
    world.run()
    assert sink.commands.count("RCPT") == 2, "yesterday's and today's"


def test_a_mail_that_is_refused_for_good_is_reported_once(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, "gone@example.org", "b@example.org"))
    sink.answers["gone@example.org"] = "550 5.1.1 no such user"
    result = world.run()
    reason = "the mail server answered 550 5.1.1 no such user"
    assert states(result)["gone@example.org"] == ("failed", reason)
    assert sink.recipients == ["b@example.org"]
    assert not result.complete
    assert [delivery.target for delivery in result.waiting] == ["gone@example.org"]
    sink.answers.clear()
    second = world.run()
    assert second.complete
    assert sink.recipients == ["b@example.org"], "a person decides whether to try again"
    with world.library() as library:
        assert [delivery.state for delivery in library.outbox.not_done()] == ["failed"]


def test_a_connection_that_breaks_costs_one_mail(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, "bad@example.org", "b@example.org"))
    sink.answers["bad@example.org"] = "hang up"
    result = world.run()
    state, reason = states(result)["bad@example.org"]
    assert state == "waiting"
    assert reason is not None
    assert reason.startswith("the connection to the mail server broke: ")
    assert sink.recipients == ["b@example.org"]


def test_a_server_that_breaks_every_connection_is_left_alone(world: World, sink: MailSink) -> None:
    names = [f"r{number}@example.org" for number in range(6)]
    world.configure(mailing(sink.port, *names, smtp=", retries: 0"))
    sink.answers.update(dict.fromkeys(names, "hang up"))
    result = world.run()
    assert {state for state, _ in states(result).values()} == {"waiting"}
    assert sink.commands.count("RCPT") == 3
    sink.answers.clear()
    assert world.run().complete
    assert sorted(sink.recipients) == names


def test_a_server_that_is_not_there_delays_nothing_else(world: World) -> None:
    with MailSink() as sink:
        port = sink.port
    world.configure(mailing(port, "a@example.org", "b@example.org"))
    world.drop("2026-01-05", "Pruning one")
    result = world.run()
    assert shown(result) == ["Pruning one"]
    assert "daily/feed.xml" in world.outputs()
    for state, reason in states(result).values():
        assert state == "waiting"
        assert reason is not None
        assert reason.startswith(f"127.0.0.1:{port} cannot be used: ")
    assert not result.complete


def test_later_digests_do_not_overtake_a_mail_that_waits(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port))
    sink.answers["reader@example.org"] = "421 4.3.2 shutting down"
    world.run()
    world.wait()
    world.run()
    sink.answers.clear()
    world.wait()
    world.run()
    days = [message_from_bytes(content, policy=strict)["Date"] for _, content in sink.delivered]
    assert [str(day)[5:7] for day in days] == ["05", "06", "07"]


# --- encryption and login ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starttls", "reason"),
    [
        (None, "does not offer what the config asks for"),
        ("454 4.7.0 not now", "answered 454 4.7.0 not now"),
        ("220 go ahead", "the encrypted connection to"),  # and goes on in clear text
    ],
)
def test_without_the_encryption_that_was_asked_for_nothing_is_sent(
    world: World, sink: MailSink, starttls: str | None, reason: str
) -> None:
    sink.starttls = starttls
    sink.users["anna"] = "open sesame"
    world.environment["DIGEST_SMTP_PASSWORD"] = "open sesame"
    world.configure(mailing(sink.port, smtp=", security: starttls, username: anna"))
    result = world.run()
    state, told = states(result)["reader@example.org"]
    assert state == "waiting"
    assert told is not None
    assert reason in told
    assert not {"AUTH", "MAIL", "DATA"} & set(sink.commands)
    assert sink.delivered == []


def test_the_password_comes_from_the_environment(world: World, sink: MailSink) -> None:
    sink.users["anna"] = "open sesame"
    world.configure(mailing(sink.port, smtp=", username: anna, password_env: MY_PASSWORD"))
    result = world.run()
    assert states(result)["reader@example.org"] == (
        "waiting",
        (
            "the environment variable MY_PASSWORD, which should hold the password of the mail user "
            "'anna', is not set"
        ),
    )
    world.environment["MY_PASSWORD"] = "close sesame"
    world.wait()
    result = world.run()
    assert states(result)["reader@example.org"] == (
        "waiting",
        (
            f"127.0.0.1:{sink.port} does not accept the user 'anna' with the password in "
            "MY_PASSWORD: 5.7.8 unknown user or password"
        ),
    )
    assert sink.commands.count("AUTH") == 1, "a wrong password is not tried for each message"
    world.environment["MY_PASSWORD"] = "sésame"
    (waiting, *_) = world.run().waiting
    assert waiting.error is not None
    assert "other characters than ASCII" in waiting.error
    world.environment["MY_PASSWORD"] = "open sesame"
    assert world.run().complete
    assert len(sink.delivered) == 2
    stored = (world.folder / "digest.db").read_bytes() + b"".join(world.outputs().values())
    assert b"sesame" not in stored


def test_a_file_of_certificates_that_is_none_is_told(world: World, sink: MailSink) -> None:
    sink.starttls = "220 go ahead"
    (world.folder / "ca.pem").write_text("nothing in here")
    world.configure(mailing(sink.port, smtp=", security: starttls, ca_file: ca.pem"))
    _, reason = states(world.run())["reader@example.org"]
    assert reason is not None
    assert reason.startswith(f"the certificates in {world.folder / 'ca.pem'} cannot be read: ")
