"""`digest outbox`: list, retry or drop what is not delivered."""

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
  digest outbox retry        queue failed ones again, and try all that waits
  digest outbox retry 17 18  queue only these two again
  digest outbox drop 17      give one up: it is never delivered"""

NOTHING: Final = "Nothing waits, and nothing has failed."
_ACTIONS: Final = ("list", "retry", "drop")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest outbox`."""
    parser.add_argument(
        "action", nargs="?", choices=_ACTIONS, default="list", metavar="ACTION",
        help="list (default), retry or drop",
    )  # fmt: skip
    parser.add_argument("ids", nargs="*", type=count, metavar="ID", help="numbers of deliveries")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """List the outbox, or change what waits in it; return the exit code."""
    config = read_config(arguments)
    if arguments.action == "retry":
        return _retry(arguments, config, context)
    if arguments.action == "drop":
        return _drop(arguments, config, context)
    with open_library(config, scratch=True) as library:
        deliveries = _chosen(library, arguments.ids)
    if arguments.json:
        context.console.json({"outbox": [delivery_to_json(delivery) for delivery in deliveries]})
    else:
        _print(deliveries, context)
    return DONE


def delivery_to_json(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as JSON; docs/json.md."""
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
        for delivery in _chosen(library, arguments.ids):
            library.outbox.requeue(delivery.id)
        dispatcher = Dispatcher(
            library, config, context.environment, now=context.clock, sleep=sleep
        )
        dispatcher.deliver()
        dispatcher.retry()
        troubled = dispatcher.not_done()
        waiting = library.outbox.not_done()
    open_numbers = {delivery.id for delivery in waiting}
    dropped = [delivery for delivery in before if delivery.id in dispatcher.dropped]
    delivered = [
        delivery
        for delivery in before
        if delivery.id not in open_numbers and delivery.id not in dispatcher.dropped
    ]
    if arguments.json:
        context.console.json(
            {
                "delivered": [delivery.id for delivery in delivered],
                "dropped": [delivery.id for delivery in dropped],
                "outbox": [delivery_to_json(delivery) for delivery in waiting],
            }
        )
        return INCOMPLETE if troubled else DONE
    for delivery in delivered:
        context.console.result(f"delivered {_named(delivery)}")
    for delivery in dropped:
        context.console.result(f"dropped {_named(delivery)}: {dispatcher.dropped[delivery.id]}")
    for delivery in troubled:
        context.console.problem(f"digest: {_named(delivery)} is {delivery.state}: {delivery.error}")
    if not before:
        context.console.result(NOTHING)
    return INCOMPLETE if troubled else DONE


def _drop(arguments: argparse.Namespace, config: Config, context: Context) -> int:
    """Drop the named deliveries and print them; all or none."""
    if not arguments.ids:
        raise UsageError("name what to drop by its number: digest outbox drop ID…")
    with open_library(config) as library, library.lock(), library.transaction():
        dropped = _chosen(library, arguments.ids)
        for delivery in dropped:
            library.outbox.drop(delivery.id)
    if arguments.json:
        context.console.json({"dropped": [delivery_to_json(delivery) for delivery in dropped]})
    else:
        for delivery in dropped:
            reason = f": {delivery.error}" if delivery.error else ""
            context.console.result(
                f"dropped {_named(delivery)}, which was {delivery.state}{reason}"
            )
    return DONE


def _chosen(library: Library, numbers: Sequence[int]) -> tuple[Delivery, ...]:
    """Return the undelivered ones, restricted to `numbers` if given; raise `UsageError`."""
    by_number = {delivery.id: delivery for delivery in library.outbox.not_done()}
    missing = [number for number in numbers if number not in by_number]
    if missing:
        raise UsageError(
            f"nothing that waits or failed has the number {', '.join(map(str, missing))}; "
            "`digest outbox` lists what has"
        )
    return tuple(by_number[number] for number in dict.fromkeys(numbers or by_number))


def _named(delivery: Delivery) -> str:
    return f"{delivery.id} to {delivery.target} ({delivery.profile}, {delivery.day})"


def _print(deliveries: Sequence[Delivery], context: Context) -> None:
    console = context.console
    if not deliveries:
        console.result(NOTHING)
        return
    head = ("id", "state", "to", "profile", "day", "tries")
    rows = [
        (
            str(delivery.id),
            delivery.state,
            fitted(delivery.target, 40),
            fitted(delivery.profile, 20),
            delivery.day.isoformat(),
            str(delivery.tries),
        )
        for delivery in deliveries
    ]
    lines = table([head, *rows], right=(0, 5)).splitlines()
    console.result(lines[0])
    for line, delivery in zip(lines[1:], deliveries, strict=True):
        console.result(line)
        if delivery.error:
            console.result(fitted(f"    {delivery.error}", console.width))
    failed = sum(delivery.state == "failed" for delivery in deliveries)
    if failed:
        console.result(
            f"\n{failed} failed for good: `digest outbox retry` tries again, `drop` gives up"
        )
