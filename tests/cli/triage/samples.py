"""Hand-made papers for the triage screen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.cli.triage.session import Session, press, start
from digest.explain.cards import Card, Link, Reason
from digest.model import Segment

if TYPE_CHECKING:
    from digest.cli.triage.session import Effect

DAY: Final = date(2026, 3, 5)
TITLES: Final = (
    "Quiet Routers: Sending Fewer Tokens to More Experts",
    "Nine Failures of Expert Routing",
    "Growing Sparse Checkpoints from Dense Ones",
    "A Ledger for Agents",
)


def card(number: int, title: str = "") -> Card:
    """Return a paper with everything that can be known."""
    return Card(
        paper=f"2603.{number:05}",
        title=(Segment(title or TITLES[number % len(TITLES)]),),
        facts=("Ada Lie … Bo Ek", "7 authors", "North Lab", "▲ 84, 3 comments", "cs.LG"),
        sentence=(
            Segment("We route tokens with a "),
            Segment("mixture of experts", marked=True),
            Segment(" that a laptop can hold, and measure how many experts each prompt needs."),
        ),
        sentence_by="",
        quote=(Segment("The "), Segment("router", marked=True), Segment(" decides early.")),
        abstract=(Segment("We route tokens. " * 40), Segment("router", marked=True)),
        extra="14 pages",
        reasons=(
            Reason("Experts", 4.0, 3, ("mixture of experts", "router"), in_title=False),
            Reason("Small models", 1.0, 1, ("laptop",), in_title=False),
        ),
        links=(
            Link("o", "arXiv", "https://example.org/o"),
            Link("p", "PDF", "https://example.org/p"),
        ),
        look_up=(),
    )


def unknown(number: int) -> Card:
    """Return a paper of which hardly anything is known."""
    return replace_card(card(number), facts=("9 authors",), sentence=(), quote=(), abstract=())


def replace_card(known: Card, **changes: object) -> Card:
    look = (
        Link("1", "arXiv", "https://example.org/1"),
        Link("2", "Scholar", "https://example.org/2"),
    )
    return replace(known, links=(), look_up=look, **changes)


def session(count: int = 3, **changes: object) -> Session:
    """Return a session with some papers, as it is first shown."""
    made = Session("Morning papers", DAY, tuple(card(number) for number in range(count)))
    return start(replace(made, **changes))


def typed(made: Session, keys: str) -> tuple[Session, list[Effect]]:
    """Press keys, single characters; return the session and what was to be done."""
    effects: list[Effect] = []
    for key in keys:
        made, effect = press(made, "space" if key == " " else key, DAY)
        if effect is not None:
            effects.append(effect)
    return made, effects
