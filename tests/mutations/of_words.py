"""Faults in what a word, a plural and a break are, in the cutting of many texts, and in storing."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation

WORDS: Final = "digest/text/words.py"
INDEX: Final = "digest/matching/word_index.py"
FOLDING: Final = "digest/matching/plurals.py"
DISTINCT: Final = "digest/matching/distinct.py"
STORED: Final = "digest/matching/word_index_bytes.py"

NORMALISING: Final = (
    Mutation(
        "no compatibility forms", WORDS,
        'return unicodedata.normalize("NFKC", character)', "return character",
        "`office` misses `oﬃce`",
    ),
    Mutation(
        "lower case instead of case folding", WORDS,
        "character.casefold()", "character.lower()",
        "`strasse` misses `Straße`",
    ),
    Mutation(
        "combining marks stay", WORDS,
        'if category[0] == "M" or category == "Cf":', 'if category == "Cf":',
        "`cafe` misses `café`",
    ),
    Mutation(
        "format characters stay", WORDS,
        'if category[0] == "M" or category == "Cf":', 'if category[0] == "M":',
        "`finetuning` misses a text with a soft hyphen",
    ),
    Mutation(
        "Greek letters stay", WORDS,
        '("GREEK SMALL LETTER ", "GREEK LETTER ")', '("GREEK CAPITAL ",)',
        "`muP` misses `μP`",
    ),
    Mutation(
        "lambda keeps Unicode's spelling", WORDS,
        '.replace("lamda", "lambda")', "",
        "`lambda` misses `λ`",
    ),
    Mutation(
        "digits of other scripts are letters", WORDS,
        "return str(unicodedata.decimal(character))", "return character",
        "`Llama3` misses `Llama ٣`",
    ),
    Mutation(
        "LMs keep their s in keywords", WORDS,
        'return "" if capitals and not before.isalnum() else "s"', 'return "s"',
        "`LMs` misses `LM`",
    ),
    Mutation(
        "LMs lose their s inside longer words", WORDS,
        'return "" if capitals and not before.isalnum() else "s"',
        'return "" if capitals else "s"',
        "`4VMs` is cut differently in texts and in keywords",
    ),
    Mutation(
        "LMs keep their s in texts", INDEX,
        "if not alone.any():", "if True:",
        "`LM` misses `LMs`",
    ),
    Mutation(
        "curly quotation marks part words", WORDS,
        '"\\u201c\\u201d\\u201e\\u201f\\u00ab\\u00bb\\u301d\\u301e\\u301f", "")',
        '"\\u201c\\u201d\\u201e\\u201f\\u00ab\\u00bb\\u301d\\u301e\\u301f", "/")',
        "`free lunch` misses `“free” lunch`",
    ),
    Mutation(
        "underscores are letters in texts", INDEX,
        '_DROPPED = b\'"`*_$\'', '_DROPPED = b\'"`*$\'',
        "`snakecase` misses `snake_case`",
    ),
    Mutation(
        "dollar signs stay in keywords", WORDS,
        '\'["`*_$]+\'', '\'["`*_]+\'',
        "`$N$-body` misses `N-body`",
    ),
    Mutation(
        "only straight apostrophes", WORDS,
        '"\\u2018\\u2019\\u201b\\u02bc", "\'")', '"\\u02bc", "\'")',
        "`don't` misses `don’t`",
    ),
    Mutation(
        "possessives stay in texts", INDEX,
        "_POSSESSIVE.sub(_unless_alone, encoded)", "encoded",
        "`C++` misses `C++'s`",
    ),
    Mutation(
        "possessives stay in keywords", WORDS,
        'return "" if _ENDS_IN_WORD.search(match.string[max(0, start - 4) : start]) else match[0]',
        "return match[0]",
        "`C++'s speed` misses `C++ speed`",
    ),
    Mutation(
        "other apostrophes stay in texts", INDEX,
        '.replace(b"\'", b"")', "",
        "`dont` misses `don't`",
    ),
    Mutation(
        "no comma within numbers of texts", INDEX,
        '(data == ord(".")) | (data == ord(","))', '(data == ord("."))',
        "`10,000` misses `10,000`",
    ),
    Mutation(
        "points of numbers part words of keywords", WORDS,
        "[\\w\\x01\\x02]+(?:(?<=\\d)[.,]", "[\\w\\x01\\x02]+(?:(?<=\\d)[,]",
        "`Qwen2.5` selects `Qwen2`, or misses `Qwen2.5`",
    ),
    Mutation(
        "no signs at words of one letter", INDEX,
        "return match[0].translate(_SIGN_BYTES) + SEAM.encode()", "return match[0]",
        "`C++` misses `C++`",
    ),
    Mutation(
        "signs at words of any length", INDEX,
        'len(letters[0].decode(errors="replace")) == 1', "True",
        "`abc` misses `abc++`",
    ),
    Mutation(
        "Han characters run together", WORDS,
        'return f"{SEAM}{character}{SEAM}"', "return character",
        "`模型` misses `大模型`",
    ),
)  # fmt: skip

PLURALS: Final = (
    Mutation(
        "plurals of three letters", WORDS,
        "if len(word) <= 3 or", "if len(word) <= 2 or",
        "`gas` becomes `ga`",
    ),
    Mutation(
        "plurals with digits in them", WORDS,
        "or not word.isalpha():", "or word.isdigit():",
        "`k8s4s` meets `k8s4`",
    ),
    Mutation(
        "biases are no plural", WORDS,
        '"biases": "bias", ', "",
        "`bias` misses `biases`",
    ),
    Mutation(
        "series are several serie", WORDS,
        '"series": "series", ', "",
        "`series` selects `serie`",
    ),
    Mutation(
        "sses is no ending", WORDS,
        '("sses", "ss", ()),', "",
        "`process` misses `processes`",
    ),
    Mutation(
        "us loses its s", WORDS,
        '("us", "ss", "is")', '("ss", "is")',
        "`corpora` misses `corpus`",
    ),
    Mutation(
        "a final ie stays", WORDS,
        '("ie", "y"), ("che", "ch")', '("che", "ch")',
        "`movie` misses `movies`",
    ),
    Mutation(
        "matrices are told by their s alone in texts", FOLDING,
        'in "ixhsc"]] = True', 'in "ixhs"]] = True',
        "`matrix` misses `matrices`",
    ),
    Mutation(
        "bias loses its s in texts", FOLDING,
        '_KEPT_PLURALS = ("bias", "lens")', '_KEPT_PLURALS = ("lens",)',
        "`bias` misses `bias`",
    ),
    Mutation(
        "short words lose their s in texts", FOLDING,
        "ending[lengths <= 3] = 0", "ending[lengths <= 2] = 0",
        "`gas` misses `gas`",
    ),
    Mutation(
        "words with digits lose their s in texts", FOLDING,
        "plain = before[ends[words]] == before[forms.raw_start[words]]", "plain = words >= 0",
        "`k8s4s` misses itself",
    ),
)  # fmt: skip

BREAKS: Final = (
    Mutation(
        "en dashes are punctuation", WORDS,
        '"\\u2010\\u2011\\u2013\\u2212", "-")', '"\\u2010\\u2011\\u2212", "-")',
        "`visionlanguage` misses `vision–language`",
    ),
    Mutation(
        "em dashes are punctuation", WORDS,
        '"\\u2014": EM_DASH', '"\\u2014": "/"',
        "`fine tuning` selects `fine—tuning`",
    ),
    Mutation(
        "two hyphens are no stop", WORDS,
        'between.count("-") > 1', 'between.count("-") > 2',
        "`fine tuning` selects `fine--tuning`",
    ),
    Mutation(
        "punctuation beside a space is no stop", WORDS,
        "if spaced or EM_DASH", "if EM_DASH",
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
        "<< 7 | data[left[two] + 1]", "<< 7 | data[left[two]]",
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
        'same = low.take(found, mode="clip") == low', "same = found >= 0",
        "a word selects another, by chance",
    ),
    Mutation(
        "words of the same beginning are one", DISTINCT,
        'same &= high.take(found, mode="clip") == high', "",
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
