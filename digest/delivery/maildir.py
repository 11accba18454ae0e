"""Deliver messages to a Maildir."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from digest.delivery.files import replace_file, sync_folder, writing_errors

if TYPE_CHECKING:
    from pathlib import Path


def write_to_maildir(folder: Path, message_id: str, message: bytes) -> None:
    """Put `message` into the Maildir `folder`, creating it if needed; raise `DeliveryError`.

    Written into `tmp`, then renamed into `new` (https://cr.yp.to/proto/maildir.html). Its name
    follows from the Message-ID: what a killed run has delivered is found again, even if a mail
    program has moved it to `cur`, and does not come twice.
    """
    name = hashlib.sha256(message_id.encode()).hexdigest()[:40]
    path, temporary = folder / "new" / name, folder / "tmp" / name
    with writing_errors(path, temporary):
        for part in ("", "tmp", "new", "cur"):
            # Nobody else may read mail.
            (folder / part).mkdir(mode=0o700, parents=not part, exist_ok=True)
        with os.scandir(folder / "cur") as entries:
            seen = any(entry.name.startswith(name) for entry in entries)
        if not seen and not path.exists():
            # Local line ends: CRLF is only for the wire.
            replace_file(message.replace(b"\r\n", b"\n"), temporary, path)
        sync_folder(path.parent)
