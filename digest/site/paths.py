"""The path of each page, under the site's folder."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from digest.model.digest import digest_name

if TYPE_CHECKING:
    from datetime import date

_PLAIN_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]*[a-z0-9]")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*")
_LONGEST: Final = 60
HOME: Final = "index.html"
DAYS: Final = "days.html"
RULES: Final = "rules.html"
TRENDS: Final = "trends.html"
SEARCH: Final = "search.html"
FEEDS: Final = "feeds.html"


def slug(text: str, plain: re.Pattern[str] = _PLAIN_NAME) -> str:
    """Return a file name for a text, valid in any file system and web server.

    A name that lost characters has a hash appended, so that two texts never share one: `Scaling
    laws` → `scaling-laws`, `C++` → `c-0f6a44f1`.
    """
    clean = re.sub(r"[^a-z0-9._]+", "-", text.lower()).strip("-._")[:_LONGEST]
    if plain.fullmatch(text) and len(text) <= _LONGEST:
        return clean
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{clean}-{digest}" if clean else digest


def paper_slug(paper: str) -> str:
    """Return the file name of a paper's page, by its id."""
    return slug(paper, _PLAIN_ID)


def paper_path(paper: str) -> str:
    """Return the path of a paper's page."""
    return f"papers/{paper_slug(paper)}.html"


def digest_path(profile: str, day: date, number: int) -> str:
    """Return the path of a digest's page."""
    return f"digests/{slug(profile)}/{digest_name(day, number)}.html"


def rule_path(rule: str) -> str:
    """Return the path of a rule's page."""
    return f"rules/{slug(rule)}.html"


def root_of(path: str) -> str:
    """Return the relative path from a page to the site's folder: `rules/x.html` → `../`."""
    return "../" * path.count("/")
