"""JSON Feed 1.1 as a JSON Schema, written from <https://www.jsonfeed.org/version/1.1/>."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import jsonschema

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXT: Final = {"type": "string"}
_URL: Final = {"type": "string", "pattern": "^(https?://|[^:/?#]*(/|$))"}
"""An address on the web, or a relative one of a site that is not published."""
_MOMENT: Final = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",  # RFC 3339
}
_AUTHORS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": _TEXT, "url": _URL, "avatar": _URL},
        "minProperties": 1,
    },
}
_ITEM: Final = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "url": _URL,
        "external_url": _URL,
        "title": _TEXT,
        "content_html": _TEXT,
        "content_text": _TEXT,
        "summary": _TEXT,
        "date_published": _MOMENT,
        "date_modified": _MOMENT,
        "authors": _AUTHORS,
        "tags": {"type": "array", "items": _TEXT},
        "language": _TEXT,
    },
    "patternProperties": {"^_[a-zA-Z]": {}},
    "additionalProperties": False,
}
_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": _TEXT,
        "user_comment": _TEXT,
        "next_url": _URL,
        "icon": _URL,
        "favicon": _URL,
        "authors": _AUTHORS,
        "language": _TEXT,
        "expired": {"type": "boolean"},
        "items": {"type": "array", "items": _ITEM},
    },
    "patternProperties": {"^_[a-zA-Z]": {}},
    "additionalProperties": False,
}


def check_json_feed(feed: object) -> None:
    """Raise `jsonschema.ValidationError` if `feed` is not a JSON Feed 1.1."""
    jsonschema.validate(feed, _SCHEMA)
    assert isinstance(feed, dict)
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids), "each item has an id of its own"
