"""Send short messages to chats, phones and other services, through Apprise.

Apprise runs in a separate process (`digest.delivery.apprise_process`), which is started when it is
first needed and gets all messages. So a service that never ends its answer costs one message, and
this program does not pay for Apprise's import. The URLs contain secrets: no error repeats one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Timer
from typing import TYPE_CHECKING, Any, Final
from weakref import finalize

from msgspec.structs import asdict

from digest.errors import DeliveryError
from digest.model.channels import Room

if TYPE_CHECKING:
    from digest.model.channels import Notification

SECONDS: Final = 60.0
"""Time limit for one message; Apprise's own limits apply to each read, not to a whole answer."""
_LONGEST: Final = 1 << 16
"""Maximum size, in bytes, of one answer of the process."""
MISSING: Final = (
    "`notify` needs Apprise, which is not installed; `pip install 'digest-papers[notify]'` "
    "installs it"
)


class Notifier:
    """Apprise, for all messages of a run; close it at the end."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._end: finalize[[subprocess.Popen[str]], Notifier] | None = None

    def room(self, url: str, variable: str) -> Room:
        """Return the maximum length of a message for the service of `url`, the value of `variable`.

        Raises `DeliveryError` if the URL cannot be used.
        """
        return self._room(self._ask({"url": url}), variable)

    def send(self, url: str, variable: str, message: Notification, *, key: str) -> None:
        """Send one message; raise `DeliveryError` if the service does not accept it.

        Services with custom headers get `key` as the idempotency key.
        """
        result = self._ask({"url": url, "key": key, **asdict(message)})
        self._room(result, variable)
        if not result["done"]:
            status = result["status"]
            answered = "did not take the message" if status is None else f"answered {status}"
            raise DeliveryError(f"{result['service']} {answered}")

    def close(self) -> None:
        """End the process."""
        if self._end is not None:
            self._end()
        self._process = self._end = None

    def _room(self, result: dict[str, Any], variable: str) -> Room:
        """Return a service's limits; raise `DeliveryError` for a URL that cannot be used."""
        if result.get("fault") == "missing":
            raise DeliveryError(MISSING)
        if result.get("fault") == "url":
            raise DeliveryError(
                f"{variable} does not hold a URL that Apprise knows; see "
                "https://appriseit.com/services/ for how each service's URL is written"
            )
        if result["targets"] != 1:
            raise DeliveryError(
                f"the URL in {variable} names {result['targets']} recipients of "
                f"{result['service']}; give each a URL and an entry of its own, so that none gets "
                "a message twice"
            )
        return Room(result["limit"], in_bytes=result["in_bytes"])

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request to the process; end the process if it does not answer in time."""
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        watch = Timer(self._seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline(_LONGEST)
        except OSError:
            line = ""
        finally:
            watch.cancel()
        if not line.endswith("\n"):
            self.close()
            raise DeliveryError(f"no answer within {self._seconds:g} seconds")
        result: dict[str, Any] = json.loads(line)
        return result

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            # -P: no module of the working folder, which may be anybody's, is imported.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "digest.delivery.apprise_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
            self._end = finalize(self, _end, self._process)
        return self._process


def _end(process: subprocess.Popen[str]) -> None:
    """End the process and wait for it."""
    process.kill()
    process.communicate()
