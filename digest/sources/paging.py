"""Functions for paging: how many records an answer has, and where the next page is.

`digest.dumps` reads the records later, from the stored dump.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

from digest.errors import SourceError

_NUMBER = r"([?&/]{name}[=/])(\d+)"


def query(**parameters: object) -> str:
    """Return the query part of a URL, readable where that is safe: `:`, `/`, `,`, `*` stay."""
    return urlencode(
        {name.rstrip("_"): value for name, value in parameters.items()},
        quote_via=quote,
        safe=":/,*",
    )


def next_number(url: str, name: str, step: int) -> str:
    """Return `url` with the number of parameter `name` raised: `?p=0` → `?p=1`."""
    pattern = _NUMBER.format(name=re.escape(name))
    return re.sub(pattern, lambda match: f"{match[1]}{int(match[2]) + step}", url)


def as_json(body: bytes) -> Any:  # noqa: ANN401 - whatever the service sent
    """Return the JSON of an answer; raise `SourceError` if it is cut off or damaged."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise SourceError("its answer is damaged JSON") from None


def as_list(body: bytes) -> list[Any]:
    """Return an answer that must be a list."""
    value = as_json(body)
    if isinstance(value, list):
        return value
    raise SourceError(f"it answered with an error{_message(value)}")


def as_object(body: bytes) -> dict[str, Any]:
    """Return an answer that must be an object; an object with only an error raises."""
    value = as_json(body)
    if not isinstance(value, dict):
        raise SourceError("its answer is not what it used to be: a list came, not an object")
    if isinstance(value.get("error"), str):
        raise SourceError(f"it answered with an error{_message(value)}")
    return value


def count_in(value: dict[str, Any], name: str) -> int:
    """Return a number in an answer; some services send numbers as text."""
    number = value.get(name)
    if isinstance(number, str) and number.isascii() and number.isdigit():
        return int(number)
    return number if isinstance(number, int) else 0


def list_in(value: dict[str, Any], name: str) -> list[Any]:
    """Return a list in an answer; raise `SourceError` if there is none."""
    inner = value.get(name)
    if not isinstance(inner, list):
        raise SourceError(f"its answer is not what it used to be: there is no list `{name}`")
    return inner


def _message(value: Any) -> str:  # noqa: ANN401 - whatever the service sent
    message = value.get("error") or value.get("message") if isinstance(value, dict) else None
    return f": {shortened(message)}" if isinstance(message, str) else ""


def xml_text(body: bytes, name: str) -> str:
    """Return the text of the first XML element `name`, or an empty text."""
    pattern = rf"<(?:\w+:)?{name}(?:\s[^>]*)?>(.*?)</(?:\w+:)?{name}>"
    match = re.search(pattern.encode(), body, re.DOTALL)
    return unescape(match[1].decode("utf-8", "replace")).strip() if match else ""


def must_end_with(body: bytes, *ends: str) -> None:
    """Raise `SourceError` for XML that was cut off in the middle."""
    tail = body.rstrip()[-200:]
    if not any(f"</{end}>".encode() in tail for end in ends):
        raise SourceError("its answer was cut off in the middle")


def shortened(text: str) -> str:
    """Return the first words of a service's text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:119] + "…"
