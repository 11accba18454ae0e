"""The actions on a paper, and the notice after each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from digest.wording.languages import ENGLISH

if TYPE_CHECKING:
    from datetime import date

    from digest.model.marks import Mark

Deed: TypeAlias = Literal[
    "star", "unstar", "later", "read", "drop", "fewer", "back", "note", "note-star"
]
"""What a form asks for. `back` puts a paper back to where it was undecided, or to read."""
DEEDS: Final[tuple[Deed, ...]] = (
    "star", "unstar", "later", "read", "drop", "fewer", "back", "note", "note-star",
)  # fmt: skip


class Button(NamedTuple):
    """A button of a paper."""

    action: Deed
    label: str
    key: str
    pressed: bool | None = None
    """Of one that stays down: whether it is."""


class Notice(NamedTuple):
    """What was just done, and how to take it back."""

    text: str
    change: int
    """Number of the change in the library, which can be undone; 0 or less: none can."""
    paper: str = ""
    fewer: bool = False
    """Whether to offer that fewer like it be shown."""


_LATER: Final = Button("later", "Later", "l")
_DROP: Final = Button("drop", "Drop", "d")
_READ: Final = Button("read", "Done", "x")
_BACK: Final = Button("back", "Put back", "b")
_FEWER: Final = Button("fewer", "Drop, show fewer", "D")


def buttons(mark: Mark) -> tuple[Button, ...]:
    """Return the buttons of a paper where many stand on one page."""
    star = Button("unstar" if mark.starred else "star", "Star", "s", mark.starred)
    match mark.place:
        case "to read":
            return star, _READ, _LATER, _DROP
        case "later":
            return star, _BACK, _LATER, _DROP
        case "done" | "dropped":
            return star, _BACK
        case _:
            return star, _LATER, _DROP


def all_buttons(mark: Mark) -> tuple[Button, ...]:
    """Return the buttons of a paper that has a page to itself: one for each key of the terminal."""
    star = Button("star", "Star", "s")
    back = () if mark.place is None else (_BACK,)
    return star, _LATER, _DROP, _FEWER, _READ._replace(label="Read already"), *back


def notice(deed: Deed, title: str, mark: Mark, today: date, change: int) -> Notice:
    """Return what to tell after a deed; `mark` is the one that it made."""
    name = f"“{title}”"
    until = ENGLISH.day_near(mark.until, today) if mark.until else ""
    texts: dict[Deed, str] = {
        "star": f"Starred {name}.",
        "unstar": f"Took the star from {name}.",
        "later": f"Later: {name}, back on {until}.",
        "read": f"Done: {name}.",
        "drop": f"Dropped {name}.",
        "fewer": f"Dropped {name}; fewer like it.",
        "back": f"Put back {name}.",
        "note": f"Saved for {name}.",
        "note-star": f"Noted and starred {name}.",
    }
    return Notice(texts[deed], change, mark.paper, deed == "drop")
