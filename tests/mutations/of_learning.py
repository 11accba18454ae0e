"""Faults of what is learned from a reader's marks, and of what is proposed."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import SELECTION, Mutation

RANKING: Final = "digest/learning/ranking.py"
PREFERENCES: Final = "digest/learning/preferences.py"
OF_RANKING: Final = ("tests/learning/test_ranking.py",)
OF_NEAR: Final = ("tests/matching/test_near_misses.py",)
OF_MORE: Final = ("tests/pipeline/test_more_like_these.py",)

LEARNING: Final = (
    Mutation(
        "likeness alone orders",
        "digest/digests/selection.py",
        "(order[place] + rank[place], rank[place])",
        "(rank[place], rank[place])",
        "a paper of many points stands behind one that is a little more like the liked ones",
        SELECTION,
    ),
    Mutation(
        "what was liked long ago counts as much",
        RANKING,
        "np.maximum(np.exp2(-ages / _HALF_LIFE), _LEAST_WEIGHT)",
        "np.exp2(0 * np.minimum(ages, 1.0))",
        "an interest of years ago outweighs this month's",
        OF_RANKING,
    ),
    Mutation(
        "a paper is told from itself",
        RANKING,
        "scores[place] -= self._shares[taught]",
        "scores[place] -= 0.0",
        "of two like papers the one that is in the sample of the library stands last",
        OF_RANKING,
    ),
    Mutation(
        "papers like nothing are near",
        RANKING,
        "[place for place in best if scores[place] > self._near][: 2 * most]",
        "best[: 2 * most]",
        "a day without anything alike fills *More like these* nevertheless",
        OF_RANKING,
    ),
    Mutation(
        "few liked papers make nothing near",
        RANKING,
        "min(0.0, float(np.quantile(of_liked, _NEAR).round(_DIGITS)))",
        "0.0",
        "with five liked papers *More like these* is always empty",
        OF_RANKING,
    ),
    Mutation(
        "imported papers teach nothing",
        PREFERENCES,
        'return mark.starred or mark.state == "done"',
        'return mark.starred or (mark.state == "done" and mark.origin != "owned")',
        "an imported library orders nothing",
        ("tests/learning/test_preferences.py",),
    ),
    Mutation(
        "a section of no rule is a rule that left",
        "digest/pipeline/publish.py",
        "tuple(section.name for section in sections if section.of_rule)",
        "tuple(section.name for section in sections)",
        "the digest after *More like these* says that a rule was removed",
        OF_MORE,
    ),
    Mutation(
        "what a rule took is near, too",
        "digest/pipeline/selecting.py",
        "if paper not in selected and paper not in considered_before",
        "if paper not in considered_before",
        "a paper stands in its section and in *More like these*",
        OF_MORE,
    ),
    Mutation(
        "filler is proposed",
        "digest/learning/filler_words.py",
        "if not words or words[0] in FILLER or words[-1] in FILLER:",
        "if not words:",
        "`suggest` proposes *demonstrated*",
        ("tests/learning/test_filler_words.py",),
    ),
    Mutation(
        "a keyword is added behind the first one",
        "digest/config/additions.py",
        "lines.insert(line - 1, added)",
        "lines.insert(line, added)",
        "`suggest --write` puts a keyword between another and its second line",
        ("tests/config/test_additions.py",),
    ),
    Mutation(
        "what is near stands among the near misses, too",
        "digest/pipeline/selecting.py",
        "[paper for paper in passed_over() if paper.id not in shown]",
        "list(passed_over())",
        "a paper stands in *More like these* and in *Near misses*",
        ("tests/pipeline/test_near_misses.py",),
    ),
    Mutation(
        "near misses are liked",
        "digest/library/digests.py",
        "\" AND json_extract(snapshot, '$.missed') IS NULL\"",
        '""',
        "`status` counts near misses for what *More like these* is worth",
        ("tests/pipeline/test_near_misses.py",),
    ),
    Mutation(
        "a rule misses what it takes",
        "digest/matching/near_misses.py",
        "near &= ~np.isin(pair, selection.rule[of_rules] * len(papers)"
        " + selection.paper[of_rules])",
        "near &= pair >= 0",
        "`explain --rule` lists the rule's own papers among its near misses",
        OF_NEAR,
    ),
    Mutation(
        "a loosened bracket adds up",
        "digest/matching/relaxed_rules.py",
        "else replace(node, children=tuple(children))",
        "else type(node)(tuple(children))",
        "a paper of too few points counts as excluded by a word that it does not have",
        OF_NEAR,
    ),
    Mutation(
        "likeness is found again and again",
        "digest/library/similar_papers.py",
        "WHERE papers IS NULL ORDER BY wanted.key",
        "ORDER BY wanted.key",
        "pages of old papers change when a later paper is like theirs",
        ("tests/site/test_related_rules.py",),
    ),
    Mutation(
        "one word in common is enough",
        "digest/learning/similar_papers.py",
        "(shared >= LEAST_SHARED)",
        "(shared >= 1)",
        "*Like this one* names papers of other subjects",
        ("tests/learning/test_similar_papers.py",),
    ),
)
