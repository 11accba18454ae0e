"""The remaining daily budget, in papers, tokens and money.

Each request is reserved before it is made at the maximum that it can cost, and settled afterwards
at the cost that the server reports. So the limits hold whatever happens in between; a request of a
killed run stays counted in full.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from digest.model.summaries import SummarySettings

MILLION: Final = 1_000_000


class DaySpending(Struct, frozen=True):
    """What was used today, including reservations."""

    papers: int = 0
    tokens: int = 0
    cost: int = 0
    """In millionths of the currency."""


def cost(settings: SummarySettings, tokens_in: int, tokens_out: int) -> int:
    """Return the price of tokens in millionths of the currency, rounded up."""
    return ceil(tokens_in * settings.price_in + tokens_out * settings.price_out)


def refusal(
    settings: SummarySettings, spent: DaySpending, *, tokens: int, money: int, is_new_paper: bool
) -> str:
    """Return which limit a request would exceed, in words; empty if none."""
    if is_new_paper and spent.papers >= settings.papers:
        return f"today's {settings.papers:,} papers are done"
    if spent.tokens + tokens > settings.tokens:
        return f"today's {settings.tokens:,} tokens are used up"
    if settings.budget is not None and spent.cost + money > settings.budget * MILLION:
        return f"today's budget of {settings.budget:g} is used up"
    return ""
