"""Build papers for export: ordinary ones, unusual ones, and shortcuts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from digest.bibliography import Reference, allot
from digest.model import Paper, PartialDate
from digest.model.marks import Mark
from tests.people import people

MOMENT: Final = datetime(2026, 1, 12, 7, tzinfo=UTC)


def paper(title: str = "Pruning at Scale", **fields: object) -> Paper:
    """Return a paper; its id is its arXiv identifier, its DOI, or made of its title."""
    identifier = (
        fields.pop("id", None) or fields.get("arxiv_id") or fields.get("doi") or f"t-{title}"
    )
    return Paper(id=identifier, title=title, **fields)  # type: ignore[arg-type]


def arxiv(number: str = "2401.12345", title: str = "Pruning at Scale", **fields: object) -> Paper:
    """Return a paper of arXiv, with the address that it has there."""
    fields.setdefault("url", f"https://arxiv.org/abs/{number}")
    return paper(title, arxiv_id=number, **fields)


def references(*papers: Paper, mark: Mark | None = None) -> list[Reference]:
    """Return the papers with their keys, and one mark for all."""
    keys = allot(papers, (), {})
    return [Reference(keys[paper.id], paper, mark) for paper in papers]


PAPERS: Final = (
    arxiv(
        "2401.12345",
        "Model Merging in BERT-Based LLMs: O(n²) Steps & 100% of the α-Divergence",
        abstract="We cut cost_per_token by 5% – “for free” – on {3, 5} tasks.",
        authors=people(
            "Anna He", "Laurens van der Berg", "Bo Nygård Jr.", "The Harbor Team", "李明",
            "Łucja Żak", "D'Angelo, Vito", "Sun and Moon", "Élodie Çelik",
        ),
        published=PartialDate(2024, 1, 22),
        categories=("cs.CL", "cs.LG"),
    ),
    arxiv("hep-th/9901001", "K-theory of the Kähler quotient and Bayesian nets on graphs"),
    arxiv(
        "2402.00017",
        "Model merging, again",
        authors=people("Ivo He"),
        author_count=12,
        published=PartialDate(2024, 2, 1),
        doi="10.1000/a_b(1)",
    ),
    paper(
        "Schätzen ohne Daten",
        doi="10.1000/xyz",
        url="https://doi.org/10.1000/xyz",
        published=PartialDate(2023, 5, 9),
        published_inferred=True,
    ),
    paper("深度学习的极限", authors=people("王 小明"), published=PartialDate(2025, 6, 1)),
    paper("=HYPERLINK(\"http://example.org\") in the Wild", published=PartialDate(2025, 6, 2)),
)  # fmt: skip

MARK: Final = Mark(
    "2401.12345", "reading", MOMENT, starred=True, tags=("merging", "thesis"),
    note="Compare with §2:\n- *cheap* & 50% faster\n\nAsk O_2.",
)  # fmt: skip

HOSTILE: Final = (
    "", " ", "}", "{", "{}", "\\", "\\\\", "}}\n@misc{x, title={y}}", "$", "$$", "a $x$ b",
    "%", "&", "#", "_", "^", "~", "\"", "''", "``", "`", "--", "---", "- -", "?`", "!`",
    "\\input{/etc/passwd}", "\\write18{ls}", "{\\bf x}", "@comment{", "ER  - ",
    "a\r\nER  - \r\nTY  - JOUR", "\tTAB", "\x00", "\u202eevil", "=1+1", "+1", "-1",
    "@SUM(A1)", "＝1", " =1", "\n=1", "a,b;\"c\"", "<script>", "]]>", "and", "others",
    "A and B", "Last, First, Jr, More", ",", ", ,", "ß", "é", "e\u0301", "ễ", "ﬁ", "İstanbul",
    "ǆ", "Ω", "Ωμέγα", "x²", "10⁻⁴", "H₂O", "ℝ", "∈", "½", "№", "中文", "日本語", "한국어",
    "العربية", "😀", "👩‍🔬", "𝑥", "a\u00a0b", "\u200b", "O’Neil", "d'Or", "rock 'n' roll",
    "Don''t",
)  # fmt: skip
