"""Pass messages to Apprise, in a separate process: `python -m digest.delivery.apprise_process`.

Reads one JSON object a line from standard input and answers each with one. Apprise logs addresses
and reads answers without a limit of time or size: here its log is discarded, and the parent ends a
process that takes too long. Only the status of an answer reaches the parent, because the rest could
repeat a secret.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from apprise import NotifyBase

MEMORY: Final = 1 << 30
"""Memory limit in bytes: an endless answer costs its message, not the machine."""

# Services that count bytes where Apprise counts characters, by the scheme of their URLs.
# https://docs.ntfy.sh/config/#message-limits, https://developer.work.weixin.qq.com/document/path/91770,
# https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
_BYTES: Final = {"ntfy": 4_096, "ntfys": 4_096, "wecombot": 2_048, "feishu": 19_000, "lark": 19_000}
_STATUS: Final = re.compile(r"\berror=(\d{3})\b")


class _Statuses(logging.Handler):
    """Keeps the last status that Apprise logs, and nothing else of its log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.last: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        match = _STATUS.search(record.getMessage())
        if match is not None:
            self.last = int(match[1])


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit_memory()
    for line in sys.stdin:
        _answer(_result(json.loads(line)), answers)


def _answer(result: dict[str, Any], answers: TextIO) -> None:
    answers.write(json.dumps(result) + "\n")
    answers.flush()


def _limit_memory() -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _result(request: dict[str, Any]) -> dict[str, Any]:
    """Return the limits of a URL's service and, if a message is given, whether it was accepted."""
    try:
        import apprise
    except ImportError:
        return {"fault": "missing"}
    statuses = _Statuses()
    apprise.logger.handlers[:] = [statuses]
    apprise.logger.propagate = False
    apprise.logger.setLevel(logging.DEBUG)
    url: str = request["url"]
    asset = apprise.AppriseAsset(
        app_id="digest", app_desc="digest", app_url="", image_url_mask="", image_url_logo=""
    )
    plugin = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if not isinstance(plugin, apprise.NotifyBase):
        return {"fault": "url"}
    limit = _BYTES.get(url.partition(":")[0].lower())
    result = {
        "service": str(plugin.service_name),
        "targets": len(plugin),
        "limit": limit or plugin.body_maxlen,
        "in_bytes": limit is not None,
    }
    if "body" in request and len(plugin) == 1:
        try:
            result["done"] = _notify(plugin, asset, request)
        except MemoryError:
            result["done"] = False
        result["status"] = statuses.last
    return result


def _notify(plugin: NotifyBase, asset: Any, request: dict[str, Any]) -> bool:  # noqa: ANN401 - the class needs the import
    import apprise

    headers = getattr(plugin, "headers", None)
    if isinstance(headers, dict):
        headers["Idempotency-Key"] = request["key"]
    service = apprise.Apprise(asset=asset)
    service.add(plugin)
    is_sent = service.notify(
        body=request["body"], title=request["title"], body_format=apprise.NotifyFormat.TEXT
    )
    return bool(is_sent)


if __name__ == "__main__":
    main()
