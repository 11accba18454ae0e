"""Change the reading list: the actions of buttons and forms."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.model.marks import WAITING
from digest.reading_list.decisions import Decision, decide, later_days, noted, starred, tagged
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


async def act(visit: RequestContext) -> Response:
    """Change the mark of one paper."""
    served, form = visit.served, visit.form
    deed = next((known for known in BUTTON_ACTIONS if known == form.get("do")), None)
    if deed is None:
        return text(400, "The form does not say what to do.")
    work = partial(_change, deed=deed, form=form, words=visit.words)
    result = await served.ask(with_reader_lists(served, visit.reader, work, changes=True))
    if result is None:
        return text(404, "There is no such paper.")
    return _told(visit, result)


async def undo(visit: RequestContext) -> Response:
    """Undo a change, or the last one."""
    served, number_text = visit.served, visit.form.get("change", "")
    change = (
        int(number_text)
        if number_text.isascii() and number_text.isdigit() and len(number_text) < 16
        else None
    )
    work = partial(_take_back, change=change, words=visit.words)
    return _told(
        visit, await served.ask(with_reader_lists(served, visit.reader, work, changes=True))
    )


def _told(visit: RequestContext, result: ActionResult) -> Response:
    """Answer a script with the changes for its page, and a browser with the next page."""
    served, back = visit.served, safe_back(visit.form.get("back", ""))
    served.notices.add(visit.reader, result.notice)
    following = _with_notice(back, result.notice)
    if "application/json" not in visit.request.headers.get("accept", ""):
        return see_other(visit.root, following)
    # The forms of the requesting page, which may be deeper than this address.
    language = visit.words.language
    dress = PageControls(served.renderer, f"/{back}".partition("?")[0], back, visit.csrf, language)
    return as_json({
        "told": dress.told(result.notice),
        "buttons": "" if result.mark is None else dress.buttons(result.mark, language),
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
    desk: ReaderLists, deed: ButtonAction, form: Mapping[str, str], words: Words
) -> ActionResult | None:
    """Store the change of a form; None if there is no such paper."""
    names = desk.library.listings.names([form.get("paper", "")])
    if not names:
        return None
    (paper_id,) = names.values()
    paper = desk.library.papers.get_many([paper_id])[paper_id]
    before = desk.library.marks.get(desk.reader, paper_id)
    mark = _after(desk, before, deed, form)
    title = one_line(paper.title)
    if mark == before:
        message = words.text("Nothing to change for “{title}”.", title=title)
        return ActionResult(Notice(message, 0), mark, _counts(desk))
    change = desk.put((paper, mark))
    mark = desk.library.marks.get(desk.reader, paper_id)
    told_now = notice(deed, title, mark, desk.today, change, words)
    return ActionResult(told_now, mark, _counts(desk))


def _after(desk: ReaderLists, mark: Mark, deed: ButtonAction, form: Mapping[str, str]) -> Mark:
    now, today = desk.now, desk.today
    match deed:
        case "unstar":
            return replace(mark, starred=False, star_at=now) if mark.starred else mark
        case "back":
            back = replace(mark, state="queued", state_at=None, until=None)
            return mark if mark.state in WAITING else back
        case "later":
            before = (mark.until - today).days if mark.state == "snoozed" and mark.until else 0
            return decide(mark, Decision("later", later_days(before)), now=now, today=today)
        case "note" | "note-star":
            written = legal(form.get("text", "").replace("\r\n", "\n").replace("\r", "\n"))
            mark = noted(mark, written[:MOST_SIGNS], now)
            if deed == "note-star":
                return starred(mark, now)
            return _retagged(mark, form, desk)
        case _:
            return decide(mark, Decision(deed), now=now, today=today)


def _retagged(mark: Mark, form: Mapping[str, str], desk: ReaderLists) -> Mark:
    """Add and remove the tags that the form changed, and keep those added meanwhile."""
    if "tags" not in form:
        return mark
    old_tags = set(form.get("had", "").split())
    words = (word.removeprefix("#") for word in form["tags"].replace(",", " ").split())
    typed = set(note_tags(" ".join(f"#{word}" for word in words)))
    tags = (set(mark.tags) - (old_tags - typed)) | (typed - old_tags)
    return tagged(mark, tags | set(note_tags(mark.note)), desk.now)


def _take_back(desk: ReaderLists, change: int | None, words: Words) -> ActionResult:
    papers = desk.library.marks.undo(desk.reader, change)
    known = desk.library.papers.get_many(papers)
    number = desk.library.marks.changed(desk.reader)
    if not known:
        return ActionResult(Notice(words.text("There is nothing to undo."), 0), None, _counts(desk))
    titles = [f"“{one_line(paper.title)}”" for paper in known.values()]
    message = words.text("Undone: {titles}.", titles=words.text(", ").join(titles))
    return ActionResult(Notice(message, -number), None, _counts(desk))


def _counts(desk: ReaderLists) -> tuple[int, ...]:
    return tuple(PapersByPlace.of(desk).counts())


ENDPOINTS: Final = (
    Endpoint("/act", act, ("POST",)),
    Endpoint("/undo", undo, ("POST",)),
)
