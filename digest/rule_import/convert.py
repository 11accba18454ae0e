"""Convert the values of a foreign file to rules, by the meaning of its keys.

Supported are named topics with lists or queries, topics with filters and categories, flat lists,
lists to include and to exclude, weighted keywords, layers, gates, boolean queries, regular
expressions. Everything else that is not a setting of ours is named in a note, never dropped
silently.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.errors import UsageError
from digest.rule_import import entries, fields, phrases
from digest.rule_import.boolean import is_boolean
from digest.rule_import.conditions import frame_of, note_exclusion
from digest.rule_import.key_roles import role_of
from digest.rule_import.keys_by_role import (
    NUMBERS,
    by_role,
    categories_inside,
    holds_topics,
    is_terms,
    label_of,
    weight_of,
)
from digest.rule_import.operators import is_operators, operator_query
from digest.rule_import.result import ImportedRule, ImportResult, Notes, listed, shown
from digest.rule_import.shared_conditions import Frame, rule
from digest.rule_import.value_kinds import is_topic, texts_of, weighted_lines, weighted_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rule_import.entries import Entries
    from digest.rule_import.filters import Filter
    from digest.rule_import.key_roles import Role
    from digest.rule_import.keys_by_role import Parts, Table
    from digest.rule_import.parse_file import Value
    from digest.rule_import.result import Entry, Options

MAX_NAME: Final = 100
MAX_ENTRIES: Final = 100_000
"""Maximum number of keywords in all rules together, including inherited ones."""
_WORDS: Final = (
    "Keywords are looked for in title and abstract, as whole words in any case, with plurals and "
    "hyphens. For the beginning of a word write retriev*; for a person {query: 'author:\"A. "
    "Author\"'} (import with --authors)."
)
_FIELD: Final = re.compile(r"\b[A-Za-z]{2,5}:|[()\"]")


def _is_whole(text: str) -> bool:
    """Return whether the commas of a line do not separate phrases: it is a query or a sentence."""
    return is_boolean(text) or phrases.is_sentence(text)


def _between_semicolons(text: str) -> tuple[str, ...]:
    """Return the phrases of a line that are separated by semicolons."""
    if is_boolean(text) or phrases.is_regex(text):
        return (text,)
    return tuple(part.strip() for part in text.split(";") if part.strip())


class Converter:
    """Collects the rules and notes of one file."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._rules: list[ImportedRule] = []
        self._names: set[str] = set()
        self._twins: Counter[str] = Counter()
        self._size = 0
        self._categories: dict[str, None] = {}
        self._prose = False
        self.notes = Notes()

    def convert(self, value: Value) -> ImportResult:
        """Return the result for the whole file."""
        frame = Frame(authors=self._options.authors)
        if isinstance(value, dict):
            is_term_weights = weighted_terms(value) and not any(
                role_of(key) in NUMBERS for key in value
            )
            self._mapping({"keywords": value} if is_term_weights else value, "", frame)
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            self._list_of_mappings(value, frame)
        else:
            self._flat(texts_of(value), frame)
        if any(entry.keyword for made in self._rules for entry in made.keywords):
            self.notes.say(_WORDS)
        if self._categories and not self._rules:
            self.notes.say(
                "It names categories and no keywords: a rule of categories alone would take every "
                "paper in them. If that is meant, write `query: category:cs.CL` in a rule."
            )
        categories = tuple(
            query.removeprefix("category:")
            for query in self._categories
            if query.startswith("category:") and query[-1] not in ")*"
        )
        return ImportResult(self._without_repeated_notes(), self.notes.all(), categories)

    def convert_filters(self, program: str, filters: Sequence[Filter]) -> ImportResult:
        """Return one rule from the filters of a feed reader; what they hide is excluded."""
        notes = Notes()
        self.notes.say(f"Read as the filters of {program}.")
        keywords: Entries = []
        exclude: Entries = []
        for rule_filter in filters:
            entries_ = fields.translate_tree(rule_filter.tree, rule_filter.text, notes)
            if rule_filter.weight < 0:
                exclude += entries_
            else:
                keywords += [
                    phrases.boosted(entry, rule_filter.weight, notes) for entry in entries_
                ]
        if any(condition.weight < -1 for condition in filters):
            note_exclusion("Filters with a value below 0", notes)
        self._add("", keywords, Frame(exclude=phrases.once(exclude, notes)), notes)
        return ImportResult(self._without_repeated_notes(), self.notes.all())

    def _without_repeated_notes(self) -> tuple[ImportedRule, ...]:
        """Give a warning once for the file instead of once for each rule."""
        times = Counter(sentence for made in self._rules for sentence in made.notes)
        for sentence, number in times.items():
            if number > 1:
                self.notes.say(sentence)
        return tuple(
            replace(made, notes=tuple(note for note in made.notes if times[note] == 1))
            for made in self._rules
        )

    # --- mappings

    def _mapping(self, table: Table, name: str, frame: Frame, *, weight: float = 1.0) -> None:
        """Convert a mapping with known keys; others may be topics."""
        if is_operators(table):
            self._operators(table, name, frame)
            return
        parts = by_role(table)
        self._say_prose(parts)
        self._hoist_categories(parts)
        frame = frame.inside(frame_of(parts, self._options, self.notes))
        self._categories |= dict.fromkeys(frame.categories)
        for key, value in parts.get("authors", ()):
            self._authors(key, value, frame)
        before = len(self._rules)
        self._own_rule(parts, name, frame, weight)
        for role in ("layers", "topics"):
            for _, value in parts.get(role, ()):
                self._topics(value, frame, layered=role == "layers")
        for _, value in parts.get("wrapper", ()):
            if isinstance(value, dict):
                self._mapping(value, name, frame)
        unknown = dict(parts.get("other", ()))
        if len(self._rules) == before:
            topics = {key: value for key, value in unknown.items() if holds_topics(value)}
            merged = dict(parts.get("merge", ())) | dict(parts.get("drop", ()))
            self._topics(topics | merged, frame)
            unknown = {key: value for key, value in unknown.items() if key not in topics}
        self._say_others(name, unknown | dict(parts.get("setting", ())))

    def _own_rule(self, parts: Parts, name: str, frame: Frame, weight: float) -> None:
        """Make the rule of the mapping's own lists and queries; nested topics get theirs."""
        notes = Notes()
        keywords: Entries = []
        for _, value in parts.get("include", ()):
            if isinstance(value, dict | list) and not is_terms(value):
                self._topics(value, frame)
            else:
                keywords += entries.of_value(value, notes)
        for _, value in parts.get("weak", ()):
            keywords += entries.of_value(value, notes, factor=frame.weak)
        for _, value in parts.get("queries", ()):
            if isinstance(value, dict):
                self._topics(value, frame)
            elif keywords and isinstance(value, str):
                gate = phrases.once(entries.of_queries(value, notes), notes)
                frame = frame.inside(Frame(require=gate))
            else:
                keywords += entries.of_queries(value, notes)
        self._add(name, keywords, frame, notes, weight=weight)

    def _hoist_categories(self, parts: Parts) -> None:
        """Restrict all rules to the categories that settings fetch, as under `arxiv:`."""
        if "categories" in parts:
            return
        settings: tuple[Role, ...] = ("wrapper", "setting", "other")
        inside = [value for role in settings for _, value in parts.get(role, ())]
        categories = dict.fromkeys(text for value in inside for text in categories_inside(value))
        if categories:
            parts["categories"] = [("categories", list(categories))]

    # --- topics

    def _topics(self, value: Value, frame: Frame, *, layered: bool = False) -> None:
        """Convert topics by name, or a list of mappings with their names inside."""
        if isinstance(value, list):
            self._list_of_mappings(value, frame)
            return
        if isinstance(value, str):
            self._topic(value, value, frame)
        if not isinstance(value, dict):
            return
        parts = by_role(value)
        topics = self._merged(value, parts)
        layers = {name: weight_of(topic) for name, topic in topics.items()}
        negative = [name for name, weight in layers.items() if weight < 0]
        exclude = list(frame.exclude)
        for name in negative:
            exclude += phrases.once(entries.of_topic(topics.pop(name), self.notes), self.notes)
            note_exclusion(shown(name), self.notes)
        frame = replace(frame, exclude=tuple(exclude))
        if layered:
            self._layered(topics, frame)
            return
        if any(role in parts for role in ("include", "queries")) and not negative:
            self._mapping(value, "", frame)
            return
        for name, topic in topics.items():
            if topic:
                self._topic(name, topic, frame)

    def _merged(self, value: Table, parts: Parts) -> Table:
        """Return the topics without the dropped ones, and merged ones as one."""
        topics = {
            name: topic for name, topic in value.items() if role_of(name) not in ("merge", "drop")
        }
        for _, dropped in parts.get("drop", ()):
            for name in texts_of(dropped):
                known = topics.pop(name, None) is not None
                outcome = (
                    "is dropped, as the file says"
                    if known
                    else "is not a topic here that could be dropped"
                )
                self.notes.say(f"{shown(name)} {outcome}.")
        for _, merges in parts.get("merge", ()):
            for name, target in merges.items() if isinstance(merges, dict) else ():
                joined = topics.get(target) if isinstance(target, str) else None
                if name in topics and isinstance(joined, list):
                    topic = topics.pop(name)
                    joined.extend(topic if isinstance(topic, list) else [])
                    self.notes.say(f"{shown(name)} is merged into {shown(str(target))}.")
                else:
                    self.notes.say(
                        f"{shown(name)} is not a topic here that could be merged into another."
                    )
        return topics

    def _topic(self, name: str, topic: Value, frame: Frame) -> None:
        if isinstance(topic, dict):
            if not is_topic(topic) and "keywords" not in topic and holds_topics(topic):
                self._topics(topic, frame)
                return
            label = label_of(topic) or name
            specific = {
                key: value for key, value in topic.items() if role_of(key) not in ("name", "weight")
            }
            self._mapping(specific, label, frame, weight=weight_of(topic))
            return
        notes = Notes()
        self._add(name, entries.of_value(topic, notes), frame, notes)

    def _list_of_mappings(self, items: Sequence[Value], frame: Frame) -> None:
        notes = Notes()
        loose: Entries = []
        for number, item in enumerate(items, 1):
            if not isinstance(item, dict):
                loose += entries.of_value(item, notes)
            elif label_of(item) or "queries" not in by_role(item):
                self._topic(f"{self._options.name} {number}", item, frame)
            else:
                for _, value in by_role(item).get("queries", ()):
                    loose += entries.of_queries(value, notes)
        self._add("", loose, frame, notes)

    def _layered(self, topics: Table, frame: Frame) -> None:
        """Make one rule from layers whose points are added up, each keyword with its weight."""
        notes = Notes()
        keywords: Entries = []
        if weighted_terms(topics):
            keywords += entries.of_value(topics, notes)
        else:
            for topic in topics.values():
                keywords += entries.of_topic(topic, notes, factor=weight_of(topic))
        self._add("", keywords, frame, notes)

    # --- lists

    def _flat(self, texts: Sequence[str], frame: Frame) -> None:
        """Convert a list that is the whole file: each query to a rule, all other lines to one."""
        notes = Notes()
        if terms := weighted_lines(texts):
            self._mapping({"keywords": terms}, "", frame)
            return
        if texts and all("," in text and not _is_whole(text) for text in texts):
            texts = tuple(part for text in texts for part in texts_of(text))
        else:
            texts = tuple(part for text in texts for part in _between_semicolons(text))
        for text in texts:
            if is_boolean(text):
                rule_notes = Notes()
                self._add(_named_by(text), fields.translate(text, rule_notes), frame, rule_notes)
        phrases_only = [text for text in texts if not is_boolean(text)]
        unwanted = [text[1:] for text in phrases_only if text[0] in "-!" and text[1:2].strip()]
        if unwanted and len(unwanted) < len(phrases_only):
            phrases_only = [text for text in phrases_only if text[1:] not in unwanted]
            frame = replace(frame, exclude=phrases.once(entries.of_texts(unwanted, notes), notes))
            notes.say("Lines that begin with - or ! are read as exclusions.")
        self._add("", entries.of_texts(phrases_only, notes), frame, notes)

    def _authors(self, key: str, value: Value, frame: Frame) -> None:
        notes = Notes()
        name = key.replace("_", " ").capitalize()
        self._add(name, entries.of_authors(value, notes), replace(frame, authors=False), notes)

    def _operators(self, table: Table, name: str, frame: Frame) -> None:
        notes = Notes()
        query, unread = operator_query(table, notes)
        self._add(name, fields.translate(query, notes) if query else (), frame, notes)
        self._say_others(name, {key: table[key] for key in unread})

    # --- rules and notes

    def _add(
        self,
        name: str,
        keywords: Sequence[Entry | None],
        frame: Frame,
        notes: Notes,
        *,
        weight: float = 1.0,
    ) -> None:
        """Add the rule that selects by `keywords`; if nothing of it is left, keep the notes."""
        self._size += len(keywords) + len(frame.require) + len(frame.exclude) + len(frame.boosts)
        if self._size > MAX_ENTRIES:
            raise UsageError(f"it would become more than {MAX_ENTRIES:,} keywords")
        made = rule(self._unique(name), keywords, frame, notes, weight=weight)
        if made is not None:
            self._rules.append(made)
            self._names.add(made.name)
        else:
            for sentence in notes.all():
                self.notes.say(sentence)

    def _unique(self, name: str) -> str:
        base = (phrases.tidy(name) or phrases.tidy(self._options.name))[:MAX_NAME].strip()
        base = base or "Imported"
        unique = base
        while unique in self._names:
            self._twins[base] += 1
            unique = f"{base} ({self._twins[base] + 1})"
        return unique

    def _say_prose(self, parts: Parts) -> None:
        for key, value in parts.get("prose", ()):
            if value:
                self._prose = True
                self.notes.say(f"{shown(key)} {entries.PROSE}")

    def _say_others(self, name: str, unknown: Table) -> None:
        """Report the keys that were not converted."""
        lists = [key for key, value in unknown.items() if holds_topics(value)]
        if lists:
            self.notes.say(
                f"Not carried over, because these lists do not select like those beside them: "
                f"{listed(lists, 12)}. To import one, put it into a file of its own."
            )
        unknown = {key: value for key, value in unknown.items() if key not in lists}
        if unknown:
            where = f"Of {shown(name)}: not" if name else "Not"
            self.notes.say(
                f"{where} carried over, as settings that have no counterpart in a rule: "
                f"{listed(list(unknown), 12)}."
            )


def _named_by(query: str) -> str:
    """Return a heading for a query without one: the query without its fields."""
    words = _FIELD.sub("", phrases.tidy(query))
    return words if len(words) <= 60 else words[:59].rstrip() + "…"
