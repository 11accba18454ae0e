"""The current feeds of a reader's stars and tags, and the list of feeds.

The site's files have them as of the last build, and those of all readers. Here a reader gets only
their own, without seeing that others exist.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from digest.serve.files import media_type
from digest.serve.pages import add_controls, missing
from digest.serve.responses import TYPES, reply
from digest.serve.routes import Endpoint
from digest.site.pages import Pages, SiteContext
from digest.site.paths import slug

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.library import Library
    from digest.rendering.feeds import Channel
    from digest.serve.routes import RequestContext
    from digest.serve.state import ServerState


async def reader_feed(context: RequestContext) -> Response:
    """Return one of the reader's feeds."""
    app_state = context.app_state
    name = context.request.url.path.removeprefix("/")
    kind, owner = media_type(name), name.split("/")[2].partition(".")[0]
    readers = [context.reader] if context.login else app_state.readers
    for reader in readers:
        if kind is not None and slug(reader) == owner:
            files = await app_state.ask(partial(app_state.feeds.of, reader=reader))
            if name in files:
                return reply(context.request, files[name], kind)
    return missing(context)


async def feeds_page(context: RequestContext) -> Response:
    """List the feeds that this reader can get."""
    app_state, reader = context.app_state, context.reader
    channels = await app_state.ask(lambda library: _channels(app_state, library, reader))
    about = SiteContext(
        app_state.config.title, context.words.language, app_state.config.profiles, {}, {}
    )
    _, page = Pages(app_state.renderer, about, ()).feeds(channels)
    return add_controls(context, page, back="feeds.html")


async def opml(context: RequestContext) -> Response:
    """Return the file that lists the feeds that this reader can get."""
    app_state, reader = context.app_state, context.reader

    def made(library: Library) -> bytes:
        return app_state.feeds.maker(library).opml(_channels(app_state, library, reader))[1]

    return reply(context.request, await app_state.ask(made), TYPES[".opml"])


def _channels(app_state: ServerState, library: Library, reader: str) -> list[Channel]:
    maker = app_state.feeds.maker(library)
    names = dict.fromkeys((*(rule.name for rule in app_state.config.rules), *library.site.rules()))
    return [
        *map(maker.of_profile, app_state.config.profiles),
        *map(maker.of_rule, names),
        maker.of_stars(reader),
        *(maker.of_tag(reader, tag) for tag in library.site.tags(reader)),
    ]


ENDPOINTS: Final = (
    Endpoint("/feeds.html", feeds_page),
    Endpoint("/feeds/feeds.opml", opml),
    Endpoint("/feeds/starred/{name}", reader_feed),
    Endpoint("/feeds/tags/{reader}/{name}", reader_feed),
)
