"""Write the site's files, and only those that changed.

They are derived from the library. So they are not flushed to the disk one by one; the next build
restores what a crash loses, because the state is written last.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from digest.delivery.files import writing_errors

if TYPE_CHECKING:
    from pathlib import Path

STATE: Final = ".built.json"
_FOLDERS: Final = ("digests", "export", "feeds", "papers", "rules", "search")


class SiteFiles:
    """The files under the site's folder; counts what it wrote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[Path] = set()
        self._there: set[Path] = set()
        self.pages = 0
        self.written = 0

    def write(self, target: str, content: str | bytes) -> None:
        """Write a file unless it has this content; raise `DeliveryError`."""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
        path = self._folder / target
        temporary = path.with_name(f".{path.name}.tmp")
        self._made.add(path)
        self.pages += 1
        with writing_errors(path, temporary):
            if path.parent not in self._there:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._there.add(path.parent)
            try:
                if path.read_bytes() == raw:
                    return
            except FileNotFoundError:
                pass
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as file:
                file.write(raw)
            temporary.replace(path)
            self.written += 1

    def read(self, target: str) -> bytes:
        """Return a file of an earlier build; nothing if there is none."""
        try:
            return (self._folder / target).read_bytes()
        except OSError:
            return b""

    def remove_others(self) -> None:
        """Remove the pages in the site's own folders that this build did not make."""
        for name in _FOLDERS:
            for path in sorted((self._folder / name).rglob("*.*")):
                if path not in self._made and path.is_file():
                    with writing_errors(path, path):
                        path.unlink()

    def read_state(self) -> dict[str, Any]:
        """Return the state of the last build; nothing if there was none."""
        try:
            state = json.loads((self._folder / STATE).read_bytes())
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def write_state(self, state: dict[str, Any]) -> None:
        """Write the state of this build."""
        self.write(STATE, json.dumps(state, sort_keys=True, indent=1) + "\n")
        self.pages -= 1


def fingerprint(*parts: object) -> str:
    """Return a hash of what all pages depend on."""
    text = "\0".join(part if isinstance(part, str) else repr(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
