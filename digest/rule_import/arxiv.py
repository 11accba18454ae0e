"""The arXiv API's fields and categories in our language.

`translate` writes the tree of `digest.rule_import.boolean` as a query of ours; whatever a field of
theirs cannot be said in ours is left out and noted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.errors import QueryError
from digest.rule_import import phrases
from digest.rule_import.boolean import Any, Nor, Term, UnreadableError, parse
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
}  # fmt: skip
DAYS: Final = ("submitteddate", "lastupdateddate")
ELSEWHERE: Final = {
    "co": "arXiv's comments", "jr": "journal references", "rn": "report numbers",
    "mesh": "MeSH headings", "mh": "MeSH headings", "mesh terms": "MeSH headings",
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
"""Archives without."""

ALL_FIELDS: Final = (
    "arXiv's all: searches every field, names of authors and comments too; here title and abstract "
    "are searched."
)
_CATEGORY = re.compile(
    r"([a-z]+(?:-[a-z]+)?)(?:\.(?:[A-Za-z]{2}|[a-z]+-[a-z]+(?:-[a-z]+)?|\*)|\*)?"
)
_LIST_URL = re.compile(r"arxiv\.org/(?:list|rss|atom)/([A-Za-z.-]+)")
_VERSION = re.compile(r"v\d+$")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")


def translate(text: str, notes: Notes) -> tuple[Entry, ...]:
    """Return the alternatives of a query of theirs; none, with a note, if nothing can be said.

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
    branches = tree.children if isinstance(tree, Any) else (tree,)
    entries = [_alternative(branch, notes, inside=len(branches) > 1) for branch in branches]
    found = phrases.once(entries, notes)
    if not found:
        notes.say(f"{shown(text)} is left out: nothing of it can be searched for here.")
    if len(branches) > 1 and any(not entry.keyword for entry in found):
        query = " OR ".join(entry.query for entry in found)
        return _checked(query, text, notes)
    return found


def _alternative(tree: Tree, notes: Notes, *, inside: bool) -> Entry | None:
    if isinstance(tree, Term) and FIELDS.get(tree.field) == "" and (tree.quoted or tree.field):
        return phrases.phrase(_noted(tree, notes).text, notes)
    query = _written(tree, notes, inside=inside)
    if query is None:
        return None
    found = _checked(query, query, notes)
    return found[0] if found else None


def _checked(query: str, text: str, notes: Notes) -> tuple[Entry, ...]:
    try:
        parse_query(query)
    except QueryError as error:
        notes.say(f"{shown(text)} is left out: {error.reason}.")
        return ()
    return (phrases.query_entry(query),)


def _written(tree: Tree, notes: Notes, *, inside: bool = False) -> str | None:
    """Return the query that says `tree`, in brackets where it stands `inside` another."""
    if isinstance(tree, Term):
        return _term(_noted(tree, notes), notes, inside=inside)
    if isinstance(tree, Nor):
        child = _written(tree.child, notes, inside=True)
        return None if child is None else f"NOT {child}"
    parts = [_written(child, notes, inside=True) for child in tree.children]
    kept = [part for part in parts if part is not None]
    if not kept:
        return None
    joined = kept[0]
    for part in kept[1:]:
        between = " OR " if isinstance(tree, Any) else " " if part.startswith("NOT ") else " AND "
        joined += between + part
    return f"({joined})" if inside and len(kept) > 1 else joined


def _noted(term: Term, notes: Notes) -> Term:
    if term.field == "all":
        notes.say(ALL_FIELDS)
    if term.field in FIELDS and term.field and not term.quoted and " " in term.text:
        notes.say(f"{shown(term.text)} stands without quotation marks; it is read as one phrase.")
    return term


def _term(term: Term, notes: Notes, *, inside: bool) -> str | None:
    if term.field in DAYS:
        return _day_range(term, notes)
    field = FIELDS.get(term.field)
    match field:
        case None:
            what = ELSEWHERE.get(term.field, f"the field {term.field}")
            notes.say(f"{shown(term.text)} is left out: {what} are not known here.")
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
    texts = [term.text] if term.quoted or term.field else term.text.split()
    entries = [phrases.phrase(text, notes, field=field) for text in texts]
    queries = [entry.query for entry in entries if entry is not None]
    if not queries:
        return None
    joined = " ".join(queries)
    return f"({joined})" if inside and len(queries) > 1 else joined


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
    """Return the query for an arXiv category or a whole archive; None where it is neither."""
    value = phrases.tidy(text).removeprefix("cat:").strip("\"' ")
    if url := _LIST_URL.search(value):
        value = url[1]
    if not _is_category(value):
        notes.say(
            f"{shown(text)} is no identifier of an arXiv category, such as cs.CL; it is left out."
        )
        return None
    if value in ARCHIVES:
        return f"category:({value} OR {value}.*)"
    return f"category:{value}"


def _is_category(text: str) -> bool:
    match = _CATEGORY.fullmatch(text)
    return match is not None and match[1] in ARCHIVES | UNDIVIDED


def has_categories(values: dict[str, Value]) -> bool:
    """Tell whether a mapping holds categories, as its keys or in its lists; or topics by name."""
    listed = [text for value in values.values() for text in texts_of(value)]
    return any(_is_category(text.removeprefix("cat:")) for text in (*values, *listed))


def _day_range(term: Term, notes: Notes) -> str | None:
    ends = [_DAY.search(part) for part in term.text.strip("[]").split(" TO ")]
    found = ["*" if end is None else "-".join(end.groups()) for end in ends]
    if len(found) != 2 or found == ["*", "*"]:
        notes.say(f"{shown(term.text)} is left out: it is no range of days.")
        return None
    if term.field == "lastupdateddate":
        notes.say("lastUpdatedDate is read as the day of publication.")
    return f"published:[{found[0]} TO {found[1]}]"
