"""Make responses: types, entity tags, conditional requests, gzip. It does not depend on pages."""

from __future__ import annotations

import gzip
import hashlib
import json
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".xml": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/json",
    ".opml": "text/x-opml; charset=utf-8",
    ".bib": "application/x-bibtex; charset=utf-8",
    ".ris": "application/x-research-info-systems; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
"""By suffix of a file's name; others are not served."""
FEED_JSON: Final = "application/feed+json"
HTML: Final = TYPES[".html"]
SMALL: Final = 1_000
"""Size in bytes below which nothing is compressed: it would be no shorter on the wire."""
_SHARED: Final = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}


def entity_tag(body: bytes) -> str:
    """Return a tag for this content, without the quotation marks."""
    return hashlib.sha256(body).hexdigest()[:20]


def compressed(body: bytes, level: int = 6) -> bytes:
    """Return the body as gzip, the same bytes for the same body."""
    return gzip.compress(body, level, mtime=0)


def takes_gzip(request: Request) -> bool:
    """Return whether the client takes gzip; RFC 9110, section 12.5.3."""
    for coding in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def reply(  # noqa: PLR0913 - keywords, each a part of a response
    request: Request,
    body: bytes,
    kind: str = HTML,
    *,
    tag: str = "",
    packed: bytes | None = None,
    modified: float | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a body, or 304 if the client has it.

    `packed` is the body as gzip, computed here if it is not given; `modified` is when it last
    changed.
    """
    known = {"Content-Type": kind, **_SHARED, **(headers or {})}
    tag = tag or entity_tag(body)
    packs = len(body) >= SMALL and takes_gzip(request)
    known["ETag"] = f'"{tag}-gzip"' if packs else f'"{tag}"'
    if modified is not None:
        known["Last-Modified"] = formatdate(modified, usegmt=True)
    if status == 200 and _is_known(request, tag, modified):
        known.pop("Content-Type")
        return Response(status_code=304, headers=known)
    if packs:
        body = compressed(body, 1) if packed is None else packed
        known["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, headers=known)


def _is_known(request: Request, tag: str, modified: float | None) -> bool:
    """Return whether the client has this content; RFC 9110, section 13.2.2."""
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None:
        names = {name.strip().removeprefix("W/") for name in if_none_match.split(",")}
        return bool(names & {"*", f'"{tag}"', f'"{tag}-gzip"'})
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return int(modified) <= parsedate_to_datetime(since).timestamp()
    except (ValueError, TypeError, OverflowError):
        return False


def text(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a sentence as plain text: for programs, and if no page can be made."""
    known = {"Content-Type": TYPES[".txt"], "Cache-Control": "no-store", **(headers or {})}
    return Response(f"{message}\n", status_code=status, headers=known)


def as_json(value: Any, status: int = 200) -> Response:  # noqa: ANN401 - whatever JSON has
    """Return a value as JSON that must not be stored."""
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Response(
        body,
        status_code=status,
        headers={"Content-Type": TYPES[".json"], "Cache-Control": "no-store"},
    )


def see_other(visit_root: str, target: str) -> Response:
    """Redirect to a page of this site, `target` from its root, with a GET."""
    return Response(
        status_code=303,
        headers={"Location": (visit_root or "./") + target, "Cache-Control": "no-store"},
    )
