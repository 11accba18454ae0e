"""The section `zotero` of the config."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, cast

from digest.config.sources import variable
from digest.config.values import fault, line, path_in, quoted
from digest.model import ZoteroSettings

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.values import Section
    from digest.config.yaml_tree import Node

ZOTERO_KEYS: Final = ("library", "key_env", "collection", "tags", "file", "endpoint")
_LIBRARY = re.compile(r"(user|group)s/(\d{1,12})")


def read_zotero(section: Section, folder: Path) -> ZoteroSettings:
    """Return the settings of the section; faults are added to the section's."""
    kind, number = section.read("library", _library, ("user", ""))
    file = section.read("file", path_in(folder), None)
    if "library" not in section and file is None:
        section.add(
            fault(section.node, "needs `library`, such as users/475425, or the `file` of an export")
        )
    return ZoteroSettings(
        library_type=cast("Literal['user', 'group']", kind),
        library_id=number,
        key_env=section.read("key_env", variable, ZoteroSettings().key_env),
        collection=section.read("collection", line, ""),
        tags=section.read_names("tags", line, ()),
        file=file,
        endpoint=section.read("endpoint", _endpoint, ""),
    )


def _library(node: Node) -> tuple[str, str]:
    match = _LIBRARY.fullmatch(line(node))
    if match is None:
        raise fault(
            node,
            f"{quoted(line(node))} is not a library: write users/NUMBER (the number is at "
            "https://www.zotero.org/settings/keys) or groups/NUMBER",
        )
    return match[1], match[2]


def _endpoint(node: Node) -> str:
    address = line(node)
    if not re.match(r"https?://[^\s/]", address):
        raise fault(
            node, f"{quoted(address)} is not an address that begins with http:// or https://"
        )
    return address.rstrip("/")
