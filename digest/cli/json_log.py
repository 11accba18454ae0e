"""Write stderr as JSON, one object per line, through the standard logging."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.cli.console import Level

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


class _Formatter(logging.Formatter):
    """One line of JSON: time, level, logger, message and the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        form = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if fields:
            form["run"] = fields
        if record.exc_info:
            form["traceback"] = self.formatException(record.exc_info)
        return json.dumps(form, ensure_ascii=True, default=str)


def json_log(stream: TextIO) -> Callable[[Level, str, Mapping[str, object]], None]:
    """Return a function that logs; warnings of other packages go to the same log."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logger = logging.getLogger("digest")
    logger.setLevel(logging.DEBUG)

    def log(level: Level, text: str, fields: Mapping[str, object]) -> None:
        logger.log(_LEVELS[level], "%s", text, extra={"fields": dict(fields)})

    return log
