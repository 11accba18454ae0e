"""The filter files of feed readers, and the queries of other search engines."""

from __future__ import annotations

import pytest

from digest.errors import UsageError
from digest.rule_import import import_rules
from tests.rule_import.loading import imported, paper, selected

ELFEED = """\
;;; Elfeed score file -*- lisp -*-
((version 10)
 ("title" (:text "lichen" :value 30 :type s) (:text "obituary" :value -100 :type w))
 ("title-or-content" (:text "moss\\\\(es\\\\)?" :title-value 20 :content-value 10 :type r))
 ("authors" (:text "Berg" :value 5 :type s))
 (mark -2500))
"""


def test_an_elfeed_score_file_gives_weights_and_exclusions() -> None:
    rules = imported(ELFEED)
    assert selected(rules, paper("Lichens of the north")) == {"Imported": 60.0}
    assert selected(rules, paper(abstract="Mosses and Moss")) == {"Imported": 20.0}
    assert selected(rules, paper("A lichen obituary")) == {}
    assert any("elfeed-score" in note for note in import_rules(ELFEED).notes)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("EntryTitle=(?i)(tundra|steppe)\n", "The Steppe", "A forest"),
        ("EntryContent=peat\nEntryTitle=bog\n", "a bog", "a fen"),
        ('title =~ "tundra|steppe"\n', "Tundra soils", "A forest"),
        ('ignore-article "*" "title =~ \\"map\\""\ntitle =~ "tundra"\n', "tundra", "tundra map"),
        (
            '"query:Cold:title =~ \\"tundra\\" and title !~ \\"map\\"", "x"\n',
            "tundra",
            "tundra map",
        ),
        ('(title =~ "fen" or title =~ "bog") and title =~ "peat"\n', "peat of a bog", "a bog"),
        ("ti{peat&bog|fen}\n", "fen", "a bog"),
        ("ti{tundra}&!ti{map}\n", "tundra", "tundra map"),
        ("(ti{tundra}|abs{steppe})&ti{soil}", "tundra soil", "tundra"),
        ("intitle:tundra -intitle:map\n", "tundra soil", "tundra map"),
        ("intitle:/tund.a/i\n", "Tundra", "steppe"),
        ('TITLE-ABS-KEY("peat bog" OR fen*) AND NOT TITLE(map)\n', "fens", "a fen map"),
        ("TS=(peat bog) AND TI=(map)\n", "map of a bog of peat", "map of a bog"),
        ('"peat bog"[tiab] NOT map[Title]\n', "a peat bog", "peat bog map"),
        ('"peat bog"OR"fen"', "a fen", "a bog"),
        ("tundra; peat bog; fen\n", "a fen", "a bog"),
        ("peat bog  # my favourite\n", "a peat bog", "favourite"),
    ],
)
def test_other_languages_select_the_same(text: str, wanted: str, unwanted: str) -> None:
    rules = imported(text)
    assert len(rules) == 1
    assert selected(rules, paper(wanted))
    assert not selected(rules, paper(unwanted))


@pytest.mark.parametrize(
    "text",
    [
        "EntryTitle=a\nsomething else\n",
        "EntryColour=a\n",
        'title =~ "a" and\n',
        '(title =~ "a"\n',
        'title =~ "a")\n',
        "ti{a}&\n",
        "ti{a\n",
        "ti{a}) \n",
        "((version 10) (\n",
        '((version 10) ("title" (:value 3)))\n',
        "(version 10))\n",
    ],
)
def test_a_damaged_filter_file_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        import_rules(text)


def test_years_of_publication_become_days() -> None:
    text = 'TITLE-ABS-KEY("peat bog") AND PUBYEAR > 2023 AND DOCTYPE(ar)'
    (made,) = import_rules(text).rules
    assert made.query == '"peat bog" AND published:>=2024-01-01'
    assert any("types of publication" in note for note in made.notes)
