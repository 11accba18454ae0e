"""Post JSON to a user's program, signed as in Standard Webhooks.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the
signature covers the message's id, the time of the attempt and the body, so that a receiver can
verify the sender and refuse a replayed message. The id stays the same for every attempt;
`Idempotency-Key` repeats it for receivers that use that header.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from digest.delivery.failures import PermanentError, RetryNextRunError
from digest.errors import DeliveryError, SourceError
from digest.sources.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.model.channels import WebhookSettings
    from digest.sources.client import Client
    from digest.sources.request import Answer

SHORT_WAIT: Final = 30.0
"""Seconds: a receiver that asks for more in `Retry-After` is left to the next run."""
_REFUSED: Final = frozenset({400, 406, 410, 411, 413, 414, 415, 422})
"""Statuses that another attempt with the same bytes does not change. Not among them are those that
a corrected address, secret or proxy changes (401, 403, 404, 405, 407)."""
_KEY: Final = "whsec_"
"""The prefix of a key in Base64."""


def post(  # noqa: PLR0913 - keywords
    settings: WebhookSettings,
    body: bytes,
    *,
    key: str,
    client: Client,
    environment: Mapping[str, str],
    now: datetime,
) -> None:
    """Post `body` with the idempotency key `key`.

    Raises `PermanentError` if the receiver will never accept it, and `DeliveryError` if a later
    attempt may succeed. No error contains the URL or the secret.
    """
    request = Request(
        _url(settings, environment),
        "ignored",
        is_dump=False,
        headers=(
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key),
            *signature(settings, body, key=key, environment=environment, now=now),
        ),
    )
    try:
        answer = client.post(request, body, service=f"webhook {settings.name}")
    except SourceError as error:
        raise DeliveryError(f"the webhook failed: {error.reason}") from error
    _judge(answer)


def signature(
    settings: WebhookSettings,
    body: bytes,
    *,
    key: str,
    environment: Mapping[str, str],
    now: datetime,
) -> tuple[tuple[str, str], ...]:
    """Return the headers `webhook-id`, `webhook-timestamp` and, with a secret, the signature."""
    moment = str(int(now.timestamp()))
    headers = (("webhook-id", key), ("webhook-timestamp", moment))
    if not settings.secret_env:
        return headers
    secret = _variable(settings.secret_env, "the key of the signature", environment)
    signed = f"{key}.{moment}.".encode() + body
    digest = hmac.new(_secret_bytes(secret, settings), signed, hashlib.sha256).digest()
    return (*headers, ("webhook-signature", f"v1,{base64.b64encode(digest).decode()}"))


def _secret_bytes(secret: str, settings: WebhookSettings) -> bytes:
    if not secret.startswith(_KEY):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_KEY), validate=True)
    except binascii.Error:
        raise DeliveryError(
            f"the secret in {settings.secret_env} begins with {_KEY}, but no Base64 follows"
        ) from None


def _url(settings: WebhookSettings, environment: Mapping[str, str]) -> str:
    if not settings.url_env:
        return settings.url
    url = _variable(settings.url_env, "the address of the webhook", environment)
    if not url.startswith(("https://", "http://")):
        raise DeliveryError(f"the address in {settings.url_env} must begin with https://")
    return url


def _variable(name: str, purpose: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise DeliveryError(
            f"the environment variable {name}, which should hold {purpose}, is not set"
        )
    return value


def _judge(answer: Answer) -> None:
    """Raise the error that corresponds to the answer's status."""
    from digest.sources.client import PASSING, retry_after, server_words  # 80 ms, for requests

    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise DeliveryError(f"the webhook answered {status}: give the address that it leads to")
    reason = f"the webhook answered {status}{server_words(answer.body)}"
    if status in _REFUSED:
        raise PermanentError(reason)
    if status in PASSING and (retry_after(answer) or 0.0) > SHORT_WAIT:
        raise RetryNextRunError(reason)
    raise DeliveryError(reason)
