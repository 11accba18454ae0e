"""Find one channel of a profile by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.model import Profile


def with_channel(profile: Profile, name: str | None) -> Profile:
    """Return the profile with only the channel of that name, which then also takes empty digests.

    Without a name, the profile must have exactly one channel; raises `UsageError`.
    """
    names = [
        *(channel.name for channel in profile.notify),
        *(channel.name for channel in profile.webhooks),
    ]
    if not names:
        raise UsageError(f"the profile {profile.name!r} has no `notify` and no `webhook`")
    if name is None and len(names) > 1:
        raise UsageError(f"the profile {profile.name!r} has several channels: {', '.join(names)}")
    channel_name = names[0] if name is None else name
    if channel_name not in names:
        from digest.text.nearest import nearest

        near = nearest(channel_name, names)
        hint = f" Did you mean {near!r}?" if near else ""
        raise UsageError(
            f"the profile {profile.name!r} has no channel {channel_name!r}.{hint} It has: "
            f"{', '.join(names)}."
        )
    return replace(
        profile,
        notify=tuple(
            replace(channel, when_empty=True)
            for channel in profile.notify
            if channel.name == channel_name
        ),
        webhooks=tuple(
            replace(channel, when_empty=True)
            for channel in profile.webhooks
            if channel.name == channel_name
        ),
    )
