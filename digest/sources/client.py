"""The one HTTP client of all sources: polite, bounded and careful.

At most one connection is open for each service, over all its hosts together, and requests keep the
service's pause. An answer has a time limit as a whole and a size limit. Temporary errors (429, 5xx,
a lost connection) are retried after the seconds in `Retry-After`, or after growing ones with
jitter. The clock, the waiting and the environment come in as arguments. The client checks only that
an answer has the requested kind of content.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import httpcore2
import httpx2
from msgspec import Struct
from msgspec.structs import replace

from digest import __version__
from digest.errors import SourceError
from digest.sources.addresses import Deadline
from digest.sources.request import Answer
from digest.sources.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from digest.sources.request import Content, Key, Request

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS: Final = 5
_TOO_MANY: Final = 429
PASSING: Final = frozenset({408, 425, _TOO_MANY, 500, 502, 503, 504})
"""Statuses that may be different in a minute (RFC 9110, section 15)."""
_NOT_STORED: Final = frozenset({"set-cookie", "authorization", "x-api-key"})
_WEB_PAGE: Final = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", re.I | re.S)
_BOMS: Final = (b"\xef\xbb\xbf",)


class Limits(Struct, frozen=True):
    """Limits of an answer's time and size."""

    connect: float = 15.0
    """Seconds to connect."""
    read: float = 30.0
    """Seconds without a single byte."""
    total: float = 180.0
    """Seconds for a whole answer."""
    size: int = 64 << 20
    """Maximum size of an answer, uncompressed, in bytes."""
    attempts: int = 4
    longest_wait: float = 120.0
    """Maximum wait of a run for one service, in seconds; one that asks for more is asked again
    later."""


class World(Struct, frozen=True):
    """The client's dependencies."""

    now: Callable[[], datetime]
    """Returns the current time, aware."""
    clock: Callable[[], float]
    """Returns seconds that only increase."""
    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    """A random number from 0 to 1."""
    environment: Mapping[str, str]


class _PassingError(Exception):
    """A failure that may be gone at the next attempt."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


class Client:
    """Makes requests to services. A context manager that closes its connections."""

    def __init__(self, world: World, *, contact: str = "", limits: Limits | None = None) -> None:
        self._world = world
        self._limits = limits or Limits()
        self._deadline = Deadline(world.clock)
        self._agent = f"digest/{__version__}" + (f" (mailto:{contact})" if contact else "")
        self._sessions: dict[tuple[str, bool], httpx2.Client] = {}
        self._free_from: dict[str, float] = {}
        """When each service may be asked again, by the clock."""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def get(  # noqa: PLR0913 - keywords; what is asked, of whom, and what is known already
        self,
        request: Request,
        *,
        service: str,
        pause: float,
        allow_private: bool = False,
        etag: str = "",
        modified: str = "",
    ) -> Answer:
        """Return the answer to `request`, or one with status 304 if it has not changed since.

        Raises `SourceError` when every attempt failed or the answer cannot be used.
        """
        headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        session = self._session(service, allow_private=allow_private)
        for attempt in range(self._limits.attempts):
            try:
                return self._once(session, request, headers, service, pause)
            except _PassingError as error:
                wait = error.wait if error.wait is not None else self._backoff(attempt, pause)
                if attempt + 1 == self._limits.attempts or wait > self._limits.longest_wait:
                    raise SourceError(error.reason, retry_at=self._later(error.wait)) from None
                self._world.sleep(wait)
        raise AssertionError("there is at least one attempt")

    def post(self, request: Request, body: bytes, *, service: str) -> Answer:
        """Send `body` once, and return the answer, whatever its status.

        Nothing is repeated and no redirect is followed, because a repeated post may cost money or
        be stored twice: the caller decides. Private addresses are allowed, because a person named
        the server. Raises `SourceError` if no complete answer came.
        """
        headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"}
        url, sent = _with_key(request, headers, self._world.environment)
        session = self._session(service, allow_private=True)
        try:
            raw = self._exchange(session, "POST", url, sent, service, pause=0.0, body=body)
        except _PassingError as error:
            raise SourceError(error.reason) from error
        return Answer(request.url, self._world.now(), raw.status, raw.headers, raw.body)

    def _backoff(self, attempt: int, pause: float) -> float:
        """Return growing seconds, between half and one and a half of 2, 4, 8 …; or the pause."""
        return max(pause, 2.0 ** (attempt + 1) * (0.5 + self._world.jitter()))

    def _later(self, wait: float | None) -> datetime | None:
        return None if wait is None else self._world.now() + timedelta(seconds=wait)

    def _session(self, service: str, *, allow_private: bool) -> httpx2.Client:
        key = (service, allow_private)
        if key not in self._sessions:
            transport = Transport(self._deadline, allow_private=allow_private)
            self._sessions[key] = httpx2.Client(
                transport=transport, follow_redirects=False, trust_env=False
            )
        return self._sessions[key]

    def _once(
        self,
        session: httpx2.Client,
        request: Request,
        headers: Mapping[str, str],
        service: str,
        pause: float,
    ) -> Answer:
        """Ask once, following redirects; each hop keeps the pause."""
        url, sent = _with_key(request, headers, self._world.environment)
        for _ in range(_MAX_REDIRECTS + 1):
            target = self._hop(session, url, sent, service, pause)
            if isinstance(target, _Raw):
                return self._checked(request, target)
            if urlsplit(target).netloc != urlsplit(url).netloc and request.key is not None:
                sent = headers  # a key is only for its own host
            url = target
        raise SourceError(f"it redirects more than {_MAX_REDIRECTS} times")

    def _hop(
        self,
        session: httpx2.Client,
        url: str,
        headers: Mapping[str, str],
        service: str,
        pause: float,
    ) -> _Raw | str:
        """Send one request; return the answer, or the URL that it redirects to."""
        raw = self._exchange(session, "GET", url, headers, service, pause=pause)
        location = next((value for name, value in raw.headers if name == "location"), None)
        if raw.status in _REDIRECTS and location is not None:
            return _redirected(url, location)
        return raw

    def _exchange(  # noqa: PLR0913 - one request, and the pause behind it
        self,
        session: httpx2.Client,
        method: str,
        url: str,
        headers: Mapping[str, str],
        service: str,
        *,
        pause: float,
        body: bytes | None = None,
    ) -> _Raw:
        """Send one request and return the whole answer, within the limits."""
        self._keep_pause(service)
        self._deadline.start(self._limits.total)
        timeout = httpx2.Timeout(self._limits.read, connect=self._limits.connect)
        try:
            with session.stream(
                method, url, headers=headers, content=body, timeout=timeout
            ) as response:
                is_elsewhere = response.status_code in _REDIRECTS
                return _Raw(
                    response.status_code,
                    tuple(response.headers.items()),
                    b"" if is_elsewhere else b"".join(self._pieces(response)),
                )
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise SourceError("its address cannot be used; check the URL") from error
        except (httpx2.TransportError, *_CORE_ERRORS) as error:
            raise _PassingError(_failure_reason(error)) from error
        except httpx2.DecodingError as error:
            raise _PassingError("its compressed answer is damaged") from error
        finally:
            self._free_from[service] = self._world.clock() + pause

    def _keep_pause(self, service: str) -> None:
        pause = self._free_from.get(service, 0.0) - self._world.clock()
        if pause > 0:
            self._world.sleep(pause)

    def _pieces(self, response: httpx2.Response) -> Iterator[bytes]:
        size = 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > self._limits.size:
                raise SourceError(f"its answer is larger than {self._limits.size / 2**20:g} MiB")
            yield piece

    def _checked(self, request: Request, raw: _Raw) -> Answer:
        """Return the answer if it can be used."""
        headers = tuple((key, value) for key, value in raw.headers if key not in _NOT_STORED)
        answer = Answer(request.url, self._world.now(), raw.status, headers, raw.body)
        if raw.status == 304:
            return replace(answer, body=b"")
        if request.content == "ignored" and 200 <= raw.status < 300:
            return answer
        if raw.status in PASSING:
            wait = retry_after(answer)
            raise _PassingError(_status(raw.status), wait)
        if raw.status != 200:
            raise SourceError(_status(raw.status) + server_words(raw.body))
        if not raw.body.strip():
            raise _PassingError("its answer is empty, with status 200")
        _check_content(request.content, raw.body)
        return answer


class _Raw(Struct, frozen=True):
    """An unchecked answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def _with_key(
    request: Request, headers: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[str, Mapping[str, str]]:
    """Return URL and headers with the request's key, if its variable is set."""
    key: Key | None = request.key
    headers = {**headers, **dict(request.headers)}
    value = environment.get(key.variable, "").strip() if key else ""
    if key is None or not value:
        return request.url, headers
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise SourceError(f"the key in ${key.variable} holds a space or a strange character")
    if key.place == "header":
        return request.url, {**headers, key.name: key.prefix + value}
    joined = "&" if "?" in request.url else "?"
    return f"{request.url}{joined}{key.name}={quote(value, safe='')}", headers


def _redirected(url: str, location: str) -> str:
    """Return the target of a redirect; raise `SourceError` if it is not a web address."""
    try:
        target = httpx2.URL(url).join(location)
    except httpx2.InvalidURL:
        raise SourceError("it redirects to an address that cannot be read") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise SourceError("it redirects to something that is not a web address")
    return str(target)


def retry_after(answer: Answer) -> float | None:
    """Return the seconds in a `Retry-After` header (RFC 9110, section 10.2.3)."""
    value = answer.header("retry-after")
    if re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - answer.moment).total_seconds())


def _check_content(content: Content, body: bytes) -> None:
    """Raise `SourceError` for an answer of another kind; its header does not count."""
    if content in ("any", "ignored"):
        return
    start = body
    for bom in _BOMS:
        start = start.removeprefix(bom)
    start = start.lstrip()[:2048]
    if _WEB_PAGE.match(start):
        raise SourceError(f"it answered with a web page where {_NAMES[content]} was expected")
    if content == "feed" and not start.startswith((b"<", b"{")):
        raise SourceError("its answer is not a feed")
    if content == "json" and not start.startswith((b"{", b"[")):
        raise SourceError("its answer is not JSON")
    if content == "xml" and not start.startswith(b"<"):
        raise SourceError("its answer is not XML")


_NAMES: Final = {"json": "JSON", "xml": "XML", "feed": "a feed"}


def _status(status: int) -> str:
    if status == _TOO_MANY:
        return "it answered 429 (too many requests)"
    return f"it answered {status}"


def server_words(body: bytes) -> str:
    """Return the first words of a short plain error, in brackets."""
    text = " ".join(body[:400].decode("utf-8", "replace").split())
    if not text or text.startswith("<") or not text.isprintable():
        return ""
    return f" ({text[:120]}{'…' if len(text) > 120 else ''})"


_CORE_ERRORS: Final = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    OSError,
)
_TOLD: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpcore2.ConnectTimeout, "it could not be reached in time"),
    (httpcore2.TimeoutException, "its answer did not come in time"),
    (httpcore2.ConnectError, "it could not be reached"),
    (httpcore2.RemoteProtocolError, "its answer was cut off in the middle"),
    (httpcore2.ProxyError, "the proxy refused the connection"),
)


def _failure_reason(error: Exception) -> str:
    """Return why there was no answer, without any URL and so without a key."""
    text = str(error)
    if isinstance(error, httpcore2.ConnectError) and text.endswith("is unknown"):
        return text
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "its certificate is not trusted"
    return next((words for kind, words in _TOLD if isinstance(error, kind)), _LOST)


_LOST: Final = "the connection was lost"
