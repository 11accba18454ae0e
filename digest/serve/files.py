"""The files of the site, as they are currently on the disk: see `addresses.file_path`."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from digest.serve.addresses import file_path
from digest.serve.page_controls import PageControls, marks_of, papers_on
from digest.serve.pages import missing
from digest.serve.responses import FEED_JSON, HTML, TYPES, compressed, entity_tag, reply
from digest.serve.routes import Endpoint
from digest.serve.site_folder import Page

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.serve.routes import RequestContext
    from digest.serve.site_folder import SiteFile

PUBLIC: Final = ("site.css", "site.js", "icon.svg")
"""The same on every site: independent of readers and papers."""


def media_type(name: str) -> str | None:
    """Return the type of a file by its name; None for one that is not served."""
    if name.endswith(".json") and name.startswith("feeds/"):
        return FEED_JSON
    return TYPES.get(PurePosixPath(name).suffix)


async def site_file(context: RequestContext) -> Response:
    """Return a file of the site; a page with the additions of `digest.serve.page_controls`."""
    name = file_path(context.request.url.path)
    kind = None if name is None else media_type(name)
    file = None if name is None or kind is None else context.app_state.files.read(name)
    if name is None or kind is None or file is None:
        return missing(context)
    if kind != HTML:
        return reply(
            context.request,
            file.body,
            kind,
            tag=file.tag,
            packed=file.packed,
            modified=file.modified,
        )
    page = await _dressed(context, name, file)
    return reply(context.request, page.body, kind, tag=page.tag, packed=page.packed)


async def _dressed(context: RequestContext, name: str, file: SiteFile) -> Page:
    """Return a page for this reader, from memory if nothing changed."""
    app_state, reader = context.app_state, context.reader
    change = await app_state.ask(lambda library: library.marks.changed(reader))
    key = name, file.tag, context.csrf, reader, change
    page = app_state.pages.get(key)
    if page is not None:
        return page
    text = file.body.decode("utf-8", "replace")
    papers = papers_on(text)
    marks = await app_state.ask(lambda library: marks_of(library, reader, papers)) if papers else {}
    path = context.request.url.path
    controls = PageControls(
        app_state.renderer, path, path.removeprefix("/"), context.csrf, context.words.language
    )
    body = controls.apply(text, marks).encode("utf-8", "replace")
    made = Page(body, entity_tag(body), compressed(body, 5))
    app_state.pages.keep(key, made)
    return made


ENDPOINTS: Final = (
    # The look of the login page.
    *(Endpoint(f"/{name}", site_file, access="anyone") for name in PUBLIC),
    Endpoint("/{path:path}", site_file),
)
"""The last of all: they take every path."""
