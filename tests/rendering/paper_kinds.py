"""A digest with one invented paper of each kind, made like in a run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from digest.digests.layout import compose
from digest.digests.selection import Candidate, select
from digest.matching import compile_rules
from digest.model import Coverage, Name, Paper, PartialDate, Profile
from digest.rules import Rule, parse_keyword, parse_query
from digest.text.clean import clean_text

if TYPE_CHECKING:
    from digest.model import Digest

DAY: Final = date(2026, 3, 5)
CREATED: Final = datetime(2026, 3, 5, 6, tzinfo=UTC)


def _keywords(name: str, *keywords: str, note: str = "") -> Rule:
    return Rule(name, keywords=tuple(map(parse_keyword, keywords)), note=note)


def _query(name: str, query: str) -> Rule:
    return Rule(name, query=parse_query(query), query_text=query)


RULES: Final = (
    _query("A followed author", 'author:"Ingrid Solheim"'),
    _keywords("A title and nothing else", "sparse toasters"),
    _query("Upvotes alone", "upvotes:>=80"),
    _keywords("From a text copy of a page", "crumb routing"),
    _keywords("Four hundred authors", "household log"),
    _keywords("Without an abstract", "tool call"),
    _keywords("From right to left", "translation"),
    _keywords("LaTeX", "muP", "learning rate", note="Prices and formulas in *one* abstract."),
)


def _names(*names: str) -> tuple[Name, ...]:
    return tuple(
        Name(family, given) for given, _, family in (name.rpartition(" ") for name in names)
    )


def _arxiv(number: int) -> dict[str, Any]:
    arxiv_id = f"2603.9{number:04}"
    return {
        "id": arxiv_id,
        "arxiv_id": arxiv_id,
        "url": f"https://arxiv.org/abs/{arxiv_id}",
        "pdf_url": f"https://arxiv.org/pdf/{arxiv_id}",
    }


PAPERS: Final = (
    Paper(
        **_arxiv(1),
        title="Small Ovens Learn to Count Twice",
        abstract="Ovens count loaves. Nobody knows how. We show that a small oven learns to count"
        " once by heart and once by rule, and that the rule appears only after the first answer"
        " has been pruned. The effect holds for four sizes of oven.",
        authors=_names("Felix Brandt", "Ada Lie", "Ingrid Solheim", "Bo Ek", "Cy Moe", "Wei Zhang"),
        organization="University of Crumbs",
        published=PartialDate(2026, 3, 4),
        categories=("cs.LG",),
        upvotes=12,
        comments=1,
        code_url="https://code.example.org/ovens",
    ),
    Paper(
        id="t-0000000000000001",
        title="On Sparse Toasters",
        author_count=9,
        organization="Copperleaf Research",
    ),
    Paper(
        **_arxiv(2),
        title="Reading Maps the Way Children Do",
        abstract="Maps are hard. We train a model on the questions that children ask about maps.",
        authors=_names("Lucía Ferrer", "Ada Lie", "Bo Ek", "Bao Tran"),
        published=PartialDate(2026, 2, 20),
        upvotes=126,
        comments=14,
        summary="A model that asks about maps as children do finds routes twice as often.",
        summary_by="Hugging Face",
        project_url="https://maps.example.org/",
    ),
    Paper(
        id="t-0000000000000002",
        title="Crumb Routing without a Router",
        abstract="Toasters route crumbs by guessing. This paper replaces the guess by a fixed"
        " hash of the crumb. In three kitchens crumb routing costs nothing and loses nothing.",
        author_count=5,
        organization="Open Kitchen Lab",
        published=PartialDate(2026, 1, 5),
        published_inferred=True,
        upvotes=31,
    ),
    Paper(
        **_arxiv(3),
        title="The Open Household Log: One Million Hours of Everyday Toast",
        abstract="We release recordings from 1,204 homes in which every object, grip and purpose"
        " is annotated, and a test of plans made from them.",
        authors=(
            Name(literal="Open Household Collaboration"),
            *_names("Amara Diallo"),
            *(Name(f"Author{n}", "An") for n in range(1, 410)),
            *_names("Yuki Tanabe"),
        ),
        categories=("cs.RO",),
        upvotes=19,
    ),
    Paper(
        **_arxiv(4),
        title="A Note on Tool Calls That Never Return",
        authors=_names("Tomás Ibarra"),
        categories=("cs.SE",),
        html_url="https://arxiv.org/html/2603.90004",
    ),
    Paper(
        **_arxiv(5),
        title="תרגום שקט: Translation between Right-to-Left Scripts",
        abstract="קשה לתרגם. We propose a translation model for scripts that run from right to"
        " left. התוצאות טובות.",
        authors=_names("נועה לוי", "יעל כהן"),
        organization="מכון הלחם",
        categories=("cs.CL",),
    ),
    Paper(
        **_arxiv(6),
        title=clean_text(r"$\mu$P for Toasters of Every Width"),
        abstract=clean_text(
            r"A run of training costs \$5. We propose $\mu$P for toasters, which keeps the best"
            r" learning rate $\eta^*$ from width $2^7$ to $2^{14}$. It explains R$^2$ = 0.98"
            r" of the variance, 4\% more than before."
        ),
        authors=_names("Jürgen Weiß", "Ana Núñez"),
        journal="Journal of Toast 3 (2026)",
        categories=("stat.ML",),
    ),
)
PROFILE: Final = Profile(
    "examples", "A paper of each kind", ZoneInfo("UTC"), tuple(rule.name for rule in RULES)
)


def kinds() -> Digest:
    """Return the digest."""
    matches = compile_rules(RULES, today=DAY).match(PAPERS)
    result = [Candidate(paper, own) for paper, own in zip(PAPERS, matches, strict=True)]
    selection = select(result, PROFILE, Coverage(records=40, papers=40, dumps=1))
    return compose(selection, PROFILE, {rule.name: rule for rule in RULES}, created=CREATED)
