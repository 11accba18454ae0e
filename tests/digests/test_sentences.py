"""Split abstracts at the ends of sentences, not at other dots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.digests.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentences(text)]


LIST = """
i.i.d. a.k.a. U.K. U.S.A. Ph.D. p.m. w.r.t. e.g. i.e. max. min. avg. std. Thm. Prop. Def. Alg. Eqs.
Eq. Fig. Figs. Sec. Ref. Refs. Tab. Vol. No. pp. cf. vs. viz. approx. resp. ca. spp. sp. subsp. Dr.
Prof. Mr. Mrs. St. Jr. Lem. Cor. Rem. Ch. Suppl. Univ. Inst. Dept. Corp. Ltd. Inc. Jan. Feb. Sept.
Oct. Nov. Dec. Proc. Conf. Trans. Phys. Rev. Lett. Math. Sci. Eng. Assoc. est. temp. obs. et.al.
Dipl.-Ing. S.p.A. M.Sc. B.Sc. D.C. N.B. q.v. s.t. n.b. etc. al.
"""


@pytest.mark.parametrize("word", LIST.split())
def test_an_abbreviation_does_not_end_a_sentence(word: str) -> None:
    text = f"We look at {word} Gaussian noise and more."
    assert cut(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "It gains 0.5. We show why.",
        "See example.org. We thank it.",
        "It runs in 20 ms. We measured it.",
        "The order is at 4.6 K. The resistance drops.",
        "Noise is i.i.d. We use that.",
        "We compare A, B, etc. This is new.",
        "Is it so? We say yes.",
        "It grows! Nobody knows.",
        "It works (really). We checked.",
        "He said “so.” We agreed.",
        "It lacks both.We introduce one.",
    ],
)
def test_a_sentence_ends(text: str) -> None:
    assert len(cut(text)) == 2


def test_sentences_of_scripts_without_spaces_end() -> None:
    assert cut("我们提出一种方法。它很快。") == ["我们提出一种方法。", "它很快。"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("No end", ["No end"]),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It costs 3.5 hours. Then it ends.", ["It costs 3.5 hours.", "Then it ends."]),
        ("Models, e.g. BERT, work. Others don't.", ["Models, e.g. BERT, work.", "Others don't."]),
        ("Shown by Rivera et al. In short, no.", ["Shown by Rivera et al. In short, no."]),
        ("See Fig. 3 and Eq. 4. Done.", ["See Fig. 3 and Eq. 4.", "Done."]),
        ("By J. Doe. It holds.", ["By J. Doe.", "It holds."]),
        ("It works (really.) Yes.", ["It works (really.)", "Yes."]),
        ("“It works.” We agree.", ["“It works.”", "We agree."]),
        ("It ends... It goes on… Ever.", ["It ends...", "It goes on…", "Ever."]),
        ("We use node.js and v2. it stays one.", ["We use node.js and v2. it stays one."]),
        ("Ganz kurz. Über alles. Ένα. Δύο.", ["Ganz kurz.", "Über alles.", "Ένα.", "Δύο."]),
        ("第一句。第二句！第三", ["第一句。", "第二句！", "第三"]),
        ("It has 12 parts. 7 are new.", ["It has 12 parts.", "7 are new."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet="aA .!?…e.g\n)“。1", max_size=80))
def test_sentences_are_the_whole_text_and_none_is_empty(text: str) -> None:
    spans = sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


@given(st.text())
def test_sentences_cover_the_text(text: str) -> None:
    spans = sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text
