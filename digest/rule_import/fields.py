"""Write other programs' queries in our language: their fields, arXiv's categories, days.

`translate` writes the tree of `digest.rule_import.boolean` as a query of ours. What has no
counterpart is left out and noted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.errors import QueryError
from digest.rule_import import phrases
from digest.rule_import.boolean import Any, Near, Negation, Term, UnreadableError, parse
from digest.rule_import.result import Entry, shown
from digest.rule_import.value_kinds import texts_of
from digest.rules import parse_query

if TYPE_CHECKING:
    from digest.rule_import.boolean import Tree
    from digest.rule_import.parse_file import Value
    from digest.rule_import.result import Notes

FIELDS: Final = {
    "": "", "all": "", "ti": "title", "title": "title", "abs": "abstract", "abstract": "abstract",
    "au": "author", "author": "author", "cat": "category", "category": "category",
    "id": "id", "id_list": "id", "tiab": "", "title/abstract": "", "text word": "", "tw": "",
    "intitle": "title", "allintitle": "title", "intext": "", "allintext": "",
    "TS": "", "TI": "title", "AB": "abstract", "AU": "author",
    "TITLE-ABS-KEY": "", "TITLE-ABS": "", "TITLE": "title", "ABS": "abstract", "ALL": "",
    "AUTH": "author", "AUTHOR-NAME": "author", "AFFIL": "org",
}  # fmt: skip
"""Fields of the arXiv API and PubMed in small letters, of Web of Science and Scopus in capitals."""
DAYS: Final = ("submitteddate", "lastupdateddate")
ELSEWHERE: Final = {
    "co": "arXiv's comments", "jr": "journal references", "rn": "report numbers",
    "mesh": "MeSH headings", "mh": "MeSH headings", "mesh terms": "MeSH headings",
    "pt": "types of publication", "inurl": "addresses of pages", "KEY": "authors' keywords",
    "AUTHKEY": "authors' keywords", "AK": "authors' keywords", "DOCTYPE": "types of publication",
    "LANGUAGE": "languages", "LIMIT-TO": "limits of one engine", "EXCLUDE": "limits of one engine",
    "SUBJAREA": "subject areas of one engine",
}  # fmt: skip
ARCHIVES: Final = frozenset(
    [
        "astro-ph",
        "cond-mat",
        "cs",
        "econ",
        "eess",
        "math",
        "nlin",
        "physics",
        "q-bio",
        "q-fin",
        "stat",
    ]
)
"""Archives with subject classes, https://arxiv.org/category_taxonomy."""
UNDIVIDED: Final = frozenset(
    ["gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"]
)
"""Archives without subject classes."""

ALL_FIELDS: Final = (
    "arXiv's all: searches every field, names of authors and comments too; here title and abstract "
    "are searched."
)
_CATEGORY = re.compile(
    r"([a-z]+(?:-[a-z]+)?)(?:\.(?:[A-Za-z]{2}|[a-z]+-[a-z]+(?:-[a-z]+)?|\*)|\*)?"
)
_LIST_URL = re.compile(r"arxiv\.org/(?:list|rss|atom)/([A-Za-z.-]+)")
_VERSION = re.compile(r"v\d+$")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")


def translate(text: str, notes: Notes) -> tuple[Entry, ...]:
    """Return the alternatives of a foreign query; none, with a note, without a counterpart.

    A query that only joins phrases by OR gives its phrases; any other gives one entry.
    """
    try:
        tree, mixed = parse(text)
    except UnreadableError as error:
        notes.say(f"{shown(text)} is left out: {error}.")
        return ()
    if mixed:
        notes.say(
            f"{shown(text)} mixes operators without brackets: it is read with AND before OR, and "
            "ANDNOT as taken from everything else."
        )
    return translate_tree(tree, text, notes)


def translate_tree(tree: Tree, text: str, notes: Notes) -> tuple[Entry, ...]:
    """Return the alternatives of a parsed query; `text` is how notes show it."""
    branches = tree.children if isinstance(tree, Any) else (tree,)
    entries = [_alternative(branch, notes, inside=len(branches) > 1) for branch in branches]
    unique = phrases.once(entries, notes)
    if not unique:
        notes.say(f"{shown(text)} is left out: nothing of it can be searched for here.")
    if len(branches) > 1 and any(not entry.keyword for entry in unique):
        query = " OR ".join(entry.query for entry in unique)
        return _checked(query, text, notes)
    return unique


def _alternative(tree: Tree, notes: Notes, *, inside: bool) -> Entry | None:
    plain = isinstance(tree, Term) and not tree.regex and not _splits(tree)
    if (
        isinstance(tree, Term)
        and plain
        and FIELDS.get(tree.field) == ""
        and (tree.quoted or tree.field)
    ):
        return phrases.phrase(_noted(tree, notes).text, notes)
    query = _written(tree, notes, inside=inside)
    if query is None:
        return None
    checked = _checked(query, query, notes)
    return checked[0] if checked else None


def _checked(query: str, text: str, notes: Notes) -> tuple[Entry, ...]:
    try:
        parse_query(query)
    except QueryError as error:
        notes.say(f"{shown(text)} is left out: {error.reason}.")
        return ()
    return (phrases.query_entry(query),)


def _written(tree: Tree, notes: Notes, *, inside: bool = False) -> str | None:
    """Return the query for `tree`, in brackets if it is `inside` another."""
    if isinstance(tree, Term):
        return _term(_noted(tree, notes), notes, inside=inside)
    if isinstance(tree, Negation):
        child = _written(tree.child, notes, inside=True)
        return None if child is None else f"NOT {child}"
    if isinstance(tree, Near):
        return _near(tree, notes, inside=inside)
    parts = [_written(child, notes, inside=True) for child in tree.children]
    queries = [part for part in parts if part is not None]
    if not queries:
        return None
    joined = queries[0]
    for part in queries[1:]:
        between = " OR " if isinstance(tree, Any) else " " if part.startswith("NOT ") else " AND "
        joined += between + part
    return f"({joined})" if inside and len(queries) > 1 else joined


def _near(near: Near, notes: Notes, *, inside: bool) -> str | None:
    sides = [_written(side, notes, inside=True) for side in (near.left, near.right)]
    if None in sides:
        return None
    left, right = (str(side) for side in sides)
    field, _, rest = left.partition(":")
    prefix = ""
    if rest and field.isalpha() and right.startswith(f"{field}:"):
        # They have the field on each side, we have it before the whole.
        prefix, left, right = f"{field}:", rest, right.removeprefix(f"{field}:")
    query = f"{left} {'PRE' if near.ordered else 'NEAR'}/{near.distance} {right}"
    return f"{prefix}({query})" if prefix or inside else query


def _splits(term: Term) -> bool:
    """Return whether the engine searches for each word of the term, not for the phrase."""
    several = not term.quoted and " " in term.text
    return several and (term.field.isupper() or term.field.startswith("allin"))


def _noted(term: Term, notes: Notes) -> Term:
    if term.field == "all":
        notes.say(ALL_FIELDS)
    if (
        term.field in FIELDS
        and term.field
        and not term.quoted
        and " " in term.text
        and (not _splits(term))
    ):
        notes.say(f"{shown(term.text)} is without quotation marks; it is read as one phrase.")
    return term


def _term(term: Term, notes: Notes, *, inside: bool) -> str | None:  # noqa: PLR0911 - a kind a line
    if term.field in DAYS:
        return _day_range(term, notes)
    if term.field == "PUBYEAR":
        return _years(term)
    field = FIELDS.get(term.field)
    match field:
        case None:
            field_name = ELSEWHERE.get(term.field, f"the field {term.field}")
            notes.say(f"{shown(term.text)} is left out: {field_name} are not known here.")
            return None
        case "category":
            return category(term.text, notes)
        case "author":
            return author(term.text, notes)
        case "id":
            return f"id:{phrases.as_quoted(_VERSION.sub('', phrases.tidy(term.text)))}"
        case _:
            return _text(term, field, notes, inside=inside)


def _text(term: Term, field: str, notes: Notes, *, inside: bool) -> str | None:
    if term.regex:
        return _regex(term, field, notes)
    texts = [term.text] if term.quoted or (term.field and not _splits(term)) else term.text.split()
    entries = [phrases.phrase(text, notes, field=field) for text in texts]
    queries = [entry.query for entry in entries if entry is not None]
    if not queries:
        return None
    joined = " ".join(queries)
    return f"({joined})" if inside and len(queries) > 1 else joined


def _regex(term: Term, field: str, notes: Notes) -> str | None:
    body, _, flags = term.text[1:].rpartition("/")
    entry = phrases.regex(body.replace("\\/", "/"), notes, ignore_case="i" in flags)
    if entry is None:
        return None
    return f"{field}:{entry.query}" if field else entry.query


def _years(term: Term) -> str:
    """Return the days of `PUBYEAR > 2020` or `PY=2020-2024`."""
    years = _YEAR.findall(term.text)
    sign = term.text
    if len(years) == 2:
        return f"published:[{years[0]}-01-01 TO {years[1]}-12-31]"
    if ">" in sign or "AFT" in sign:
        first = int(years[0]) + (0 if "=" in sign else 1)
        return f"published:>={first:04}-01-01"
    if "<" in sign or "BEF" in sign:
        last = int(years[0]) - (0 if "=" in sign else 1)
        return f"published:<={last:04}-12-31"
    return f"published:{years[0]}"


def author(text: str, notes: Notes) -> str | None:
    """Return the query for an author, written `Last, First`, `last_f` or as people write names."""
    name = phrases.tidy(text.replace("_", " "))
    if name.count(",") == 1:
        last, first = name.split(",")
        name = f"{first.strip()} {last.strip()}".strip()
    words = name.split()
    if "_" in text and len(words) > 1 and len(words[-1].rstrip(".")) == 1:
        notes.say(f"{shown(text)}: the initial is left out; names are searched as words.")
        name = " ".join(words[:-1])
    entry = phrases.phrase(name, notes, field="author")
    return None if entry is None else entry.query


def category(text: str, notes: Notes) -> str | None:
    """Return the query for an arXiv category or a whole archive; None if it is neither."""
    value = phrases.tidy(text).removeprefix("cat:").strip("\"' ")
    if url := _LIST_URL.search(value):
        value = url[1]
    if not _is_category(value):
        notes.say(f"{shown(text)} is not an arXiv category such as cs.CL; it is left out.")
        return None
    if value in ARCHIVES:
        return f"category:({value} OR {value}.*)"
    return f"category:{value}"


def _is_category(text: str) -> bool:
    match = _CATEGORY.fullmatch(text)
    return match is not None and match[1] in ARCHIVES | UNDIVIDED


def are_categories(value: Value) -> bool:
    """Return whether `value` is a list of only arXiv categories."""
    texts = texts_of(value) if isinstance(value, list) else ()
    return bool(texts) and all(
        "." in text and _is_category(text.strip().removeprefix("cat:")) for text in texts
    )


def has_categories(values: dict[str, Value]) -> bool:
    """Return whether a mapping has categories, as its keys or in its lists; or topics by name."""
    listed = [text for value in values.values() for text in texts_of(value)]
    return any(_is_category(text.removeprefix("cat:")) for text in (*values, *listed))


def _day_range(term: Term, notes: Notes) -> str | None:
    ends = [_DAY.search(part) for part in term.text.strip("[]").split(" TO ")]
    days = ["*" if end is None else "-".join(end.groups()) for end in ends]
    if len(days) != 2 or days == ["*", "*"]:
        notes.say(f"{shown(term.text)} is left out: it is not a range of days.")
        return None
    if term.field == "lastupdateddate":
        notes.say("lastUpdatedDate is read as the day of publication.")
    return f"published:[{days[0]} TO {days[1]}]"
