"""`digest recipients`: list who gets each profile's mails, and who has unsubscribed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from digest.cli.commands._options import (
    DONE,
    add_json,
    chosen_profiles,
    mail_address,
    open_library,
    read_config,
)
from digest.cli.console import table
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.library import Library, Subscription
    from digest.model import Mailbox, Profile

EXAMPLES = """\
  digest recipients                                  who gets which mails, and who does not
  digest recipients unsubscribe ada@example.org      no more mails, of any profile
  digest recipients unsubscribe ada@example.org --profile daily
  digest recipients subscribe ada@example.org        undo that"""

_ACTIONS: Final = ("list", "unsubscribe", "subscribe")
_BY: Final = {"link": "a link", "mail": "a mail", "command": "this command"}


class _Row(Struct, frozen=True):
    profile: str
    address: str
    gets: bool
    request: Subscription | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest recipients`."""
    parser.add_argument(
        "action", nargs="?", choices=_ACTIONS, default="list", metavar="ACTION",
        help="list (default), unsubscribe or subscribe",
    )  # fmt: skip
    parser.add_argument(
        "addresses", nargs="*", type=mail_address, metavar="ADDRESS",
        help="addresses to show, unsubscribe or subscribe",
    )  # fmt: skip
    parser.add_argument("--profile", metavar="NAME", help="only of this profile; default: all")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """List the recipients, or change them; return the exit code."""
    config = read_config(arguments)
    profiles = chosen_profiles(config, [arguments.profile] if arguments.profile else [])
    profiles = tuple(profile for profile in profiles if profile.email)
    is_list = arguments.action == "list"
    if not is_list and not arguments.addresses:
        raise UsageError(f"name an address: digest recipients {arguments.action} ADDRESS")
    with open_library(config, scratch=is_list) as library:
        if not is_list:
            for to in arguments.addresses:
                _change(library, profiles, to, arguments.action, context)
        rows = [row for profile in profiles for row in _rows(library, profile)]
    addresses = {to.address.casefold() for to in arguments.addresses}
    rows = [row for row in rows if not addresses or row.address.casefold() in addresses]
    if arguments.json:
        context.console.json({"recipients": [_to_json(row) for row in rows]})
    elif not rows:
        context.console.result("No profile has `email`.")
    else:
        lines = [(row.profile, row.address, _row_text(row)) for row in rows]
        context.console.result(table([("profile", "address", "gets the mails"), *lines]))
    return DONE


def _change(
    library: Library, profiles: tuple[Profile, ...], to: Mailbox, action: str, context: Context
) -> None:
    """Unsubscribe an address from profiles, or subscribe it again."""
    now = context.clock()
    changed = False
    for profile in profiles:
        known = {row.address.casefold() for row in _rows(library, profile)}
        if action == "unsubscribe":
            # Also an address that gets nothing now: it may be added to `to` again.
            library.subscriptions.set(profile.name, to.address, "unsubscribed", "command", now=now)
            changed = True
        elif to.address.casefold() in known:
            library.subscriptions.set(profile.name, to.address, "subscribed", "command", now=now)
            changed = True
    if not changed:
        raise UsageError(
            f"{to.address} is not a recipient; add it to `to` under `email` in the config"
        )


def _rows(library: Library, profile: Profile) -> list[_Row]:
    from digest.pipeline.recipients import recipients

    requests = library.subscriptions.of(profile.name)
    getting = [to.address for to in recipients(library, profile)]
    unlisted = requests.keys() - {address.casefold() for address in getting}
    return [
        *(
            _Row(profile.name, address, True, requests.get(address.casefold()))  # noqa: FBT003
            for address in getting
        ),
        *(_Row(profile.name, address, False, requests[address]) for address in sorted(unlisted)),  # noqa: FBT003
    ]


def _row_text(row: _Row) -> str:
    request = row.request
    if request is None:
        return "yes"
    if row.gets or request.state == "unsubscribed":
        word = "yes, since" if row.gets else "no, unsubscribed on"
        return f"{word} {request.since.date()} by {_BY[request.by]}"
    return "no, neither in `to` nor is the profile `open`"


def _to_json(row: _Row) -> dict[str, Any]:
    """Return a recipient as JSON; docs/json.md."""
    request = row.request
    return {
        "profile": row.profile,
        "address": row.address,
        "gets_mails": row.gets,
        "state": request.state if request else None,
        "since": request.since.isoformat() if request else None,
        "by": request.by if request else None,
    }
