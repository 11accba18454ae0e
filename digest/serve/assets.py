"""The style sheet and the script of the reading list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.serve.responses import TYPES, reply
from digest.serve.routes import Endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.serve.routes import RequestContext


async def asset(context: RequestContext) -> Response:
    """Render the file that the address names."""
    name = context.request.url.path.removeprefix("/")
    body = context.app_state.renderer.page(f"serve/{name}.j2", context.words.language)
    kind = TYPES[".css"] if name.endswith(".css") else TYPES[".js"]
    return reply(context.request, body.encode(), kind)


ENDPOINTS: Final = tuple(
    Endpoint(f"/{name}", asset, access="anyone") for name in ("serve.css", "serve.js")
)
