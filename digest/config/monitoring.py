"""Monitoring settings: a heartbeat, an address to ping, a file of metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.config.values import fault, line, path_in, quoted, web_address
from digest.model.monitoring import Monitoring

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.values import Section
    from digest.config.yaml_tree import Node

MONITORING_KEYS = ("heartbeat", "ping_url", "metrics")


def read_monitoring(top: Section, folder: Path) -> Monitoring:
    """Return the monitoring settings from the top level of a config."""
    return Monitoring(
        heartbeat=top.read("heartbeat", path_in(folder), None),
        ping_url=top.read("ping_url", _ping_url, ""),
        metrics=top.read("metrics", path_in(folder), None),
    )


def _ping_url(node: Node) -> str:
    """Return the address without a slash at its end: `/start` and `/fail` are appended to it."""
    value = line(node)
    parts = web_address(node, of="a check", example="https://hc-ping.com/your-check")
    if parts.query or parts.fragment:
        raise fault(node, f"{quoted(value)} must not have ? or #")
    return value.rstrip("/")
