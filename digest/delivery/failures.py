"""Why a delivery failed, as far as it decides when the next attempt makes sense."""

from __future__ import annotations

from digest.errors import DeliveryError


class PermanentError(DeliveryError):
    """The place will never take this: trying again is a person's decision."""


class LaterError(DeliveryError):
    """The place asks not to be tried again within this run."""
