"""`digest send`: the digest of a day once more, on purpose, to one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    day,
    mail_address,
    one_profile,
    open_library,
    read_config,
)
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from datetime import date, datetime

    from digest.cli.commands._options import Context
    from digest.library import Library, StoredDigest
    from digest.library.outbox import Channel
    from digest.model import Mailbox, Profile
    from digest.pipeline.publish import Publisher

EXAMPLES = """\
  digest send daily --to you@example.org                     the last digest, once more
  digest send daily --to you@example.org --date 2026-01-05   all digests of that day"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest send`."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="needed if there are several")
    parser.add_argument(
        "--to", type=mail_address, metavar="ADDRESS", required=True, help="who gets it"
    )
    parser.add_argument("--date", type=day, metavar="DAY", help="default: the last digest's")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Write the messages into the outbox and deliver; 3 where one of them still waits."""
    from time import sleep

    from digest.pipeline.outbox import Dispatcher
    from digest.pipeline.publish import Publisher
    from digest.pipeline.recipients import personal_links

    config = read_config(arguments)
    profile = one_profile(config, arguments.profile)
    with open_library(config) as library, library.lock():
        if library.subscriptions.is_unsubscribed(profile.name, arguments.to.address):
            raise UsageError(
                f"{arguments.to.address} has unsubscribed from {profile.name}; to undo that: "
                f"digest recipients subscribe {arguments.to.address}"
            )
        publisher = Publisher(
            library, (), site_url=config.site_url, personal=personal_links(library, config)
        )
        wanted, now = arguments.date, context.clock()
        numbers = _post(publisher, library, profile, arguments.to, wanted, now)
        dispatcher = Dispatcher(
            library, config, context.environment, now=context.clock, sleep=sleep
        )
        dispatcher.deliver()
        dispatcher.retry()
        left = {each.id: each for each in library.outbox.not_done()}
    for number, name in numbers.items():
        if number in left:
            each = left[number]
            context.console.problem(f"digest: {name} is {each.state}: {each.error}")
        else:
            context.console.result(f"{profile.name}, {name}: sent to {arguments.to}")
    return INCOMPLETE if left.keys() & numbers.keys() else DONE


def _post(  # noqa: PLR0913, PLR0917 - what makes a message
    publisher: Publisher,
    library: Library,
    profile: Profile,
    to: Mailbox,
    wanted: date | None,
    now: datetime,
) -> dict[int, str]:
    """Write a message for each digest into the outbox; return their numbers, and its name.

    A digest sent again on purpose is a message of its own, with a Message-ID of its own, for a
    mail program may hide a second one of the same.
    """
    from digest.digests.storage import read_digest
    from digest.library import NewDelivery

    moment = now.astimezone(profile.timezone).replace(microsecond=0)
    channel: Channel = "maildir" if profile.email and profile.email.maildir else "smtp"
    numbers: dict[int, str] = {}
    with library.transaction():
        for stored in _chosen(library, profile, wanted):
            digest = read_digest(library, stored, profile)
            message = publisher.letter(profile, digest).message(
                to, library_id=library.id, date=moment, again=now.isoformat()
            )
            delivery = NewDelivery(channel, to.address, message.content, message.message_id, "copy")
            (number,) = library.outbox.add(stored.id, profile.name, [delivery], now=now)
            numbers[number] = digest.name
    return numbers


def _chosen(library: Library, profile: Profile, wanted: date | None) -> tuple[StoredDigest, ...]:
    """Return the digests that are wanted; raise `UsageError` where there is none."""
    last = library.digests.last(profile.name)
    if last is None:
        raise UsageError(f"{profile.name} has had no digest yet; `digest run` makes one")
    if wanted is None:
        return (last,)
    found = library.digests.of_day(profile.name, wanted)
    if not found:
        raise UsageError(f"{profile.name} had no digest on {wanted}; the last was on {last.day}")
    return found
