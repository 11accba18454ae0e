"""Render the pages that are made when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.serve.replies import reply, text

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.serve.routes import Visit


def page(
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    here: str = "",
    **values: Any,  # noqa: ANN401 - a template's
) -> Response:
    """Render a template of `templates/serve/` for this visit."""
    served = visit.served
    shared: dict[str, Any] = {
        "site": {"title": served.config.title},
        "root": visit.root,
        "path": here,
        "here": here,
        "feeds": (),
        "rule_paths": {},
        "csrf": visit.csrf,
        "reader": visit.reader,
    }
    body = served.renderer.page(f"serve/{template}.html.j2", **(shared | values))
    return reply(visit.request, body.encode("utf-8", "replace"), status=status)


def missing(visit: Visit) -> Response:
    """Say that there is no such page: to a person as a page."""
    if "text/html" in visit.request.headers.get("accept", ""):
        return page(visit, "missing", status=404)
    return text(404, "There is no such page.")
