"""Read Markdown lists, digests and tables in which each paper has a link to arXiv or to a DOI.

A paper is a list item, a heading with its text, or a row of a table; its title is the text of a
link, bold text, or the text before the first link. An item with a link to a paper but without a
recognisable title is refused; text without such a link is not a paper. A repeated paper is read
once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.dumps.common_keys import normal_key
from digest.dumps.dates import parse_date
from digest.dumps.draft import Draft, to_record
from digest.dumps.fields import BadRecordError, day_in_name
from digest.dumps.identifiers import arxiv_in_text, parse_arxiv_id, parse_doi
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Refusal
from digest.text.markup import plain_text
from digest.text.names import split_authors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dumps.reader_types import ReadOptions
    from digest.model import Record

MAX_LINES: Final = 500_000
MAX_HEAD: Final = 5_000
"""Maximum length, in characters, of the line that names a paper."""
MAX_BODY: Final = 100_000
"""Maximum length, in characters, of the text after it."""
_LINK = re.compile(
    r"(?P<image>!)?\[(?P<text>(?:[^\[\]\\\n]++|\\.|\[[^\[\]\n]{0,100}\])*+)\]\(\s*<?(?P<url>https?://(?:[^\s()<>]|\([^\s()]{0,200}\)){1,1000})>?(?:\s+\"[^\"\n]*\")?\s*\)"
)
_BARE = re.compile(r"https?://[^\s()<>\[\]|]{4,1000}")
_PAPER = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)|huggingface\.co/papers|hf\.co/papers|alphaxiv\.org/(?:abs|pdf))/(?:[a-z-]+/)?\d{4}"
    r"|doi\.org/10\.\d{4}|openreview\.net/(?:forum|pdf)\?id=|aclanthology\.org/[\w.-]+\d",
    re.IGNORECASE,
)
_CODE = re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/[\w.-]+/[\w.-]+")
_GENERIC: Final = frozenset({
    "paper", "pdf", "arxiv", "link", "code", "abs", "html", "project", "projectpage", "page",
    "website", "github", "huggingface", "hf", "url", "here", "demo", "video", "slides", "data",
    "dataset", "blog", "abstract", "download", "model", "openreview", "doi", "source",
    "readmore", "kimi", "papers", "web", "paperlink", "arxivpage", "arxivlink", "preprint",
    "pdflink", "alphaxiv", "main", "supp", "poster",
})  # fmt: skip
_HEADING = re.compile(r"(#{1,6})[ \t]+(?P<text>.+)$")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,5}[.)])[ \t]+(?P<text>\S.*)$")
_NUMBER = re.compile(r"^\s*(?:\[?\d{1,5}\]?[.):]?\s+)?")
_BOLD = re.compile(r"(?:\*\*|__)(?P<text>[^*\n]{4,400}?)(?:\*\*|__)")
_ABSTRACT = re.compile(
    r"(?:^|\n)[\s>*_-]*(?:\*\*)?(?:Abstract|摘要)(?:\*\*)?\s*[:：](?:\*\*)?\s*(?P<text>.+?)"
    r"(?=\n\s*\n|\n\s*<|\n[\s>*_-]*(?:\*\*)?[A-Z][\w ]{2,20}(?:\*\*)?\s*:|\Z)",
    re.DOTALL,
)
_SUMMARY = re.compile(
    r"(?:^|\n)[\s>*_-]*(?:\*\*)?TL;?DR(?:\*\*)?\s*[:：](?:\*\*)?\s*(?P<text>[^\n]+)", re.IGNORECASE
)
_AUTHORS = re.compile(
    r"(?:^|\n)[\s>*_-]*(?:\*\*)?Authors?(?:\*\*)?\s*[:：](?:\*\*)?\s*(?P<text>[^\n]+)",
    re.IGNORECASE,
)
_ITALIC_LINE = re.compile(r"(?:^|\n)[ \t]*(?<!\*)\*(?P<text>[^*\n]{3,20000})\*[ \t]*(?=\n|$)")
_CATEGORY = re.compile(
    r"(?:Main category|Categories|Category|Subjects?)(?:\*\*)?\s*[:：](?:\*\*)?\s*(?P<text>[^\n]+)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:Published|Date|Submitted)(?:\*\*)?\s*[:：](?:\*\*)?\s*(?P<text>[^\n]{4,40})", re.IGNORECASE
)


class Entry(Struct, frozen=True):
    """A possible paper: the line that names it, and the text after it."""

    line: int
    head: str
    body: str = ""


def read_markdown(text: str, options: ReadOptions) -> ReadResult[Record | Refusal]:
    """Return the papers of a Markdown text."""
    if text.count("\n") > MAX_LINES:
        raise DumpError(f"has more than {MAX_LINES:,} lines; split it into parts")
    return ReadResult("markdown", day_in_name(options.name), _records(text, options.name))


def _records(text: str, name: str) -> Iterator[Record | Refusal]:
    reported: set[str] = set()
    has_papers = False
    for line, draft in _drafts(text):
        has_papers = True
        if isinstance(draft, str):
            yield Refusal(name, line, draft)
            continue
        try:
            record = to_record(draft, line)
        except BadRecordError as error:
            yield Refusal(name, line, f"this record {error}")
            continue
        key = record.arxiv_id or record.doi or record.url or record.title
        if key not in reported:
            reported.add(key)
            yield record
    if not has_papers:
        raise DumpError(
            "is a Markdown text that names no papers: no list item, heading or table row has a "
            "link to one"
        )


def _drafts(text: str) -> Iterator[tuple[int, Draft | str]]:
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        if header := _table_header(lines, at):
            rows, at = _table(lines, at + 2, len(header))
            is_cut = at >= len(lines) and lines[-1].strip() and not lines[-1].rstrip().endswith("|")
            for number, (line, cells) in enumerate(rows, 1):
                if is_cut and number == len(rows) and len(cells) < len(header):
                    yield line, "the table is cut off in this row"
                elif _PAPER.search(" ".join(cells)):
                    yield line, _row_draft(header, cells)
            continue
        entry, at = _entry(lines, at)
        if entry is not None and _PAPER.search(entry.head):
            yield entry.line, _entry_draft(entry)


def _entry(lines: list[str], at: int) -> tuple[Entry | None, int]:
    """Return the heading or list item at a line, with its text, and the line after it."""
    line = lines[at]
    if heading := _HEADING.match(line):
        return _heading(lines, at, heading["text"].rstrip(" \t#"))
    if item := _ITEM.match(line):
        return _item(lines, at, item)
    plain = line.strip() and not line.startswith(("|", ">", "<", "    ")) and _PAPER.search(line)
    return (Entry(at + 1, line.strip()) if plain else None), at + 1


def _heading(lines: list[str], at: int, text: str) -> tuple[Entry | None, int]:
    if not _PAPER.search(text):
        return None, at + 1
    end = at + 1
    while end < len(lines) and not _HEADING.match(lines[end]) and not _starts_paper(lines[end]):
        end += 1
    return Entry(at + 1, text, "\n".join(lines[at + 1 : end])), end


def _item(lines: list[str], at: int, item: re.Match[str]) -> tuple[Entry | None, int]:
    deeper = len(item["indent"].expandtabs(4)) + 1
    end = at + 1
    while end < len(lines) and _belongs(lines[end], deeper):
        end += 1
    text = "\n".join(lines[at + 1 : end])
    if _PAPER.search(item["text"]):
        return Entry(at + 1, item["text"], text), end
    if _PAPER.search(text) and not any(map(_starts_paper, lines[at + 1 : end])):
        return Entry(at + 1, f"{item['text']} {' '.join(text.split())}", text), end
    return None, at + 1


def _belongs(line: str, deeper: int) -> bool:
    if not line.strip():
        return False
    indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
    return indent >= deeper or (indent > 0 and not _ITEM.match(line))


def _starts_paper(line: str) -> bool:
    item = _ITEM.match(line)
    return item is not None and _PAPER.search(line) is not None and _titled(line)


def _titled(text: str) -> bool:
    return any(
        not _is_generic(match["text"]) for match in _LINK.finditer(text) if not match["image"]
    )


def _is_generic(text: str) -> bool:
    """Return whether the text of a link is not a title: *PDF*, an identifier, a date."""
    plain_text = _unmarked(text)
    key = normal_key(plain_text)
    return (
        key in _GENERIC
        or not key
        or parse_arxiv_id(plain_text) is not None
        or parse_doi(plain_text) is not None
        or plain_text.startswith("http")
        or parse_date(plain_text) is not None
        or len(key) < 4
    )


def _entry_draft(entry: Entry) -> Draft | str:
    if len(entry.head) > MAX_HEAD:
        return f"a line of more than {MAX_HEAD:,} characters is not a paper"
    entry = replace(entry, body=entry.body[:MAX_BODY])
    links = [match for match in _LINK.finditer(entry.head) if not match["image"]]
    papers = [match for match in links if _PAPER.search(match["url"])]
    named = [match for match in papers if not _is_generic(match["text"])]
    bold = _BOLD.search(entry.head)
    rest = entry.head
    if named:
        title, rest = named[0]["text"], entry.head[named[0].end() :]
    elif bold and not _is_generic(bold["text"]):
        title, rest = bold["text"], entry.head[bold.end() :]
    else:
        other = [match for match in links if not _is_generic(match["text"])]
        marks = [*links, *_BARE.finditer(entry.head)]
        first = min((match.start() for match in marks), default=0)
        if entry.head[:first].endswith("]("):
            return "the link of this paper is cut off"
        before = _unmarked(entry.head[:first]).rstrip(" ([:,|-–—")
        if other:
            title, rest = other[0]["text"], entry.head[other[0].end() :]
        elif len(before) > 8:
            title, rest = before, ""
        else:
            return f"the title of this paper is unclear: {_unmarked(entry.head)[:60]!r}"
    urls = [match["url"] for match in links] or _BARE.findall(entry.head)
    texts = f"{entry.head}\n{entry.body}"
    return Draft(
        title=_NUMBER.sub("", _unmarked(title)) or _unmarked(title),
        abstract=_matched(_ABSTRACT, entry.body),
        authors=_authors(rest, entry.body),
        published=(_matched(_DATE, texts),),
        identifiers=(*urls, *(arxiv.id for arxiv in [arxiv_in_text(texts)] if arxiv)),
        dois=tuple(urls),
        urls=tuple(url for url in urls if _PAPER.search(url)),
        code=tuple(_CODE.findall(texts)),
        categories=_matched(_CATEGORY, texts),
        summary=_matched(_SUMMARY, entry.body),
    )


def _matched(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return _unmarked(" ".join(match["text"].split())) or None if match else None


def _authors(rest: str, body: str) -> object:
    """Return the authors, if they have their own line or a label."""
    labelled = _AUTHORS.search(f"\n{rest}") or _AUTHORS.search(body)
    if labelled:
        return split_authors(_unmarked(labelled["text"]))
    if italic := _ITALIC_LINE.search(f"\n{body}"):
        authors = split_authors(_unmarked(italic["text"]))
        if all(1 < len(str(name).split()) < 7 for name in authors.names):
            return authors
    return None


def _unmarked(text: str) -> str:
    """Return a text without Markdown: emphasis, links, escapes, tags."""
    text = _LINK.sub(lambda match: "" if match["image"] else match["text"], text)
    text = re.sub(r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])[*_](?=\S)([^*_\n]+?)(?<=\S)[*_](?![\w*])", r"\1", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!~<>|-])", r"\1", text)
    return " ".join(plain_text(text).split()).strip("* ")


# --- tables --------------------------------------------------------------------------------------

_DELIMITER = re.compile(r"\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)+\|?\s*")
_BAR: Final = re.compile(r"(?<!\\)\|")
_COLUMNS: Final = {
    "title": (
        "title",
        "paper",
        "papertitle",
        "name",
        "papername",
        "标题",
        "论文",
        "论文标题",
        "work",
    ),
    "authors": ("authors", "author", "作者", "firstauthor"),
    "abstract": ("abstract", "摘要"),
    "summary": ("summary", "tldr", "总结"),
    "date": (
        "date",
        "publishdate",
        "published",
        "publicationdate",
        "year",
        "updated",
        "日期",
        "发布日期",
    ),
    "venue": ("venue", "journal", "conference", "publication"),
    "upvotes": ("upvotes", "votes", "likes"),
    "categories": ("category", "categories", "subjects"),
}


def _table_header(lines: list[str], at: int) -> list[str] | None:
    """Return the columns of the table whose header is at a line, or None."""
    if "|" not in lines[at] or at + 1 >= len(lines) or not _DELIMITER.fullmatch(lines[at + 1]):
        return None
    names = [normal_key(_unmarked(cell)) for cell in _cells(lines[at])]
    return names if len(names) > 1 else None


def _cells(row: str) -> list[str]:
    inner = row.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|").strip() for cell in _BAR.split(inner)]


def _table(lines: list[str], at: int, width: int) -> tuple[list[tuple[int, list[str]]], int]:
    """Return the rows of a table and the line after it."""
    rows: list[tuple[int, list[str]]] = []
    while at < len(lines) and "|" in lines[at]:
        row, end = _row(lines, at, width)
        rows.append((at + 1, _cells(row)))
        at = end
    return rows, at


def _row(lines: list[str], at: int, width: int) -> tuple[str, int]:
    """Return a row and the line after it; a cell may continue on the next line."""
    pieces = [lines[at].strip()]
    cells = 1 - pieces[0].startswith("|")
    while True:
        last = pieces[-1]
        cells += len(_BAR.findall(last))
        at += 1
        next_line = lines[at].strip() if at < len(lines) else ""
        if not next_line or next_line.startswith("|"):
            break
        if last.endswith("|") and cells - (not last.endswith("\\|")) >= width:
            break
        pieces.append(next_line)
    return " ".join(pieces), at


def _row_draft(header: list[str], cells: list[str]) -> Draft | str:
    if sum(map(len, cells)) > MAX_BODY:
        return f"a row of more than {MAX_BODY:,} characters is not a paper"
    if len(cells) > len(header):  # a title may contain a bar
        return f"this row has {len(cells)} cells, and its table {len(header)} columns"
    columns = dict(zip(header, cells, strict=False))

    def cell(kind: str) -> str | None:
        return next((columns[name] for name in _COLUMNS[kind] if columns.get(name)), None)

    row = " ".join(cells)
    title = cell("title")
    if title is None:
        named = [
            m["text"]
            for m in _LINK.finditer(row)
            if _PAPER.search(m["url"]) and not _is_generic(m["text"])
        ]
        title = named[0] if named else None
    if title is None:
        return f"the title of this paper is unclear: {_unmarked(row)[:60]!r}"
    # Remove `(Read more on [arXiv](…) or [HuggingFace](…))` and links that are not titles.
    title = title[:MAX_HEAD]
    title = re.sub(r"\((?:[^()\[\]]*\[[^\]]*\]\([^()]*\))+[^()]*\)", "", title)
    title = _LINK.sub(
        lambda match: "" if match["image"] or _is_generic(match["text"]) else match["text"], title
    )
    urls = [match["url"] for match in _LINK.finditer(row)] or _BARE.findall(row)
    date = cell("date")
    return Draft(
        title=_unmarked(title),
        abstract=_text(cell("abstract")),
        authors=split_authors(_text(cell("authors")) or "") if cell("authors") else None,
        published=(_unmarked(date) if date else None,),
        identifiers=tuple(urls),
        dois=tuple(urls),
        urls=tuple(url for url in urls if _PAPER.search(url)),
        code=tuple(_CODE.findall(row)),
        categories=_text(cell("categories")),
        upvotes=_text(cell("upvotes")),
        summary=_text(cell("summary")),
        journal=_text(cell("venue")),
    )


def _text(cell: str | None) -> str | None:
    return _unmarked(cell) or None if cell else None
