"""`digest test-channel`: test a `notify` or `webhook`, and say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._channels import with_channel
from digest.cli.commands._options import DONE, FAILED, one_profile, read_config
from digest.errors import DeliveryError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.model import Profile
    from digest.pipeline.channels import Channels

EXAMPLES = """\
  digest test-channel                a small message to the only channel of the only profile
  digest test-channel daily phone    to the one that the config calls phone"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest test-channel`."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="needed if there are several")
    parser.add_argument(
        "channel", nargs="?", metavar="CHANNEL", help="its name; needed if there are several"
    )


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Send a small message and report the answer."""
    from contextlib import closing

    from digest.pipeline.channels import Channels

    config = read_config(arguments)
    profile = with_channel(one_profile(config, arguments.profile), arguments.channel)
    with closing(Channels(config, context.environment, now=context.clock)) as channels:
        try:
            name = _send(profile, channels, context.clock().isoformat())
        except DeliveryError as error:
            context.console.problem(f"digest: {error}")
            return FAILED
    context.console.result(f"{name} took the message.")
    return DONE


def _send(profile: Profile, channels: Channels, moment: str) -> str:
    """Send to the profile's only channel; return its name. Raises `DeliveryError`."""
    import json

    from digest.model.channels import Notification
    from digest.pipeline.channels import idempotency_key

    words = f"A test of “{profile.title}”, sent by digest test-channel. It works."
    for webhook in profile.webhooks:
        body = {"profile": profile.name, "title": profile.title, "test": True, "summary": words}
        key = idempotency_key("", profile.name, f"test {moment}", webhook.name)
        channels.post(webhook, json.dumps(body, ensure_ascii=False).encode(), key)
        return webhook.name
    (service,) = profile.notify
    key = idempotency_key("", profile.name, f"test {moment}", service.name)
    channels.send(service, Notification(profile.title, words), key)
    return service.name
