"""Kinds of failed deliveries, as far as they decide when to try again."""

from __future__ import annotations

from digest.errors import DeliveryError


class PermanentError(DeliveryError):
    """The target will never take this: a person decides whether to try again."""


class RetryNextRunError(DeliveryError):
    """The target asks not to be tried again within this run."""
