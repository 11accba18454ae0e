"""Render the pages that are not files of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from digest.serve.page_controls import PageControls
from digest.serve.responses import reply, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.responses import Response

    from digest.model.marks import Mark
    from digest.serve.routes import RequestContext


_SOON: Final = 2
"""Seconds after which a browser asks again for a site that is being made."""


def page(
    context: RequestContext,
    template: str,
    *,
    status: int = 200,
    language: str = "",
    **values: Any,  # noqa: ANN401 - a template's
) -> Response:
    """Render a template of `templates/serve/`, also for somebody who is not signed in."""
    language = language or context.words.language
    controls = PageControls(
        context.app_state.renderer, context.request.url.path, "", context.csrf, language, nav=False
    )
    body = controls.apply(_rendered(context, template, language, **values), {})
    return reply(context.request, body.encode("utf-8", "replace"), status=status)


def render_for_reader(  # noqa: PLR0913 - keywords, each a part of the page
    context: RequestContext,
    template: str,
    *,
    back: str,
    here: str = "",
    marks: Mapping[str, Mark] | None = None,
    status: int = 200,
    **values: Any,  # noqa: ANN401 - a template's
) -> Response:
    """Render a template for a reader, with the buttons of its papers; `back` is its own address."""
    text = _rendered(context, template, context.words.language, back=back, here=here, **values)
    return add_controls(context, text, back=back, here=here, marks=marks, status=status)


def add_controls(  # noqa: PLR0913 - keywords, each a part of the page
    context: RequestContext,
    page: str,
    *,
    back: str,
    here: str = "",
    marks: Mapping[str, Mark] | None = None,
    status: int = 200,
) -> Response:
    """Add the server's controls to a rendered page."""
    controls = PageControls(
        context.app_state.renderer,
        context.request.url.path,
        back,
        context.csrf,
        context.words.language,
        here,
        here == "list",
    )
    body = controls.apply(page, marks or {})
    return reply(context.request, body.encode("utf-8", "replace"), status=status)


def _rendered(
    context: RequestContext,
    template: str,
    language: str,
    *,
    here: str = "",
    day: date | None = None,
    **values: Any,  # noqa: ANN401 - a template's
) -> str:
    app_state = context.app_state
    shared: dict[str, Any] = {
        "site": {"title": app_state.config.title},
        "root": context.root,
        "path": here,
        "here": here,
        "feeds": (),
        "rule_paths": {},
        "csrf": context.csrf,
        "reader": context.reader,
    }
    return app_state.renderer.page(f"serve/{template}.html.j2", language, day, **(shared | values))


def missing(context: RequestContext) -> Response:
    """Answer that there is no such page, or not yet; a browser gets an HTML page."""
    if not context.app_state.files.is_built:
        return _not_yet(context)
    if not _is_browser(context):
        return text(404, "There is no such page.")
    if context.reader:
        return render_for_reader(context, "missing", back="", status=404)
    return page(context, "missing", status=404)


def _not_yet(context: RequestContext) -> Response:
    """Answer that the first build is under way."""
    later = {"Retry-After": str(_SOON), "Cache-Control": "no-store"}
    if not _is_browser(context):
        return text(503, "The site is being made.", later)
    response = page(context, "not_yet", status=503, seconds=_SOON)
    response.headers.update(later)
    return response


def _is_browser(context: RequestContext) -> bool:
    return "text/html" in context.request.headers.get("accept", "")
