"""Who sends a request: by a session's cookie, by a token, or on a server without a login."""

from __future__ import annotations

import binascii
import hmac
import secrets
from base64 import b64decode
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from digest.serve.addresses import host_name, is_loopback

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from digest.library import Library
    from digest.serve.state import ServerState

LASTS: Final = timedelta(days=30)
"""How long a login lasts."""

_PASSED_ON: Final = ("x-forwarded-for", "x-real-ip", "forwarded", "via")
"""Headers of a request that was forwarded by another server."""


class Identity(Struct, frozen=True):
    """An authenticated reader."""

    reader: str
    by: Literal["session", "bearer", "basic", "nobody"]
    """`nobody`: the server requires no login."""
    session: str = ""


def needs_login(request: Request, app_state: ServerState) -> bool:
    """Return whether the sender has to sign in.

    On a server without a login everybody has to who is not on this machine: a web server in front
    forwards requests of others, with their host name or with a forwarding header.
    """
    host = host_name(request.headers.get("host", "")) or ""
    is_passed_on = any(name in request.headers for name in _PASSED_ON)
    return app_state.options.login or is_passed_on or not is_loopback(host)


async def identify(request: Request, app_state: ServerState) -> Identity | None:
    """Return who sends a request; None if unknown."""
    client = await _by_token(request, app_state) or await _by_session(request, app_state)
    if client is None and not needs_login(request, app_state):
        reader = _without_login(request, app_state)
        client = Identity(reader, "nobody") if reader else None
    return client if client is not None and client.reader in app_state.readers else None


async def _by_token(request: Request, app_state: ServerState) -> Identity | None:
    """Return the reader of a token: as `Bearer` or, from a program that only reads, as `Basic`."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token, name = value.strip(), ""
    is_basic = scheme.lower() == "basic"
    if is_basic and request.method in ("GET", "HEAD"):
        try:
            name, _, token = b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
    elif scheme.lower() != "bearer":
        return None
    reader = await app_state.ask(lambda library: library.accounts.reader_of_token(token))
    if reader is None or (is_basic and name not in ("", reader)):
        return None
    return Identity(reader, "basic" if is_basic else "bearer")


async def _by_session(request: Request, app_state: ServerState) -> Identity | None:
    session = request.cookies.get(cookie_name(request, app_state, "session"), "")
    if not session:
        return None
    now = app_state.clock()
    reader = await app_state.ask(lambda library: library.accounts.reader_of_session(session, now))
    return None if reader is None else Identity(reader, "session", session)


def _without_login(request: Request, app_state: ServerState) -> str:
    if app_state.options.reader:
        return app_state.options.reader
    if len(app_state.readers) == 1:
        return app_state.readers[0]
    return request.cookies.get(cookie_name(request, app_state, "reader"), "")


def csrf_of(request: Request, app_state: ServerState, client: Identity | None) -> str:
    """Return the value that a form of this client must send back.

    It belongs to the session; another site can read neither.
    """
    bound = client.session if client and client.session else request.headers.get("host", "")
    return hmac.digest(app_state.secret, f"csrf {bound}".encode(), "sha256").hex()


def challenge() -> dict[str, str]:
    """Return the header that asks a program for its token."""
    return {"WWW-Authenticate": 'Basic realm="digest", charset="UTF-8"'}


# --- cookies -------------------------------------------------------------------------------------


Kind: TypeAlias = Literal["session", "reader"]


def cookie_name(request: Request, app_state: ServerState, kind: Kind) -> str:
    """Return the name of a cookie, unique to the library, because ports share their cookies."""
    library_tag = hmac.digest(app_state.secret, b"cookie", "sha256").hex()[:8]
    prefix = "__Host-" if is_secure(request, app_state) else ""
    return f"{prefix}digest_{kind}_{library_tag}"


def is_secure(request: Request, app_state: ServerState) -> bool:
    """Return whether the client uses https, so that cookies may be restricted to it.

    The address of a site that is published elsewhere does not apply to a server on this machine.
    """
    site = urlsplit(app_state.config.site_url or "")
    host = host_name(request.headers.get("host", ""))
    return request.url.scheme == "https" or (site.scheme == "https" and site.hostname == host)


def set_cookie(
    response: Response, request: Request, app_state: ServerState, kind: Kind, value: str
) -> None:
    """Set a cookie that no script and no other site's form can use; an empty value deletes it."""
    response.set_cookie(
        cookie_name(request, app_state, kind),
        value,
        max_age=int(LASTS.total_seconds()) if value else 0,
        path="/",
        secure=is_secure(request, app_state),
        httponly=True,
        samesite="lax",
    )


async def begin(response: Response, request: Request, app_state: ServerState, reader: str) -> None:
    """Begin a session with a new name."""
    session = secrets.token_urlsafe(32)
    now = app_state.clock()

    def store(library: Library) -> None:
        library.accounts.begin(reader, session, now=now, ends=now + LASTS)

    await app_state.ask(store)
    set_cookie(response, request, app_state, "session", session)
