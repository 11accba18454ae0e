"""First rules for `digest init --from`: from references or another program's config."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from digest.errors import DumpError, UsageError
from digest.wording import counted

if TYPE_CHECKING:
    from pathlib import Path

    from digest.bibliography.read import File
    from digest.cli.commands._options import Context

CATEGORIES: Final = 4
"""Maximum number of categories to fetch: those of most references."""
_DEFAULT_CATEGORIES: Final = ("cs.CL", "cs.LG")


def rules_from(path: Path, context: Context) -> tuple[str, tuple[str, ...]]:
    """Return the text under `rules:` and the arXiv categories to fetch.

    Raises `UsageError` if the file is neither a file of references nor a known config.
    """
    from digest.bibliography.read import MAX_BYTES, read_references

    try:
        content = path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    try:
        references = read_references(content, path.name)
    except DumpError:
        return _of_config(path, content, context)
    if not references.items:
        return _of_config(path, content, context)
    return _of_references(path, references, context)


def _of_references(path: Path, file: File, context: Context) -> tuple[str, tuple[str, ...]]:
    from digest.identity import keys_of, paper_of
    from digest.learning.first_keywords import first_keywords
    from digest.rule_import.to_yaml import scalar

    papers = [paper_of(item.record, keys_of(item.record).identifier) for item in file.items]
    keywords = first_keywords(papers)
    if not keywords:
        raise UsageError(
            f"{path} has {counted(len(papers), 'entry', 'entries')}, and no phrase that several of "
            "them share; try a larger file, or `digest init --field`"
        )
    width = max(len(scalar(keyword.text)) for keyword in keywords)
    lines = [
        f"  # Phrases that several of the {len(papers):,} entries of {path.name} share.",
        "  # Strike out what you do not want to read about, and sort the rest into rules.",
        "  - name: From my library",
        "    keywords:",
        *(
            f"      - {scalar(keyword.text):<{width}}  # {counted(keyword.papers, 'paper')}, such "
            f"as: {keyword.example[:60]}"
            for keyword in keywords
        ),
    ]
    context.console.note(f"{path}: {counted(len(keywords), 'phrase')} proposed as keywords.")
    seen = Counter(category for paper in papers for category in paper.categories)
    categories = tuple(category for category, _ in seen.most_common(CATEGORIES))
    return "\n".join(lines), categories or _DEFAULT_CATEGORIES


def _of_config(path: Path, content: bytes, context: Context) -> tuple[str, tuple[str, ...]]:
    from digest.rule_import import Options, import_rules, write_yaml

    try:
        text = content.decode("utf-8-sig")
        imported = import_rules(text, suffix=path.suffix, options=Options(name=path.stem))
    except (UnicodeDecodeError, UsageError) as error:
        reason = error if isinstance(error, UsageError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be imported: {reason}") from None
    for note in imported.notes:
        context.console.note(f"{path}: {note}")
    if not imported.rules:
        raise UsageError(f"nothing in {path} could be made a rule; see docs/import-rules.md")
    written = write_yaml(imported, origin=path.name)
    _, _, rules = written.partition("rules:\n")
    return rules.rstrip("\n"), imported.categories or _DEFAULT_CATEGORIES
