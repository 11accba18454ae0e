"""Waiting deliveries: retried within a run, by the next runs, and for how long."""

from __future__ import annotations

import mailbox
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from digest.library.outbox import Outbox
from tests.pipeline.mail_sink import MailSink
from tests.pipeline.test_mail import mailing, states
from tests.pipeline.world import MONDAY, RULES, of_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.pipeline.world import World


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as sink:
        yield sink


def at_first(times: int, answer: str, *, step: str) -> Callable[[str, str], str]:
    """Return a server's trouble that each recipient has with the first messages, at one step."""
    seen: Counter[str] = Counter()

    def trouble(at: str, recipient: str) -> str:
        if at != step:
            return ""
        seen[recipient] += 1
        return answer if seen[recipient] <= times else ""

    return trouble


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["451 4.7.1 greylisted", "421 shutting down", "hang up"])
def test_what_may_pass_is_tried_again_after_growing_pauses(
    world: World, sink: MailSink, step: str, answer: str
) -> None:
    world.configure(mailing(sink.port, "a@example.org", "b@example.org"))
    sink.trouble = at_first(2, answer, step=step)
    result = world.run()
    assert result.complete
    assert states(result) == {"a@example.org": ("done", None), "b@example.org": ("done", None)}
    assert sink.recipients == ["a@example.org", "b@example.org"]
    assert world.pauses == [1, 4]


def test_a_mail_that_was_kept_but_not_acknowledged_comes_again_under_the_same_id(
    world: World, sink: MailSink
) -> None:
    world.configure(mailing(sink.port))
    sink.trouble = at_first(2, "keep and hang up", step="DATA")
    assert world.run().complete
    assert len(sink.delivered) == 3
    assert len({content for _, content in sink.delivered}) == 1, "the same bytes, the same id"


def test_one_recipient_in_trouble_holds_up_nobody(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, "a@example.org", "b@example.org"))
    sink.answers["a@example.org"] = "451 later"
    result = world.run()
    assert sink.recipients == ["b@example.org"]
    assert states(result)["a@example.org"] == ("waiting", "the mail server answered 451 later")
    assert world.pauses == [1, 4, 15], "and then the next run's turn has come"
    with world.library() as library:
        (waiting,) = library.outbox.not_done()
    assert waiting.tries == 4


def test_mails_that_break_every_connection_hold_up_nobody(world: World, sink: MailSink) -> None:
    poison = [f"bad{number}@example.org" for number in range(4)]
    world.configure(mailing(sink.port, *poison, "a@example.org", "b@example.org"))
    sink.answers.update(dict.fromkeys(poison, "hang up"))
    result = world.run()
    assert sink.recipients == ["a@example.org", "b@example.org"]
    assert {target for target, (state, _) in states(result).items() if state == "waiting"} == {
        *poison
    }


def test_a_server_that_comes_back_gets_everything(world: World, sink: MailSink) -> None:
    names = [f"r{number}@example.org" for number in range(6)]
    world.configure(mailing(sink.port, *names))
    sink.answers.update(dict.fromkeys(names, "hang up"))

    def comes_back(_seconds: float) -> None:
        sink.answers.clear()

    world.sleep = comes_back
    assert world.run().complete
    assert sorted(sink.recipients) == names


@pytest.mark.parametrize("code", [550, 552, 554])
def test_what_is_refused_for_good_is_tried_once(world: World, sink: MailSink, code: int) -> None:
    world.configure(mailing(sink.port))
    sink.trouble = at_first(9, f"{code} no", step="DATA")
    result = world.run()
    assert states(result)["reader@example.org"] == ("failed", f"the mail server answered {code} no")
    assert world.pauses == []
    assert sink.commands.count("DATA") == 1


def test_a_failed_mail_is_forgotten_after_weeks(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port))
    sink.trouble = at_first(9, "550 no", step="DATA")
    world.run()
    for days, kept in ((29, 1), (2, 0)):
        world.wait(days=days)
        world.run(day=MONDAY.date())
        with world.library(scratch=True) as library:
            assert len(library.outbox.not_done()) == kept


def test_a_server_that_wants_a_login_fails_no_mail(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, "a@example.org", "b@example.org"))
    sink.users["anna"] = "open sesame"
    result = world.run()
    assert {state for state, _ in states(result).values()} == {"waiting"}
    assert (sink.commands.count("MAIL"), world.pauses) == (1, []), "a pause logs nobody in"
    sink.users.clear()
    assert world.run().complete
    assert len(sink.delivered) == 2


def test_a_mail_is_given_up_after_days(world: World, sink: MailSink) -> None:
    world.configure(mailing(sink.port, smtp=", retries: 0, give_up_after: 2"))
    sink.answers["reader@example.org"] = "451 later"
    world.run(day=world.now.date() - timedelta(days=30))
    for _ in range(2):
        world.wait(days=0.9)
        assert all(delivery.state == "waiting" for delivery in world.run().waiting)
    world.wait(days=0.9)
    (first, *others) = world.run().waiting
    reason = "given up after 2 days: the mail server answered 451 later"
    assert (first.state, first.error, first.tries) == ("failed", reason, 4)
    assert all(other.state == "waiting" for other in others), "their days began later"
    sink.answers.clear()
    world.run()
    assert len(sink.delivered) == len(others)


def test_a_file_is_never_given_up(world: World) -> None:
    world.output.write_text("in the way")
    for _ in range(8):
        result = world.run()
        assert {delivery.state for delivery in result.waiting} == {"waiting"}
        world.wait()
    world.output.unlink()
    assert world.run().complete


# --- a Maildir -----------------------------------------------------------------------------------

MAILDIR = f"""\
{RULES}\
profiles:
  - {{name: daily, email: {{to: [a@example.org, b@example.org], maildir: mail/}}}}
"""


def received(folder: Path) -> list[str]:
    """Return the recipients of the messages in a Maildir, as an independent reader finds them."""
    box = mailbox.Maildir(folder, create=False)
    return sorted(str(message["To"]) for message in box)


def test_a_maildir_takes_the_messages_in_place_of_a_server(world: World) -> None:
    world.configure(MAILDIR)
    result = world.run()
    assert {delivery.channel for delivery in of_profile(result).deliveries} == {"file", "maildir"}
    assert received(world.folder / "mail") == ["a@example.org", "b@example.org"]
    contents = [path.read_bytes() for path in (world.folder / "mail/new").iterdir()]
    assert all(b"\r" not in content for content in contents)
    assert list((world.folder / "mail/tmp").iterdir()) == []
    assert (world.folder / "mail/new").stat().st_mode & 0o077 == 0, "nobody else reads it"


@pytest.mark.parametrize("place", ["new", "cur"])
def test_what_a_killed_run_has_brought_does_not_come_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    world.configure(MAILDIR)
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "mark_done", lambda *_, **__: None)
        world.run()
    mail = world.folder / "mail"
    if place == "cur":
        for path in (mail / "new").iterdir():
            path.rename(mail / "cur" / f"{path.name}:2,S")
    assert world.run().complete
    assert received(mail) == ["a@example.org", "b@example.org"]


def test_a_maildir_that_cannot_be_written_delays_the_mail(world: World) -> None:
    world.configure(MAILDIR)
    (world.folder / "mail").write_text("in the way")
    waiting = world.run().waiting
    assert [delivery.channel for delivery in waiting] == ["maildir", "maildir"]
    assert waiting[0].error is not None
    assert "cannot be written: File exists" in waiting[0].error
    (world.folder / "mail").unlink()
    world.configure(MAILDIR.replace(", maildir: mail/", ""))
    (first, *_) = world.run().waiting
    assert first.error == "the config has no `maildir` for the profile 'daily' any more"
    world.configure(MAILDIR)
    assert world.run().complete
    assert len(received(world.folder / "mail")) == 2
