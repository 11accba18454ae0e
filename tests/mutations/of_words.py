"""Faults in what a word, a plural and a break are, in the cutting of many texts, and in storing."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation

WORDS: Final = "digest/text/words.py"
INDEX: Final = "digest/matching/word_index.py"
FOLDING: Final = "digest/matching/fold_batch.py"
DISTINCT: Final = "digest/matching/unique_words.py"
STORED: Final = "digest/matching/word_index_bytes.py"

NORMALISING: Final = (
    Mutation(
        "no compatibility forms", "digest/text/normalise.py",
        'return unicodedata.normalize("NFKC", character)', "return character",
        "`office` misses `oﬃce`",
    ),
    Mutation(
        "lower case instead of case folding", "digest/text/normalise.py",
        "character.casefold()", "character.lower()",
        "`strasse` misses `Straße`",
    ),
    Mutation(
        "combining marks stay", "digest/text/normalise.py",
        'return category[0] != "M" and category != "Cf"', 'return category != "Cf"',
        "`cafe` misses `café`",
    ),
    Mutation(
        "format characters stay", "digest/text/normalise.py",
        'return category[0] != "M" and category != "Cf"', 'return category[0] != "M"',
        "`finetuning` misses a text with a soft hyphen",
    ),
    Mutation(
        "Greek letters stay", "digest/text/normalise.py",
        '("GREEK SMALL LETTER ", "GREEK LETTER ")', '("GREEK CAPITAL ",)',
        "`muP` misses `μP`",
    ),
    Mutation(
        "lambda keeps Unicode's spelling", "digest/text/normalise.py",
        '.replace("lamda", "lambda")', "",
        "`lambda` misses `λ`",
    ),
    Mutation(
        "digits of other scripts are letters", "digest/text/normalise.py",
        "return str(unicodedata.decimal(character))", "return character",
        "`Llama3` misses `Llama ٣`",
    ),
    Mutation(
        "dollar signs stay in keywords", "digest/text/normalise.py",
        "_DROPPED_SIGNS: Final = '\"`*_$'", "_DROPPED_SIGNS: Final = '\"`*_'",
        "`$N$-body` misses `N-body`",
    ),
    Mutation(
        "possessives stay in texts", "digest/matching/normalise_batch.py",
        "odd.append(_drop_possessives(data, places[sign == ord(\"'\")]))", "",
        "`C++` misses `C++'s`",
    ),
    Mutation(
        "possessives stay in keywords", "digest/text/normalise.py",
        'return "" if _ENDS_IN_WORD.search(match.string[max(0, start - 4) : start]) else match[0]',
        "return match[0]",
        "`C++'s speed` misses `C++ speed`",
    ),
    Mutation(
        "other apostrophes stay in texts", "digest/matching/normalise_batch.py",
        '_DROPPED + _DROPPED_S + b"\'"', "_DROPPED + _DROPPED_S",
        "`dont` misses `don't`",
    ),
    Mutation(
        "no signs at words of one letter", "digest/matching/normalise_batch.py",
        "return sign.translate(_SIGN_BYTES) + SEAM.encode()", "return sign",
        "`C++` misses `C++`",
    ),
    Mutation(
        "signs at words of any length", "digest/matching/normalise_batch.py",
        'len(letters[0].decode(errors="replace")) == 1', "True",
        "`abc` misses `abc++`",
    ),
    Mutation(
        "Han characters run together", "digest/text/normalise.py",
        'return f"{SEAM}{character}{SEAM}"', "return character",
        "`模型` misses `大模型`",
    ),
)  # fmt: skip

PLURALS: Final = (
    Mutation(
        "plurals of three letters", "digest/text/folding.py",
        "if len(word) <= 3 or", "if len(word) <= 2 or",
        "`gas` becomes `ga`",
    ),
    Mutation(
        "plurals with digits in them", "digest/text/folding.py",
        "or not word.isalpha():", "or word.isdigit():",
        "`k8s4s` meets `k8s4`",
    ),
    Mutation(
        "sses is no ending", "digest/text/folding.py",
        '("sses", "ss", ()),', "",
        "`process` misses `processes`",
    ),
    Mutation(
        "us loses its s", "digest/text/folding.py",
        '("us", "ss", "is")', '("ss", "is")',
        "`corpora` misses `corpus`",
    ),
    Mutation(
        "a final ie stays", "digest/text/folding.py",
        '("ie", "y"), ("che", "ch")', '("che", "ch")',
        "`movie` misses `movies`",
    ),
)  # fmt: skip

BREAKS: Final = (
    Mutation(
        "en dashes are punctuation", "digest/text/normalise.py",
        '"\\u2010\\u2011\\u2013\\u2212", "-")', '"\\u2010\\u2011\\u2212", "-")',
        "`visionlanguage` misses `vision–language`",
    ),
    Mutation(
        "em dashes are punctuation", "digest/text/normalise.py",
        '"\\u2014": HALT', '"\\u2014": "|"',
        "`fine tuning` selects `fine—tuning`",
    ),
    Mutation(
        "two hyphens are no stop", WORDS,
        'between.count("-") > 1', 'between.count("-") > 2',
        "`fine tuning` selects `fine--tuning`",
    ),
    Mutation(
        "punctuation beside a space is no stop", "digest/text/words.py",
        'Break.STOP if spaced or HALT', 'Break.STOP if HALT',
        "`vision language` selects `vision, language`",
    ),
    Mutation(
        "several spaces are a stop", WORDS,
        "if between.isspace():", 'if between == " ":',
        "`free lunch` misses `free « lunch`",
    ),
    Mutation(
        "a hyphen beside other signs is a hyphen", WORDS,
        'if between == "-":', 'if "-" in between.strip("/"):',
        "`finetuning` selects `fine -tuning`",
    ),
    Mutation(
        "texts run into each other", INDEX,
        "len(starts)]] = Break.STOP", "len(starts)]] = Break.SPACE",
        "`slam it` selects a title that ends in *slam* with an abstract that begins with *it*",
    ),
    Mutation(
        "gaps of two characters are looked up backwards", INDEX,
        "classify(chr(pair & 255) + chr(pair >> 8))", "classify(chr(pair >> 8) + chr(pair & 255))",
        "`vision language` selects `vision, language`",
    ),
)  # fmt: skip

STORING: Final = (
    Mutation(
        "folded plurals are stored whole", STORED,
        "length=length,", "length=raw_length,",
        "`model` misses *models* in the library",
    ),
    Mutation(
        "irregular plurals point astray", STORED,
        "start=start,", "start=raw_start,",
        "`matrix` misses *matrices* in the library",
    ),
    Mutation(
        "many different words are cut off", STORED,
        "_NARROW: Final = 1 << 16", "_NARROW: Final = 1 << 17",
        "the 65,537th different word of some papers is taken for the first",
    ),
    Mutation(
        "words that meet in a table are one", DISTINCT,
        'same = low.take(candidate, mode="clip") == low', "same = candidate >= 0",
        "a word selects another, by chance",
    ),
    Mutation(
        "words of the same beginning are one", DISTINCT,
        "same[long] &= high[candidate[long]] == long_high", "",
        "`multimodal` selects `multimodality`",
    ),
    Mutation(
        "long words are what they begin with", DISTINCT,
        "low[wide] = 0", "low[wide] += 0",
        "`electroencephalo` selects `electroencephalogram`",
    ),
    Mutation(
        "what may join is forgotten", STORED,
        "(flags & np.uint8(_JOINS)) > 0", "(flags & np.uint8(_JOINS)) > _JOINS",
        "`finetuning` misses *fine-tuning* in the library",
    ),
    Mutation(
        "breaks are forgotten", STORED,
        "gap=flags & np.uint8(_GAP)", "gap=flags & np.uint8(1)",
        "`fine tuning` selects *fine, tuning* in the library",
    ),
)  # fmt: skip

_CASES: Final = (
    "tests/rules/test_expressions.py", "tests/rules/test_rule_language.py",
    "tests/matching/test_patterns.py",
    "tests/matching/test_points.py", "tests/matching/test_matcher.py",
    "tests/rules/test_words.py", "tests/matching/test_word_index.py",
)  # fmt: skip
VERSION_2: Final = (
    Mutation(
        "links are text",
        "digest/matching/normalise_batch.py",
        "        _cut_links(buffer, data, links)\n",
        "        pass\n",
        "`github` selects each paper with a link to its code",
    ),
    Mutation(
        "GPUs keep their s in keywords",
        "digest/text/normalise.py",
        'return "" if text[at - 1].isupper() and before.isalpha()',
        'return "" if text[at - 1].islower() and before.isalpha()',
        "`GPU` misses GPUs in texts beyond ASCII",
    ),
    Mutation(
        "SARS is a plural in texts",
        "digest/matching/word_index.py",
        "forms = folded(forms, kept)",
        "forms = folded(forms, kept & False)",
        "`SAR` selects SARS",
    ),
    Mutation(
        "brackets of abbreviations are no shortcut",
        "digest/matching/phrases.py",
        "            if len(skips):\n                walks",
        "            if False:\n                walks",
        "`large language model agent` misses Large Language Model (LLM) agents",
    ),
    Mutation(
        "British stays British",
        "digest/text/folding.py",
        "return spell(fold_plural(word))",
        "return fold_plural(word)",
        "`behaviour` misses behavior",
    ),
    Mutation(
        "initials do not agree",
        "digest/rules/people.py",
        "(len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b))",
        "a == b",
        "`Yann LeCun` misses Y. LeCun",
        ("tests/rules/test_people.py",),
    ),
    Mutation(
        "alternatives add up",
        "digest/matching/points.py",
        "    return max(parts, key=lambda scores: sum(scores.values()), default={})",
        "    return _together(parts)",
        "synonyms of the context outweigh the topic",
    ),
    Mutation(
        "words in brackets are counted",
        "digest/matching/near.py",
        "np.cumsum(~index.bracketed)",
        "np.cumsum(index.gap < 9)",
        '`"model agent"~0` misses Model (LLM) agents',
        _CASES,
    ),
    Mutation(
        "PRE minds no order",
        "digest/matching/near.py",
        "    if not ordered:\n",
        "    if True:\n",
        "`a PRE/5 b` selects *b a*",
        _CASES,
    ),
    Mutation(
        "NEAR minds the order",
        "digest/matching/near.py",
        "    if not ordered:\n",
        "    if False:\n",
        "`a NEAR/5 b` misses *b a*",
        _CASES,
    ),
    Mutation(
        "places of units do not ascend",
        "digest/matching/patterns.py",
        "        return cls.of(\n            np.concatenate([part.start",
        "        return cls(\n            np.concatenate([part.start",
        '`"pretraining corp*"` loses papers when another of the day says *pre-training*',
        ("tests/matching/test_batches.py",),
    ),
    Mutation(
        "ANY asks for one",
        "digest/matching/rule_shape.py",
        "SomeOf(node.least, children)",
        "SomeOf(1, children)",
        "`ANY 2 (a, b, c)` selects *a*",
        _CASES,
    ),
    Mutation(
        "aliases hold alone and not in phrases",
        "digest/rules/aliases.py",
        "runs = list(aliases.runs(words, fold=fold))",
        "runs = [r for r in aliases.runs(words, fold=fold) if r[1] - r[0] == len(words[0])]",
        "`LLM agent` misses *large language model agent*",
        _CASES,
    ),
    Mutation(
        "punctuation of keywords may vanish",
        "digest/matching/phrases.py",
        "right &= matched_breaks == self._required[phrase]",
        "right &= matched_breaks >= 0",
        "`M&A deals` selects *MA deals*",
        _CASES,
    ),
    Mutation(
        "a dot need not stand before",
        "digest/matching/phrases.py",
        "fits = ~self._dotted[runs.matcher] | is_among(runs.word, index.dotted)",
        "fits = runs.word >= 0",
        "`.NET` selects *net*",
        _CASES,
    ),
    Mutation(
        "initials are words of their own",
        "digest/text/normalise.py",
        'return match[0].rstrip(".").replace(".", DOT)',
        "return match[0]",
        "`U.S.` misses *U.S.*",
        _CASES,
    ),
    Mutation(
        "irregular plurals are unknown",
        "digest/text/folding.py",
        "    singular = PLURALS.get(word)\n",
        "    singular = None\n",
        "`nucleus` misses *nuclei*",
        _CASES,
    ),
    Mutation(
        "the last of a list cut short is the last",
        "digest/matching/scan.py",
        "return () if cut_short else authors[-1:]",
        "return authors[-1:]",
        "`last_author:` selects by the third of nine authors",
        _CASES,
    ),
    Mutation(
        "a month is its first day",
        "digest/matching/values.py",
        "result &= last >= low",
        "result &= first >= low",
        "`published:>=2026-01-15` misses a paper of January 2026",
        _CASES,
    ),
    Mutation(
        "what is avoided takes more than there is",
        "digest/matching/points.py",
        "points = max(points, 0.0)",
        "pass",
        "`avoid: [survey^9]` gives a paper −7 points",
        _CASES,
    ),
    Mutation(
        "rules of queries select nothing",
        "digest/matching/compiled.py",
        "parts.append(Hits(np.full(len(paper), number), paper, title))",
        "pass",
        '`rule:"Scaling laws"` selects nothing',
        _CASES,
    ),
    Mutation(
        "the last day of a rule is the day before",
        "digest/rules/syntax.py",
        "today > self.until",
        "today >= self.until",
        "`until: 2026-12-31` rests on New Year's Eve",
        _CASES,
    ),
)
