"""Make random papers and rules that often match.

Rules take their words from the papers, some of them spelled in another way.
The vocabulary holds what went wrong in matchers before, and one of each thing that the rule
language knows. All is drawn from one `random.Random`, so that a seed tells a case.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from digest.model import Paper, PartialDate
from tests.reference.match import Query, RuleSpec
from tests.reference.query import parse_keyword, parse_query
from tests.reference.tree import ReferenceQueryError, is_negation_alone
from tests.reference.vocabulary import (
    ALIASES,
    ASKED_NAMES,
    LABELS,
    ODD,
    PEOPLE,
    SEPARATORS,
    SNIPPETS,
    WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from tests.reference.aliases import Aliases

TODAY = date(2026, 1, 5)

T = TypeVar("T")


class Case(NamedTuple):
    """A rule, what it may name, and the papers that it is asked about."""

    spec: RuleSpec
    aliases: Aliases
    rules: dict[str, RuleSpec]
    papers: tuple[Paper, ...]


def clean(text: str) -> str:
    """Return `text` with white space as the cleaning of dumps leaves it."""
    return " ".join(text.split())


class Chance:
    """Draws papers and rules."""

    def __init__(self, random: Random, texts: tuple[str, ...] = ()) -> None:
        self.random = random
        self.real = texts
        """Texts of real papers, of which some are taken as they are."""

    def pick(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def may(self, odds: float) -> bool:
        return self.random.random() < odds

    # --- papers ----------------------------------------------------------------------------------

    def text(self, most: int) -> str:
        """Return some words with any separators between them, or a real text."""
        if self.real and self.may(0.3):
            return self.pick(self.real)
        parts = []
        for _ in range(self.random.randint(1, most)):
            kind = self.random.random()
            word = self.pick(WORDS if kind < 0.7 else ODD if kind < 0.85 else SNIPPETS)
            parts.append(word + self.pick(SEPARATORS))
        text = clean("".join(parts))
        return text.upper() if self.may(0.06) else text

    def paper(self) -> Paper:
        """Return a paper of which much is known, or little."""
        chance = self.random
        names = tuple(chance.sample(PEOPLE, chance.randint(1, 3))) if self.may(0.7) else None
        fields: dict[str, object] = {
            "abstract": self.text(14) if self.may(0.7) else None,
            "authors": names,
            "author_count": chance.randint(0, 6) if self.may(0.3) else None,
            "organization": self.text(3) if self.may(0.4) else None,
            "journal": self.text(3) if self.may(0.3) else None,
            "comment": self.text(3) if self.may(0.3) else None,
            "primary": self.pick(LABELS) if self.may(0.5) else None,
            "announce": self.pick(["new", "cross", "replace", None]),
            "published": self.partial_date() if self.may(0.7) else None,
            "first_seen": self.day() if self.may(0.5) else None,
            "updated": self.day() if self.may(0.5) else None,
            "doi": "10.1000/xyz" if self.may(0.3) else None,
            "code_url": "https://code.example.org/x" if self.may(0.3) else None,
            "pdf_url": "https://pdf.example.org/x" if self.may(0.3) else None,
            "categories": tuple(chance.sample(LABELS, chance.randint(0, 3))),
            "upvotes": chance.randint(0, 6) if self.may(0.5) else None,
            "comments": chance.randint(0, 6) if self.may(0.5) else None,
            "sources": tuple(chance.sample(["dumps", "huggingface"], chance.randint(0, 2))),
        }
        number = self.pick(["2601.00001", "2601.00002", "hep-th/9901001"])
        return Paper(id=number, title=self.text(10), **fields)  # type: ignore[arg-type]  # each of its field's type

    def day(self) -> date:
        return TODAY - timedelta(days=self.random.randint(0, 800))

    def partial_date(self) -> PartialDate:
        day = PartialDate.of(self.day())
        return self.pick([day, day, day._replace(day=None), PartialDate(day.year)])

    # --- keywords --------------------------------------------------------------------------------

    def piece(self, papers: tuple[Paper, ...]) -> str:
        """Return a few neighbouring words of a paper, some of them spelled in another way."""
        kind = self.random.random()
        if kind < 0.25:
            return self.pick(WORDS if kind < 0.12 else ODD if kind < 0.18 else SNIPPETS)
        paper = self.pick(papers)
        parts = self.pick([paper.title, paper.abstract or paper.title]).split(" ")
        start = self.random.randrange(len(parts))
        piece = " ".join(parts[start : start + self.random.randint(1, 4)])
        for _ in range(self.random.choice([0, 0, 1, 2])):
            old = self.pick([" ", "-", ", ", "s", "e", "our", "is", " ("])
            new = self.pick(["", " ", "-", ", ", "s", "es", "'s", "/", "--", "or", "iz", " & "])
            piece = piece.replace(old, new, 1)
        piece = self.pick([piece, piece, piece, piece.lower(), piece.upper()])
        return clean(piece) or "model"

    def wild(self, papers: tuple[Paper, ...]) -> str:
        """Return a phrase with wildcards put into it."""
        piece = self.piece(papers)
        at = self.random.randint(0, len(piece))
        return piece[:at] + self.pick("***?") + piece[at + self.random.randint(0, 3) :]

    def keyword(self, papers: tuple[Paper, ...]) -> str:
        """Return an entry of `keywords`; one in twenty may be none."""
        while True:
            keyword = self.any_keyword(papers)
            if is_keyword(keyword) or self.may(0.05):
                return keyword

    def any_keyword(self, papers: tuple[Paper, ...]) -> str:
        kind = self.random.random()
        text = self.wild(papers) if kind < 0.2 else self.piece(papers)
        return ("=" if kind > 0.9 else "") + text + self.boost()

    def boost(self) -> str:
        return self.pick(["", "", "", "", "^2", "^0.5", "^3", "^0", "^1.25", "^-1"])

    # --- queries ---------------------------------------------------------------------------------

    def term(self, papers: tuple[Paper, ...]) -> str:
        """Return one term, in any form."""
        quoted = self.piece(papers).replace('"', "")
        words = [re.sub(r"[\s()\"]", "", self.piece(papers)) or "x" for _ in range(4)]
        near = " ".join(words[: self.random.randint(2, 4)])
        forms = [
            f'"{quoted}"', f'"{quoted}"', words[0], words[0],
            f'"{near}"~{self.random.randint(0, 8)}',
            f'"{quoted} {words[0]}"~{self.random.randint(0, 8)}',
            re.sub(r"[\s()\"]", "-", self.wild(papers)),
            f'"{self.wild(papers)}"'.replace('"', "").join('""'),
            f'="{quoted}"', f"={words[1]}", f"/{self.pick(REGEXES)}/",
        ]  # fmt: skip
        return self.pick(forms)

    def leaf(self, papers: tuple[Paper, ...]) -> str:
        """Return a term or a comparison with its field."""
        kind = self.random.random()
        if kind < 0.08:
            field = self.pick(["author", "au", "first_author", "last_author"])
            return f'{field}:"{self.pick(ASKED_NAMES)}"' + self.boost()
        if kind < 0.16:
            return self.comparison() + self.pick(["", "", "^2"])
        if kind < 0.24:
            return self.pick(LABELLED).format(self.pick(LABELS)) + self.boost()
        field = self.pick(["", "", "", "", "title:", "abs:", "org:", "journal:", "comment:"])
        return field + self.term(papers) + self.boost()

    def comparison(self) -> str:
        """Return a field that is compared, and what with."""
        field = self.pick([*DAY_FIELDS, "published", "upvotes", "comments", "authors"])
        a, b = (self.day_value() if field in DAY_FIELDS else self.pick("0123456") for _ in "ab")
        return f"{field}:" + self.pick(COMPARISONS).format(a, b)

    def day_value(self) -> str:
        day = self.day()
        values = [str(day), f"{day:%Y-%m}", f"{day:%Y}", f"today-{self.random.randint(0, 800)}"]
        return self.pick([*values, "today"])

    def pair(self, papers: tuple[Paper, ...]) -> str:
        """Return two sides and `NEAR/n` or `PRE/n` between them."""
        sides = []
        for _ in range(2):
            terms = [self.side_term(papers) for _ in range(self.pick([1, 1, 2]))]
            sides.append(terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})")
        pair = f"{sides[0]} {self.pick(['NEAR', 'PRE'])}/{self.random.randint(0, 6)} {sides[1]}"
        return self.pick([pair, f"title:({pair})", f"({pair})^2"])

    def side_term(self, papers: tuple[Paper, ...]) -> str:
        quoted = self.piece(papers).replace('"', "")
        word = re.sub(r"[\s()\"]", "", self.wild(papers)) or "x"
        return self.pick([f'"{quoted}"', f'"{quoted}"', word, f'="{quoted}"'])

    def query(self, papers: tuple[Paper, ...], depth: int = 2) -> str:
        """Return a query, or another where it does not parse: one in twenty stays as it is."""
        for _ in range(8):
            query = self.any_query(papers, depth)
            if parses(query) or self.may(0.05):
                return query
        return "model"

    def any_query(self, papers: tuple[Paper, ...], depth: int) -> str:
        if depth == 0 or self.may(0.35):
            kind = self.random.random()
            return self.pair(papers) if kind < 0.1 else self.leaf(papers)
        parts = [self.query(papers, depth - 1) for _ in range(3)]
        shapes = ["{0} {1}", "{0} AND {1}", "{0} OR {1}", "{0} OR {1} OR {2}", "{0} NOT {1}",
                  "{0} -({1})", "({0} OR {1})^2 {2}", "title:({0})", "({0} || {1}) && {2}",
                  "ANY 1 ({0}, {1})", "ANY 2 ({0}, {1}, {2})", "ANY 3 ({0}, {1}, {2})^2",
                  "NOT {0} OR {1}", "({0})^0.5 OR {1}", 'rule:"Other" {0}', '{0} NOT rule:"Other"',
                  '{0} OR rule:"Third"']  # fmt: skip
        return self.pick(shapes).format(*parts)

    def rule(self, papers: tuple[Paper, ...]) -> RuleSpec:
        """Return a rule as a config has it."""
        query = self.query(papers) if self.may(0.6) else None
        if query is not None and parses(query) and is_negation_alone(parse_query(query)):
            query = "model " + query
        least = 0 if query is not None else 1
        keywords = tuple(self.keyword(papers) for _ in range(self.random.randint(least, 3)))
        return RuleSpec(
            keywords=keywords,
            query=query,
            require=self.entries(papers, 0.2),
            exclude=self.entries(papers, 0.2),
            weight=self.pick([1.0, 1.0, 2.0, 0.5]),
            min_score=self.pick([None, None, None, 1.0, 2.5]),
            authors=(self.pick(ASKED_NAMES),) if self.may(0.1) else (),
            prefer=self.entries(papers, 0.15),
            avoid=self.entries(papers, 0.15),
        )

    def entries(self, papers: tuple[Paper, ...], odds: float) -> tuple[str | Query, ...]:
        if not self.may(odds):
            return ()
        some = range(self.random.randint(1, 2))
        return tuple(
            Query(self.query(papers, 1)) if self.may(0.3) else self.keyword(papers) for _ in some
        )

    def case(self) -> Case:
        """Return a rule and papers of which it takes some of its words."""
        papers = tuple(self.paper() for _ in range(self.random.randint(1, 4)))
        rules = {"Other": RuleSpec(query='model* OR "GPU"'), "Third": RuleSpec(("agent", "data"))}
        aliases = ALIASES if self.may(0.5) else ()
        return Case(self.rule(papers), aliases, rules, papers)


DAY_FIELDS = ["published", "first_seen", "updated"]
COMPARISONS = ["{}", ">{}", ">={}", "<{}", "<={}", "={}", ">= {}", "[{} TO {}]", "[* TO {}]",
               "[{} TO *]"]  # fmt: skip
LABELLED = ["cat:cs.*", "cat:{}", "primary:{}", "source:dump*", "id:2601*", "doi:10.1000/*",
            "type:new", "type:cross", "has:abstract", "has:code", "has:doi", "has:pdf",
            "has:journal", "has:upvotes", "type:re*"]  # fmt: skip
REGEXES = ["model", "fin(e|ing)", "(?i)gpt", "[a-c]+\\+", "\\d+", "t.a", "\\bin\\b", "(a|b|fine)-",
           "[^ ]+ing", "github\\.com", "\\pL+s\\b", "(", "a**"]  # fmt: skip


def parses(query: str) -> bool:
    """Ask the reference whether a query is one."""
    try:
        parse_query(query)
    except ReferenceQueryError:
        return False
    return True


def is_keyword(text: str) -> bool:
    """Ask the reference whether this may stand in `keywords`."""
    try:
        parse_keyword(text)
    except ReferenceQueryError:
        return False
    return True
