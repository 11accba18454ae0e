"""Configs, fixtures and helpers for the tests of `notify` and `webhook`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pipeline.world import RULES, of_profile

if TYPE_CHECKING:
    from digest.pipeline.run import RunResult
    from tests.sources.server import LocalService

SECRET = "open sesame, open"


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
        delivery.target: (delivery.state, delivery.error)
        for delivery in of_profile(result).deliveries
        if delivery.channel in ("notify", "webhook")
    }


def json_url(service: LocalService, path: str = "") -> str:
    return service.url.replace("http", "json") + path
