"""A person's Zotero library: read it completely, and add papers to it, each once.

Uses Zotero's web API (https://www.zotero.org/support/dev/web_api/v3/start), or that of a running
Zotero on this machine, through pyzotero, which respects `Backoff` and `Retry-After`. An added
item's key follows from its paper, and the API refuses an existing key: an item that is sent twice
is stored once.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

from digest.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyzotero.zotero import Zotero

    from digest.model.settings import ZoteroSettings

    Item: TypeAlias = dict[str, Any]

_LETTERS: Final = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
"""The characters of Zotero's keys."""
_AT_ONCE: Final = 50
"""Maximum number of items in a write request."""
_TIMEOUT: Final = 60.0
"""Seconds; writing fifty items takes the API longer than reading."""
_PRESENT: Final = (409, 412)
"""Codes with which the API refuses an item whose key exists."""


class SendResult(Struct, frozen=True):
    """The result of sending items."""

    added: int
    present: int
    """Items that the library already had."""
    failed: tuple[str, ...]
    """The API's errors for the others."""


def item_key(paper: str) -> str:
    """Return the key of a paper's item in Zotero; `paper` is the paper's id."""
    number = int.from_bytes(hashlib.sha256(paper.encode()).digest()[:8])
    letters = []
    for _ in range(8):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)


class ZoteroLibrary:
    """One library of a person or a group."""

    def __init__(self, settings: ZoteroSettings, environment: Mapping[str, str]) -> None:
        """Raise `SourceError` if pyzotero is missing or the key is not set."""
        self._settings = settings
        self._api = _client(settings, environment)

    def read(self) -> bytes:
        """Return all top-level items as the JSON of the web API; raise `SourceError`."""
        with _failures(self._settings):
            items = self._api.everything(self._api.top(limit=100)) or []
        return json.dumps(items).encode()

    def add(self, items: Sequence[Item]) -> SendResult:
        """Add items, each with its `key`, to the collection and with the tags of the settings."""
        sent = SendResult(0, 0, ())
        with _failures(self._settings):
            collections = self._collection()
            for start in range(0, len(items), _AT_ONCE):
                batch = [
                    item
                    | {
                        "version": 0,
                        "collections": collections,
                        "tags": item.get("tags", [])
                        + [{"tag": tag} for tag in self._settings.tags],
                    }
                    for item in items[start : start + _AT_ONCE]
                ]
                sent = _counted(sent, self._api.create_items(batch, timeout=_TIMEOUT))
        return sent

    def add_children(self, items: Sequence[Item]) -> None:
        """Add notes to existing items; existing notes are unchanged."""
        with _failures(self._settings):
            for start in range(0, len(items), _AT_ONCE):
                batch = [item | {"version": 0} for item in items[start : start + _AT_ONCE]]
                self._api.create_items(batch, timeout=_TIMEOUT)

    def _collection(self) -> list[str]:
        """Return the key of the collection, creating it if needed; none if none is configured."""
        name = self._settings.collection
        if not name:
            return []
        for collection in self._api.everything(self._api.collections(limit=100)) or []:
            if collection["data"]["name"] == name:
                return [collection["key"]]
        created = self._api.create_collections([{"name": name}])
        return [created["success"]["0"]]


def _counted(sent: SendResult, answer: Item) -> SendResult:
    failed = answer.get("failed", {}).values()
    present = [fault for fault in failed if fault.get("code") in _PRESENT]
    messages = [str(fault.get("message", "")) for fault in failed if fault not in present]
    added = len(answer.get("success") or {})
    unchanged = len(answer.get("unchanged") or {})
    return SendResult(
        sent.added + added, sent.present + len(present) + unchanged, (*sent.failed, *messages)
    )


def _client(settings: ZoteroSettings, environment: Mapping[str, str]) -> Zotero:
    try:
        from pyzotero.zotero import Zotero
    except ImportError:
        raise SourceError(
            "Zotero needs the extra `zotero`: pip install 'digest-papers[zotero]'"
        ) from None
    key = environment.get(settings.key_env)
    if not key and not settings.endpoint:
        raise SourceError(
            f"the environment variable {settings.key_env}, which should hold the key of "
            "https://www.zotero.org/settings/keys, is not set"
        )
    api = Zotero(settings.library_id, settings.library_type, key)
    if settings.endpoint:
        api.endpoint = settings.endpoint
    return api


@contextmanager
def _failures(settings: ZoteroSettings) -> Iterator[None]:
    """Convert the errors of pyzotero and its client to `SourceError`."""
    import httpx2
    from pyzotero.errors import PyZoteroError

    try:
        yield
    except (PyZoteroError, httpx2.HTTPError, KeyError, ValueError) as error:
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        place = settings.endpoint or "api.zotero.org"
        raise SourceError(f"Zotero ({place}) cannot be used: {reason}") from error
