"""The result of an import: entries, rules and notes, in our own rule language."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import Struct


class Entry(Struct, frozen=True):
    """One thing to look for: a keyword of ours or, if a keyword cannot express it, a query."""

    query: str
    """As a query: one term or in brackets, without the boost."""
    keyword: str = ""
    """As an entry of `keywords`; empty if only a query can express it."""
    boost: float = 1.0
    identity: object = None
    """Equal for entries with the same meaning, whatever their spelling."""

    @property
    def boosted_query(self) -> str:
        """The query with its boost."""
        return self.query + self._boost

    @property
    def boosted_keyword(self) -> str:
        """The keyword with its boost; empty if there is no keyword."""
        return self.keyword and self.keyword + self._boost

    @property
    def _boost(self) -> str:
        return "" if self.boost == 1 else f"^{decimal(self.boost)}"


class ImportedRule(Struct, frozen=True):
    """One rule as it is written into the config."""

    name: str
    keywords: tuple[Entry, ...] = ()
    query: str = ""
    require: tuple[Entry, ...] = ()
    exclude: tuple[Entry, ...] = ()
    weight: float = 1.0
    limit: int | None = None
    min_score: float | None = None
    notes: tuple[str, ...] = ()
    """What of this rule could not be converted, or means something else here."""


class ImportResult(Struct, frozen=True):
    """The result for one file."""

    rules: tuple[ImportedRule, ...]
    notes: tuple[str, ...]
    """Notes on the file as a whole."""
    categories: tuple[str, ...] = ()
    """The file's arXiv categories, whichever rules they restrict."""


class Options(Struct, frozen=True):
    """The user's options."""

    name: str = "Imported"
    """Name of a rule that has none in the file."""
    categories: bool = True
    """Whether to require the file's arXiv categories; dumps may have none."""
    authors: bool = False
    """Whether to search each phrase among the authors' names as well."""


@dataclass(slots=True)
class Notes:
    """Collects sentences without repeats, in order."""

    sentences: dict[str, None] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """Add a sentence."""
        self.sentences.setdefault(sentence)

    def all(self) -> tuple[str, ...]:
        """Return the sentences."""
        return tuple(self.sentences)


def decimal(value: float) -> str:
    """Return a decimal number, as boosts and weights are read: no exponent, no trailing zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def shown(text: str, width: int = 60) -> str:
    """Return text in quotes for a note: on one line, printable, shortened if it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * width]).split())
    return f'"{line}"' if len(line) <= width else f'"{line[: width - 1].rstrip()}…"'


def listed(texts: tuple[str, ...] | list[str], most: int = 5) -> str:
    """Return the first of `texts`, each as `shown`, and how many more there are."""
    head = ", ".join(shown(text) for text in texts[:most])
    return head if len(texts) <= most else f"{head} and {len(texts) - most} more"
