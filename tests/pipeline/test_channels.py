"""Runs that are killed deliver each message to a channel once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.library.outbox import Outbox
from tests.pipeline.channels import (
    SECRET,
    hooked,
    json_url,
)
from tests.pipeline.test_interrupted import TUESDAY, killer, moments
from tests.pipeline.world import RULES, World

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.sources.server import LocalService


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
    world: World, tmp_path: Path, service: LocalService, monkeypatch: pytest.MonkeyPatch
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
        whole = int(do(world.copied(tmp_path / "whole"), 0).removeprefix("done "))
        expected = keys(service)
        assert sorted(expected.values()) == [1, 1]
        for nth in moments(whole)[::5]:
            copy = world.copied(tmp_path / f"killed at {nth}")
            copy.environment = world.environment
            service.asked.clear()
            assert do(copy, nth) == "killed"
            assert copy.run().complete
            assert copy.run().complete
            sent = keys(service)
            paths = Counter(request.path for request in service.asked)
            assert set(paths) == {"/hook", "/phone"}
            assert sent.total() <= 3, "but for the one in flight, none is twice"
            assert len(sent) == 2, "also that one has the same key"


def keys(service: LocalService) -> Counter[str]:
    return Counter(request.headers["Idempotency-Key"] for request in service.asked)
