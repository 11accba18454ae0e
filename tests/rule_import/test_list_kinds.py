"""Every kind of list, in small examples: the selected papers and the notes."""

from __future__ import annotations

import json

import pytest

from digest.rule_import import Options, import_rules
from tests.rule_import.loading import imported, load, paper, selected


def test_named_topics_become_rules_of_their_names() -> None:
    rules = imported("Odometry: [visual odometry, SLAM]\n鱼类: [Schizothorax]\n")
    assert [rule.name for rule in rules] == ["Odometry", "鱼类"]
    assert selected(rules, paper("Visual-Odometry at Night")) == {"Odometry": 2.0}


def test_topics_carry_their_own_categories() -> None:
    text = """
    keywords:
      3D:
        filters: [NeRF]
        categories: ["cat:cs.CV", "cat:cs.GR"]
      Industry:
        filters: [Lidar]
    max_results: 10
    """
    rules = imported(text)
    assert selected(rules, paper("NeRF", categories=("cs.CV",))) == {"3D": 2.0}
    assert selected(rules, paper("NeRF", categories=("cs.CL",))) == {}
    assert selected(rules, paper("Lidar")) == {"Industry": 2.0}
    assert any("max_results" in note for note in import_rules(text).notes)


def test_categories_can_be_left_out() -> None:
    rules = imported(
        '{"keywords": ["agent"], "categories": ["cs.AI"]}', options=Options(categories=False)
    )
    assert selected(rules, paper("An agent")) == {"Imported": 2.0}


def test_topics_are_dropped_and_merged_as_the_file_says() -> None:
    text = json.dumps(
        {
            "Registration": ["point cloud registration"],
            "3D Registration": ["LiDAR registration"],
            "Keypoints": ["keypoint detection"],
            "topic_merge": {"3D Registration": "Registration"},
            "topic_drop": ["Keypoints"],
        }
    )
    (rule,) = imported(text)
    assert rule.name == "Registration"
    assert len(rule.keywords) == 2


def test_labels_name_tracks() -> None:
    rules = imported('{"track_a": {"label": "Fish", "keywords": ["carp"]}}')
    assert [rule.name for rule in rules] == ["Fish"]


def test_names_stay_unique() -> None:
    text = '[{"name": "X", "keywords": ["robot arm"]}, {"name": "X", "keywords": ["robot leg"]}]'
    assert [rule.name for rule in imported(text)] == ["X", "X (2)"]


def test_a_topic_may_have_the_name_of_a_setting() -> None:
    rules = imported(
        '{"Search": ["web search"], "Weight": ["weight decay"], "Title": ["headline"]}'
    )
    assert [rule.name for rule in rules] == ["Search", "Weight", "Title"]


def test_exclusions_exclude() -> None:
    rules = imported("include: [galaxy]\nexclude: [simulation]\n")
    assert selected(rules, paper("A galaxy")) == {"Imported": 2.0}
    assert selected(rules, paper("A galaxy in simulation")) == {}


def test_a_gate_must_match_too() -> None:
    text = """
    topics:
      - {label: Planning, weight: 3, keywords: [motion planning], weak_keywords: [tamp]}
    weak_keyword_multiplier: 0.5
    context: {positive_terms: [robot, arm], negative_terms: [traffic]}
    exclusions: [{term: autonomous driving, penalty: 18}]
    """
    rules = imported(text)
    assert selected(rules, paper(abstract="motion planning of a robot")) == {"Planning": 3.0}
    assert selected(rules, paper(abstract="TAMP for an arm")) == {"Planning": 1.5}
    assert selected(rules, paper(abstract="motion planning")) == {}
    assert selected(rules, paper(abstract="motion planning of robots in traffic")) == {}
    assert selected(rules, paper(abstract="robot motion planning, autonomous driving")) == {}
    assert any("exclude a paper altogether" in note for note in import_rules(text).notes)


def test_a_gate_and_categories_are_both_asked_for() -> None:
    rules = imported('{"keywords": ["grasp"], "required": ["robot"], "categories": ["cs.RO"]}')
    assert selected(rules, paper("robot grasp", categories=("cs.RO",)))
    assert not selected(rules, paper("robot grasp"))
    assert not selected(rules, paper("grasp", categories=("cs.RO",)))


def test_layers_add_their_weights_up() -> None:
    text = """
    layers:
      core: {weight: 3, keywords: [edge inference]}
      support: {weight: 1, keywords: [compiler]}
      away: {weight: -2, keywords: [survey]}
    top_n: 15
    """
    rules = imported(text)
    (rule,) = rules
    assert rule.limit == 15
    assert selected(rules, paper(abstract="a compiler for edge inference")) == {"Imported": 4.0}
    assert selected(rules, paper(abstract="a survey of edge inference")) == {}


@pytest.mark.parametrize(
    "text",
    [
        '{"keywords": {"llm": 3, "prompt": 0.5, "survey": -1}}',
        '{"keyword_weights": {"llm": 3, "prompt": 0.5, "survey": -1}}',
        "keywords: [{term: llm, weight: 3}, {word: prompt, boost: 0.5}, {term: survey, score: -1}]",
        "llm: 3\nprompt: 0.5\nsurvey: -1\n",
        "llm, 3\nprompt, 0.5\nsurvey, -1\n",
    ],
)
def test_weighted_keywords_carry_boosts(text: str) -> None:
    rules = imported(text)
    assert selected(rules, paper(abstract="LLM prompts")) == {"Imported": 3.5}
    assert selected(rules, paper(abstract="LLM survey")) == {}


def test_boosts_add_points_to_what_is_selected_and_select_nothing() -> None:
    rules = imported(
        '{"keywords": ["world model", "sim-to-real"], "boost_keywords": ["robot arm"]}'
    )
    assert selected(rules, paper(abstract="a world model")) == {"Imported": 1.0}
    assert selected(rules, paper(abstract="a world model of a robot arm")) == {"Imported": 2.0}
    assert selected(rules, paper(abstract="a robot arm")) == {}


def test_min_score_is_carried_over_and_a_similarity_is_not() -> None:
    assert imported('{"keywords": ["a b"], "min_score": 2}')[0].min_score == 2
    assert imported('{"keywords": ["a b"], "min_score": 1}')[0].min_score == 1
    result = import_rules('{"keywords": ["entropy"], "threshold": 0.75}')
    assert load(result)[0].min_score is None
    assert any("threshold: 0.75" in note for note in result.notes)


def test_a_list_of_regular_expressions_is_searched_as_they_search() -> None:
    rules = imported("bayes\n\\bbert\\b\n.*former\\b\n\\bgraph[is].*\na/b\n")
    for text in ("a variational Bayesian method", "BERT", "a Transformer", "graphs", "a/b"):
        assert selected(rules, paper(abstract=text)), text
    for text in ("Roberta", "performers", "a graph"):
        assert not selected(rules, paper(abstract=text)), text


def test_a_regular_expression_that_is_not_re2_is_named() -> None:
    result = import_rules("\\bfoo\\b\n\\bbar(?!baz)\\b\n")
    assert len(load(result)[0].keywords) + bool(result.rules[0].query) == 1
    assert any("bar(?!baz)" in note for note in result.rules[0].notes)


def test_lists_joined_by_named_operators() -> None:
    text = json.dumps(
        {
            "and_or": "+AND+", "and_or_keywords": "+OR+", "and_or_sections": "+OR+",
            "sections": ["quant-ph", "cs.CC"], "keywords": ["nisq", "adiabatic"],
        }
    )  # fmt: skip
    rules = imported(text)
    assert selected(rules, paper("NISQ", categories=("cs.CC",)))
    assert not selected(rules, paper("NISQ"))


def test_keywords_meant_as_and() -> None:
    rules = imported('{"and_or_keywords": "AND", "keywords": ["fish", "genome"]}')
    assert selected(rules, paper("the genome of a fish"))
    assert not selected(rules, paper("a fish"))


def test_categories_alone_are_no_rule() -> None:
    result = import_rules('{"arxiv": {"categories": ["cs.CV"]}, "llm": {"model": "m"}}')
    assert result.rules == ()
    assert any("every paper in them" in note for note in result.notes)


def test_an_archive_means_all_its_categories() -> None:
    text = 'URL = "https://arxiv.org/list/astro-ph/new"\nKEYWORD_LIST = ["dark matter"]\n'
    rules = imported(text)
    assert selected(rules, paper("dark matter", categories=("astro-ph.CO",)))
    assert not selected(rules, paper("dark matter", categories=("hep-ph",)))


def test_prose_for_a_language_model_is_no_rule_and_said_so() -> None:
    interest = "1. Pretraining of large models\n2. I do not care about applications to some domain"
    result = import_rules(json.dumps({"topic": "Computer Science", "interest": interest}))
    assert result.rules == ()
    assert any("prose" in note for note in result.notes)


def test_authors_become_a_rule_of_their_own() -> None:
    rules = imported('{"authors": "# the faculty\\nA. Author, 123\\nWriter, B., 456\\n"}')
    assert [rule.name for rule in rules] == ["Authors"]
    assert selected(rules, paper(authors=("B. Writer",)))
    assert selected(rules, paper(authors=("A. Author",)))
    assert not selected(rules, paper("A. Author"))


def test_phrases_can_be_looked_for_among_authors() -> None:
    rules = imported("C. Rivera\nscene flow\n", options=Options(name="Flow", authors=True))
    assert selected(rules, paper(authors=("C. Rivera",))) == {"Flow": 1.0}
    assert selected(rules, paper("Scene Flow")) == {"Flow": 2.0}


def test_searches_of_engines_that_join_words_by_and() -> None:
    text = json.dumps(
        {
            "SEARCH_QUERIES": [
                {"source": "pubmed", "query": "(Hi-C OR chromatin loop) AND deep learning"},
                {"source": "arxiv", "query": "contact map prediction"},
            ],
            "CATEGORIES": {"Disease": {"keywords": ["cancer"]}},
        }
    )
    rules = imported(text)
    assert selected(rules, paper(abstract="a loop of chromatin by learning that is deep"))
    assert selected(rules, paper(abstract="prediction of a map of contacts by contact"))
    assert not selected(rules, paper(abstract="cancer"))
    assert any('"CATEGORIES"' in note for note in import_rules(text).notes)


def test_text_lists_have_comments_bullets_headings_and_unwanted_lines() -> None:
    assert len(imported("# mine\n- graph\n* mesh\n2. voxel\n\n")[0].keywords) == 3
    rules = imported("[Shapes]\nmesh\nvoxel\n[Words]\ntoken\n")
    assert [rule.name for rule in rules] == ["Shapes", "Words"]
    rules = imported("## Shapes\n- mesh\n## Words\n- token\n", suffix=".md")
    assert [rule.name for rule in rules] == ["Shapes", "Words"]
    rules = imported("mesh\n-survey\n")
    assert not selected(rules, paper("A mesh survey"))
    assert len(imported("graph, mesh, voxel")[0].keywords) == 3


def test_repeats_are_left_out_and_named() -> None:
    result = import_rules("large language model\nMVS\nLarge Language Models\nMVS\n")
    assert len(load(result)[0].keywords) == 2
    assert any("Large Language Models" in note for note in result.rules[0].notes)


def test_sentences_are_left_out_and_named() -> None:
    sentence = "papers that fundamentally rethink how the evaluation of models is done by people"
    result = import_rules(f"world model\n{sentence}\n")
    assert len(load(result)[0].keywords) == 1
    assert any("sentence" in note for note in result.rules[0].notes)


def test_settings_without_counterpart_are_named() -> None:
    result = import_rules('{"keywords": ["x ray"], "novelty_cutoff": 3, "smtp": {"host": "h"}}')
    assert any("novelty_cutoff" in note and "smtp" in note for note in result.notes)


def test_what_would_be_said_of_several_rules_is_said_once() -> None:
    result = import_rules('{"A": "all:\\"x ray\\"", "B": "all:\\"y ray\\""}')
    assert [rule.notes for rule in result.rules] == [(), ()]
    assert sum("every field" in note for note in result.notes) == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("positive_keywords: [moss]\nnegative_keywords: [map]\n", ["Imported"]),
        ("includeTerms: [moss]\nexcludePhrases: [map]\n", ["Imported"]),
        ("moss:\n  keywords: [moss]\n  muted_words: [map]\n", ["moss"]),
        ("my_search_terms: [moss]\nignored_in_title: [map]\n", ["Imported"]),
    ],
)
def test_keys_are_read_by_their_words(text: str, names: list[str]) -> None:
    rules = imported(text)
    assert [rule.name for rule in rules] == names
    assert selected(rules, paper("A moss"))
    assert not selected(rules, paper("A moss map"))


def test_numbers_booleans_and_settings_are_no_keywords() -> None:
    text = """
    fetch: {retry_seconds: [3, 10], user_agents: [moss-reader], categories: [q-bio.PE]}
    keywords: {local_terms: [moss, 7, yes], max_results: 10}
    """
    result = import_rules(text)
    (rule,) = result.rules
    assert [entry.keyword for entry in rule.keywords] == ["moss"]
    assert any('"7", "yes"' in note for note in (*rule.notes, *result.notes))
    assert selected(load(result), paper("moss", categories=("q-bio.PE",)))
    assert not selected(load(result), paper("moss"))


def test_categories_of_one_of_several_services_do_not_restrict() -> None:
    text = "sources: {arxiv: {categories: [cs.CV]}, pubmed: {max: 3}}\nkeywords: [moss]\n"
    assert selected(imported(text), paper("moss"))


def test_groups_of_topics_give_a_rule_a_topic() -> None:
    rules = imported('Plants:\n  Moss: [moss, liverwort]\n  Fern: \'"tree fern"OR"fern"\'\n')
    assert [rule.name for rule in rules] == ["Moss", "Fern"]


def test_the_query_of_a_topic_with_keywords_is_a_gate() -> None:
    text = "topics: [{name: Driving, query: cat:cs.RO OR cat:cs.CV, keywords: [lane]}]"
    rules = imported(text)
    assert selected(rules, paper("lane", categories=("cs.CV",)))
    assert not selected(rules, paper("road", categories=("cs.CV",)))
    assert not selected(rules, paper("lane"))


def test_topics_of_a_python_module_stand_beside_its_authors() -> None:
    rules = imported('TOPIC_WORDS = {"Moss": ["moss"]}\nAUTHORS = ["A. Author"]\n')
    assert [rule.name for rule in rules] == ["Authors", "Moss"]


def test_prose_in_markdown_is_left_out() -> None:
    prose = "# Mine\nI read what grows in the\nnorth and is small.\n\n"
    text = f"{prose}- moss\n- peat bog\n\n```\nx y\n```\n"
    (made,) = import_rules(text, suffix=".md").rules
    assert [entry.keyword for entry in made.keywords] == ["moss", "peat bog"]
    assert any("sentence" in note for note in made.notes)
    assert import_rules(prose, suffix=".md").rules == ()


def test_categories_that_settings_fetch_are_not_called_lonely() -> None:
    result = import_rules("keywords: [moss]\narxiv: {categories: [q-bio.PE, cs.CV]}\n")
    assert result.categories == ("q-bio.PE", "cs.CV")
    assert not any("no keywords" in note for note in result.notes)
