"""The actions on a paper, and the notice after each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date

    from digest.model.marks import Mark
    from digest.wording.languages import Words

ButtonAction: TypeAlias = Literal[
    "star", "unstar", "later", "read", "drop", "fewer", "back", "note", "note-star"
]
"""The action of a form. `back` returns a paper to where it was undecided, or to read."""
BUTTON_ACTIONS: Final[tuple[ButtonAction, ...]] = (
    "star", "unstar", "later", "read", "drop", "fewer", "back", "note", "note-star",
)  # fmt: skip


class Button(Struct, frozen=True):
    """A button of a paper."""

    action: ButtonAction
    label: str
    key: str
    pressed: bool | None = None
    """For a toggle button: whether it is pressed."""


class Notice(Struct, frozen=True):
    """A message about the last change, and how to undo it."""

    text: str
    change: int
    """The change's number in the library for undoing it; 0 or less: it cannot be undone."""
    paper: str = ""
    fewer: bool = False
    """Whether to offer showing fewer papers like it."""


def buttons(mark: Mark, words: Words) -> tuple[Button, ...]:
    """Return the buttons of a paper on a page with many."""
    action: ButtonAction = "unstar" if mark.starred else "star"
    star = Button(action, words.text("Star"), "s", mark.starred)
    later, drop, back = _later(words), _drop(words), _back_button(words)
    match mark.place:
        case "to read":
            return star, Button("read", words.text("Done"), "x"), later, drop
        case "later":
            return star, back, later, drop
        case "done" | "dropped":
            return star, back
        case _:
            return star, later, drop


def all_buttons(mark: Mark, words: Words) -> tuple[Button, ...]:
    """Return the buttons of a paper on its own page: one for each key of the terminal."""
    return (
        Button("star", words.text("Star"), "s"),
        _later(words),
        _drop(words),
        Button("fewer", words.text("Drop, show fewer"), "D"),
        Button("read", words.text("Read already"), "x"),
        *(() if mark.place is None else (_back_button(words),)),
    )


def _later(words: Words) -> Button:
    return Button("later", words.text("Later"), "l")


def _drop(words: Words) -> Button:
    return Button("drop", words.text("Drop"), "d")


def _back_button(words: Words) -> Button:
    return Button("back", words.text("Put back"), "b")


def notice(  # noqa: PLR0913, PLR0917 - what a notice tells of
    action: ButtonAction, title: str, mark: Mark, today: date, change: int, words: Words
) -> Notice:
    """Return the notice after an action; `mark` is the resulting mark."""
    until = words.day_near(mark.until, today) if mark.until else ""
    texts: dict[ButtonAction, str] = {
        "star": words.text("Starred “{title}”.", title=title),
        "unstar": words.text("Took the star from “{title}”.", title=title),
        "later": words.text("Later: “{title}”, back on {day}.", title=title, day=until),
        "read": words.text("Done: “{title}”.", title=title),
        "drop": words.text("Dropped “{title}”.", title=title),
        "fewer": words.text("Dropped “{title}”; fewer like it.", title=title),
        "back": words.text("Put back “{title}”.", title=title),
        "note": words.text("Saved for “{title}”.", title=title),
        "note-star": words.text("Noted and starred “{title}”.", title=title),
    }
    return Notice(texts[action], change, mark.paper, action == "drop")
