"""How the client connects: directly to public addresses, or through the environment's proxy."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING
from urllib.request import getproxies_environment, proxy_bypass

import httpcore2
import httpx2

from digest.errors import SourceError
from digest.sources.addresses import GuardedBackend, is_public, refuse_private, resolve

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from digest.sources.addresses import Deadline


class Transport(httpx2.BaseTransport):
    """One connection for one service, direct or through the environment's proxy."""

    def __init__(self, deadline: Deadline, *, allow_private: bool) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._pools: dict[tuple[str, str], httpcore2.ConnectionPool] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request over the only connection."""
        url = request.url
        proxy = _proxy_for(url.scheme, url.host)
        if proxy and not self._allow_private:
            # Through a proxy the address is the proxy's, so only the URL can be checked here.
            refuse_private(url.host, _known_addresses(url.host, url.port or 443))
        response = self._pool(url.scheme, proxy).handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the connection."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, scheme: str, proxy: str) -> httpcore2.ConnectionPool:
        key = (scheme, proxy)
        for other in [pool for pool in self._pools if pool != key]:
            self._pools.pop(other).close()  # one connection, over all hosts together
        if key not in self._pools:
            self._pools[key] = self._new_pool(scheme, proxy)
        return self._pools[key]

    def _new_pool(self, scheme: str, proxy: str) -> httpcore2.ConnectionPool:
        context = _ssl_context() if scheme == "https" else None
        if not proxy:
            backend = GuardedBackend(self._deadline, allow_private=self._allow_private)
            return httpcore2.ConnectionPool(
                ssl_context=context, max_connections=1, network_backend=backend
            )
        backend = GuardedBackend(self._deadline, allow_private=True)  # the proxy's own address
        try:
            named = httpx2.Proxy(proxy)
        except (ValueError, httpx2.InvalidURL):
            raise SourceError("the proxy of the environment is not an http:// address") from None
        if named.url.scheme not in ("http", "https"):
            raise SourceError("the proxy of the environment is not an http:// address")
        return httpcore2.HTTPProxy(
            proxy_url=str(named.url),
            proxy_auth=named.raw_auth,
            ssl_context=context,
            max_connections=1,
            network_backend=backend,
        )


@cache
def _ssl_context() -> ssl.SSLContext:
    """Return the trusted certificates: those of SSL_CERT_FILE and SSL_CERT_DIR, or the system's.

    Cached, because it takes a tenth of a second.
    """
    return httpx2.create_ssl_context()


class _Body(httpx2.SyncByteStream):
    """The body of an answer, which is closed when it has been read."""

    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        with closing(self._response):
            pass


def _proxy_for(scheme: str, host: str) -> str:
    """Return the environment's proxy for a host, or an empty text."""
    proxies = getproxies_environment()
    proxy = proxies.get(scheme) or proxies.get("all", "")
    if not proxy or proxy_bypass(host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _known_addresses(host: str, port: int) -> tuple[str, ...]:
    try:
        return tuple(address for address in resolve(host, port) if not is_public(address))
    except (OSError, UnicodeError):
        return ()
