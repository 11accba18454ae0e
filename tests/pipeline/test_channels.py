"""Digests for chats, phones and programs: exactly once, within limits, and no secret anywhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from digest.delivery.notify import Notifier
from digest.library.outbox import Outbox
from tests.conftest import PROJECT
from tests.pipeline.test_interrupted import TUESDAY, copied, killer, moments
from tests.pipeline.world import RULES, World, of_profile
from tests.sources.server import LocalService, Reply, endless, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler

    from digest.model.channels import Notification
    from digest.pipeline.run import RunResult
    from tests.sources.server import Asked

SECRET = "open sesame, open"


@pytest.fixture
def service() -> Iterator[LocalService]:
    with serving(Reply(b"{}")) as service:
        yield service


@pytest.fixture(scope="module")
def apprise() -> Iterator[Notifier]:
    """Give one process of Apprise, whose start takes longer than a run."""
    notifier = Notifier()
    yield notifier
    notifier.close()


@pytest.fixture
def _one_apprise(apprise: Notifier, monkeypatch: pytest.MonkeyPatch) -> None:
    """Share one process between all runs of a test; they do not end it."""

    class Shared:
        room, send = apprise.room, apprise.send

        def close(self) -> None:
            pass

    monkeypatch.setattr("digest.delivery.notify.Notifier", Shared)


one_apprise = pytest.mark.usefixtures("_one_apprise")


def hooked(service: LocalService, more: str = "") -> str:
    """Return a config with one signed webhook, and no file but the Markdown."""
    return (
        f"{RULES}profiles:\n"
        "  - name: daily\n"
        "    formats: [markdown]\n"
        f"    webhook: {{name: hook, url: '{service.url}/in?x=1', secret_env: HOOK{more}}}\n"
    )


def notifying(more: str = "", template: str = "") -> str:
    return (
        f"{RULES}profiles:\n"
        "  - name: daily\n"
        f"    formats: [markdown]\n{template}"
        f"    notify: {{name: phone, url_env: PHONE{more}}}\n"
    )


def told(result: RunResult) -> dict[str, tuple[str, str | None]]:
    return {
        each.target: (each.state, each.error)
        for each in of_profile(result).deliveries
        if each.channel in ("notify", "webhook")
    }


def json_url(service: LocalService, path: str = "") -> str:
    return service.url.replace("http", "json") + path


# --- webhooks ------------------------------------------------------------------------------------


def verified(asked: Asked, secret: bytes) -> Any:
    """Check the signature as a receiver does, and return the body."""
    headers = {name.lower(): value for name, value in asked.headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + asked.body
    wanted = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert hmac.compare_digest(headers["webhook-signature"], f"v1,{wanted}")
    assert headers["idempotency-key"] == headers["webhook-id"]
    assert headers["content-type"] == "application/json"
    return json.loads(asked.body)


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        (SECRET, SECRET.encode()),
        ("whsec_" + base64.b64encode(b"\x00\xff raw").decode(), b"\x00\xff raw"),
    ],
)
def test_a_webhook_gets_the_digest_signed(
    world: World, service: LocalService, secret: str, key: bytes
) -> None:
    world.configure(hooked(service))
    world.environment["HOOK"] = secret
    world.drop("2026-01-05", "Pruning one", "Routing two", "Of no interest")
    assert told(world.run()) == {"hook": ("done", None)}
    (asked,) = service.asked
    assert asked.path == "/in?x=1"
    document = verified(asked, key)
    assert [paper["title"] for paper in document["papers"]] == ["Pruning one", "Routing two"]
    assert document["papers"][0]["why"] == "Pruning, in the title"
    assert (document["profile"], document["digest"]) == ("daily", "2026-01-05")
    world.run()
    assert len(service.asked) == 1, "once"


def test_an_attempt_after_a_fault_has_the_same_key_and_a_new_moment(world: World) -> None:
    with serving(Reply(status=503), Reply(status=204)) as service:
        world.configure(hooked(service))
        world.environment["HOOK"] = SECRET
        world.drop("2026-01-05", "Pruning one")
        world.sleep = lambda seconds: world.wait(days=seconds / 86_400)
        assert told(world.run()) == {"hook": ("done", None)}
        first, second = service.asked
    assert verified(first, SECRET.encode()) == verified(second, SECRET.encode())
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


@pytest.mark.parametrize(
    ("reply", "state", "reason", "attempts"),
    [
        (Reply(b"no such field", 422), "failed", "answered 422 (no such field)", 1),
        (Reply(status=410), "failed", "answered 410", 1),
        (Reply(status=401), "waiting", "answered 401", 4),
        (Reply(status=500), "waiting", "answered 500", 4),
        (Reply(status=429, headers={"Retry-After": "900"}), "waiting", "answered 429", 1),
        (Reply(status=429, headers={"Retry-After": "2"}), "waiting", "answered 429", 4),
        (
            Reply(status=307, headers={"Location": "http://127.0.0.1:9/else"}),
            "waiting",
            "answered 307: give the address that it leads to",
            4,
        ),
    ],
)
def test_what_an_answer_means(
    world: World, reply: Reply, state: str, reason: str, attempts: int
) -> None:
    with serving(reply) as service:
        world.configure(hooked(service))
        world.environment["HOOK"] = SECRET
        world.drop("2026-01-05", "Pruning one")
        assert told(world.run()) == {"hook": (state, f"the webhook {reason}")}
        assert len(service.asked) == attempts


def test_an_answer_without_end_is_cut_off(world: World) -> None:
    with serving(endless) as service:
        world.configure(f"{hooked(service)}smtp: {{retries: 0}}\n")
        world.environment["HOOK"] = SECRET
        world.drop("2026-01-05", "Pruning one")
        reason = "the webhook failed: its answer is larger than 1 MiB"
        assert told(world.run()) == {"hook": ("waiting", reason)}


def test_a_variable_that_is_not_set_delays_the_webhook(world: World, service: LocalService) -> None:
    world.configure(hooked(service))
    world.drop("2026-01-05", "Pruning one")
    reason = "the environment variable HOOK, which should hold the key of the signature, is not set"
    assert told(world.run()) == {"hook": ("waiting", reason)}
    world.environment["HOOK"] = SECRET
    assert world.run().complete
    assert len(service.asked) == 1


def test_what_waits_for_a_channel_that_left_the_config_is_dropped(
    world: World, service: LocalService
) -> None:
    world.configure(hooked(service))
    world.drop("2026-01-05", "Pruning one")
    world.run()
    world.configure(RULES)
    assert world.run().waiting == ()
    with world.library() as library:
        (hook,) = (each for each in library.outbox.of_digest(1) if each.channel == "webhook")
    reason = "the profile 'daily' has no `webhook` named 'hook' any more"
    assert (hook.state, hook.error) == ("dropped", reason)


def test_empty_digests_go_where_they_are_asked_for(world: World, service: LocalService) -> None:
    world.environment["HOOK"] = SECRET
    world.configure(hooked(service, ", when_empty: false"))
    world.run()
    assert service.asked == []
    world.wait()
    world.configure(hooked(service))
    world.run()
    (asked,) = service.asked
    assert json.loads(asked.body)["papers"] == []


# --- notify --------------------------------------------------------------------------------------


@one_apprise
def test_a_service_shows_the_papers_and_why(world: World, service: LocalService) -> None:
    world.configure(notifying())
    world.environment["PHONE"] = json_url(service, "/hidden-token")
    world.drop("2026-01-05", {"title": "Pruning one", "url": "https://example.org/1"}, "Else")
    assert told(world.run()) == {"phone": ("done", None)}
    (asked,) = service.asked
    message = json.loads(asked.body)
    assert message["title"] == "Reading list · 5 January 2026"
    assert message["message"].splitlines()[-3:] == [
        "• Pruning one",
        "Pruning, in the title",
        "https://example.org/1",
    ]
    assert asked.headers["Idempotency-Key"].startswith("digest_")
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
    (asked,) = service.asked
    assert len(json.loads(asked.body)["message"].encode()) <= 4_096
    assert "attach" not in asked.body.decode(), "not as a file, which nobody opens"


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


# --- killed --------------------------------------------------------------------------------------


def test_what_was_brought_but_not_marked_comes_again_under_its_key(
    world: World, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.configure(hooked(service))
    world.environment["HOOK"] = SECRET
    world.drop("2026-01-05", "Pruning one")
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "mark_done", lambda *_, **__: None)
        world.run()
    world.run()
    first, second = service.asked
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_runs_that_are_killed_bring_each_message_once(
    world: World, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", SECRET)
    monkeypatch.setenv("PHONE", json_url(service, "/phone"))
    world.environment |= {"HOOK": SECRET, "PHONE": json_url(service, "/phone")}
    world.configure(
        f"{RULES}profiles:\n"
        "  - name: daily\n"
        "    formats: [markdown]\n"
        f"    webhook: {{name: hook, url: '{service.url}/hook', secret_env: HOOK}}\n"
        "    notify: {name: phone, url_env: PHONE}\n"
    )
    world.now = TUESDAY
    world.drop("2026-01-06", "Pruning one", "Routing two")
    with killer() as do:
        whole = int(do(copied(world, world.folder / "whole"), 0).removeprefix("done "))
        wanted = keys(service)
        assert sorted(wanted.values()) == [1, 1]
        for nth in moments(whole)[::5]:
            copy = copied(world, world.folder / f"killed at {nth}")
            copy.environment = world.environment
            service.asked.clear()
            assert do(copy, nth) == "killed"
            assert copy.run().complete
            assert copy.run().complete
            sent = keys(service)
            paths = Counter(asked.path for asked in service.asked)
            assert set(paths) == {"/hook", "/phone"}
            assert sent.total() <= 3, "but for the one in flight, none is twice"
            assert len(sent) == 2, "also that one has the same key"


def keys(service: LocalService) -> Counter[str]:
    return Counter(asked.headers["Idempotency-Key"] for asked in service.asked)
