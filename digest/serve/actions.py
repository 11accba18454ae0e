"""Change the reading list: the actions of buttons and forms."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.model.marks import WAITING
from digest.reading_list.decisions import Decision, decide, noted, snooze_days, starred, tagged
from digest.reading_list.document import note_tags
from digest.rendering.escape import legal
from digest.serve.addresses import safe_back
from digest.serve.buttons import BUTTON_ACTIONS, Notice, notice
from digest.serve.list_page import PapersByPlace
from digest.serve.page_controls import PageControls
from digest.serve.reader_work import with_reader_lists
from digest.serve.responses import as_json, see_other, text
from digest.serve.routes import Endpoint
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from digest.model.marks import Mark
    from digest.reading_list.reader_lists import ReaderLists
    from digest.serve.buttons import ButtonAction
    from digest.serve.routes import RequestContext
    from digest.wording.languages import Words

MOST_SIGNS: Final = 10_000
"""Maximum length of an added note, in characters."""


class ActionResult(Struct, frozen=True):
    """The result of a form."""

    notice: Notice
    mark: Mark | None = None
    counts: tuple[int, ...] = ()


async def act(context: RequestContext) -> Response:
    """Change the mark of one paper."""
    app_state, form = context.app_state, context.form
    action = next((known for known in BUTTON_ACTIONS if known == form.get("do")), None)
    if action is None:
        return text(400, "The form does not say what to do.")
    work = partial(_change, action=action, form=form, words=context.words)
    result = await app_state.ask(with_reader_lists(app_state, context.reader, work, changes=True))
    if result is None:
        return text(404, "There is no such paper.")
    return _respond(context, result)


async def undo(context: RequestContext) -> Response:
    """Undo a change, or the last one."""
    app_state, number_text = context.app_state, context.form.get("change", "")
    change = (
        int(number_text)
        if number_text.isascii() and number_text.isdigit() and len(number_text) < 16
        else None
    )
    work = partial(_take_back, change=change, words=context.words)
    return _respond(
        context,
        await app_state.ask(with_reader_lists(app_state, context.reader, work, changes=True)),
    )


def _respond(context: RequestContext, result: ActionResult) -> Response:
    """Answer a script with the changes for its page, and a browser with the next page."""
    app_state, back = context.app_state, safe_back(context.form.get("back", ""))
    app_state.notices.add(context.reader, result.notice)
    following = _with_notice(back, result.notice)
    if "application/json" not in context.request.headers.get("accept", ""):
        return see_other(context.root, following)
    # The forms of the requesting page, which may be deeper than this address.
    language = context.words.language
    controls = PageControls(
        app_state.renderer, f"/{back}".partition("?")[0], back, context.csrf, language
    )
    return as_json({
        "told": controls.notice_line(result.notice),
        "buttons": "" if result.mark is None else controls.buttons(result.mark, language),
        "place": result.mark.place or "inbox" if result.mark else None,
        "counts": result.counts,
        "next": following,
    })  # fmt: skip


def _with_notice(back: str, shown_notice: Notice) -> str:
    """Return the address of a page; pages of the reading list show what was done."""
    page, mark, anchor = back.partition("#")
    if page.partition("?")[0] not in ("list", "triage"):
        return back
    return f"{page}{'&' if '?' in page else '?'}change={shown_notice.change}{mark}{anchor}"


# --- the work, in the library's thread -----------------------------------------------------------


def _change(
    reader_lists: ReaderLists, action: ButtonAction, form: Mapping[str, str], words: Words
) -> ActionResult | None:
    """Store the change of a form; None if there is no such paper."""
    names = reader_lists.library.listings.names([form.get("paper", "")])
    if not names:
        return None
    (paper_id,) = names.values()
    paper = reader_lists.library.papers.get_many([paper_id])[paper_id]
    before = reader_lists.library.marks.get(reader_lists.reader, paper_id)
    mark = _marked(reader_lists, before, action, form)
    title = one_line(paper.title)
    if mark == before:
        message = words.text("Nothing to change for “{title}”.", title=title)
        return ActionResult(Notice(message, 0), mark, _counts(reader_lists))
    change = reader_lists.put((paper, mark))
    mark = reader_lists.library.marks.get(reader_lists.reader, paper_id)
    told_now = notice(action, title, mark, reader_lists.today, change, words)
    return ActionResult(told_now, mark, _counts(reader_lists))


def _marked(
    reader_lists: ReaderLists, mark: Mark, action: ButtonAction, form: Mapping[str, str]
) -> Mark:
    now, today = reader_lists.now, reader_lists.today
    match action:
        case "unstar":
            return replace(mark, starred=False, star_at=now) if mark.starred else mark
        case "back":
            back = replace(mark, state="queued", state_at=None, until=None)
            return mark if mark.state in WAITING else back
        case "later":
            before = (mark.until - today).days if mark.state == "snoozed" and mark.until else 0
            return decide(mark, Decision("later", snooze_days(before)), now=now, today=today)
        case "note" | "note-star":
            written = legal(form.get("text", "").replace("\r\n", "\n").replace("\r", "\n"))
            mark = noted(mark, written[:MOST_SIGNS], now)
            if action == "note-star":
                return starred(mark, now)
            return _retagged(mark, form, reader_lists)
        case _:
            return decide(mark, Decision(action), now=now, today=today)


def _retagged(mark: Mark, form: Mapping[str, str], reader_lists: ReaderLists) -> Mark:
    """Add and remove the tags that the form changed, and keep those added meanwhile."""
    if "tags" not in form:
        return mark
    old_tags = set(form.get("had", "").split())
    words = (word.removeprefix("#") for word in form["tags"].replace(",", " ").split())
    typed = set(note_tags(" ".join(f"#{word}" for word in words)))
    tags = (set(mark.tags) - (old_tags - typed)) | (typed - old_tags)
    return tagged(mark, tags | set(note_tags(mark.note)), reader_lists.now)


def _take_back(reader_lists: ReaderLists, change: int | None, words: Words) -> ActionResult:
    papers = reader_lists.library.marks.undo(reader_lists.reader, change)
    known = reader_lists.library.papers.get_many(papers)
    number = reader_lists.library.marks.changed(reader_lists.reader)
    if not known:
        return ActionResult(
            Notice(words.text("There is nothing to undo."), 0), None, _counts(reader_lists)
        )
    titles = [f"“{one_line(paper.title)}”" for paper in known.values()]
    message = words.text("Undone: {titles}.", titles=words.text(", ").join(titles))
    return ActionResult(Notice(message, -number), None, _counts(reader_lists))


def _counts(reader_lists: ReaderLists) -> tuple[int, ...]:
    return tuple(PapersByPlace.of(reader_lists).counts())


ENDPOINTS: Final = (
    Endpoint("/act", act, ("POST",)),
    Endpoint("/undo", undo, ("POST",)),
)
