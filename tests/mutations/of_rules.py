"""Faults in what rules mean and what a match is worth, in evaluating many, order, and changes."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import LOOKUP, SELECTION, Mutation

SCAN: Final = "digest/matching/scan.py"
PARSE: Final = "digest/rules/parse.py"
RULE: Final = "digest/rules/syntax.py"
PLAN: Final = "digest/matching/plan.py"
SHAPE: Final = "digest/matching/rule_shape.py"
PAIRS: Final = "digest/matching/pairs.py"
PHRASES: Final = "digest/matching/phrases.py"
MATCHER: Final = "digest/matching/matcher.py"
COMPILED: Final = "digest/matching/compiled.py"
SELECTING: Final = "digest/digests/selection.py"
LOOKING_UP: Final = "digest/search/queries.py"
FORMS: Final = "digest/library/word_index.py"
SCHEMA: Final = "digest/library/migrations/first.py"

OPERATORS: Final = (
    Mutation(
        "double bars mean AND", "digest/rules/scanner.py",
        '"||": "OR"', '"||": "AND"',
        "`a || b` misses `a`",
    ),
    Mutation(
        "OR binds tighter than AND", PARSE,
        "alternatives.append(_all(children))\n                children = []\n",
        "children[-1] = Or((children[-1], self._not(field)))\n                continue\n",
        "`a OR b c` misses `a`",
    ),
    Mutation(
        "a negation is lost in brackets", PARSE,
        "self.at += 1\n            node = Not(self._not(field))",
        "self.at += 1\n            node = self._not(field)",
        "`a -b` selects `a b`",
    ),
    Mutation(
        "a rule with any negation is refused", RULE,
        "return all(map(only_negates", "return any(map(only_negates",
        "`robots NOT survey` is no rule",
    ),
    Mutation(
        "alternatives must all match", SHAPE,
        "AnyOf(tuple(rest))", "AllOf(tuple(rest))",
        "`a OR b c` misses `a`",
    ),
    Mutation(
        "keywords and query are joined by AND", RULE,
        "else Or(children)", "else And(children)",
        "a rule's keywords select only what its query does",
    ),
)  # fmt: skip

POINTS: Final = (
    Mutation(
        "a title gives no more", PAIRS,
        "self._points[use] * (1 + (rows & 1))", "self._points[use]",
        "`a` in the title gives 1",
    ),
    Mutation(
        "the abstract takes the title's points", PAIRS,
        "np.append(_firsts(place)[1:], len(place))[: len(place)] - 1", "_firsts(place)",
        "`a` in title and abstract gives 1",
    ),
    Mutation(
        "ten thousand rules are told apart by 32 bits", PAIRS,
        "np.uint32 if bits <= 32 else np.uint64", "np.uint32",
        "a rule selects the papers of another",
    ),
    Mutation(
        "every place counts", PAIRS,
        "np.append(_firsts(place)[1:], len(place))[: len(place)] - 1", "np.arange(len(place))",
        "`a` in title and abstract gives 3",
    ),
    Mutation(
        "weights do nothing to keywords", SHAPE,
        "boosts.pop(leaf) * weight", "boosts.pop(leaf)",
        "`weight: 2` changes nothing",
    ),
    Mutation(
        "weights do nothing where comparisons select", "digest/matching/compiled.py",
        'points, self._weight[pairs.rule])', 'points, 1.0)',
        "`upvotes:>=10` with `weight: 5` gives 1",
    ),
    Mutation(
        "a keyword of no points is none", COMPILED,
        "np.where(keywords > 0, points", "np.where(points > 0, points",
        "`a^0` gives the rule's weight",
    ),
    Mutation(
        "the last boost wins", SHAPE,
        "max(leaf.boost, self.boosts.get(number, leaf.boost))", "leaf.boost",
        "`a^3 OR a` gives 1",
    ),
    Mutation(
        "boosts make keywords different", PLAN,
        "else replace(leaf, boost=1.0)", "else leaf",
        "`a OR a^3` gives 4",
    ),
    Mutation(
        "what stands under NOT counts", SHAPE,
        "NoneOf(self.build(node.child))", "NoneOf(self.build(node.child, counts=counts))",
        "`a OR NOT b` gives 2 for `a b`",
    ),
    Mutation(
        "a keyword counts on each branch", SHAPE,
        "boosts.pop(leaf) * weight", "boosts[leaf] * weight",
        "`a OR (a b)` gives 2 for *a*",
    ),
    Mutation(
        "boosts of brackets replace those inside", PARSE,
        "boost=node.boost * factor", "boost=factor",
        "`(a b^2)^3` gives 6",
    ),
    Mutation(
        "a bracket gives comparisons a boost", PARSE,
        "    if node.boost is None:\n        return node\n    return replace("
        "node, boost=node.boost * factor)",
        "    return replace(node, boost=(node.boost or 1.0) * factor)",
        "`(upvotes:>=10 a)^3` gives 6",
    ),
    Mutation(
        "min_score must be exceeded", COMPILED,
        "points >= self._min_score[rule]", "points > self._min_score[rule]",
        "`min_score: 2` misses a paper of 2 points",
    ),
    Mutation(
        "a place tells half of its points", COMPILED,
        'factor = 2 if any(place.field == "title" for place in places) else 1', "factor = 1",
        "the keywords' points do not sum up to the rule's",
    ),
)  # fmt: skip

EVALUATING: Final = (
    Mutation(
        "rules of like shape share a table", PLAN,
        "return (And, selecting, self._outlines(require, places), self._outlines(exclude, places))",
        "return (And, selecting, self._outlines((*require, *exclude), places))",
        "`a b` with `require: [c]` is evaluated as `a b` with `exclude: [c]`",
    ),
    Mutation(
        "rules of like shape share their boosts", PLAN,
        "return place if leaf.boost == 1.0 else (place, leaf.boost)", "return place",
        "`b^3` gives what `a` does",
    ),
    Mutation(
        "machine words have a hundred bits", PLAN,
        "MASK_BITS = 62", "MASK_BITS = 100",
        "the sixty-fifth part of a rule is never true",
    ),
    Mutation(
        "only sixty-four parts of a rule", COMPILED,
        "masks[number] |= 1 << use.bit", "masks[number] |= 1 << min(use.bit, 63)",
        "a rule of seventy parts is never true",
    ),
    Mutation(
        "wide rules are evaluated for all papers at once", COMPILED,
        "hits.paper[hits.leaf == use.leaf]", "hits.paper",
        "a rule of seventy parts selects what holds any of them",
    ),
    Mutation(
        "no rule selects a paper that it does not touch", COMPILED,
        "np.flatnonzero(always[kinds]).tolist()", "[]",
        "`a OR NOT b` misses a paper with neither",
    ),
    Mutation(
        "a rule selects what it touches twice", COMPILED,
        "np.setdiff1d(np.arange(papers), touched, assume_unique=True)", "np.arange(papers)",
        "`a OR NOT b` selects a paper with *b*",
    ),
    Mutation(
        "a memo for all rules", COMPILED,
        "self._truths.get((rule, mask))", "self._truths.get((0, mask))",
        "rules of nine parts get each other's answers",
    ),
    Mutation(
        "batches forget which paper", SCAN,
        "parts.append(self._scan_words(group, texts, index, start, places))",
        "parts.append(self._scan_words(group, texts, index, 0, places))",
        "the 1,025th paper's words are the first one's",
    ),
    Mutation(
        "keywords keep their plurals", PHRASES,
        "    if fold:\n", "    if False:\n",
        "`models` misses *model*",
    ),
)  # fmt: skip

ORDER: Final = (
    Mutation(
        "rules of a paper stand as in the config", MATCHER,
        "(-match[1].points, match[0])", "match[0]",
        "the section with most points is not the paper's",
    ),
    Mutation(
        "unknown upvotes come first", SELECTING,
        'float("inf") if count is None', 'float("-inf") if count is None',
        "a paper without upvotes stands before one with fifty",
        SELECTION,
    ),
    Mutation(
        "oldest first", SELECTING,
        "*_newest_first(paper.published),", "*(-part for part in _newest_first(paper.published)),",
        "last year's papers stand before today's",
        SELECTION,
    ),
    Mutation(
        "unknown upvotes come first in the library", FORMS,
        "ORDER BY upvotes IS NULL, ", "ORDER BY upvotes IS NOT NULL, ",
        "`match` and `run` differ in their order",
        LOOKUP,
    ),
    Mutation(
        "days of the library run forward", FORMS,
        "published DESC", "published",
        "`match` and `run` differ in their order",
        LOOKUP,
    ),
    Mutation(
        "the best of too few", LOOKING_UP,
        "rule_points >= np.partition", "rule_points > np.partition",
        "`match --limit 5` shows fewer",
        LOOKUP,
    ),
    Mutation(
        "fewest points first", LOOKING_UP,
        "-self._points[hits]", "self._points[hits]",
        "`match` begins with the worst",
        LOOKUP,
    ),
    Mutation(
        "papers are taken for their neighbours", LOOKING_UP,
        "keys[selected.paper]", "keys[::-1][selected.paper]",
        "`match` names other papers than it counts",
        LOOKUP,
    ),
    Mutation(
        "each process counts for all", LOOKING_UP,
        "counts[number::processes] = share", "counts[: len(share)] = share",
        "with two cores `match --count` has the counts of other queries",
        LOOKUP,
    ),
    Mutation(
        "a changed text keeps its words", SCHEMA,
        "WHEN OLD.title IS NOT NEW.title", "WHEN OLD.title IS NEW.abstract",
        "`match` finds the words of a title that is no more",
        LOOKUP,
    ),
)  # fmt: skip
