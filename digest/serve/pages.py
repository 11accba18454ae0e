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
    visit: RequestContext,
    template: str,
    *,
    status: int = 200,
    language: str = "",
    **values: Any,  # noqa: ANN401 - a template's
) -> Response:
    """Render a template of `templates/serve/`, also for somebody who is not signed in."""
    language = language or visit.words.language
    dress = PageControls(
        visit.served.renderer, visit.request.url.path, "", visit.csrf, language, nav=False
    )
    body = dress.apply(_rendered(visit, template, language, **values), {})
    return reply(visit.request, body.encode("utf-8", "replace"), status=status)


def dressed(  # noqa: PLR0913 - keywords, each a part of the page
    visit: RequestContext,
    template: str,
    *,
    back: str,
    here: str = "",
    marks: Mapping[str, Mark] | None = None,
    status: int = 200,
    **values: Any,  # noqa: ANN401 - a template's
) -> Response:
    """Render a template for a reader, with the buttons of its papers; `back` is its own address."""
    text = _rendered(visit, template, visit.words.language, back=back, here=here, **values)
    return put_on(visit, text, back=back, here=here, marks=marks, status=status)


def put_on(  # noqa: PLR0913 - keywords, each a part of the page
    visit: RequestContext,
    page: str,
    *,
    back: str,
    here: str = "",
    marks: Mapping[str, Mark] | None = None,
    status: int = 200,
) -> Response:
    """Add the server's controls to a rendered page."""
    dress = PageControls(
        visit.served.renderer,
        visit.request.url.path,
        back,
        visit.csrf,
        visit.words.language,
        here,
        here == "list",
    )
    body = dress.apply(page, marks or {})
    return reply(visit.request, body.encode("utf-8", "replace"), status=status)


def _rendered(
    visit: RequestContext,
    template: str,
    language: str,
    *,
    here: str = "",
    day: date | None = None,
    **values: Any,  # noqa: ANN401 - a template's
) -> str:
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
    return served.renderer.page(f"serve/{template}.html.j2", language, day, **(shared | values))


def missing(visit: RequestContext) -> Response:
    """Answer that there is no such page, or not yet; a browser gets an HTML page."""
    if not visit.served.files.is_built:
        return _not_yet(visit)
    if not _is_browser(visit):
        return text(404, "There is no such page.")
    if visit.reader:
        return dressed(visit, "missing", back="", status=404)
    return page(visit, "missing", status=404)


def _not_yet(visit: RequestContext) -> Response:
    """Answer that the first build is under way."""
    later = {"Retry-After": str(_SOON), "Cache-Control": "no-store"}
    if not _is_browser(visit):
        return text(503, "The site is being made.", later)
    response = page(visit, "not_yet", status=503, seconds=_SOON)
    response.headers.update(later)
    return response


def _is_browser(visit: RequestContext) -> bool:
    return "text/html" in visit.request.headers.get("accept", "")
