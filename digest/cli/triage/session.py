"""What the keys of `digest triage` do. Pure: each key makes a new session and perhaps an effect."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from digest.reading_list.decisions import LATER, Decision, snooze_days
from digest.wording import day_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.explain.cards import Card
    from digest.reading_list.decisions import Action

View: TypeAlias = Literal["paper", "why", "abstract", "keys", "note", "find", "links", "end"]

ACTIONS: Final[Mapping[str, Action]] = {
    "s": "star", "l": "later", "d": "drop", "D": "fewer", "x": "read",
}  # fmt: skip


class Decide(Struct, frozen=True):
    """Effect: store a decision."""

    paper: str
    decision: Decision


class Undo(Struct, frozen=True):
    """Effect: take back the last stored change."""


class Note(Struct, frozen=True):
    """Effect: add a line to the note of a paper and star it."""

    paper: str
    text: str


class Open(Struct, frozen=True):
    """Effect: show an address in the browser, or print it."""

    url: str


class Edit(Struct, frozen=True):
    """Effect: open the config in the editor, at a rule."""

    rule: str


class Quit(Struct, frozen=True):
    """Effect: end the program."""


Effect: TypeAlias = Decide | Undo | Note | Open | Edit | Quit


class Session(Struct, frozen=True):
    """The state of the screen."""

    title: str
    day: date
    cards: tuple[Card, ...]
    earlier: tuple[Card, ...] = ()
    """Undecided papers of earlier days, which are not shown yet."""
    quiet_day: str = ""
    """Why there is nothing to decide today."""
    inbox_days: int | None = 7
    at: int = 0
    decided: Mapping[str, Decision] = field(default_factory=dict)
    noted: frozenset[str] = frozenset()
    view: View = "paper"
    scroll: int = 0
    typed: str = ""
    message: str = ""
    hint: str = ""
    seconds: int = 0
    """How long the session took, once everything is decided."""
    history: tuple[tuple[int, Decision | None, bool], ...] = ()
    """Changes that can be undone: place of the paper, its decision before, whether a note was
    added."""

    @property
    def card(self) -> Card | None:
        """The paper on the screen."""
        return self.cards[self.at] if self.cards else None

    def count(self, *actions: Action) -> int:
        """Return how many papers were decided in these ways."""
        return sum(decision.action in actions for decision in self.decided.values())


def start(session: Session) -> Session:
    """Return the session as it is first shown."""
    count = len(session.cards)
    minutes = max(1, round(count / 12))
    about = "about a minute" if minutes == 1 else f"about {minutes} minutes"
    return replace(session, message=f"{_papers(count)}, {about}" if count else "")


def press(session: Session, key: str, today: date) -> tuple[Session, Effect | None]:
    """Return the session after a key, and the effects to carry out.

    Keys are characters, or `enter`, `escape`, `backspace`, `up`, `down`, `space` and `c-c`.
    """
    typing = session.view in ("note", "find")
    if key == "c-c" or (key in ("q", "Q") and not typing):
        return session, Quit()
    if typing:
        return _type(session, key)
    if session.view == "links":
        return _choose_link(session, key)
    if session.view == "end" or not session.cards:
        return _at_end(session, key)
    if key in ACTIONS:
        return _decide(session, ACTIONS[key], today)
    return _undo(session) if key == "u" else _look(session, key)


def _choose_link(session: Session, key: str) -> tuple[Session, Effect | None]:
    chosen = [link for link in session.card.look_up if link.key == key] if session.card else []
    session = replace(session, view="paper", message="")
    if not chosen:
        return session, None
    return _with_message(session, f"Opened {chosen[0].name}"), Open(chosen[0].url)


# --- deciding ------------------------------------------------------------------------------------


def _decide(session: Session, action: Action, today: date) -> tuple[Session, Effect | None]:
    card = session.card
    if card is None:
        return session, None
    at = session.at
    if action == "fewer" and session.hint.startswith("D ") and session.history:
        # The line above the keys offers this for the paper that was dropped last.
        at = session.history[-1][0]
        card = session.cards[at]
    before = session.decided.get(card.paper)
    days = 0
    if action == "later":
        known = before.days if before and before.action == "later" else 0
        days = snooze_days(known)
    decision = Decision(action, days)
    stays = at != session.at or (action == "later" and before is not None)
    decided = {**session.decided, card.paper: decision}
    session = replace(
        session,
        decided=decided,
        history=(*session.history, (at, before, False)),
        view="paper",
        scroll=0,
        message=_message(card, decision, today),
        hint="D fewer like this" if action == "drop" else "",
    )
    if action == "later" and days < LATER[-1]:
        session = replace(session, hint="k l for longer" if not stays else "l for longer")
    return (session if stays else _forward(session)), Decide(card.paper, decision)


def _message(card: Card, decision: Decision, today: date) -> str:
    title = f"“{card.name}”"
    match decision.action:
        case "star":
            return f"★ Starred {title}"
        case "read":
            return f"✓ Done: {title}"
        case "later":
            back = today + timedelta(days=decision.days)
            return f"→ Later: {title}, back on {day_name(back).rpartition(' ')[0]}"
        case "drop":
            return f"✕ Dropped {title}"
        case "fewer":
            return f"✕ Dropped, fewer like {title}"


def _forward(session: Session) -> Session:
    """Return the session at the next undecided paper, or at the end."""
    count = len(session.cards)
    order = (*range(session.at + 1, count), *range(session.at))
    for place in order:
        if session.cards[place].paper not in session.decided:
            return replace(session, at=place)
    return replace(session, view="end")


def _undo(session: Session) -> tuple[Session, Effect | None]:
    if not session.history:
        return _with_message(session, "There is nothing to undo"), None
    *history, (at, before, is_note) = session.history
    card = session.cards[at]
    decided = {**session.decided}
    if before is None:
        decided.pop(card.paper, None)
    else:
        decided[card.paper] = before
    state = "undecided again" if before is None else "as it was before"
    return replace(
        session,
        at=at,
        decided=decided,
        noted=session.noted - {card.paper} if is_note else session.noted,
        history=tuple(history),
        view="paper",
        scroll=0,
        message=f"Undone: “{card.name}” is {state}",
        hint="",
    ), Undo()


# --- looking -------------------------------------------------------------------------------------


_VIEWS: Final[Mapping[str, View]] = {
    "w": "why", "a": "abstract", "?": "keys", "n": "note", "/": "find",
}  # fmt: skip
_MOVES: Final = {"j": 1, "down": 1, "space": 1, "enter": 1, "k": -1, "up": -1}
_SCROLLS: Final = {"space": 8, "down": 1, "up": -1}


def _look(session: Session, key: str) -> tuple[Session, Effect | None]:
    """Move, or show more of the paper."""
    last = len(session.cards) - 1
    if key in ("escape", "enter") and session.view != "paper":
        session = replace(session, view="paper", scroll=0)
    elif key in _VIEWS:
        view: View = "paper" if session.view == _VIEWS[key] else _VIEWS[key]
        session = replace(session, view=view, scroll=0, typed="")
    elif session.view == "abstract" and key in _SCROLLS:
        session = replace(session, scroll=max(0, session.scroll + _SCROLLS[key]))
    elif key == "e" and session.view == "why":
        section = session.cards[session.at].section
        return session, Edit(section) if section else None
    elif key in _MOVES:
        session = _go(session, min(max(session.at + _MOVES[key], 0), last))
    elif key in ("g", "G"):
        session = _go(session, 0 if key == "g" else last)
    else:
        return _open(session, key)
    return session, None


def _go(session: Session, at: int) -> Session:
    return replace(session, at=at, view="paper", scroll=0, message="", hint="")


def _open(session: Session, key: str) -> tuple[Session, Effect | None]:
    card = session.card
    if card is None:
        return session, None
    for link in card.links:
        if link.key == key:
            return _with_message(session, f"Opened {link.name}"), Open(link.url)
    if key == "o" and card.look_up:
        return replace(session, view="links", message="Press the digit of a place", hint=""), None
    if key in ("o", "p", "h", "c", "t", "f"):
        return _with_message(session, "This paper has no such page"), None
    return session, None


def _type(session: Session, key: str) -> tuple[Session, Effect | None]:
    """Handle a key while a line is being typed: a note or a search."""
    if key == "escape":
        return replace(session, view="paper", typed=""), None
    if key == "backspace":
        return replace(session, typed=session.typed[:-1]), None
    if key != "enter":
        text = " " if key == "space" else key
        return replace(
            session, typed=session.typed + text if len(text) == 1 else session.typed
        ), None
    text = session.typed.strip()
    view = session.view
    session = replace(session, view="paper", typed="")
    if not text or session.card is None:
        return session, None
    return _note(session, text) if view == "note" else (_find(session, text), None)


def _note(session: Session, text: str) -> tuple[Session, Effect | None]:
    card = session.cards[session.at]
    before = session.decided.get(card.paper)
    session = replace(
        session,
        noted=session.noted | {card.paper},
        decided={**session.decided, card.paper: Decision("star")},
        history=(*session.history, (session.at, before, True)),
        message=f"★ Noted and starred “{card.name}”",
        hint="",
    )
    return _forward(session), Note(card.paper, text)


def _find(session: Session, text: str) -> Session:
    """Go to the next paper with the text in its title, people or abstract."""
    count = len(session.cards)
    query = text.casefold()
    for step in range(1, count + 1):
        place = (session.at + step) % count
        card = session.cards[place]
        where = " ".join((card.name, *card.facts, *(part.text for part in card.abstract)))
        if query in where.casefold():
            return _go(session, place)
    return _with_message(session, f"No paper of this digest has “{text}”")


# --- the end -------------------------------------------------------------------------------------


def _at_end(session: Session, key: str) -> tuple[Session, Effect | None]:
    if key == "u" and session.history:
        return _undo(session)
    if key in ("b", "enter") and session.earlier:
        first = len(session.cards)
        session = replace(
            session, cards=(*session.cards, *session.earlier), earlier=(), at=first, view="paper"
        )
        return _with_message(
            session, f"{_papers(len(session.cards) - first)} of earlier days"
        ), None
    if key in ("k", "up", "g", "escape") and session.cards:
        return _go(session, 0 if key == "g" else session.at), None
    return session, None


def _with_message(session: Session, message: str) -> Session:
    return replace(session, message=message, hint="")


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"
