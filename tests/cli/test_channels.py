"""`test-channel`, `send --channel`, `check` and `outbox` for profiles with channels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Answer, write
from tests.sources.server import LocalService, Reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Digest = Callable[..., Answer]


@pytest.fixture
def service() -> Iterator[LocalService]:
    with serving(Reply()) as service:
        yield service


@pytest.fixture
def place(folder: Path, service: LocalService, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a dump and a profile of two channels."""
    write(folder / "dumps/one.jsonl", '{"title": "Pruning one"}\n')
    write(
        folder / "config.yaml",
        "sources: [dumps/]\n"
        "rules: [{name: Pruning, keywords: [pruning]}]\n"
        "profiles:\n"
        "  - name: daily\n"
        f"    webhook: {{name: hook, url: '{service.url}/hook', secret_env: HOOK}}\n"
        "    notify: {name: phone, url_env: PHONE}\n"
        "smtp: {retries: 0}\n",
    )
    monkeypatch.setenv("HOOK", "secret")
    monkeypatch.setenv("PHONE", f"{service.url.replace('http', 'json')}/phone")
    return folder


def test_a_small_message_tries_a_channel(
    place: Path, digest: Digest, service: LocalService
) -> None:
    assert digest("test-channel", "daily", "hook") == Answer(0, "hook took the message.\n", "")
    assert digest("test-channel", "daily", "phone") == Answer(0, "phone took the message.\n", "")
    hook, phone = (json.loads(request.body) for request in service.asked)
    assert hook["test"] is True
    assert phone["message"].endswith("It works.")
    service.answer = lambda _path: Reply(status=404)
    assert digest("test-channel", "daily", "hook") == Answer(
        1, "", "digest: the webhook answered 404\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "the profile 'daily' has several channels: phone, hook"),
        (
            ("daily", "hok"),
            "the profile 'daily' has no channel 'hok'. Did you mean 'hook'? It has: phone, hook.",
        ),
    ],
)
def test_a_channel_must_be_named(
    place: Path, digest: Digest, arguments: tuple[str, ...], told: str
) -> None:
    assert digest("test-channel", *arguments) == Answer(2, "", f"digest: {told}\n")


def test_a_digest_is_sent_again_as_another_message(
    place: Path, digest: Digest, service: LocalService
) -> None:
    digest("run")
    assert digest("send", "daily", "--channel", "hook").code == 0
    first, second = (asked for asked in service.asked if asked.path == "/hook")
    titles = [
        [paper["title"] for paper in json.loads(asked.body)["papers"]] for asked in (first, second)
    ]
    assert titles == [["Pruning one"]] * 2
    assert first.headers["webhook-id"] != second.headers["webhook-id"]
    assert len(service.asked) == 3, "the phone was not asked again"


def test_what_waits_is_listed_by_its_name(
    place: Path, digest: Digest, service: LocalService
) -> None:
    service.answer = lambda _path: Reply(status=500)
    answer = digest("run")
    assert answer.code == 3
    assert "digest: hook is waiting: the webhook answered 500" in answer.err
    assert "digest: phone is waiting: JSON answered 500" in answer.err
    waiting = json.loads(digest("outbox", "--json").out)["outbox"]
    assert {delivery["channel"]: delivery["to"] for delivery in waiting} == {
        "notify": "phone", "webhook": "hook"
    }  # fmt: skip
    service.answer = lambda _path: Reply()
    assert digest("outbox", "retry").code == 0


def test_a_check_names_what_is_missing(
    place: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert digest("check").err == ""
    monkeypatch.delenv("HOOK")
    monkeypatch.setenv("PHONE", "nosuch://secret")
    message = " ".join(digest("check").err.split())
    assert "webhook 'hook': the environment variable HOOK is not set" in message
    assert "notify 'phone': PHONE does not hold a URL that Apprise knows" in message
    assert "secret" not in message.replace("secret_env", "")


def test_a_check_tries_the_template_of_a_message(place: Path, digest: Digest) -> None:
    config = (place / "config.yaml").read_text(encoding="utf-8")
    write(place / "mine/chat.txt.j2", "{{ shwn }}")
    write(
        place / "config.yaml",
        config.replace("PHONE}", "PHONE, template: chat.txt.j2}\n    templates: mine"),
    )
    answer = digest("check")
    assert answer.code == 2
    assert "did you mean 'shown'?" in " ".join(answer.err.split())
