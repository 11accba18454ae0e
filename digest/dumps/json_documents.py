"""Find the papers in JSON: lists, documents with their papers under a key, objects one a line.

Yields each object that may be a paper with its first line. `digest.dumps.json_objects` interprets
an object; an object with a title is a paper.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from digest.dumps.fields import BadRecordError
from digest.dumps.json_scan import CutOffError, Scanner, TooLongError

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str, ...]

MAX_DOCUMENT: Final = 4 << 20
"""Maximum length, in characters, of a document that is held as a whole; a longer one is read by its
known keys."""
_MAX_DEPTH: Final = 5
CONTAINERS: Final = frozenset({
    "papers", "data", "results", "result", "items", "collection", "hits", "hit", "docs", "notes",
    "works", "records", "entries", "articles", "documents", "dailyPapers", "publications", "posts",
    "recommendedPapers", "matches", "paper", "preprints", "references", "list", "feed", "rows",
    "papers_list", "arxiv_papers", "trending", "daily_papers", "selected_papers", "recommendations",
})  # fmt: skip
"""Keys under which services and people put their papers."""
_CITED: Final = frozenset({
    "references", "citations", "reference", "related", "cites", "referenced_works", "similar",
})  # fmt: skip
"""Keys of a paper under which other papers are, which do not belong to the dump."""
_TITLES: Final = (
    "title", "Title", "TITLE", "title_s", "article_title", "paper_title",
    "headline", "titles", "paperTitle",
)  # fmt: skip
_WRAPPERS: Final = ("message", "result", "record", "article", "response")
"""Keys under which an answer has one paper."""
_NESTED: Final = (
    "paper",
    "content",
    "metadata",
    "bibjson",
    "info",
    "data",
    "attributes",
    "_source",
)
_ROW_KEY = re.compile(r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+/\d{7}")


class FoundObject(Struct, frozen=True):
    """An object that may be a paper, or the reason why it cannot be one."""

    line: int
    value: object = None
    key: str = ""
    """The key under which it is in an object of papers: usually an identifier."""
    fault: str = ""


def is_paper(value: object, depth: int = 0) -> bool:
    """Return whether an object looks like one paper: whether it has a title."""
    if not isinstance(value, dict):
        return False
    if "abstract_inverted_index" in value and value.get("display_name"):  # OpenAlex
        return True
    for key in _TITLES:
        if isinstance(value.get(key), str | list) and value[key]:
            return True
    if depth < 2 and isinstance(value.get("title"), dict) and value["title"]:
        return True
    return depth < 2 and any(is_paper(value.get(key), depth + 1) for key in _NESTED)


def find_papers(scanner: Scanner) -> Iterator[FoundObject]:
    """Yield the papers in the values of a text, one value after the other."""
    while sign := scanner.peek():
        line = scanner.line()
        if sign == "[":
            scanner.skip()
            yield from _entries(scanner)
        elif sign == "{":
            yield from _document(scanner)
        elif sign in ",]}":  # objects with commas between them, or what a broken value left
            scanner.skip()
        else:
            yield FoundObject(line, fault=f"no JSON object begins here: {scanner.ahead(40)[:40]!r}")
            if not scanner.resume():
                return


def _entries(scanner: Scanner, depth: int = 0) -> Iterator[FoundObject]:
    """Yield the objects of a list, after its opening bracket."""
    beginning = None
    while True:
        sign = scanner.peek()
        line = scanner.line()
        if sign == ",":
            scanner.skip()
            continue
        if sign == "{" and beginning is None:
            beginning = scanner.beginning()
        if sign == "]":
            scanner.skip()
            return
        if not sign:
            yield FoundObject(line, fault="the list is cut off here; what came before it was read")
            return
        if sign == "[" and depth < _MAX_DEPTH:
            scanner.skip()
            yield from _entries(scanner, depth + 1)
            continue
        try:
            yield FoundObject(line, scanner.value())
            continue
        except CutOffError:
            yield FoundObject(
                line, fault=f"the list is cut off in this entry, at line {scanner.last_line()}"
            )
            scanner.end()
            return
        except BadRecordError as error:
            yield FoundObject(line, fault=f"this record {error}")
        if not scanner.resume(beginning):
            return


def _document(scanner: Scanner) -> Iterator[FoundObject]:
    """Yield the papers of one object, or the object itself if it is a paper."""
    line = scanner.line()
    try:
        value = scanner.value(MAX_DOCUMENT, keep=True)
    except (CutOffError, BadRecordError):
        yield from _walk(scanner)
        return
    paths = papers_in(value)
    if is_paper(value) and not is_document(value):
        yield FoundObject(line, value)
    elif (inner := _wrapped(value)) is not None:
        yield FoundObject(line, inner)
    elif paths:
        text = scanner.value_text
        yield from _at_paths(Scanner(iter([text.encode()]), line=line), paths)
    elif not is_empty_answer(value):
        yield FoundObject(line, fault=describe(value))


def is_document(value: dict[str, Any]) -> bool:
    """Return whether an object has a list of objects under a key for papers, so is not a paper."""
    return any(
        key in CONTAINERS
        and key not in _CITED
        and key not in _NESTED
        and isinstance(inner, list)
        and any(isinstance(entry, dict) for entry in inner[:5])
        for key, inner in value.items()
    )


def _wrapped(value: dict[str, Any]) -> object:
    """Return the only paper in an answer: `{"status": "ok", "message": {"title": …}}`."""
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, dict) and is_paper(inner) and not is_document(inner):
            return inner
    return None


def list_entries(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the line and the value of each entry of a list; a text says why there is no value."""
    scanner = Scanner(iter([text.encode("utf-8", "replace")]))
    scanner.peek()
    scanner.skip()
    for entry in _entries(scanner):
        if isinstance(entry.value, dict):
            yield entry.line, entry.value
        else:
            yield entry.line, entry.fault or "this entry is not a JSON object"


def papers_in(value: object, depth: int = 0) -> list[Path]:
    """Return the paths to the lists and objects of papers in a document."""
    if depth > _MAX_DEPTH or not isinstance(value, dict):
        return []
    paths: list[Path] = []
    for key, inner in value.items():
        if isinstance(inner, list):
            sample = inner[:20]
            nested = [entry for entry in sample if isinstance(entry, list)]
            if (any(map(is_paper, sample)) and key not in _CITED) or any(
                any(map(is_paper, entry[:5])) for entry in nested
            ):
                paths.append((key,))
        elif isinstance(inner, dict):
            if _holds_papers(inner):
                paths.append((key,))
            else:
                paths += [(key, *path) for path in papers_in(inner, depth + 1)]
    if depth == 0 and not paths and _holds_papers(value):
        return [()]
    return paths


def _holds_papers(value: dict[str, Any]) -> bool:
    """Return whether the members of an object are papers, or table rows with one each."""
    members = list(value.values())[:20]
    if not members or is_paper(value):
        return False
    rows = [
        isinstance(member, str) and member.startswith("|") and _ROW_KEY.fullmatch(key) is not None
        for key, member in list(value.items())[:20]
    ]
    return all(rows) or all(is_paper(member) for member in members)


def _at_paths(scanner: Scanner, paths: list[Path]) -> Iterator[FoundObject]:
    """Yield the papers at the `paths` of the value at this position."""
    if scanner.peek() == "[":
        scanner.skip()
        yield from _entries(scanner)
        return
    is_target = () in paths
    for key in _keys(scanner):
        line = scanner.line()
        inner = [path[1:] for path in paths if path[:1] == (key,)]
        try:
            if is_target:
                yield FoundObject(line, scanner.value(), key)
            elif inner:
                yield from _at_paths(scanner, inner)
            else:
                scanner.value(MAX_DOCUMENT)
        except (BadRecordError, CutOffError) as error:
            yield FoundObject(line, fault=f"this record {error}")
            return


def _keys(scanner: Scanner) -> Iterator[str]:
    """Yield the keys of the object at this position; the caller reads each value.

    Raises `BadRecordError` and `CutOffError` if it is not an object, or broken.
    """
    scanner.peek()
    scanner.skip()
    while True:
        sign = scanner.peek()
        if sign == "}":
            scanner.skip()
            return
        if sign == ",":
            scanner.skip()
            continue
        if not sign:
            raise CutOffError
        if sign != '"':
            raise BadRecordError(f"is not JSON at line {scanner.line()}")
        key = scanner.value()
        if scanner.peek() != ":":
            raise BadRecordError(f"is not JSON at line {scanner.line()}")
        scanner.skip()
        scanner.peek()
        yield key


def _walk(scanner: Scanner, depth: int = 0) -> Iterator[FoundObject]:
    """Yield by its keys the papers of an object that is too long to be held, or broken."""
    line, has_papers, is_reported = scanner.line(), False, False
    try:
        for key in _keys(scanner):
            for entry in _walk_member(scanner, key, depth):
                has_papers, is_reported = True, "cut off" in entry.fault
                yield entry
    except CutOffError:
        if not is_reported:
            fault = "the JSON is cut off here; what came before it was read"
            yield FoundObject(scanner.line(), fault=fault)
        scanner.end()
    except BadRecordError as error:
        yield FoundObject(line, fault=f"this record {error}")
        scanner.resume()
    else:
        if not has_papers and depth == 0:
            yield FoundObject(line, fault="the JSON object holds no papers under a known key")


def _walk_member(scanner: Scanner, key: str, depth: int) -> Iterator[FoundObject]:
    sign, line = scanner.peek(), scanner.line()
    if sign == "[" and key in CONTAINERS:
        scanner.skip()
        yield from _entries(scanner)
        return
    try:
        value = scanner.value(MAX_DOCUMENT, keep=sign == "{")
    except TooLongError:
        if sign == "{" and depth < _MAX_DEPTH:
            yield from _walk(scanner, depth + 1)
            return
        raise
    if _ROW_KEY.fullmatch(key) and (is_paper(value) or isinstance(value, str)):
        yield FoundObject(line, value, key)
    elif isinstance(value, dict):
        # In a document that is cut off, other objects may belong to a paper: its journal.
        paths = [path for path in papers_in(value) if not path or path[-1] in CONTAINERS - _CITED]
        if paths:
            yield from _at_paths(Scanner(iter([scanner.value_text.encode()]), line=line), paths)


def is_empty_answer(value: object) -> bool:
    """Return whether a document is an answer without papers, rather than an unknown document."""
    if not isinstance(value, dict) or error_in(value):
        return False
    for key, inner in value.items():
        if key in CONTAINERS and inner == []:
            return True
        if key in ("total", "totalResults", "total_results", "count", "numFound", "hitCount",
                   "total_records") and inner in (0, "0"):  # fmt: skip
            return True
        if isinstance(inner, dict) and key not in ("error", "errors") and is_empty_answer(inner):
            return True
    return False


def error_in(value: dict[str, Any]) -> str:
    """Return the message of an answer that reports an error; empty for any other."""
    for key in ("error", "errors", "message", "detail", "errorMessage", "fault"):
        inner = value.get(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            inner = inner[0]
        if isinstance(inner, dict):
            inner = inner.get("message") or inner.get("detail") or inner.get("msg")
        if isinstance(inner, str) and inner and (key != "message" or len(value) < 5):
            return " ".join(inner.split())[:200]
    messages = value.get("messages")
    if isinstance(messages, list) and messages and isinstance(messages[0], dict):
        status = messages[0].get("status")
        if isinstance(status, str) and status.lower() not in ("ok", "no posts found"):
            return status[:200]
    return ""


def describe(value: object) -> str:
    """Describe a document without papers: `JSON with 250 objects under "papers"`."""
    if not isinstance(value, dict):
        return "this record is not a JSON object"
    if error := error_in(value):
        return f'this is an error that a service answered: "{error}"'
    lists = [(key, len(inner)) for key, inner in _lists(value)]
    if lists:
        key, count = max(lists, key=lambda entry: entry[1])
        return f'this is JSON with {count:,} entries under "{key}", none of which has a title'
    keys = ", ".join(f'"{key}"' for key in list(value)[:6])
    return f"this record has no title; its keys are {keys}" if keys else "this record has no title"


def _lists(value: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, list[object]]]:
    for key, inner in value.items():
        if isinstance(inner, list) and inner:
            yield key, inner
        elif isinstance(inner, dict) and depth < _MAX_DEPTH:
            for path, entries in _lists(inner, depth + 1):
                yield f"{key}.{path}", entries
