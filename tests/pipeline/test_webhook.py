"""Webhooks: signed, delivered once, and the meaning of each answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.pipeline.channels import (
    SECRET,
    hooked,
    told,
)
from tests.pipeline.world import RULES, World
from tests.sources.server import LocalService, Reply, endless, serving

if TYPE_CHECKING:
    from tests.sources.server import Asked


def verified(asked: Asked, secret: bytes) -> Any:
    """Check the signature as a receiver does, and return the body."""
    headers = {name.lower(): value for name, value in asked.headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + asked.body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert hmac.compare_digest(headers["webhook-signature"], f"v1,{expected}")
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
    (request,) = service.asked
    assert request.path == "/in?x=1"
    document = verified(request, key)
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
        (hook,) = (
            delivery for delivery in library.outbox.of_digest(1) if delivery.channel == "webhook"
        )
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
    (request,) = service.asked
    assert json.loads(request.body)["papers"] == []
