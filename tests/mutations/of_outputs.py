"""Faults in reading lists, renderings, bibliographies and imported rules."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation, tests_of

PROFILE_FEEDS: Final = "digest/pipeline/profile_feeds.py"
LIST_MERGE: Final = "digest/reading_list/merge.py"
REVIEW: Final = "digest/digests/review.py"
ESCAPE: Final = "digest/rendering/escape.py"
RSS: Final = "digest/rendering/feeds.py"
LINE: Final = "digest/text/one_line.py"
KEYS: Final = "digest/bibliography/keys.py"
CSV: Final = "digest/bibliography/csv.py"
CONDITIONS: Final = "digest/rule_import/conditions.py"

OF_LISTS: Final = tests_of("reading_list/test_sync", "reading_list/test_inbox")
OF_REVIEW: Final = tests_of("pipeline/test_reading_list")
OF_ESCAPING: Final = tests_of("rendering/test_escape", "rendering/test_templates")
OF_FEEDS: Final = tests_of("rendering/test_feeds", "pipeline/test_daily_runs")
OF_LINES: Final = tests_of("text/test_one_line")
OF_BIBLIOGRAPHY: Final = tests_of("bibliography/test_keys", "bibliography/test_write")
OF_IMPORT: Final = tests_of("rule_import/test_list_kinds", "rule_import/test_phrases")

READING_LIST: Final = (
    Mutation(
        "of two changed notes one is lost",
        LIST_MERGE,
        "seen.note if mark.note == before.note else joined_notes(mark.note, seen.note)",
        "seen.note",
        "a note written with `digest note` is gone",
        OF_LISTS,
    ),
    Mutation(
        "a tag cannot be taken away",
        LIST_MERGE,
        "(set(mark.tags) | set(seen.tags)) - removed_tags",
        "(set(mark.tags) | set(seen.tags))",
        "a deleted tag comes back",
        OF_LISTS,
    ),
    Mutation(
        "the file wins where it did not change",
        LIST_MERGE,
        "if seen.box != before.box:",
        "if seen.box:",
        "`digest mark` is undone by the next run",
        OF_LISTS,
    ),
    Mutation(
        "a star in the file wins where it did not change",
        LIST_MERGE,
        "if seen.starred not in (before.starred, mark.starred):",
        "if seen.starred != mark.starred:",
        "`digest star` is undone by the next run",
        OF_LISTS,
    ),
    Mutation(
        "snoozing has no end",
        LIST_MERGE,
        'until = now.date() + PUT_OFF if state == "snoozed" else None',
        "until = None",
        "a snoozed paper never comes back",
        OF_LISTS,
    ),
    Mutation(
        "a deleted line is no decision",
        LIST_MERGE,
        'replace(known, state="dropped", state_at=now, until=None, quiet=False)',
        "known",
        "a deleted paper comes back",
        OF_LISTS,
    ),
    Mutation(
        "a review comes twice on its day",
        REVIEW,
        "if last is not None and last < turn else",
        "if last is not None and last <= turn else",
        "two digests on Sunday look back on the same week",
        OF_REVIEW,
    ),
    Mutation(
        "a review is of the week before",
        REVIEW,
        "return turn - WEEK if",
        "return turn - 2 * WEEK if",
        "the review leaves out what came this week",
        OF_REVIEW,
    ),
)

RENDERING: Final = (
    Mutation(
        "any scheme is a link",
        ESCAPE,
        'if parts.scheme not in {"http", "https"} or not parts.hostname:',
        "if not parts.scheme:",
        "a title links to `javascript:`",
        OF_ESCAPING,
    ),
    Mutation(
        "a stray percent sign stays",
        ESCAPE,
        '_STRAY_PERCENT.sub("%25", url)',
        "url",
        "a link to `/100%` is broken",
        OF_ESCAPING,
    ),
    Mutation(
        "a feed begins with the oldest",
        RSS,
        "key=lambda item: item.selected, reverse=True)",
        "key=lambda item: item.selected)",
        "a reader shows last week first",
        OF_FEEDS,
    ),
    Mutation(
        "a guid claims to be a link",
        RSS,
        "permalink=False",
        "permalink=True",
        "a reader opens `tag:`",
        OF_FEEDS,
    ),
    Mutation(
        "a feed item has no link",
        RSS,
        "entry.link(href=url)",
        "entry.comments(url)",
        "a click leads nowhere",
        OF_FEEDS,
    ),
    Mutation(
        "a feed loses what it should keep",
        PROFILE_FEEDS,
        "if place < FEED_LEAST or item.selected >= since",
        "if place < FEED_LEAST and item.selected >= since",
        "a feed of a quiet profile is empty",
        tests_of("pipeline/test_limits", "pipeline/test_feeds"),
    ),
    Mutation(
        "a shortened text is one too long",
        LINE,
        "cut = text[: room - 1]",
        "cut = text[:room]",
        "a subject breaks its limit",
        OF_LINES,
    ),
    Mutation(
        "words are run together",
        LINE,
        '" " if char[0].isspace() else ""',
        '""',
        "two lines of a title become one word",
        OF_LINES,
    ),
)

BIBLIOGRAPHY: Final = (
    Mutation(
        "a key that is taken is given again",
        KEYS,
        "if key in used:",
        "if not key:",
        "two papers have one citation key",
        OF_BIBLIOGRAPHY,
    ),
    Mutation(
        "a key depends on the order",
        KEYS,
        "sorted(papers, key=lambda paper: strength(paper.id))",
        "list(papers)",
        "a thesis no longer compiles after the next export",
        OF_BIBLIOGRAPHY,
    ),
    Mutation(
        "small words stand in keys",
        KEYS,
        "if word not in _SMALL_WORDS] or words",
        "if word] or words",
        "`berg2026the`",
        OF_BIBLIOGRAPHY,
    ),
    Mutation(
        "a cell may be a formula",
        CSV,
        'return f"\'{text}" if _FORMULA.match(text) else text',
        "return text",
        "a title runs in a spreadsheet",
        OF_BIBLIOGRAPHY,
    ),
)

RULE_IMPORT: Final = (
    Mutation(
        "a least score of one is dropped",
        CONDITIONS,
        "if number is None or number <= 0:",
        "if number is None or number <= 1:",
        "imported `min_score: 1` selects what it did not",
        OF_IMPORT,
    ),
    Mutation(
        "the largest of several limits holds",
        CONDITIONS,
        "return min(*limits, _MOST)",
        "return max(*limits)",
        "an imported section is longer than it was",
        OF_IMPORT,
    ),
    Mutation(
        "every weighted word excludes",
        CONDITIONS,
        "weighted_terms(value) if weight < 0]",
        "weighted_terms(value) if weight]",
        "imported keywords exclude what they selected",
        OF_IMPORT,
    ),
)
