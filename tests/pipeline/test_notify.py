"""Messages for chats and phones: within limits, without secrets."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from digest.delivery.notify import Notifier
from tests.conftest import PROJECT
from tests.pipeline.channels import (
    json_url,
    notifying,
    one_apprise,
    told,
)
from tests.pipeline.world import RULES, World
from tests.sources.server import LocalService, Reply, serving

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from digest.model.channels import Notification


@one_apprise
def test_a_service_shows_the_papers_and_why(world: World, service: LocalService) -> None:
    world.configure(notifying())
    world.environment["PHONE"] = json_url(service, "/hidden-token")
    world.drop("2026-01-05", {"title": "Pruning one", "url": "https://example.org/1"}, "Else")
    assert told(world.run()) == {"phone": ("done", None)}
    (request,) = service.asked
    message = json.loads(request.body)
    assert message["title"] == "Reading list · 5 January 2026"
    assert message["message"].splitlines()[-3:] == [
        "• Pruning one",
        "Pruning, in the title",
        "https://example.org/1",
    ]
    assert request.headers["Idempotency-Key"].startswith("digest_")
    world.run()
    assert len(service.asked) == 1, "once"


@one_apprise
def test_a_message_ends_between_two_papers_and_counts_the_rest(
    world: World, service: LocalService
) -> None:
    world.configure(notifying(", limit: 400"))
    world.environment["PHONE"] = json_url(service)
    world.drop("2026-01-05", *(f"Pruning number {number}" for number in range(30)))
    world.run()
    message = json.loads(service.asked[0].body)
    assert len(message["message"]) + len(message["title"]) <= 400
    shown = [line for line in message["message"].splitlines() if line.startswith("• ")]
    assert 3 <= len(shown) < 30
    assert message["message"].splitlines()[-1] == f"+ {30 - len(shown)} more papers."


@one_apprise
def test_ntfy_counts_bytes(world: World, service: LocalService) -> None:
    world.configure(notifying())
    world.environment["PHONE"] = f"{service.url.replace('http', 'ntfy')}/topic"
    world.drop("2026-01-05", *(f"Pruning {'枝' * 60} {number}" for number in range(60)))
    assert told(world.run()) == {"phone": ("done", None)}
    (request,) = service.asked
    assert len(json.loads(request.body)["message"].encode()) <= 4_096
    assert "attach" not in request.body.decode(), "not as a file, which nobody opens"


@one_apprise
def test_a_paper_calls_nobody_and_hides_no_link(world: World, service: LocalService) -> None:
    world.configure(notifying())
    world.environment["PHONE"] = json_url(service)
    title = "Pruning @everyone <!channel> <https://evil.example|docs> [docs](https://evil.example)"
    world.drop("2026-01-05", title)
    world.run()
    message = json.loads(service.asked[0].body)["message"]
    assert "@everyone" not in message
    assert "<" not in message.replace("<\N{WORD JOINER}", "")
    assert "](" not in message
    assert message.replace("\N{WORD JOINER}", "").count(title) == 1


@one_apprise
def test_a_template_of_ones_own(world: World, service: LocalService) -> None:
    (world.folder / "mine").mkdir()
    (world.folder / "mine" / "chat.txt.j2").write_text(
        "{{ shown | length }}{% if more %} of {{ shown | length + more }}{% endif %}"
    )
    world.configure(notifying(", template: chat.txt.j2", "    templates: mine\n"))
    world.environment["PHONE"] = json_url(service)
    world.drop("2026-01-05", "Pruning one", "Pruning two")
    world.run()
    assert json.loads(service.asked[0].body)["message"] == "2"


@one_apprise
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "",
            (
                "the environment variable PHONE, which should hold the URL of 'phone' for "
                "Apprise, is not set"
            ),
        ),
        (
            "nosuch://hidden-token/x",
            (
                "PHONE does not hold a URL that Apprise knows; see "
                "https://appriseit.com/services/ for how each service's URL is written"
            ),
        ),
        (
            "ntfy://127.0.0.1:9/hidden-token/two",
            (
                "the URL in PHONE names 2 recipients of ntfy; give each a URL and an entry of its "
                "own, so that none gets a message twice"
            ),
        ),
        ("json://127.0.0.1:9/hidden-token", "JSON did not take the message"),
    ],
)
def test_a_service_that_cannot_be_used_delays_the_message(
    world: World, url: str, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    world.configure(f"{notifying()}smtp: {{retries: 0}}\n")
    world.environment["PHONE"] = url
    world.drop("2026-01-05", "Pruning one")
    result = world.run()
    assert told(result) == {"phone": ("waiting", reason)}
    assert "hidden-token" not in "".join(capfd.readouterr())
    assert not any(b"hidden-token" in content for content, _ in world.tree().values())
    assert "daily/2026-01-05.md" in world.outputs(), "nothing else waits for it"


@one_apprise
@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_status_is_told_and_what_waits_is_tried_again(world: World, status: int) -> None:
    with serving(Reply(b"https://hidden-token", status), Reply(b"{}")) as service:
        world.configure(notifying())
        world.environment["PHONE"] = json_url(service, "/hidden-token")
        world.drop("2026-01-05", "Pruning one")
        assert told(world.run()) == {"phone": ("done", None)}
        first, second = service.asked
    assert (first.body, first.headers["Idempotency-Key"]) == (
        second.body,
        second.headers["Idempotency-Key"],
    )
    assert world.pauses == [1]


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte now and then, for longer than anyone should wait."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.2)


def test_a_service_that_drips_costs_its_message_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Impatient(Notifier):
        """Gives the slow service alone little time."""

        def send(self, url: str, variable: str, message: Notification, *, key: str) -> None:
            self._seconds = 2.0 if variable == "SLOW" else 60.0
            super().send(url, variable, message, key=key)

    monkeypatch.setattr("digest.delivery.notify.Notifier", Impatient)
    with serving(drip) as slow, serving(Reply(b"{}")) as quick:
        world.configure(
            f"{RULES}profiles:\n"
            "  - name: daily\n"
            "    formats: [markdown]\n"
            "    notify: [SLOW, QUICK]\n"
            "smtp: {retries: 0}\n"
        )
        world.environment |= {"SLOW": json_url(slow), "QUICK": json_url(quick)}
        world.drop("2026-01-05", "Pruning one")
        assert told(world.run()) == {
            "SLOW": ("waiting", "no answer within 2 seconds"),
            "QUICK": ("done", None),
        }


def test_without_apprise_the_message_waits(
    world: World, monkeypatch: pytest.MonkeyPatch, service: LocalService
) -> None:
    shadow = world.folder / "shadow"
    shadow.mkdir()
    (shadow / "apprise.py").write_text("raise ImportError('not here')\n")
    monkeypatch.setenv("PYTHONPATH", f"{shadow}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    world.configure(f"{notifying()}smtp: {{retries: 0}}\n")
    world.environment["PHONE"] = json_url(service)
    world.drop("2026-01-05", "Pruning one")
    reason = (
        "`notify` needs Apprise, which is not installed; "
        "`pip install 'digest-papers[notify]'` installs it"
    )
    assert told(world.run()) == {"phone": ("waiting", reason)}


def test_no_module_of_the_working_folder_is_run(
    world: World, monkeypatch: pytest.MonkeyPatch, service: LocalService
) -> None:
    (world.folder / "apprise.py").write_text("raise ImportError('not yours')\n")
    monkeypatch.chdir(world.folder)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    world.configure(notifying())
    world.environment["PHONE"] = json_url(service)
    world.drop("2026-01-05", "Pruning one")
    assert told(world.run()) == {"phone": ("done", None)}
