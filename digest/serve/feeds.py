"""The current feeds of a reader's stars and tags, and the list of feeds.

The site's files have them as of the last build, and those of all readers. Here a reader gets only
their own, without seeing that others exist.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from digest.serve.files import media_type
from digest.serve.pages import missing, put_on
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


async def reader_feed(visit: RequestContext) -> Response:
    """Return one of the reader's feeds."""
    served = visit.served
    name = visit.request.url.path.removeprefix("/")
    kind, owner = media_type(name), name.split("/")[2].partition(".")[0]
    readers = [visit.reader] if visit.login else served.readers
    for reader in readers:
        if kind is not None and slug(reader) == owner:
            files = await served.ask(partial(served.feeds.of, reader=reader))
            if name in files:
                return reply(visit.request, files[name], kind)
    return missing(visit)


async def feeds_page(visit: RequestContext) -> Response:
    """List the feeds that this reader can get."""
    served, reader = visit.served, visit.reader
    channels = await served.ask(lambda library: _channels(served, library, reader))
    about = SiteContext(served.config.title, visit.words.language, served.config.profiles, {}, {})
    _, page = Pages(served.renderer, about, ()).feeds(channels)
    return put_on(visit, page, back="feeds.html")


async def opml(visit: RequestContext) -> Response:
    """Return the file that lists the feeds that this reader can get."""
    served, reader = visit.served, visit.reader

    def made(library: Library) -> bytes:
        return served.feeds.maker(library).opml(_channels(served, library, reader))[1]

    return reply(visit.request, await served.ask(made), TYPES[".opml"])


def _channels(served: ServerState, library: Library, reader: str) -> list[Channel]:
    maker = served.feeds.maker(library)
    names = dict.fromkeys((*(rule.name for rule in served.config.rules), *library.site.rules()))
    return [
        *map(maker.of_profile, served.config.profiles),
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
