"""Check a request before it is answered, and give every answer the protective headers.

In this order: the `Host`, the sender, access, the size of the body, and for a POST whether a page
of this server sent it. A POST is refused unless all of these that the client sends are right:
`Sec-Fetch-Site` is `same-origin`, `Origin` is this host, and the field `csrf` is the one of the
form. A request with a token in `Authorization: Bearer` needs none of these, because no browser
sends that by itself.
"""

from __future__ import annotations

import asyncio
import hmac
import traceback
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from digest.errors import DigestError, LibraryError
from digest.serve.addresses import host_name, is_allowed, is_same_origin, root_of
from digest.serve.authentication import challenge, csrf_of, identify, needs_login
from digest.serve.responses import see_other, text
from digest.serve.routes import RequestContext

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from digest.serve.routes import Access, Endpoint
    from digest.serve.state import ServerState

MOST_BYTES: Final = 64 * 1024
"""Maximum size of a POST's body in bytes: a note and its tags."""
MOST_FIELDS: Final = 20
SECONDS: Final = 10.0
"""Seconds within which the body of a POST has to arrive."""
FORM: Final = "application/x-www-form-urlencoded"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with that a browser sends `Origin: null` with its own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_RAW_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Guard:
    """Wraps the whole application: checks the host of requests, adds headers to answers."""

    def __init__(self, app: ASGIApp, app_state: ServerState) -> None:
        self._app = app
        self._app_state = app_state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_RAW_HEADERS]
            await send(message)

        answer = self._wrong_host(scope) or self._app
        await answer(scope, receive, guarded)

    def _wrong_host(self, scope: Scope) -> Response | None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        name = host_name(hosts[0]) if len(hosts) == 1 else None
        if name is None:
            return text(400, "The request does not name a host.")
        if not is_allowed(name, self._app_state.names, wide=self._app_state.is_wide):
            return text(
                421, f"This server is not {name}. `--allow-host` and `site_url` tell its names."
            )
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, DigestError):
        return str(error)
    return "".join(traceback.format_exception(error))


def guarded(endpoint: Endpoint, app_state: ServerState) -> Callable[[Request], Awaitable[Response]]:
    """Return a starlette endpoint that checks a request and passes it on."""

    async def answer(request: Request) -> Response:
        try:
            return await judged(request)
        except Exception as error:  # noqa: BLE001 - a bug costs one answer, not the server
            app_state.report(f"{request.method} {quote(request.url.path)}: {_reason(error)}")
            status = 503 if isinstance(error, LibraryError) else 500
            return text(status, "This did not work. The server's log says why.")

    async def judged(request: Request) -> Response:
        client = await identify(request, app_state)
        if endpoint.access == "reader" and client is None:
            return _sign_in_first(request, app_state)
        context = RequestContext(
            request, app_state, client.reader if client else "", csrf_of(request, app_state, client)
        )
        if request.method != "POST":
            return await endpoint.handler(context)
        form = await _form(request, endpoint.access)
        if not isinstance(form, dict):
            return form
        is_trusted = endpoint.access == "signed" or (client is not None and client.by == "bearer")
        if not is_trusted and (reason := _forged(request, form, context.csrf)):
            return text(403, reason)
        return await endpoint.handler(
            RequestContext(context.request, context.app_state, context.reader, context.csrf, form)
        )

    return answer


def _sign_in_first(request: Request, app_state: ServerState) -> Response:
    """Lead a person to the login, and tell a program that it needs a token."""
    accepts = request.headers.get("accept", "")
    if request.method not in ("GET", "HEAD") or "text/html" not in accepts:
        # A browser would ask for a name and a password itself; it says so by this header.
        is_browser = "sec-fetch-mode" in request.headers
        return text(401, "Sign in, or send a token.", None if is_browser else challenge())
    path = request.url.path.removeprefix("/")
    back = f"{path}?{request.url.query}" if request.url.query else path
    page = "login" if needs_login(request, app_state) else "reader"
    return see_other(root_of(request.url.path), f"{page}?{urlencode({'back': back})}")


async def _form(request: Request, access: Access) -> dict[str, str] | Response:
    """Return the fields of a form, or a refusal."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    # A mail program's one click may come as either (RFC 8058 section 3.1); its fields are unused.
    is_click = kind == "multipart/form-data" and access == "signed"
    if kind != FORM and not is_click:
        return text(415, f"A form comes as {FORM}.")
    body = await _body(request)
    if isinstance(body, Response):
        return body
    if is_click:
        return {}
    try:
        return dict(
            parse_qsl(
                body.decode("utf-8"),
                keep_blank_values=True,
                max_num_fields=MOST_FIELDS,
                errors="replace",
            )
        )
    except ValueError:
        return text(400, "The form cannot be read.")


async def _body(request: Request) -> bytes | Response:
    """Return the body, or a refusal if it is too long or does not arrive."""
    too_large = text(413, f"At most {MOST_BYTES:,} bytes.", {"Connection": "close"})
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length[:12]) > MOST_BYTES:
        return too_large
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    return too_large
    except TimeoutError:
        return text(408, "The form did not come in time.", {"Connection": "close"})
    except ClientDisconnect:
        return text(400, "The form did not come whole.")
    return bytes(body)


def _forged(request: Request, form: Mapping[str, str], csrf: str) -> str:
    """Return why a POST does not come from a page of this server; empty if it does."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if site != "same-origin" or (
        origin is not None and not is_same_origin(origin, request.headers["host"])
    ):
        return "This form was sent by another site."
    sent = form.get("csrf", "").encode("utf-8", "replace")
    if not hmac.compare_digest(sent, csrf.encode()):
        return "This form is out of date. Go back, load the page again, and send it once more."
    return ""
