"""Write a drawn rule in the language of each engine.

Words are letters and digits only, so nothing needs escaping but what is a pattern or a name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.forms import NEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.forms import Form, Term


def as_digest(form: Form) -> str:
    """Return the query in our rule language."""
    any_of = " OR ".join(map(_digest_term, form.any_of))
    parts = [f"({any_of})" if len(form.any_of) > 1 else any_of]
    parts += map(_digest_term, form.all_of)
    parts += (f"NOT {_digest_term(term)}" for term in form.none_of)
    return " ".join(parts)


def _digest_term(term: Term) -> str:
    text = " ".join(term.words)
    if term.kind == "phrase":
        return f'"{text}"' if len(term.words) > 1 else text
    return {
        "title": f"title:{text}",
        "prefix": f"{text}*",
        "near": f'"{text}"~{NEAR}',
        "exact": f"={text}",
        "regex": f"/{text}/",
    }[term.kind]


def as_tantivy(form: Form) -> str:
    """Return the query for tantivy's parser, whose default field is `text`.

    Prefixes are none of its language, but regular expressions over the words of a field are.
    """
    any_of = " ".join(map(_tantivy_term, form.any_of))
    parts = [f"+({any_of})" if form.all_of or form.none_of else any_of]
    parts += (f"+{_tantivy_term(term)}" for term in form.all_of)
    parts += (f"-{_tantivy_term(term)}" for term in form.none_of)
    return " ".join(parts)


def _tantivy_term(term: Term) -> str:
    text = " ".join(term.words)
    if term.kind == "prefix":
        return f"text:/{text}.*/"
    if term.kind == "title":
        return f"title:{text}"
    return f'"{text}"' if len(term.words) > 1 else text


def as_fts5(form: Form) -> str:
    """Return the expression for `MATCH`."""
    any_of = " OR ".join(map(_fts5_term, form.any_of))
    parts = [f"({any_of})", *map(_fts5_term, form.all_of)]
    expected = " AND ".join(parts)
    return " NOT ".join([f"({expected})", *map(_fts5_term, form.none_of)])


def _fts5_term(term: Term) -> str:
    text = " ".join(term.words)
    if term.kind == "near":
        # Ours counts the words between the first and the last; FTS5 those between the first and
        # the last that are neither of them, the ones in the middle of the term included.
        words = " ".join(f'"{word}"' for word in term.words)
        return f"NEAR({words}, {NEAR + len(term.words) - 2})"
    if term.kind == "title":
        return f'title:"{text}"'
    return f'"{text}"*' if term.kind == "prefix" else f'"{text}"'


Patterns = tuple[tuple[tuple[bool, "re.Pattern[str]"], ...], ...]
"""For each part of a form: whether it is about the title alone, and its pattern."""


def as_regexes(form: Form) -> Patterns:
    """Return compiled patterns: those one of which must be found, all must, none may be."""
    return (
        _patterns(form.any_of),
        tuple(row for term in form.all_of for row in _patterns((term,))),
        _patterns(form.none_of),
    )


def _patterns(terms: Sequence[Term]) -> tuple[tuple[bool, re.Pattern[str]], ...]:
    """Return one pattern for all terms about title and abstract, and one for those of the title."""
    rows: list[tuple[bool, re.Pattern[str]]] = []
    for title in (False, True):
        sources = [_pattern(term) for term in terms if (term.kind == "title") == title]
        if sources:
            rows.append((title, re.compile("|".join(sources))))
    return tuple(rows)


def _pattern(term: Term) -> str:
    """Return a pattern for lowered text; for names and regular expressions, for text as it is."""
    if term.kind == "regex":
        return term.words[0]
    if term.kind == "exact":
        return rf"(?<![^\W_]){re.escape(term.words[0])}(?![^\W_]|[.,]\d)"
    if term.kind == "prefix":
        return rf"\b{term.words[0]}"
    return r"\b" + r"\W+".join(term.words) + r"\b"
