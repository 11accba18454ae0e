"""Sign in and out; choose a reader if no login is required."""

from __future__ import annotations

import asyncio
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Final

from digest.serve.addresses import safe_back
from digest.serve.authentication import begin, cookie_name, set_cookie
from digest.serve.pages import missing, page
from digest.serve.passwords import is_password
from digest.serve.responses import see_other
from digest.serve.routes import Endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.library import Library
    from digest.serve.routes import RequestContext

_LONGEST: Final = 1_024


async def login_page(visit: RequestContext) -> Response:
    """Show the form."""
    if not visit.login:
        return missing(visit)
    return page(visit, "login", back=safe_back(visit.asked("back")), who="", told="")


async def login(visit: RequestContext) -> Response:
    """Begin a session, if the password or the token is right."""
    served, form = visit.served, visit.form
    if not visit.login:
        return missing(visit)
    name, password = form.get("name", "")[:_LONGEST], form.get("password", "")[:_LONGEST]
    back = safe_back(form.get("back", ""))
    client = visit.request.client
    keys = [f"name {name}", f"address {client.host if client else ''}"]
    wait = served.failures.wait(keys, served.clock())
    if wait is not None:
        minutes = ceil(wait.total_seconds() / 60)
        words = visit.words
        message = words.text("Too many attempts. Try again in {minutes} min.", minutes=minutes)
        refused = page(visit, "login", status=429, back=back, who=name, told=message)
        refused.headers["Retry-After"] = str(max(1, ceil(wait.total_seconds())))
        return refused
    # Counted before it is tried: many simultaneous attempts must not all be tried.
    served.failures.add(keys, served.clock())
    if not await _is_right(visit, name, password):
        words = visit.words
        message = words.text("This name and password do not belong together.")
        return page(visit, "login", status=403, back=back, who=name, told=message)
    served.failures.forget(keys)
    await _end_session(visit)
    response = see_other(visit.root, back)
    await begin(response, visit.request, served, name)
    return response


async def _is_right(visit: RequestContext, name: str, password: str) -> bool:
    served = visit.served

    def known(library: Library) -> tuple[str | None, bool]:
        accounts = library.accounts
        return accounts.password(name), accounts.reader_of_token(password) == name

    stored, is_token = await served.ask(known)
    async with served.hashing:
        right = await asyncio.to_thread(partial(is_password, password, stored))
    return (right or is_token) and name in served.readers


async def logout(visit: RequestContext) -> Response:
    """End the session."""
    await _end_session(visit)
    response = see_other(visit.root, "login" if visit.login else "reader")
    for kind in ("session", "reader"):
        set_cookie(response, visit.request, visit.served, kind, "")
    return response


async def _end_session(visit: RequestContext) -> None:
    session = visit.request.cookies.get(cookie_name(visit.request, visit.served, "session"), "")
    if session:
        await visit.served.ask(lambda library: library.accounts.end([session]))


# --- without a login -----------------------------------------------------------------------------


async def reader_page(visit: RequestContext) -> Response:
    """Ask which reader's list to use."""
    if visit.login or visit.served.options.reader:
        return missing(visit)
    back = safe_back(visit.asked("back"))
    return page(visit, "reader", back=back, readers=visit.served.readers)


async def choose_reader(visit: RequestContext) -> Response:
    """Remember the chosen reader in a cookie."""
    served, name = visit.served, visit.form.get("name", "")
    if visit.login or served.options.reader or name not in served.readers:
        return missing(visit)
    response = see_other(visit.root, safe_back(visit.form.get("back", "")))
    set_cookie(response, visit.request, served, "reader", name)
    return response


ENDPOINTS: Final = (
    Endpoint("/login", login_page, access="anyone"),
    Endpoint("/login", login, ("POST",), access="anyone"),
    Endpoint("/logout", logout, ("POST",), access="anyone"),
    Endpoint("/reader", reader_page, access="anyone"),
    Endpoint("/reader", choose_reader, ("POST",), access="anyone"),
)
