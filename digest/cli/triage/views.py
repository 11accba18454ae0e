"""Draw the views that show no paper: why a paper is here, all keys, an empty day, the end. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from digest.cli.console import columns, fitted
from digest.cli.triage.styled_text import Line, Span, plain, without_year, wrap
from digest.wording import counted, day_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.cli.triage.session import Session
    from digest.explain.why_in_inbox import InboxExplanation
    from digest.reading_list.decisions import Action

LABEL: Final = 26
MINUTES: Final = 600
"""Seconds after which the time is not reported: the terminal was left open."""
SHOWN: Final = 3
"""Number of starred papers that the end lists."""


_KEYS: Final = (
    ("Decide", "Look"),
    ("s  star: keep it to read", "o  open in the browser"),
    ("l  later: ask again in 7 days", "p  PDF"),
    ("d  drop", "w  why it is here"),
    ("D  drop, show fewer like this", "a  whole abstract"),
    ("x  read already", "/  find in this digest"),
    ("n  write a note", ""),
    ("u  undo, as often as you like", ""),
    ("", ""),
    ("Move", "Leave"),
    ("j k  next, previous", "q  quit; the rest stays in the inbox"),
    ("g G  first, last", "?  close this"),
)  # fmt: skip


_ENDS: Final[tuple[tuple[str, str, tuple[Action, ...]], ...]] = (
    ("★", "starred", ("star",)),
    ("✓", "read", ("read",)),
    ("→", "later", ("later",)),
    ("✕", "dropped", ("drop", "fewer")),
)


def keys_page(width: int) -> list[Line]:
    """Return the page with all keys."""
    lines: list[Line] = [[]]
    half = min(38, width // 2)
    for keys, description in _KEYS:
        style = "title" if keys in ("Decide", "Move") else ""
        spans = [Span("", "  "), Span(style, keys.ljust(half))]
        lines.append([*spans, Span(style, fitted(description, width - half - 2))] if keys else [])
    return lines


def why_lines(why: InboxExplanation | None, width: int) -> list[Line]:
    """Return the view of the key `w`."""
    lines: list[Line] = [plain("Why it is here"), plain("─" * 14)]
    if why is None:
        return lines
    for label, text in why.rows:
        if not text:
            lines += [[], *wrap([Span("", label)], width)]
            continue
        if not label.startswith(" "):
            lines += [[]] if len(lines) > 2 else []
        body = wrap([Span("", text)], width - LABEL)
        for number, line in enumerate(body):
            name = fitted(label, LABEL - 1) if number == 0 else ""
            lines.append([Span("", name + " " * (LABEL - columns(name))), *line])
    return lines


def nothing(session: Session, width: int) -> list[Line]:
    """Return the message of a triage without papers."""
    lines = [[Span("title", "Nothing new today")]]
    if session.quiet_day:
        lines += [[], *wrap([Span("", session.quiet_day)], width)]
    count = len(session.earlier)
    if count:
        noun = "paper of earlier days is" if count == 1 else "papers of earlier days are"
        shows = "Enter shows it." if count == 1 else "Enter shows them."
        lines += [[], plain(f"{count:,} {noun} undecided. {shows}")]
    return lines


def ending(session: Session, width: int, foot: Sequence[str]) -> list[Line]:
    """Return the final summary."""
    decided = counted(len(session.decided), "paper")
    time = f", {counted(session.seconds, 'second')}" if session.seconds < MINUTES else ""
    lines = [[Span("title", f"Done: {decided}{time}")], []]
    for sign, label, actions in _ENDS:
        names = _names(session, actions)
        if names:
            lines += _row(sign, len(names), label, _shown(session, label, names), width)
    undecided = [card.name for card in session.cards if card.paper not in session.decided]
    if undecided:
        stay = "stays" if len(undecided) == 1 else "stay"
        until = ""
        if session.inbox_days is not None:
            day = session.day + timedelta(days=session.inbox_days)
            until = f" until {without_year(day_name(day))}"
        lines += _row("·", len(undecided), "undecided", [f"{stay} in the inbox{until}"], width)
    for sentence in foot:
        lines += [[], *wrap([Span("", sentence)], width)]
    return lines


def _names(session: Session, actions: tuple[Action, ...]) -> list[str]:
    return [
        card.name
        for card in session.cards
        if card.paper in session.decided and session.decided[card.paper].action in actions
    ]


def _shown(session: Session, label: str, names: list[str]) -> list[str]:
    if label == "dropped":
        fewer = session.count("fewer")
        if not fewer:
            return [""]
        subject = "one of them" if fewer == 1 else f"{fewer:,} of them"
        return [f"{subject}: show fewer like this"]
    more = [f"and {len(names) - SHOWN:,} more"] if len(names) > SHOWN else []
    return [*names[:SHOWN], *more]


def _row(sign: str, count: int, label: str, texts: list[str], width: int) -> list[Line]:
    head = f"  {sign} {count:>2}  {label:<12} "
    first, *more_texts = texts
    lines = [plain(head + fitted(first, width - columns(head)))]
    pad = " " * columns(head)
    return [*lines, *(plain(pad + fitted(text, width - columns(head))) for text in more_texts)]
