"""Build the application.

A module with further endpoints is added to `_MODULES`, before `files`, which takes every path.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from digest.serve import actions, assets, feeds, files, login, mail_actions, reading_list, triage
from digest.serve.guard import Guard, guarded
from digest.serve.refresh import refreshing
from digest.serve.responses import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from digest.serve.routes import Endpoint
    from digest.serve.state import ServerState

_MODULES: Final = (login, mail_actions, assets, reading_list, triage, actions, feeds, files)


def make_app(app_state: ServerState) -> ASGIApp:
    """Return the application for `app_state`."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        app_state.secret = await app_state.ask(lambda library: library.accounts.secret("serve"))
        async with refreshing(app_state):
            yield
        app_state.close()

    endpoints: list[Endpoint] = [endpoint for module in _MODULES for endpoint in module.ENDPOINTS]
    app = Starlette(
        routes=[
            Route(endpoint.path, guarded(endpoint, app_state), methods=list(endpoint.methods))
            for endpoint in endpoints
        ],
        lifespan=life,
        exception_handlers={404: _refused, 405: _refused},
    )
    return Guard(app, app_state)


async def _refused(_: Request, error: Exception) -> Response:
    """Answer a request that the router refuses, such as a method that a page does not take."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = "There is no such page." if status == 404 else "Not by this method."
    return text(status, message, error.headers if isinstance(error, HTTPException) else None)
