"""The pages and files of the reading list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from digest.bibliography import Reference, write
from digest.reading_list.file import read_text
from digest.serve.list_page import list_page
from digest.serve.list_query import ListQuery
from digest.serve.pages import dressed, missing
from digest.serve.reader_work import with_reader_lists
from digest.serve.responses import TYPES, reply
from digest.serve.routes import Endpoint
from digest.site.citation_keys import citation_keys

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.bibliography import ExportFormat
    from digest.reading_list.reader_lists import ReaderLists
    from digest.serve.routes import RequestContext


async def reading_list(visit: RequestContext) -> Response:
    """Show a part of the list."""
    served = visit.served
    ask = ListQuery.parse(visit.request.query_params)
    shown = await served.ask(
        with_reader_lists(served, visit.reader, partial(list_page, ask=ask, words=visit.words))
    )
    rows = [row for group in shown.groups for row in group.rows]
    return dressed(
        visit,
        "list",
        back=ask.path,
        here="list",
        marks={row.entry.paper.id: row.mark for row in rows},
        day=shown.today,
        list=shown,
        notice=served.notices.find(visit.reader, visit.asked("change")),
        login=visit.login,
        can_leave=visit.login or (len(served.readers) > 1 and not served.options.reader),
    )


async def list_file(visit: RequestContext) -> Response:
    """Return the current file of a list."""
    served, name = visit.served, visit.asked("profile")

    def read(desk: ReaderLists) -> str | None:
        profiles = [
            profile for profile in desk.profiles if profile.name == name and profile.reading_list
        ]
        return read_text(desk.lists.path(profiles[0])) if profiles else None

    text = await served.ask(with_reader_lists(served, visit.reader, read))
    if text is None:
        return missing(visit)
    return reply(visit.request, text.encode("utf-8", "replace"), TYPES[".md"])


async def references(visit: RequestContext) -> Response:
    """Return the papers to read for a reference manager."""
    suffix = "." + visit.request.url.path.rpartition(".")[2]

    def written(desk: ReaderLists) -> str:
        papers = [item.paper for item in desk.items(waiting=True) if item.place == "to read"]
        keys = citation_keys(desk.library, [paper.id for paper in papers])
        form: ExportFormat = "bibtex" if suffix == ".bib" else "ris"
        return write(form, [Reference(keys[paper.id], paper) for paper in papers])

    body = await visit.served.ask(with_reader_lists(visit.served, visit.reader, written))
    return reply(visit.request, body.encode("utf-8", "replace"), TYPES[suffix])


ENDPOINTS: Final = (
    Endpoint("/list", reading_list),
    Endpoint("/list.md", list_file),
    Endpoint("/list.bib", references),
    Endpoint("/list.ris", references),
)
