"""A profile's `notify` and `webhook` → their settings.

A URL with secrets does not belong in a config: the keys name variables of the environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from digest.config.sources import variable
from digest.config.values import (
    Section,
    fault,
    line,
    list_entries,
    quoted,
    text,
    web_address,
    whole_number,
    yes_or_no,
)
from digest.config.yaml_tree import Items, Table, Text
from digest.errors import ConfigError
from digest.model.channels import NOTIFICATION, NotifySettings, WebhookSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.config.yaml_tree import Node

    Settings = TypeVar("Settings", NotifySettings, WebhookSettings)

NOTIFY_KEYS: Final = ("name", "url_env", "template", "limit", "when_empty")
WEBHOOK_KEYS: Final = ("name", "url", "url_env", "secret_env", "when_empty")
LEAST, MOST = 200, 100_000
"""Limits of a message's length in characters."""
MAX_NAME: Final = 64


def read_channels(
    profile: Section,
) -> tuple[tuple[NotifySettings, ...], tuple[WebhookSettings, ...]]:
    """Return the channels of a profile; their names are unique."""
    names: set[str] = set()
    return (
        tuple(_read(profile, "notify", _notify, names)),
        tuple(_read(profile, "webhook", _webhook, names)),
    )


def _read(
    profile: Section,
    key: str,
    read: Callable[[Section, Node], Settings | None],
    names: set[str],
) -> Iterator[Settings]:
    """Yield the settings under `key`, which are one entry or a list."""
    if key not in profile:
        return
    node = profile.node_of(key)
    try:
        entries = list_entries(node) if isinstance(node, Items) else (node,)
    except ConfigError as error:
        error.reason = f"{key}: {error.reason}"
        profile.add(error)
        return
    keys = NOTIFY_KEYS if key == "notify" else WEBHOOK_KEYS
    for entry in entries:
        section = Section(_expanded(entry, key), keys, profile.faults, within=profile.within)
        section.within = f"{profile.within}: {key}"
        settings = read(section, entry)
        if settings is None:
            continue
        if settings.name in names:
            reason = f"two channels of a profile cannot both be called {quoted(settings.name)}"
            section.add(fault(entry, f"{reason}; give one of them a `name`"))
        names.add(settings.name)
        yield settings


def _expanded(node: Node, key: str) -> Node:
    """Return the mapping that a single text stands for: a variable, or a webhook's address."""
    if not isinstance(node, Text) or node.is_null:
        return node
    inner = "url" if key == "webhook" and "://" in node.text else "url_env"
    name = Text(inner, node.line, node.column)
    return Table(((name, node),), node.line, node.column)


def _notify(section: Section, node: Node) -> NotifySettings | None:
    if "url_env" not in section:
        section.add(fault(node, "needs `url_env`, the variable that holds Apprise's URL"))
        return None
    url_env = section.read("url_env", _url_variable, "")
    return NotifySettings(
        name=section.read("name", _name, url_env),
        url_env=url_env,
        template=section.read("template", _template, NOTIFICATION),
        limit=section.read("limit", lambda node: whole_number(node, least=LEAST, most=MOST), None),
        when_empty=section.read("when_empty", yes_or_no, default=False),
    )


def _webhook(section: Section, node: Node) -> WebhookSettings | None:
    if ("url" in section) == ("url_env" in section):
        section.add(fault(node, "needs `url`, or `url_env` where the address is a secret"))
        return None
    url, host = section.read("url", _address, ("", "webhook"))
    url_env = section.read("url_env", _url_variable, "")
    return WebhookSettings(
        name=section.read("name", _name, url_env or host),
        url=url,
        url_env=url_env,
        secret_env=section.read("secret_env", variable, ""),
        when_empty=section.read("when_empty", yes_or_no, default=True),
    )


def _url_variable(node: Node) -> str:
    if "://" in text(node):
        raise fault(
            node,
            "such an address contains secrets, and config files are copied around; put it into an "
            "environment variable and name that",
        )
    return variable(node)


def _address(node: Node) -> tuple[str, str]:
    """Return the URL, and its host for reports."""
    parts = web_address(node, of="the webhook", example="https://hooks.example.org/digest")
    if parts.username or parts.password:
        raise fault(
            node, "a name or password does not belong in a config; use `url_env` for the address"
        )
    return line(node), parts.hostname or ""


def _name(node: Node) -> str:
    name = line(node)
    if len(name) > MAX_NAME or "://" in name:
        raise fault(node, f"{quoted(name)} must be a short name, not an address")
    return name


def _template(node: Node) -> str:
    name = line(node)
    if not name.endswith(".txt.j2") or "/" in name or "\\" in name:
        raise fault(
            node, f"{quoted(name)} must be the name of a file in `templates` that ends in .txt.j2"
        )
    return name
