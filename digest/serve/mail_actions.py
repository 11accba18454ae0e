"""Answer the links of mails: star or drop a paper, unsubscribe.

A GET shows a page with one button and changes nothing, because programs that check mails open every
link. A POST acts; only the signature in its address has to be right, so that the mail program's own
button works (RFC 8058). A link to star or drop acts once: sent again it changes nothing, even after
the reader has decided otherwise.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.mail.signed_links import FOLDER, Action, Signed, Signer
from digest.pipeline.recipients import LINK_KEY, link_holders
from digest.reading_list.decisions import Decision, decide
from digest.serve.pages import page
from digest.serve.reader_work import with_reader_lists
from digest.serve.routes import Endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from digest.library import Library
    from digest.model import Profile
    from digest.reading_list.reader_lists import ReaderLists
    from digest.serve.routes import RequestContext


class _ValidLink(Struct, frozen=True):
    """A valid link, and what it refers to."""

    signed: Signed
    profile: Profile
    title: str
    """Of the paper; empty for a link to unsubscribe."""
    is_done: bool
    """Whether it was used, or the recipient has unsubscribed."""


async def show(context: RequestContext) -> Response:
    """Show what a link would do, and a button."""
    action = _action(context)
    link = await context.app_state.ask(lambda library: _read(context, library, action))
    return _link_page(context, action, link, has_acted=False)


async def act(context: RequestContext) -> Response:
    """Carry out the action of a link."""
    action = _action(context)
    app_state = context.app_state

    def do(library: Library) -> _ValidLink | None:
        link = _read(context, library, action)
        if link is not None and not link.is_done:
            if action == "unsubscribe":
                recipient = link.signed.recipient
                library.subscriptions.set(
                    recipient.profile, recipient.address, "unsubscribed", "link",
                    now=app_state.clock(),
                )  # fmt: skip
            else:
                work = partial(_decide, link=link, action=action)
                with_reader_lists(app_state, link.profile.reader, work, changes=True)(library)
        return link

    return _link_page(context, action, await app_state.ask(do), has_acted=True)


def _action(context: RequestContext) -> Action:
    """Return the action in the path."""
    name = context.request.url.path.rsplit("/", 2)[1]
    return "star" if name == "star" else "drop" if name == "drop" else "unsubscribe"


def _read(context: RequestContext, library: Library, action: Action) -> _ValidLink | None:
    """Return the content of a link; None if it is invalid or expired."""
    app_state = context.app_state
    config = app_state.config
    signer = Signer(library.accounts.secret(LINK_KEY))
    token = context.request.path_params["token"]
    holders = link_holders(library, config)
    signed = signer.read(action, token, holders, app_state.clock().date())
    if signed is None or not config.served:
        return None
    profile = next(known for known in config.profiles if known.name == signed.recipient.profile)
    if action == "unsubscribe":
        is_done = library.subscriptions.is_unsubscribed(*signed.recipient)
        return _ValidLink(signed, profile, "", is_done)
    paper = library.papers.get_many([signed.paper]).get(signed.paper)
    email = profile.email
    readers = {to.address.casefold() for to in email.to} if email else set()
    if paper is None or signed.recipient.address.casefold() not in readers:
        return None
    is_done = library.subscriptions.was_used(signed.signature)
    return _ValidLink(signed, profile, paper.title, is_done)


def _decide(reader_lists: ReaderLists, link: _ValidLink, action: Action) -> None:
    """Change the reading list and store that the link was used, in one transaction."""
    library, signed = reader_lists.library, link.signed
    paper = library.papers.get_many([signed.paper])[signed.paper]
    expires = signed.expires or reader_lists.now.date()
    with library.transaction():
        if library.subscriptions.use_link(signed.signature, now=reader_lists.now, expires=expires):
            mark = library.marks.get(reader_lists.reader, paper.id)
            decision = Decision("star" if action == "star" else "drop")
            decided = decide(mark, decision, now=reader_lists.now, today=reader_lists.today)
            if decided != mark:
                reader_lists.put((paper, decided))


def _link_page(
    context: RequestContext, action: Action, link: _ValidLink | None, *, has_acted: bool
) -> Response:
    """Render the page of a link, before or after it acted."""
    if link is None:
        return page(context, "mail_link", status=404, state="invalid", action=action, asked=None)
    state = "done" if has_acted and not link.is_done else "was done" if link.is_done else "ask"
    language = link.profile.language
    return page(context, "mail_link", language=language, state=state, action=action, asked=link)


ENDPOINTS: Final = tuple(
    Endpoint(f"/{FOLDER}/{action}/{{token}}", handler, methods, access="signed")
    for action in ("star", "drop", "unsubscribe")
    for handler, methods in ((show, ("GET",)), (act, ("POST",)))
)
