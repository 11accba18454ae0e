"""Environment variables; if NAME is not set, NAME_FILE may name a file with the value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path


class Environment(Mapping[str, str]):
    """Variables; if NAME is unset and NAME_FILE is set, NAME is the content of that file.

    Containers and systemd pass passwords and keys this way. The last line end is dropped. An
    unreadable file is reported once, and the variable counts as unset.
    """

    def __init__(self, variables: Mapping[str, str], report: Callable[[str], None]) -> None:
        self._variables = variables
        self._report = report
        self._reported: set[str] = set()

    def __getitem__(self, name: str) -> str:
        if name in self._variables:
            return self._variables[name]
        path = self._variables.get(f"{name}_FILE")
        if not path:
            raise KeyError(name)
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            if name not in self._reported:
                self._reported.add(name)
                reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
                self._report(f"digest: {name}_FILE names {path}, which cannot be read: {reason}")
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)
