"""Read nested JSON values of any shape without raising."""

from __future__ import annotations

from typing import Any


def at(value: object, *path: str | int) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value at a path of keys and positions, or None."""
    for part in path:
        if isinstance(part, int):
            value = value[part] if isinstance(value, list) and len(value) > part else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def as_list(value: object) -> list[Any]:
    """Return a list; an object that is alone in translated XML becomes a list of one."""
    if isinstance(value, dict):
        return [value]
    return value[:5_000] if isinstance(value, list) else []


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    return [item for item in as_list(value) if isinstance(item, dict)]
