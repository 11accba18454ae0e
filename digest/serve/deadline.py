"""Close a connection whose request does not arrive.

uvicorn waits for the head of a request without limit: its `timeout_keep_alive` applies only between
requests, and each byte resets it. A few hundred connections that send a byte now and then would
block everybody else (Slowloris). `guard` limits the body of a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio


class HeadDeadline(H11Protocol):
    """The protocol of one connection, with a time limit for the head of each request."""

    seconds: ClassVar[float] = 10.0
    """From the connection, or from the first byte of a later request, to the end of its head."""

    def __init__(self, *options: Any, **more: Any) -> None:  # noqa: ANN401 - the base class's
        super().__init__(*options, **more)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the deadline."""
        self._end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on the data; check whether a head is still incomplete."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Check whether a part of the next request has come already."""
        super().on_response_complete()
        self._look()

    def _look(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._end()
        elif self._deadline is None and self.conn.trailing_data[0]:
            self._begin()

    def _begin(self) -> None:
        self._deadline = self.loop.call_later(self.seconds, self.transport.close)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
