"""The pages and files of the reading list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from digest.bibliography import Reference, write
from digest.reading_list.file import read_text
from digest.serve.list_page import list_page
from digest.serve.list_query import ListQuery
from digest.serve.pages import missing, render_for_reader
from digest.serve.reader_work import with_reader_lists
from digest.serve.responses import TYPES, reply
from digest.serve.routes import Endpoint
from digest.site.citation_keys import citation_keys

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.bibliography import ExportFormat
    from digest.reading_list.reader_lists import ReaderLists
    from digest.serve.routes import RequestContext


async def reading_list(context: RequestContext) -> Response:
    """Show a part of the list."""
    app_state = context.app_state
    ask = ListQuery.parse(context.request.query_params)
    shown = await app_state.ask(
        with_reader_lists(
            app_state, context.reader, partial(list_page, ask=ask, words=context.words)
        )
    )
    rows = [row for group in shown.groups for row in group.rows]
    return render_for_reader(
        context,
        "list",
        back=ask.path,
        here="list",
        marks={row.entry.paper.id: row.mark for row in rows},
        day=shown.today,
        list=shown,
        notice=app_state.notices.find(context.reader, context.asked("change")),
        login=context.login,
        can_leave=context.login or (len(app_state.readers) > 1 and not app_state.options.reader),
    )


async def list_file(context: RequestContext) -> Response:
    """Return the current file of a list."""
    app_state, name = context.app_state, context.asked("profile")

    def read(reader_lists: ReaderLists) -> str | None:
        profiles = [
            profile
            for profile in reader_lists.profiles
            if profile.name == name and profile.reading_list
        ]
        return read_text(reader_lists.lists.path(profiles[0])) if profiles else None

    text = await app_state.ask(with_reader_lists(app_state, context.reader, read))
    if text is None:
        return missing(context)
    return reply(context.request, text.encode("utf-8", "replace"), TYPES[".md"])


async def references(context: RequestContext) -> Response:
    """Return the papers to read for a reference manager."""
    suffix = "." + context.request.url.path.rpartition(".")[2]

    def written(reader_lists: ReaderLists) -> str:
        papers = [
            item.paper for item in reader_lists.items(waiting=True) if item.place == "to read"
        ]
        keys = citation_keys(reader_lists.library, [paper.id for paper in papers])
        form: ExportFormat = "bibtex" if suffix == ".bib" else "ris"
        return write(form, [Reference(keys[paper.id], paper) for paper in papers])

    body = await context.app_state.ask(
        with_reader_lists(context.app_state, context.reader, written)
    )
    return reply(context.request, body.encode("utf-8", "replace"), TYPES[suffix])


ENDPOINTS: Final = (
    Endpoint("/list", reading_list),
    Endpoint("/list.md", list_file),
    Endpoint("/list.bib", references),
    Endpoint("/list.ris", references),
)
