"""The `profiles` of the config → `Profile` objects.

A profile's name becomes a folder, so it is checked here, once; `email` has a module of its own.
Templates are not compiled here; `digest check` asks the renderer.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from digest.config.values import (
    Section,
    did_you_mean,
    fault,
    line,
    one_of,
    prose,
    quoted,
    text,
    whole_number,
    yes_or_no,
)
from digest.config.yaml_tree import Table
from digest.model import EmailSettings, Profile, RuleGroup
from digest.model.review import Reminders
from digest.wording.languages import OFFERED, offered

if TYPE_CHECKING:
    from digest.config.values import Faults
    from digest.config.yaml_tree import Node
    from digest.model import Detail
    from digest.model.channels import NotifySettings, WebhookSettings
    from digest.model.settings import Rank

KEYS: Final = (
    "name", "title", "intro", "rules", "timezone", "at", "days", "limit", "groups", "carry_over",
    "formats", "templates", "email", "notify", "webhook", "detail", "abstracts", "front_matter",
    "language", "rank", "reader", "reading_list", "inbox_days", "still_on_list", "review",
    "updates", "summaries", "translate", "more_like_these", "near_misses",
)  # fmt: skip
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_DAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
RANKS: Final[tuple[Rank, ...]] = ("points", "learned", "library")
DETAILS: Final[tuple[Detail, ...]] = ("short", "normal", "full")
FORMATS: Final[tuple[Literal["markdown", "html", "rss"], ...]] = ("markdown", "html", "rss")
NEAR_MISSES: Final = 3
"""Shown beside the papers of `more_like_these`."""
MAX_NAME: Final = 64

# Names that Windows reserves for devices, with any suffix: such a folder cannot be copied there.
_DEVICE: Final = r"(?i:con|prn|aux|nul|com\d|lpt\d)(\..*)?"
_NAME: Final = r"[A-Za-z0-9]([A-Za-z0-9 _.-]*[A-Za-z0-9_-])?"


class ProfileContext(Struct, frozen=True):
    """What profiles need from the rest of the config."""

    folder: Path
    """Of the config, absolute."""
    title: str
    language: str
    rules: tuple[str, ...]
    has_model: bool = False
    """Whether the config names a language model."""


def read_profiles(
    nodes: tuple[Node, ...] | None, faults: Faults, around: ProfileContext
) -> tuple[Profile, ...]:
    """Return the profiles, or one named "daily" with all rules if the config has none."""
    if nodes is None:
        utc = ZoneInfo("UTC")
        return (Profile("daily", around.title, utc, around.rules, language=around.language),)
    profiles: list[Profile] = []
    lines_by_name: dict[str, int] = {}
    for position, node in enumerate(nodes, 1):
        section = Section(node, KEYS, faults, within=f"profile {position}")
        name = section.read("name", _name, "daily")
        if "name" in section:
            section.within = f"profile {quoted(name)}"
        elif len(nodes) > 1:
            section.add(fault(node, "one profile of several needs a `name`"))
        # Ignoring case: some file systems treat "Lab" and "lab" as one folder.
        if "name" in section and name.casefold() in lines_by_name:
            first = lines_by_name[name.casefold()]
            section.add(fault(node, f"a profile of this name is on line {first}"))
        lines_by_name.setdefault(name.casefold(), node.line)
        title = around.title if len(nodes) == 1 else f"{around.title}: {name}"
        profiles.append(_ProfileReader(section, around).read(name, title))
    return tuple(profiles)


class _ProfileReader:
    """Reads one profile, with what its values refer to."""

    def __init__(self, section: Section, around: ProfileContext) -> None:
        self._section = section
        self._around = around

    def read(self, name: str, title: str) -> Profile:
        section = self._section
        formats = section.read_names("formats", _format, FORMATS)
        notify, webhooks = self._channels()
        more_like_these = section.read("more_like_these", _few, 0)
        near_misses = NEAR_MISSES if more_like_these else 0
        return Profile(
            name=name,
            title=section.read("title", line, title),
            timezone=section.read("timezone", _zone, ZoneInfo("UTC")),
            rules=section.read_names("rules", self._rule_name, self._around.rules),
            intro=section.read("intro", prose, ""),
            at=section.read("at", _time_of_day, None),
            days=frozenset(section.read_names("days", _weekday, range(7))),
            limit=section.read("limit", whole_number, None),
            groups=self._groups(),
            carry_over=section.read("carry_over", _carry_over, 7),
            formats=formats,
            templates=section.read("templates", self._template_folder, None),
            email=self._email(),
            notify=notify,
            webhooks=webhooks,
            detail=section.read("detail", _detail, "normal"),
            abstracts=section.read("abstracts", yes_or_no, default=False),
            front_matter=section.read("front_matter", yes_or_no, default=False),
            language=section.read("language", language, self._around.language),
            rank=section.read("rank", _rank, "points"),
            more_like_these=more_like_these,
            near_misses=section.read("near_misses", _few, near_misses),
            person=section.read("reader", line, ""),
            reading_list=section.read("reading_list", yes_or_no, default="markdown" in formats),
            inbox_days=section.read("inbox_days", _inbox_days, 7),
            still_on_list=self._reminders(),
            review=section.read("review", _review_day, None),
            updates=section.read("updates", yes_or_no, default=False),
            summaries=section.read("summaries", yes_or_no, default=True),
            translate=self._translate(),
        )

    def _email(self) -> EmailSettings | None:
        if "email" not in self._section:
            return None
        from digest.config.email import read_email

        return read_email(self._section, self._around.folder)

    def _channels(self) -> tuple[tuple[NotifySettings, ...], tuple[WebhookSettings, ...]]:
        if "notify" not in self._section and "webhook" not in self._section:
            return (), ()
        from digest.config.channels import read_channels

        return read_channels(self._section)

    def _translate(self) -> str:
        if "translate" not in self._section:
            return ""
        from digest.config.summaries import language_tag

        if not self._around.has_model:
            node = self._section.node_of("translate")
            self._section.add(fault(node, "`translate` needs `summaries` at the top of the config"))
        return self._section.read("translate", language_tag, "")

    def _reminders(self) -> Reminders:
        """Read how many papers of the list digests remind of: a number, or one for each kind."""
        section = self._section
        if "still_on_list" not in section:
            return Reminders()
        node = section.node_of("still_on_list")
        if isinstance(node, Table):
            within = f"{section.within}: still_on_list"
            inner = Section(node, ("best", "oldest"), section.faults, within=within)
            best, oldest = (inner.read(key, _few, 0) for key in ("best", "oldest"))
            return Reminders(best, oldest)
        return Reminders(best=section.read("still_on_list", _few, 0))

    def _groups(self) -> tuple[RuleGroup, ...]:
        """Read the groups of rules that share a limit; a rule is in one group at most."""
        section = self._section
        groups: list[RuleGroup] = []
        grouped: set[str] = set()
        for node in section.read_list("groups", _any_node, ()):
            within = f"{section.within}: groups"
            inner = Section(node, ("rules", "limit"), section.faults, within=within)
            rules = inner.read_names("rules", self._rule_name, ())
            limit = inner.read("limit", whole_number, None)
            if not rules or limit is None:
                inner.add(fault(node, "a group needs `rules` and a `limit`"))
                continue
            for name in grouped.intersection(rules):
                inner.add(fault(node, f"the rule {quoted(name)} is in another group already"))
            grouped.update(rules)
            groups.append(RuleGroup(rules, limit))
        return tuple(groups)

    def _rule_name(self, node: Node) -> str:
        name = line(node)
        if name not in self._around.rules:
            hint = did_you_mean(name, self._around.rules)
            raise fault(node, f"there is no rule {quoted(name)}{hint}")
        return name

    def _template_folder(self, node: Node) -> str:
        folder = self._around.folder / Path(line(node)).expanduser()
        if not folder.is_dir():  # otherwise a mistyped name would mean the project's templates
            raise fault(node, f"there is no folder {quoted(str(folder))}")
        return str(folder)


def language(node: Node) -> str:
    """Return a language tag (RFC 5646), valid in HTML's `lang` and RSS's `language`."""
    tag = line(node)
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
        raise fault(node, f"{quoted(tag)} must be a language tag such as en or pt-BR")
    if offered(tag) is None:
        known = ", ".join(OFFERED)
        raise fault(node, f"digests cannot be written in {quoted(tag)}; use one of {known}")
    return tag


def _any_node(node: Node) -> Node:
    return node


def _detail(node: Node) -> Detail:
    name = one_of(DETAILS, "detail")(node)
    return next(detail for detail in DETAILS if detail == name)


def _name(node: Node) -> str:
    name = line(node)
    if (
        len(name) > MAX_NAME
        or ".." in name
        or re.fullmatch(_DEVICE, name)
        or not re.fullmatch(_NAME, name)
    ):
        raise fault(
            node,
            f"{quoted(name)} cannot name a folder; use at most {MAX_NAME} letters of a to z, "
            "digits, spaces and - _ . between them",
        )
    return name


def _zone(node: Node) -> ZoneInfo:
    name = line(node)
    try:
        # A name is looked up part by part, by a recursive function.
        return ZoneInfo(name[: MAX_NAME + 1])
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, zoneinfo.available_timezones())
        raise fault(
            node, f"there is no time zone {quoted(name)}, such as Europe/Zurich or UTC{hint}"
        ) from None


def _time_of_day(node: Node) -> time:
    value = text(node)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", value, re.ASCII)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise fault(node, f'{quoted(value)} must be a time of day from "00:00" to "23:59"')
    return time(int(match[1]), int(match[2]))


def _rank(node: Node) -> Rank:
    name = one_of(RANKS, "rank")(node)
    return next(rank for rank in RANKS if rank == name)


def _weekday(node: Node) -> int:
    return DAYS.index(one_of(DAYS, "day")(node))


def _few(node: Node) -> int:
    return whole_number(node, least=0, most=50)


def _review_day(node: Node) -> int:
    name = text(node).lower()
    if name[:3] not in DAYS or name not in (name[:3], LONG_DAYS[DAYS.index(name[:3])]):
        raise fault(
            node, f"{quoted(name)} must be a weekday such as sunday{did_you_mean(name, LONG_DAYS)}"
        )
    return DAYS.index(name[:3])


def _format(node: Node) -> Literal["markdown", "html", "rss"]:
    name = one_of(FORMATS, "format")(node)
    return next(known for known in FORMATS if known == name)


def _carry_over(node: Node) -> int:
    return whole_number(node, least=0, most=365)


def _inbox_days(node: Node) -> int | None:
    return None if text(node) == "never" else whole_number(node, least=1, most=3_650)
