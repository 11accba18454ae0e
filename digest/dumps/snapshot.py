"""Read the objects of arXiv's snapshot, `arxiv-metadata-oai-snapshot.json`, which has millions.

They have the same fourteen keys, so that each is looked up once. An object with any other key is
read by the common keys, and the draft of both readers is the same.
"""

from __future__ import annotations

from typing import Any, Final

from digest.dumps.draft import Draft, is_remark

KEYS: Final = frozenset({
    "id", "submitter", "authors", "title", "comments", "journal-ref", "doi", "report-no",
    "categories", "license", "abstract", "versions", "update_date", "authors_parsed",
})  # fmt: skip


def draft_of(entry: dict[str, Any]) -> Draft:
    """Return the draft of an object that has no key but those of `KEYS`."""
    get = entry.get
    identifier, doi, comment, versions = get("id"), get("doi"), get("comments"), get("versions")
    versions = versions if isinstance(versions, list) and versions else None
    first_version = versions[0] if versions else None
    # The day of the first version; `update_date` is that of the last change.
    created = first_version.get("created") if isinstance(first_version, dict) else None
    return Draft(
        title=get("title"),
        abstract=get("abstract"),
        authors=get("authors_parsed") or get("authors"),
        published=(created,),
        updated=get("update_date"),
        identifiers=(identifier, doi),
        dois=(doi, identifier),
        urls=(identifier,),
        categories=get("categories"),
        comments=(comment,),
        comment=comment if is_remark(comment) else None,
        journal=get("journal-ref"),
        version=len(versions) if versions else None,
        license=get("license"),
    )
