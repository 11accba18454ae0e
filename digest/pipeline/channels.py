"""Deliver digests to the channels of the config: `notify` and `webhook`.

A waiting delivery stores only its channel's name; the address comes from the config and the
environment at each attempt. A corrected address or secret therefore helps waiting deliveries, and
the library never stores either.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from digest.errors import DeliveryError
from digest.model.channels import SMALL_ROOM, Notification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from digest.config import Config
    from digest.delivery.notify import Notifier
    from digest.library import WaitingDelivery
    from digest.model import Profile
    from digest.model.channels import NotifySettings, Room, WebhookSettings
    from digest.sources.client import Client

    Settings = TypeVar("Settings", NotifySettings, WebhookSettings)


def idempotency_key(library: str, profile: str, digest: str, channel: str) -> str:
    """Return the key of one message: the same for every attempt, unique to the message."""
    name = json.dumps([library, profile, digest, channel])
    return f"digest_{hashlib.sha256(name.encode()).hexdigest()[:32]}"


class Channels:
    """The channels of one config, for one run; close it at the end."""

    def __init__(
        self, config: Config, environment: Mapping[str, str], *, now: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._environment = environment
        self._now = now
        self._rooms: dict[str, Room] = {}

    def room(self, settings: NotifySettings) -> Room:
        """Return the maximum length of a message; a small number if it is not known yet."""
        name = settings.url_env
        if name not in self._rooms:
            try:
                self._rooms[name] = self._notifier.room(self._url(settings), name)
            except DeliveryError:  # reported when the message is sent
                self._rooms[name] = SMALL_ROOM
        room = self._rooms[name]
        limit = min(room.limit, settings.limit or room.limit)
        return replace(room, limit=limit)

    def faults(self, profile: Profile) -> Iterator[str]:
        """Yield what prevents the use of the profile's channels, without sending anything."""
        for service in profile.notify:
            try:
                self._notifier.room(self._url(service), service.url_env)
            except DeliveryError as error:
                yield f"notify {service.name!r}: {error}"
        for webhook in profile.webhooks:
            for variable in filter(None, (webhook.url_env, webhook.secret_env)):
                if not self._environment.get(variable, "").strip():
                    yield (
                        f"webhook {webhook.name!r}: the environment variable {variable} is not set"
                    )

    def deliver(self, waiting: WaitingDelivery) -> None:
        """Deliver one message to its channel; raise `DeliveryError` if that fails."""
        for profile in self._config.profiles:
            if profile.name != waiting.profile:
                continue
            if waiting.channel == "webhook":
                self.post(
                    _named(profile.webhooks, waiting), waiting.content, waiting.message_id or ""
                )
            else:
                message = Notification(**json.loads(waiting.content))
                self.send(_named(profile.notify, waiting), message, waiting.message_id or "")
            return
        raise AssertionError("what has left the config is dropped before it is tried")

    def send(self, settings: NotifySettings, message: Notification, key: str) -> None:
        """Send a message to a service; raise `DeliveryError` if that fails."""
        self._notifier.send(self._url(settings), settings.url_env, message, key=key)

    def post(self, settings: WebhookSettings, body: bytes, key: str) -> None:
        """Post JSON to a webhook; raise `DeliveryError` if that fails."""
        from digest.delivery.webhook import post

        post(
            settings,
            body,
            key=key,
            client=self._client,
            environment=self._environment,
            now=self._now(),
        )

    def close(self) -> None:
        """Close the connections and processes of the channels."""
        for name in ("_notifier", "_client"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    @cached_property
    def _notifier(self) -> Notifier:
        from digest.delivery.notify import Notifier  # 30 ms, for subprocess

        return Notifier()

    @cached_property
    def _client(self) -> Client:
        import random
        import time

        from digest.sources.client import Client, Limits, World  # 80 ms, for httpx2

        limits = Limits(connect=10.0, read=30.0, total=60.0, size=1 << 20, attempts=1)
        world = World(self._now, time.monotonic, time.sleep, random.random, self._environment)
        return Client(world, contact=self._config.contact, limits=limits)

    def _url(self, settings: NotifySettings) -> str:
        url = self._environment.get(settings.url_env, "").strip()
        if not url:
            raise DeliveryError(
                f"the environment variable {settings.url_env}, which should hold the URL of "
                f"{settings.name!r} for Apprise, is not set"
            )
        return url


def _named(channels: Iterable[Settings], waiting: WaitingDelivery) -> Settings:
    return next(settings for settings in channels if settings.name == waiting.target)
