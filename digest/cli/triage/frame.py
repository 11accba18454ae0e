"""Draw a session as the lines of a screen. Pure: styles are names, which the screen knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.cli.console import columns, fitted
from digest.cli.triage.styled_text import Line, Span, filled, plain, spread, without_year, wrap
from digest.cli.triage.views import ending, keys_page, nothing, why_lines
from digest.explain.cards import NAMES
from digest.wording import long_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.cli.triage.session import Session
    from digest.explain.cards import Card, Reason
    from digest.explain.why_in_inbox import InboxExplanation

LEAST: Final = (60, 16)
WIDE: Final = (100, 28)
"""Width from which the list is shown above the paper."""
LISTED: Final = 7
NEXT: Final = 3
SIGNS: Final = {"star": "★", "later": "→", "drop": "✕", "fewer": "✕", "read": "✓"}
ASCII: Final = str.maketrans({
    "●": "*", "○": ".", "★": "*", "▲": "^", "✓": "v", "✕": "x", "→": ">", "━": "=", "─": "-",
    "·": "-", "“": '"', "”": '"', "’": "'", "…": "~",
})  # fmt: skip
"""For locales without UTF-8."""
KEYS: Final = " s star  l later  d drop  x read   o open  w why  a abstract   u undo   ? keys"
WIDE_KEYS: Final = (
    " s star  l later  d drop  D fewer like it  x read  n note"
    "   o open  w why  a abstract   u undo  ?"
)
SHORT_KEYS: Final = " s star  l later  d drop  x read  u undo  ? keys"


def draw(
    session: Session,
    width: int,
    height: int,
    why: InboxExplanation | None = None,
    foot: Sequence[str] = (),
) -> list[Line]:
    """Return the lines of a screen of this size.

    `why` fills the view of that name; `foot` has the sentences at the end.
    """
    if width < LEAST[0] or height < LEAST[1]:
        return [plain(f"Needs {LEAST[0]} columns and {LEAST[1]} lines.")]
    if session.view == "keys":
        return [*filled(keys_page(width), height - 1), _bar(spread("", "? or Esc closes ", width))]
    if session.view == "end" or not session.cards:
        body = ending(session, width - 4, foot) if session.cards else nothing(session, width - 4)
        lines = [*_head(session, width, is_finished=True), [], *_indented(body)]
        return [*filled(lines, height - 1), _bar(_end_keys(session, width))]
    wide = width >= WIDE[0] and height >= WIDE[1]
    above = _list(session, width) if wide else [[]]
    below = _next(session, width) if session.view == "paper" and not wide else []
    room = height - 4 - len(above) - (len(below) + 1 if below else 0)
    card = session.cards[session.at]
    body = _body(session, card, why, width - 4, room)
    lines = [*_head(session, width, wide=wide), *above, *_indented(body)]
    lines = filled(lines, height - 2 - (len(below) + 1 if below else 0))
    if below:
        lines += [*below, []]
    return [*lines, _message(session, width), _bar(_keys(width).ljust(width))]


def _head(
    session: Session, width: int, *, wide: bool = False, is_finished: bool = False
) -> list[Line]:
    """Return the title bar with the position, and the progress line."""
    count = len(session.cards)
    place = count if is_finished else session.at + 1
    title = f" {session.title} · {without_year(long_day(session.day))}"
    right = f"{place} of {count} "
    if wide:
        section = session.cards[session.at].section
        title += f" · {section}" if section else ""
        star, drop = session.count("star"), session.count("drop", "fewer")
        marks = "".join((f"  ★ {star} " if star else "", f"  ✕ {drop} " if drop else ""))
        right = f"{place} of {count} {marks}"
    title = fitted(title, width - columns(right) - 2)
    share = round(width * place / count) if count else 0
    return [_bar(spread(title, right, width)), plain("━" * share + "─" * (width - share))]


def _bar(text: str) -> Line:
    return [Span("bar", text)]


def _indented(lines: list[Line]) -> list[Line]:
    return [[Span("", "  "), *line] if line else [] for line in lines]


def _body(
    session: Session, card: Card, why: InboxExplanation | None, width: int, room: int
) -> list[Line]:
    """Return the middle of the screen: the paper, or the view that was asked for."""
    title = wrap(
        [Span("mark title" if part.marked else "title", part.text) for part in card.title], width
    )
    if session.view == "why":
        return [*title, *_facts(card, width), [], *why_lines(why, width)][:room]
    if session.view == "abstract":
        return [*title, [], *_abstract(session, card, width, room - len(title) - 1)]
    title = [*_kicker(card, width), *title]
    body = [*title, *_facts(card, width)]
    if card.sentence:
        by = f" (AI summary from {card.sentence_by})" if card.sentence_by else ""
        spans = [Span("mark" if part.marked else "", part.text) for part in card.sentence]
        body += [[], *wrap([*spans, Span("dim", by)] if by else spans, width)]
    reasons = [[], *_reasons(card, width)] if card.reasons else []
    look = _look_up(card)
    tail = [*reasons, *look]
    quote = _quote(card, width)
    if len(body) + len(quote) + len(tail) <= room:
        body += quote
    body = [*body[: max(len(title), room - len(tail))], *tail]
    if len(body) + 2 <= room and card.links and width >= WIDE[0] - 4:
        links = "   ".join(f"{link.key} {link.name}" for link in card.links)
        body += [[], [Span("dim", fitted(links, width))]]
    return body[:room]


def _kicker(card: Card, width: int) -> list[Line]:
    """Return the line above the title of a paper that came earlier."""
    if not card.kicker:
        return []
    since = f" · {card.since}" if card.since else ""
    return wrap([Span("title", card.kicker), Span("dim", since)], width)


def _facts(card: Card, width: int) -> list[Line]:
    """Return people and facts as lines, broken between facts."""
    rows: list[str] = []
    for fact in card.facts:
        if rows and columns(rows[-1]) + columns(fact) + 3 <= width:
            rows[-1] += f" · {fact}"
        else:
            rows.append(fact)
    return [[Span("dim", fitted(row, width))] for row in rows]


def _quote(card: Card, width: int) -> list[Line]:
    if not card.quote:
        return []
    spans = [Span("mark" if part.marked else "dim", part.text) for part in card.quote]
    return [[], *wrap([Span("dim", "“"), *spans, Span("dim", "”")], width)]


def _reasons(card: Card, width: int) -> list[Line]:
    first, *more_reasons = card.reasons
    text = f"{_dots(first.strength)} {NAMES[first.strength]} · {_words(first)}"
    if not first.strength:
        text = _words(first)
    lines = wrap([Span("", text)], width, indent=4)
    for reason in more_reasons:
        also = wrap([Span("", f"also {_words(reason, place=False)}")], width - 4)
        lines += [[Span("", "    "), *line] for line in also]
    return lines


def _words(reason: Reason, *, place: bool = True) -> str:
    words = f": {', '.join(reason.words)}" if reason.words else ""
    return f"{reason.rule}{words}" + (", in the title" if reason.in_title and place else "")


def _dots(strength: int) -> str:
    return "●" * strength + "○" * (3 - strength) if strength else "   "


def _look_up(card: Card) -> list[Line]:
    if not card.look_up:
        return []
    places = "   ".join(f"{link.key} {link.name}" for link in card.look_up)
    return [[], [Span("", f"o finds it on   {places}")]]


def _abstract(session: Session, card: Card, width: int, room: int) -> list[Line]:
    if not card.abstract:
        return [plain("The source gave no abstract.")]
    lines = wrap([Span("mark" if part.marked else "", part.text) for part in card.abstract], width)
    if card.extra:
        lines += [[], *wrap([Span("dim", card.extra)], width)]
    first = min(session.scroll, max(0, len(lines) - room))
    return lines[first : first + max(room, 1)]


def _next(session: Session, width: int) -> list[Line]:
    """Return the next papers of the list."""
    following = session.cards[session.at + 1 : session.at + 1 + NEXT]
    lines = []
    for number, card in enumerate(following):
        head = "  Next  " if number == 0 else "        "
        lines.append(
            [Span("dim", f"{head}{_dots(card.strength)}  {fitted(card.name, width - 15)}")]
        )
    return lines + [[]] * (NEXT - len(lines))


def _list(session: Session, width: int) -> list[Line]:
    """Return the papers around the current one, one per line."""
    first = max(0, min(session.at - LISTED // 2, len(session.cards) - LISTED))
    lines: list[Line] = []
    for place in range(first, min(first + LISTED, len(session.cards))):
        card = session.cards[place]
        decision = session.decided.get(card.paper)
        sign = SIGNS[decision.action] if decision else " "
        sign = ">" if place == session.at else sign
        text = f"  {sign} {place + 1:>2} {_dots(card.strength)}  {fitted(card.name, width - 14)}"
        lines.append([Span("bold" if place == session.at else "", text)])
    return [*lines, plain("─" * width)]


def _message(session: Session, width: int) -> Line:
    """Return the line above the keys: what the last key did, and how to undo it."""
    if session.view in ("note", "find"):
        label = "Note: " if session.view == "note" else "Find: "
        return plain(f" {label}{session.typed}_"[-width:])
    if session.view == "why":
        edit = "e edit this rule in $EDITOR" if session.cards[session.at].section else ""
        return plain(spread(f" {edit}", "w or Esc closes ", width))
    if session.view == "abstract":
        return plain(spread(" The whole abstract", "a or Esc closes ", width))
    if not session.message:
        return []
    undo = "u undo" if session.history and not session.message.startswith("Undone") else ""
    undo = "u undo more" if session.message.startswith("Undone") and session.history else undo
    right = "   ".join(part for part in (undo, session.hint) if part)
    message = _cut_title(session.message, width - columns(right) - 4)
    return plain(spread(f" {message}", f"{right} ", width))


def _cut_title(message: str, room: int) -> str:
    """Shorten the quoted title in a message so that the message fits."""
    first, last = message.find("“"), message.rfind("”")
    if columns(message) <= room or first < 0 or last < 0:
        return fitted(message, room)
    around = columns(message[: first + 1]) + columns(message[last:])
    title = fitted(message[first + 1 : last], max(8, room - around))
    return fitted(message[: first + 1] + title + message[last:], room)


def _keys(width: int) -> str:
    fitting = [keys for keys in (WIDE_KEYS, KEYS, SHORT_KEYS) if columns(keys) <= width]
    return fitting[0] if fitting else ""


def _end_keys(session: Session, width: int) -> str:
    if not session.cards:
        return spread(" Enter earlier days" if session.earlier else "", "q quit ", width)
    count = len(session.earlier)
    parts = [f"b earlier days ({count:,} undecided)"] if count else []
    parts += ["u undo"] if session.history else []
    return spread(" " + "   ".join(parts), "q quit ", width)


def in_ascii(lines: list[Line]) -> list[Line]:
    """Return lines for a locale without UTF-8, with ASCII signs."""
    return [[span._replace(text=span.text.translate(ASCII)) for span in line] for line in lines]
