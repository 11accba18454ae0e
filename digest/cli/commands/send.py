"""`digest send`: send the digest of a day again, to one address or channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._channels import with_channel
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
    from digest.library import Library, NewDelivery, StoredDigest
    from digest.library.outbox import Channel
    from digest.model import Digest, Mailbox, Profile
    from digest.pipeline.publish import Publisher

EXAMPLES = """\
  digest send daily --to you@example.org                     the last digest, once more
  digest send daily --to you@example.org --date 2026-01-05   all digests of that day
  digest send daily --channel phone                          to a `notify` or `webhook`"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest send`."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="needed if there are several")
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--to", type=mail_address, metavar="ADDRESS", help="who gets it by mail")
    place.add_argument(
        "--channel", metavar="NAME", help="the `notify` or `webhook` of the profile that gets it"
    )
    parser.add_argument("--date", type=day, metavar="DAY", help="default: the last digest's")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Put the messages into the outbox and deliver them; return 3 if one still waits."""
    from time import sleep

    from digest.pipeline.outbox import Dispatcher
    from digest.pipeline.publish import Publisher
    from digest.pipeline.recipients import personal_links

    config = read_config(arguments)
    profile = one_profile(config, arguments.profile)
    if arguments.channel is not None:
        profile = with_channel(profile, arguments.channel)
    with open_library(config) as library, library.lock():
        if arguments.to and library.subscriptions.is_unsubscribed(
            profile.name, arguments.to.address
        ):
            raise UsageError(
                f"{arguments.to.address} has unsubscribed from {profile.name}; to undo that: "
                f"digest recipients subscribe {arguments.to.address}"
            )
        dispatcher = Dispatcher(
            library, config, context.environment, now=context.clock, sleep=sleep
        )
        publisher = Publisher(
            library,
            (),
            site_url=config.site_url,
            personal=personal_links(library, config),
            room=dispatcher.room,
        )
        day, now = arguments.date, context.clock()
        numbers = _post(publisher, library, profile, arguments.to, day, now)
        dispatcher.deliver()
        dispatcher.retry()
        waiting = {delivery.id: delivery for delivery in library.outbox.not_done()}
    for number, name in numbers.items():
        if number in waiting:
            delivery = waiting[number]
            context.console.problem(f"digest: {name} is {delivery.state}: {delivery.error}")
        else:
            place = arguments.to or arguments.channel
            context.console.result(f"{profile.name}, {name}: sent to {place}")
    return INCOMPLETE if waiting.keys() & numbers.keys() else DONE


def _post(  # noqa: PLR0913, PLR0917 - what makes a message
    publisher: Publisher,
    library: Library,
    profile: Profile,
    to: Mailbox | None,
    day: date | None,
    now: datetime,
) -> dict[int, str]:
    """Put a message for each digest into the outbox; return its number and the digest's name.

    A digest that is sent again gets a message id of its own, because mail programs may hide a
    second message with the same id.
    """
    from digest.digests.storage import read_digest

    numbers: dict[int, str] = {}
    with library.transaction():
        for stored in _chosen(library, profile, day):
            digest = read_digest(library, stored, profile)
            if to is not None:
                deliveries = [_mail(publisher, library, profile, digest, to, now)]
            else:
                repetition = now.isoformat()
                maker, rooms = publisher.maker, publisher.rooms(profile)
                deliveries = [
                    *maker.channel_deliveries(profile, digest, rooms, repetition=repetition)
                ]
            for number in library.outbox.add(stored.id, profile.name, deliveries, now=now):
                numbers[number] = digest.name
    return numbers


def _mail(  # noqa: PLR0913, PLR0917 - what makes a message
    publisher: Publisher,
    library: Library,
    profile: Profile,
    digest: Digest,
    to: Mailbox,
    now: datetime,
) -> NewDelivery:
    from digest.library import NewDelivery

    channel: Channel = "maildir" if profile.email and profile.email.maildir else "smtp"
    moment = now.astimezone(profile.timezone).replace(microsecond=0)
    message = publisher.maker.letter(profile, digest).message(
        to, library_id=library.id, date=moment, repetition=now.isoformat()
    )
    return NewDelivery(channel, to.address, message.content, message.message_id, "copy")


def _chosen(library: Library, profile: Profile, day: date | None) -> tuple[StoredDigest, ...]:
    """Return the digests to send; raise `UsageError` if there is none."""
    last = library.digests.last(profile.name)
    if last is None:
        raise UsageError(f"{profile.name} has had no digest yet; `digest run` makes one")
    if day is None:
        return (last,)
    digests = library.digests.of_day(profile.name, day)
    if not digests:
        raise UsageError(f"{profile.name} had no digest on {day}; the last was on {last.day}")
    return digests
