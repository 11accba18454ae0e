"""Faults in how a keyword matches, in text and in the other fields of a paper."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation

WORDS: Final = "digest/text/words.py"
INDEX: Final = "digest/matching/word_index.py"
PHRASES: Final = "digest/matching/phrases.py"
PATTERNS: Final = "digest/matching/patterns.py"
TERMS: Final = "digest/rules/terms.py"
LITERAL: Final = "digest/matching/literals.py"
SCAN: Final = "digest/matching/scan.py"
VALUES: Final = "digest/matching/values.py"
COMPARED: Final = "digest/rules/comparisons.py"
PARSE: Final = "digest/rules/parse.py"

JOINING: Final = (
    Mutation(
        "short words join over a space", INDEX,
        "_LONG_ENOUGH = 3", "_LONG_ENOUGH = 2",
        "`information` selects `robots in formation`",
    ),
    Mutation(
        "letters and digits do not join over a space", INDEX,
        "or (not left & _SIGN and", "or (False and",
        "`Llama3` misses `Llama 3`",
    ),
    Mutation(
        "bytes are counted for characters", INDEX,
        "& 0xC0) == 0x80", "& 0xC0) == 0x100",
        "`łełe` selects `łe łe`",
    ),
    Mutation(
        "words join over any punctuation", INDEX,
        "gap == Break.HYPHEN", "gap != Break.STOP",
        "`finetuning` selects `fine/tuning`",
    ),
    Mutation(
        "words do not join over a hyphen", INDEX,
        "joins: Flags = gap == Break.HYPHEN", "joins: Flags = gap == 9",
        "`muP` misses `mu-P`",
    ),
    Mutation(
        "a stop is no obstacle to a phrase", "digest/matching/phrases.py",
        '(kind == _STOP) | (gap[inner] != Break.STOP)', 'kind >= _BREAK',
        "`fine tuning` selects `fine, tuning`",
    ),
    Mutation(
        "a stop of the keyword is an obstacle", "digest/matching/phrases.py",
        '(kind == _STOP) | (gap[inner] != Break.STOP)', 'gap[inner] != Break.STOP',
        "`Soups: A Recipe` misses its own title",
    ),
    Mutation(
        "phrases run from the title into the abstract", PHRASES,
        "after[index.first[1:][np.diff(index.first) > 0] - 1] = _WHOLE", "",
        "`slam. It` selects a title that ends in *slam* with an abstract that begins with *it*",
    ),
    Mutation(
        "the walk does not go on inside words", PHRASES,
        "after[:-1] |= index.joins[1:].view(np.uint8) * np.uint8(_INSIDE)", "",
        "`finetuning` misses `fine-tuning`",
    ),
    Mutation(
        "one phrase for each sequence of letters", PHRASES,
        "times = self._times[position]", "times = np.minimum(self._times[position], 1)",
        "`fine tuning` hides `fine, tuning`, a keyword of another rule",
    ),
    Mutation(
        "hashes are trusted", PHRASES,
        "np.flatnonzero(text_letters != phrase_letters)",
        "np.flatnonzero(text_letters != text_letters)",
        "a text made for the purpose is selected by a word that it does not hold",
    ),
)  # fmt: skip

WILDCARDS: Final = (
    Mutation(
        "a pattern matches beginnings", PATTERNS,
        ".fullmatch(text))", ".match(text))",
        "`*former` selects `formers`",
    ),
    Mutation(
        "? may stand for nothing", PATTERNS,
        '"." if character == ANY_ONE', '".?" if character == ANY_ONE',
        "`wom?n` selects `womn`",
    ),
    Mutation(
        "? is a wildcard anywhere", WORDS,
        "return ANY_ONE if before_character.isalnum() and right.isalnum() else match[0]",
        "return ANY_ONE",
        "`what is it?` misses `what is it`",
    ),
    Mutation(
        "patterns meet folded plurals", PATTERNS,
        "ends = (index.raw_start + index.raw_length)", "ends = (index.raw_start + index.length)",
        "`*former` selects `formers`",
    ),
    Mutation(
        "a hyphen of a pattern must be there", PATTERNS,
        "product((False, True)", "product((False,)",
        "`pre-train*` misses `pretraining`",
    ),
    Mutation(
        "one literal is enough", TERMS,
        "MIN_LITERALS = 2", "MIN_LITERALS = 1",
        "`A*` selects every word with an a at its beginning",
    ),
    Mutation(
        "patterns that begin with * are forgotten", PATTERNS,
        "(word[:2], ()), *self._anywhere]", "(word[:2], ())]",
        "`*former` selects nothing",
    ),
)  # fmt: skip

NEAR: Final = (
    Mutation(
        "near takes one word twice", "digest/matching/near.py",
        "if place not in owner or settle(owner[place], tried):", "if True:",
        '`"a a"~1` selects `a`',
    ),
    Mutation(
        "near shows larger windows, too", "digest/matching/near.py",
        "windows.pop()", "pass",
        '`"a b"~5` shows all of `a a b`',
    ),
)  # fmt: skip

LITERALS: Final = (
    Mutation(
        "a word may go on before an exact keyword", "digest/matching/literals.py",
        'if not (_in_word(before) or _in_word(after)', 'if not (_in_word(after)',
        "`=A*` selects `AA*`",
    ),
    Mutation(
        "exact keywords of a set are numbered among themselves", LITERAL,
        "self._numbers[place] for place", "place for place",
        "a regex among five exact keywords shifts them",
    ),
    Mutation(
        "a set finds one exact keyword in a text", LITERAL,
        "self._set.Match(text) or ()", "self._set.Match(text)[:1] or ()",
        "of six exact keywords only one counts",
    ),
    Mutation(
        "exact keywords ignore case", LITERAL,
        "self._exact[number] = leaf.literal", "self._exact[number] = leaf.literal.lower()",
        "`=RAG` misses `RAG`",
    ),
    Mutation(
        "an empty match is none", LITERAL,
        "if span[0] < span[1]] or spans[:1]", "if span[0] < span[1]]",
        "`/x*/` selects no text without an x",
    ),
)  # fmt: skip

FIELDS: Final = (
    Mutation(
        "the abstract's keywords match titles", SCAN,
        '{"title": 1, "abstract": 0}', '{"title": 1}',
        "`abs:slam` selects by the title",
    ),
    Mutation(
        "the title's keywords match abstracts", SCAN,
        '{"title": 1, "abstract": 0}', '{"abstract": 0}',
        "`title:rooms` selects by the abstract",
    ),
    Mutation(
        "labels mind case", VALUES,
        "value = label.value.casefold()", "value = label.value",
        "`cat:CS.ro` misses *cs.RO*",
    ),
    Mutation(
        "labels match parts", VALUES,
        "if pattern.fullmatch(value)", "if pattern.search(value)",
        "`cat:s.*` selects *cs.RO*",
    ),
    Mutation(
        "points in labels are wildcards", VALUES,
        "re.escape(part) for part in parts", "part for part in parts",
        "`cat:cs.*` selects *csx*",
    ),
    Mutation(
        "papers have one identifier", VALUES,
        "paper.arxiv_id, paper.doi, *paper.aliases", "paper.arxiv_id",
        "`id:10.1000/xyz` misses the paper of that DOI",
    ),
    Mutation(
        "field names mind case", PARSE,
        "FIELD_NAMES.get(name.lower())", "FIELD_NAMES.get(name)",
        "`TITLE:a` is refused",
    ),
)  # fmt: skip

COMPARISONS: Final = (
    Mutation(
        "the upper end is out", VALUES,
        "result &= first <= high", "result &= first < high",
        "`upvotes:[10 TO 20]` misses 20",
    ),
    Mutation(
        "the lower end is out", VALUES,
        "result &= last >= low", "result &= last > low",
        "`upvotes:>=20` misses 20",
    ),
    Mutation(
        "unknown is zero", VALUES,
        "result = known.copy()", "result = known | True",
        "`upvotes:<5` selects a paper of which no upvotes are known",
    ),
    Mutation(
        "after a year begins with its second day", COMPARED,
        "return shift(last, 1), None", "return shift(first, 1), None",
        "`published:>2025` selects 14 March 2025",
    ),
    Mutation(
        "before a year ends with its last day", COMPARED,
        "return None, shift(first, -1)", "return None, shift(last, -1)",
        "`published:<2025` selects 14 March 2025",
    ),
    Mutation(
        "months have thirty days", COMPARED,
        "monthrange(year, month)[1]", "min(30, monthrange(year, month)[1])",
        "`published:2025-03` misses 31 March",
    ),
    Mutation(
        "today-N lies ahead", COMPARED,
        '(-1 if match[1] == "-" else 1)', "1",
        "`published:>=today-30` selects nothing",
    ),
    Mutation(
        "authors are those that are named", VALUES,
        "return counted if paper.author_count is None else paper.author_count", "return counted",
        "`authors:3` misses a paper of three of which two are named",
    ),
)  # fmt: skip
