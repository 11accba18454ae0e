"""`digest outbox`: what is not delivered; to try it again, or to give it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    add_json,
    count,
    open_library,
    read_config,
)
from digest.cli.console import fitted, table
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.library import Delivery, Library

EXAMPLES = """\
  digest outbox              what waits, and what failed for good
  digest outbox retry        let wait again what failed; try all that waits, now
  digest outbox retry 17 18  the same, of what failed these two alone
  digest outbox drop 17      give one up: it is never delivered"""

NOTHING: Final = "Nothing waits, and nothing has failed."
_ACTIONS: Final = ("list", "retry", "drop")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest outbox`."""
    parser.add_argument(
        "action", nargs="?", choices=_ACTIONS, default="list", metavar="ACTION",
        help="list (default), retry or drop",
    )  # fmt: skip
    parser.add_argument(
        "ids", nargs="*", type=count, metavar="ID", help="numbers, as the list has them"
    )
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """List the outbox, or change what waits in it; return the exit code."""
    config = read_config(arguments)
    if arguments.action == "retry":
        return _retry(arguments, config, context)
    if arguments.action == "drop":
        return _drop(arguments, config, context)
    with open_library(config, scratch=True) as library:
        found = _chosen(library, arguments.ids)
    if arguments.json:
        context.console.json({"outbox": [delivery_to_json(each) for each in found]})
    else:
        _tell(found, context)
    return DONE


def delivery_to_json(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as `--json` shows it; docs/json.md."""
    return {
        "id": delivery.id,
        "to": delivery.target,
        "profile": delivery.profile,
        "day": delivery.day.isoformat(),
        "channel": delivery.channel,
        "state": delivery.state,
        "tries": delivery.tries,
        "reason": delivery.error,
        "message_id": delivery.message_id,
        "created": delivery.created.isoformat(),
        "last_try": delivery.last_try.isoformat() if delivery.last_try else None,
    }


def _retry(arguments: argparse.Namespace, config: Config, context: Context) -> int:
    """Queue failed deliveries again and try all that wait; exit code 3 if some still fail."""
    from time import sleep

    from digest.pipeline.outbox import Dispatcher

    with open_library(config) as library, library.lock():
        before = library.outbox.not_done()
        for each in _chosen(library, arguments.ids):
            library.outbox.put_back(each.id)
        dispatcher = Dispatcher(
            library, config, context.environment, now=context.clock, sleep=sleep
        )
        dispatcher.deliver()
        dispatcher.retry()
        troubled = dispatcher.not_done()
        left = library.outbox.not_done()
    open_numbers = {each.id for each in left}
    dropped = [each for each in before if each.id in dispatcher.dropped]
    delivered = [
        each for each in before if each.id not in open_numbers and each.id not in dispatcher.dropped
    ]
    if arguments.json:
        context.console.json(
            {
                "delivered": [each.id for each in delivered],
                "dropped": [each.id for each in dropped],
                "outbox": [delivery_to_json(each) for each in left],
            }
        )
        return INCOMPLETE if troubled else DONE
    for each in delivered:
        context.console.result(f"delivered {_named(each)}")
    for each in dropped:
        context.console.result(f"dropped {_named(each)}: {dispatcher.dropped[each.id]}")
    for each in troubled:
        context.console.problem(f"digest: {_named(each)} is {each.state}: {each.error}")
    if not before:
        context.console.result(NOTHING)
    return INCOMPLETE if troubled else DONE


def _drop(arguments: argparse.Namespace, config: Config, context: Context) -> int:
    """Give up the deliveries that are named, and say which: all of them, or none."""
    if not arguments.ids:
        raise UsageError("name what to drop by its number: digest outbox drop ID…")
    with open_library(config) as library, library.lock(), library.transaction():
        dropped = _chosen(library, arguments.ids)
        for each in dropped:
            library.outbox.drop(each.id)
    if arguments.json:
        context.console.json({"dropped": [delivery_to_json(each) for each in dropped]})
    else:
        for each in dropped:
            reason = f": {each.error}" if each.error else ""
            context.console.result(f"dropped {_named(each)}, which was {each.state}{reason}")
    return DONE


def _chosen(library: Library, numbers: Sequence[int]) -> tuple[Delivery, ...]:
    """Return what is not done, of those numbers if there are any; raise `UsageError`."""
    found = {each.id: each for each in library.outbox.not_done()}
    missing = [number for number in numbers if number not in found]
    if missing:
        raise UsageError(
            f"nothing that waits or failed has the number {', '.join(map(str, missing))}; "
            "`digest outbox` lists what has"
        )
    return tuple(found[number] for number in dict.fromkeys(numbers or found))


def _named(delivery: Delivery) -> str:
    return f"{delivery.id} to {delivery.target} ({delivery.profile}, {delivery.day})"


def _tell(found: Sequence[Delivery], context: Context) -> None:
    console = context.console
    if not found:
        console.result(NOTHING)
        return
    head = ("id", "state", "to", "profile", "day", "tries")
    rows = [
        (
            str(each.id),
            each.state,
            fitted(each.target, 40),
            fitted(each.profile, 20),
            each.day.isoformat(),
            str(each.tries),
        )
        for each in found
    ]
    lines = table([head, *rows], right=(0, 5)).splitlines()
    console.result(lines[0])
    for line, each in zip(lines[1:], found, strict=True):
        console.result(line)
        if each.error:
            console.result(fitted(f"    {each.error}", console.width))
    failed = sum(each.state == "failed" for each in found)
    if failed:
        console.result(
            f"\n{failed} failed for good: `digest outbox retry` tries again, `drop` gives up"
        )
