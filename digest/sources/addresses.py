"""Which network addresses may be reached: only public ones, unless the config allows others.

A name is resolved once, each of its addresses is checked, and the connection goes to the checked
address, so a name server cannot answer differently in between (DNS rebinding).
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

import httpcore2

from digest.errors import SourceError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

# `is_global` of Python 3.11 is True for these: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056),
# Teredo (RFC 4380) and site-local addresses (RFC 3879). All lead to addresses that it refuses.
_NOT_PUBLIC: Final = tuple(
    map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10"))
)


def is_public(address: str) -> bool:
    """Return whether an IP address is in the public network.

    '127.0.0.1' → False, '::ffff:10.0.0.1' → False, '8.8.8.8' → True
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_multicast or not ip.is_global:
        return False
    return not any(ip.version == net.version and ip in net for net in _NOT_PUBLIC)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host; raise `OSError` if the name is unknown."""
    results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in results))


def refuse_private(host: str, addresses: Iterable[str]) -> None:
    """Raise `SourceError` if any of the addresses is not public."""
    for address in addresses:
        if not is_public(address):
            raise SourceError(
                f"{host} is a private address ({address}); set `allow_private: true` for this "
                "source if it is meant"
            )


class Deadline:
    """The time at which a request must be done; `seconds_left` counts down to it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = float("inf")

    def start(self, seconds: float) -> None:
        """Give the next request that many seconds."""
        self._end = self._clock() + seconds

    def seconds_left(self, limit: float | None) -> float:
        """Return `limit`, or the remaining seconds if they are fewer; raise if none remain."""
        remaining = self._end - self._clock()
        if remaining <= 0:
            raise httpcore2.ReadTimeout("the whole answer took too long")
        return remaining if limit is None else min(limit, remaining)


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects only to public addresses, and limits every step by a deadline."""

    def __init__(self, deadline: Deadline, *, allow_private: bool) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of `host` that answers, once all of them are allowed."""
        try:
            addresses = resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name {host} is unknown") from error
        if not self._allow_private:
            refuse_private(host, addresses)
        last: Exception | None = None
        for address in addresses:
            try:
                stream = self._backend.connect_tcp(
                    address,
                    port,
                    timeout=self._deadline.seconds_left(timeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
            else:
                return _TimedStream(stream, self._deadline)
        raise last or httpcore2.ConnectError(f"{host} has no address")

    def sleep(self, seconds: float) -> None:
        """Wait between two attempts of httpcore, which is asked for none."""
        self._backend.sleep(seconds)


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose reads and writes end at the deadline, however slowly bytes come."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.seconds_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.seconds_left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        remaining = self._deadline.seconds_left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, remaining), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as the base class
        return self._stream.get_extra_info(info)
