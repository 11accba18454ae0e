"""Report to a monitor that runs begin and end and that the loop lives; failures are harmless."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal

from digest.delivery.files import write_file
from digest.errors import DeliveryError, SourceError
from digest.sources.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.model.monitoring import Monitoring, RunSummary

    Signal = Literal["start", "success", "fail"]

_PATHS: Final[dict[Signal, str]] = {"start": "/start", "success": "", "fail": "/fail"}
"""https://healthchecks.io/docs/http_api/"""


def ping(
    monitoring: Monitoring,
    signal: Signal,
    *,
    clock: Callable[[], datetime],
    environment: Mapping[str, str],
) -> str:
    """Request the configured address; return why that failed, or an empty text.

    At most twice and for a few seconds: the run does not wait for its monitor.
    """
    if not monitoring.ping_url:
        return ""
    import random
    import time

    from digest.sources.client import Client, Limits, World

    limits = Limits(connect=5.0, read=5.0, total=10.0, size=1 << 16, attempts=2, longest_wait=5.0)
    world = World(clock, time.monotonic, time.sleep, random.random, environment)
    request = Request(monitoring.ping_url + _PATHS[signal], "ignored", is_dump=False)
    try:
        with Client(world, limits=limits) as client:
            client.get(request, service="monitor", pause=0.0, allow_private=True)
    except SourceError as error:
        return f"the monitor was not reached: {error.reason}"
    return ""


def beat(monitoring: Monitoring, *, now: datetime, until: datetime, last: RunSummary | None) -> str:
    """Write the heartbeat, if configured; return why that failed, or an empty text."""
    if monitoring.heartbeat is None:
        return ""
    form = {
        "alive": now.isoformat(timespec="seconds"),
        "next": until.isoformat(timespec="seconds"),
        "last": None if last is None else last.to_json(),
    }
    path = monitoring.heartbeat
    try:
        write_file(path.parent, path.name, f"{json.dumps(form, ensure_ascii=False)}\n".encode())
    except DeliveryError as error:
        return str(error)
    return ""
