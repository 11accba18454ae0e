"""Write the Daily Papers page like people's copies of it, in three layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Layout: TypeAlias = Literal["days", "blank lines", "glued"]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TOP = (
    "new",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "Daily Papers",
    "byAK and the research community",
)


@dataclass(frozen=True)
class Printed:
    """One paper as the page shows it."""

    title: str
    abstract: str
    published: date
    authors: int | None = None
    handle: str = "a-lab"
    organization: str = "A Lab"
    comments: int = 0


def print_day(day: date, rendered: date) -> str:
    year = "" if day.year == rendered.year else f", {day.year}"
    return f"{MONTHS[day.month - 1]} {day.day}{year}"


def write_page(papers: Sequence[Printed], rendered: date, layout: Layout) -> str:
    if layout == "glued":
        lines = [line for paper in papers for line in (paper.title, paper.abstract)]
        return "Get trending papers in your email inbox!\nSubscribe" + "\n".join(lines) + "\n"
    lines = [*TOP, f"{MONTHS[rendered.month - 1]} {rendered.day}"]
    for paper in papers:
        lines += [paper.title, paper.abstract]
        if layout == "days":
            who = f"{paper.handle} {paper.organization}"
            if paper.authors is not None:
                who = f"  • {paper.authors} author{'s' if paper.authors > 1 else ''}"
            comments = f" {paper.comments}" if paper.comments else ""
            lines.append(f"{who}\n·\n{print_day(paper.published, rendered)}{comments}")
    return "\n\n".join(lines) + "\n"
