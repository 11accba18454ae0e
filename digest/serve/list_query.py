"""Parse a request for the reading list, and name its parts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.wording.languages import Words


class Tab(Struct, frozen=True):
    """A part of the list."""

    key: str
    place: str
    """As in `digest.model.marks.Place`; empty: all."""


TABS: Final = (
    Tab("inbox", "inbox"),
    Tab("to-read", "to read"),
    Tab("later", "later"),
    Tab("done", "done"),
    Tab("dropped", "dropped"),
)
ALL: Final = Tab("all", "")
ORDERS: Final = ("digest", "best", "old")


class ListQuery(Struct, frozen=True):
    """Which part of the list is requested."""

    place: Tab = TABS[0]
    rule: str = ""
    order: str = "digest"
    words: str = ""
    tag: str = ""
    page: int = 1

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> ListQuery:
        """Parse the parameters of an address; unknown values are ignored."""
        tag = fields.get("tag", "")
        places = {tab.key: tab for tab in (*TABS, ALL)}
        page = fields.get("page", "")
        return cls(
            places.get(fields.get("place", ""), ALL if tag else TABS[0]),
            fields.get("rule", ""),
            fields.get("order", "") if fields.get("order") in ORDERS else "digest",
            fields.get("q", "").strip(),
            tag,
            int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
        )

    @property
    def path(self) -> str:
        """The address of this request, from the root."""
        values = {
            "place": self.place.key, "rule": self.rule, "q": self.words, "tag": self.tag,
            "order": "" if self.order == "digest" else self.order,
            "page": "" if self.page <= 1 else str(self.page),
        }  # fmt: skip
        return f"list?{urlencode({name: value for name, value in values.items() if value})}"

    @property
    def is_narrow(self) -> bool:
        """Whether only a part of the place is shown."""
        return bool(self.rule or self.tag or self.words)


def names(words: Words) -> Mapping[str, str]:
    """Return the names of the list's parts, by their keys."""
    return {
        "inbox": words.text("Inbox"),
        "to-read": words.text("To read"),
        "later": words.text("Later"),
        "done": words.text("Done"),
        "dropped": words.text("Dropped"),
        "all": words.text("All"),
    }


def orders(words: Words) -> Mapping[str, str]:
    """Return the names of the orders, by their keys."""
    return {
        "digest": words.text("As in the digest"),
        "best": words.text("Best first"),
        "old": words.text("Oldest first"),
    }


def narrowed(ask: ListQuery, words: Words) -> str:
    """Return a description of the restriction, if there is one."""
    parts = (
        words.text("of the rule “{rule}”", rule=ask.rule) if ask.rule else "",
        words.text("with the tag #{tag}", tag=ask.tag) if ask.tag else "",
        words.text("with “{words}”", words=ask.words) if ask.words else "",
    )
    description = words.text(", ").join(filter(None, parts))
    return words.text("Only papers {what}.", what=description) if description else ""


def empty(ask: ListQuery, words: Words) -> str:
    """Return the message of an empty part of the list."""
    if ask.is_narrow:
        return words.text("No paper of this part of the list is like that.")
    texts = {
        "inbox": words.text("Nothing waits for a decision."),
        "to-read": words.text("Your list to read is empty. A star puts a paper here."),
        "later": words.text("Nothing is put off."),
    }
    return texts.get(ask.place.key, words.text("There is nothing here yet."))
