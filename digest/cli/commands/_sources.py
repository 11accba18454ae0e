"""Shared by the commands about sources: choosing them, and their coverage as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.errors import UsageError
from digest.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.config import Config
    from digest.model import DayCoverage
    from digest.model.sources import Source


def chosen_sources(config: Config, names: Sequence[str]) -> tuple[Source, ...]:
    """Return the sources with these names, or all; raises `UsageError` for an unknown name."""
    known = {source.name: source for source in config.sources}
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = f" Did you mean {near!r}?" if near else ""
            raise UsageError(
                f"{config.path} has no source {name!r}.{hint} It has: {', '.join(known)}."
            )
    return tuple(known[name] for name in dict.fromkeys(names or known))


def coverage_json(day: DayCoverage) -> dict[str, Any]:
    """Return the coverage of one source and day."""
    return {
        "day": day.day.isoformat(),
        "state": day.state,
        "papers": day.papers,
        "usual": day.usual,
        "reason": day.reason or None,
        "final": day.final,
        "checked": day.checked.isoformat() if day.checked else None,
    }
