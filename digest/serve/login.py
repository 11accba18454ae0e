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


async def login_page(context: RequestContext) -> Response:
    """Show the form."""
    if not context.login:
        return missing(context)
    return page(context, "login", back=safe_back(context.asked("back")), who="", told="")


async def login(context: RequestContext) -> Response:
    """Begin a session, if the password or the token is right."""
    app_state, form = context.app_state, context.form
    if not context.login:
        return missing(context)
    name, password = form.get("name", "")[:_LONGEST], form.get("password", "")[:_LONGEST]
    back = safe_back(form.get("back", ""))
    client = context.request.client
    keys = [f"name {name}", f"address {client.host if client else ''}"]
    wait = app_state.failures.wait(keys, app_state.clock())
    if wait is not None:
        minutes = ceil(wait.total_seconds() / 60)
        words = context.words
        message = words.text("Too many attempts. Try again in {minutes} min.", minutes=minutes)
        refused = page(context, "login", status=429, back=back, who=name, told=message)
        refused.headers["Retry-After"] = str(max(1, ceil(wait.total_seconds())))
        return refused
    # Counted before it is tried: many simultaneous attempts must not all be tried.
    app_state.failures.add(keys, app_state.clock())
    if not await _is_right(context, name, password):
        words = context.words
        message = words.text("This name and password do not belong together.")
        return page(context, "login", status=403, back=back, who=name, told=message)
    app_state.failures.forget(keys)
    await _end_session(context)
    response = see_other(context.root, back)
    await begin(response, context.request, app_state, name)
    return response


async def _is_right(context: RequestContext, name: str, password: str) -> bool:
    app_state = context.app_state

    def known(library: Library) -> tuple[str | None, bool]:
        accounts = library.accounts
        return accounts.password(name), accounts.reader_of_token(password) == name

    stored, is_token = await app_state.ask(known)
    async with app_state.hashing:
        right = await asyncio.to_thread(partial(is_password, password, stored))
    return (right or is_token) and name in app_state.readers


async def logout(context: RequestContext) -> Response:
    """End the session."""
    await _end_session(context)
    response = see_other(context.root, "login" if context.login else "reader")
    for kind in ("session", "reader"):
        set_cookie(response, context.request, context.app_state, kind, "")
    return response


async def _end_session(context: RequestContext) -> None:
    session = context.request.cookies.get(
        cookie_name(context.request, context.app_state, "session"), ""
    )
    if session:
        await context.app_state.ask(lambda library: library.accounts.end([session]))


# --- without a login -----------------------------------------------------------------------------


async def reader_page(context: RequestContext) -> Response:
    """Ask which reader's list to use."""
    if context.login or context.app_state.options.reader:
        return missing(context)
    back = safe_back(context.asked("back"))
    return page(context, "reader", back=back, readers=context.app_state.readers)


async def choose_reader(context: RequestContext) -> Response:
    """Remember the chosen reader in a cookie."""
    app_state, name = context.app_state, context.form.get("name", "")
    if context.login or app_state.options.reader or name not in app_state.readers:
        return missing(context)
    response = see_other(context.root, safe_back(context.form.get("back", "")))
    set_cookie(response, context.request, app_state, "reader", name)
    return response


ENDPOINTS: Final = (
    Endpoint("/login", login_page, access="anyone"),
    Endpoint("/login", login, ("POST",), access="anyone"),
    Endpoint("/logout", logout, ("POST",), access="anyone"),
    Endpoint("/reader", reader_page, access="anyone"),
    Endpoint("/reader", choose_reader, ("POST",), access="anyone"),
)
