"""`preview`, `test-mail` and `send`."""

from __future__ import annotations

import email
import json
import socket
from email import policy
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.cli.app import main
from digest.cli.commands.preview import _open
from tests.pipeline.mail_sink import MailSink
from tests.pipeline.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONFIG = """\
sources: [dumps/]
rules:
  - {{name: Pruning, keywords: [pruning]}}
profiles:
  - name: daily
    intro: Of the *day*.
    email: {{to: [you@example.org, me@example.org], from: digest@example.org{extra}}}
  - {{name: other}}
smtp: {{host: 127.0.0.1, port: {port}, timeout: 5, retries: 0}}
"""


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as server:
        yield server


@pytest.fixture
def world(tmp_path: Path, sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a folder with one dump, and be in it."""
    monkeypatch.chdir(tmp_path)
    one = World(tmp_path, CONFIG.format(port=sink.port, extra=""))
    one.drop("one", "Pruning at scale", "Pruning twice", "Something else")
    return one


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return the program: its exit code, its results, its words."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        return code, *capsys.readouterr()

    return run


# --- preview -------------------------------------------------------------------------------------


def test_a_preview_shows_the_next_digest_and_changes_nothing(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.run()
    world.drop("two", "Pruning a third time")
    before = world.tree()
    code, out, _ = call("preview", "daily", "--into", "look", "--json")
    assert code == 0
    files = json.loads(out)["files"]
    assert set(files) == {"markdown", "html", "text", "eml"}
    assert " a third time" in Path(files["html"]).read_text(encoding="utf-8")
    assert "Pruning twice" not in Path(files["text"]).read_text(encoding="utf-8")
    after = {name: kept for name, kept in world.tree().items() if not name.startswith("look/")}
    assert after == before
    assert len(sink.delivered) == 2, "those of the run"


def test_a_preview_of_the_last_digest_is_that_digest(
    world: World, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.run()
    code, _, _ = call("preview", "daily", "--last", "--into", "look")
    assert code == 0
    day = world.now.date().isoformat()
    for suffix in ("md", "html", "txt"):
        look = (world.folder / f"look/{day}.{suffix}").read_text(encoding="utf-8")
        assert look == world.text(f"daily/{day}.{suffix}")


def test_where_nothing_would_come_the_last_one_is_shown(
    world: World,
    call: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert call("run")[0] == 0
    code, out, err = call("preview", "daily")
    assert code == 0
    assert "nothing new came. This is the last one." in err
    assert "2 of 3 new papers" in out


def test_where_there_is_no_last_one_it_is_said(
    world: World, call: Callable[..., tuple[int, str, str]]
) -> None:
    assert call("preview", "daily", "--last") == (
        2, "", "digest: daily has had no digest yet; `digest run` makes one\n",
    )  # fmt: skip


def test_a_preview_opens_in_a_browser_where_there_is_one(
    tmp_path: Path,
) -> None:
    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from tests.rendering.builders import CREATED

    opened: list[str] = []
    said = StringIO()
    context = Context(Console(said, said, {}), lambda: CREATED, {})

    def browse(url: str) -> bool:
        opened.append(url)
        return len(opened) == 1

    _open(tmp_path / "a.html", context, browse)
    assert said.getvalue() == ""
    _open(tmp_path / "a.html", context, browse)
    assert "found no browser" in said.getvalue()
    assert opened == [(tmp_path / "a.html").as_uri()] * 2


def test_one_of_several_profiles_must_be_named(
    world: World, call: Callable[..., tuple[int, str, str]]
) -> None:
    for command in (("preview",), ("test-mail",), ("send", "--to", "a@b.org")):
        code, _, err = call(*command)
        assert code == 2
        assert "has several profiles; name one of them: daily, other." in err


# --- test-mail -----------------------------------------------------------------------------------


def test_mail_settings_that_work_are_proved_by_a_message(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = call("test-mail", "daily")
    assert code == 0
    assert f"127.0.0.1:{sink.port} took the message for you@example.org." in out
    assert "not encrypted, without login" in err
    ((recipient, content),) = sink.delivered
    assert recipient == "you@example.org"
    message = email.message_from_bytes(content, policy=policy.strict + policy.SMTP)
    assert str(message["Subject"]).endswith(": a test")


def test_another_address_may_be_tried_without_email_settings(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    assert call("test-mail", "other")[0] == 2
    assert call("test-mail", "other", "--to", "Y. Ou <new@example.org>")[0] == 0
    assert [recipient for recipient, _ in sink.delivered] == ["new@example.org"]


def test_a_server_that_is_not_there_is_told_in_plain_words(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    world.configure(CONFIG.format(port=port, extra=""))
    code, out, err = call("test-mail", "daily")
    assert (code, out) == (1, "")
    assert f"Nothing answers at port {port} of 127.0.0.1: does the server run" in err


def test_an_address_that_is_refused_is_told_in_plain_words(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    sink.answers["you@example.org"] = "550 no such user"
    code, _, err = call("test-mail", "daily")
    assert code == 1
    assert "550 no such user" in err
    assert "The server takes no mail for this address" in err


def test_a_server_without_encryption_is_told_in_plain_words(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    config = CONFIG.format(port=sink.port, extra="").replace("timeout:", "security: SEC, timeout:")
    world.configure(config.replace("SEC", "starttls"))
    code, _, err = call("test-mail", "daily")
    assert code == 1
    assert "try `security: tls` and port 465" in err
    world.configure(config.replace("SEC", "tls"))
    code, _, err = call("test-mail", "daily")
    assert code == 1
    assert "security" in err
    assert sink.delivered == []


def test_a_maildir_is_tried_likewise(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.configure(CONFIG.format(port=sink.port, extra=", maildir: box"))
    code, out, _ = call("test-mail", "daily")
    assert code == 0
    assert f"The message is in the Maildir {world.folder / 'box'}." in out
    assert len(list((world.folder / "box/new").iterdir())) == 1
    assert sink.delivered == []


# --- send ----------------------------------------------------------------------------------------


def head_and_text(content: bytes) -> tuple[str, str]:
    message = email.message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(message["Message-ID"]), str(body.get_content())


def test_a_digest_sent_again_is_the_same_digest_in_a_message_of_its_own(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.run()
    first = {recipient: head_and_text(content) for recipient, content in sink.delivered}
    sink.delivered.clear()
    code, out, _ = call("send", "daily", "--to", "you@example.org")
    assert code == 0
    day = world.now.date().isoformat()
    assert out == f"daily, {day}: sent to you@example.org\n"
    ((recipient, content),) = sink.delivered
    identifier, text = head_and_text(content)
    assert recipient == "you@example.org"
    assert text == first["you@example.org"][1]
    assert identifier != first["you@example.org"][0]
    assert call("send", "daily", "--to", "you@example.org")[0] == 0
    assert head_and_text(sink.delivered[1][1])[0] != identifier


def test_all_digests_of_a_day_are_sent_again(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.run("daily")
    world.drop("two", "Pruning a third time")
    world.run("daily")
    world.wait(days=1)
    world.drop("three", "Pruning for ever")
    world.run("daily")
    sink.delivered.clear()
    code, out, _ = call("send", "daily", "--to", "new@example.org", "--date", "2026-01-05")
    assert code == 0
    assert len(out.splitlines()) == 2
    texts = [head_and_text(content)[1] for _, content in sink.delivered]
    assert "Pruning twice" in texts[0]
    assert "Pruning a third time" in texts[1]
    assert call("send", "daily", "--to", "a@b.org", "--date", "2020-01-01") == (
        2, "", "digest: daily had no digest on 2020-01-01; the last was on 2026-01-06\n",
    )  # fmt: skip


def test_what_the_server_does_not_take_waits(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.run()
    sink.delivered.clear()
    sink.answers["new@example.org"] = "451 later"
    code, out, err = call("send", "daily", "--to", "new@example.org")
    assert (code, out) == (3, "")
    assert "is waiting: " in err
    sink.answers.clear()
    world.run()
    assert [recipient for recipient, _ in sink.delivered] == ["new@example.org"]


def test_sending_again_gives_no_paper_anew(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.run()
    outputs = world.outputs()
    assert call("send", "daily", "--to", "you@example.org")[0] == 0
    assert world.outputs() == outputs


@pytest.mark.parametrize("to", ["nobody", "a@b.org\r\nBcc: c@d.org"])
def test_an_address_must_be_one(
    world: World, to: str, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    world.run()
    sink.delivered.clear()
    code, _, err = call("send", "daily", "--to", to)
    assert code == 2
    assert f"{to!r} must be " in err
    assert sink.delivered == []


# --- recipients ----------------------------------------------------------------------------------


def test_a_recipient_without_an_address_costs_that_recipient_alone(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    to = "to: [.bad@example.org, you@example.org"
    world.configure(CONFIG.format(port=sink.port, extra="").replace("to: [you@example.org", to))
    code, out, err = call("run", "daily", "--date", "2026-01-05")
    assert code == 3
    message = 'email: to: ".bad@example.org" must be an address'
    assert message in err
    assert "to you@example.org" in out
    assert sink.recipients == ["you@example.org", "me@example.org"]
    assert (world.output / "daily/2026-01-05.md").exists()
    code, _, err = call("check")
    assert code == 2
    assert message in " ".join(err.split())
    _, out, _ = call("run", "daily", "--json", "--date", "2026-01-06")
    assert [message in reason for reason in json.loads(out)["skipped"]] == [True]


def test_a_recipient_may_have_a_name_and_an_international_domain(
    world: World, sink: MailSink, call: Callable[..., tuple[int, str, str]]
) -> None:
    to = "to: ['Ü. Rivera <you@bücher.example>'"
    world.configure(CONFIG.format(port=sink.port, extra="").replace("to: [you@example.org", to))
    assert call("run", "daily")[0] == 0
    recipient, content = sink.delivered[0]
    assert recipient == "you@xn--bcher-kva.example"
    (shown,) = email.message_from_bytes(content, policy=policy.default)["To"].addresses
    assert (shown.display_name, shown.addr_spec) == ("Ü. Rivera", "you@xn--bcher-kva.example")
