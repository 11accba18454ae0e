"""Feed damaged texts to all parsers: queries, LaTeX, lists, references, rules, configs.

    python -m benchmarks.fuzz_languages --seconds 600 --seed 3

Each input is a sample that was cut, had bits flipped, pieces dropped, doubled or swapped, signs put
in, or was joined with another. A finding is any exception but the program's own errors, an answer
that breaks what its language promises (a list's blocks are its every character, clean text is
clean), or an input that takes over two seconds of processor time. Prints inputs and findings, and
exits with 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.fuzz_readers import MUTATIONS
from digest.bibliography.read import read_references
from digest.config import parse_config
from digest.errors import DigestError
from digest.reading_list import parse
from digest.rule_import import import_rules, write_yaml
from digest.rules import parse_query
from digest.text.clean import clean_text
from digest.text.latex import latex_to_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SLOW: Final = 2.0


LIST: Final = """\
# Reading list

## Monday <!-- digest day: 2026-01-05 -->

- [ ] Salt <!-- digest: a -->
  A note #tag.
- [x] Bread ⭐ <!-- digest: b -->

> quoted
"""
BIBTEX: Final = """\
@article{salt, title = {Salt in {B}read}, author = {Berg, Ada and Day, Bo}, year = 2026,
  month = jan # "~5", doi = "10.1234/a(b)<c>"}
@comment{x}
@string{j = {Baking}}
"""
RIS: Final = """\
TY  - JOUR
TI  - Salt
AU  - Berg, Ada
PY  - 2026/01/05
DO  - 10.1234/salt
ER  -
"""
CSL: Final = """\
[{"type": "article-journal", "title": "Salt <i>in</i>", "DOI": "10.1234/salt",
  "author": [{"family": "Berg", "given": "Ada"}], "issued": {"date-parts": [[2026, 1]]}}]
"""
CONFIG: Final = """\
title: My papers
sources:
  - dumps/
  - arxiv: [cs.CL]
rules:
  - {name: A, keywords: [salt, "bread*"], weight: 2}
  - {name: B, query: 'a OR b'}
profiles:
  - {name: p, rules: [A], at: "07:00", timezone: Europe/Zurich, limit: 4}
"""
ALIASES: Final = """\
aliases:
  LLM: [large language model]
rules: [{name: A, keywords: [LLM]}]
sources: [x/]
smtp: {host: mail.example.org, port: 587, security: starttls}
"""


class Language(NamedTuple):
    """Something that reads texts."""

    read: Callable[[str], None]
    samples: Sequence[str]


class Finding(NamedTuple):
    """An input with which something went wrong."""

    language: str
    text: str
    what: str


def _query(text: str) -> None:
    parse_query(text)


def _latex(text: str) -> None:
    for name in (False, True):
        latex_to_unicode(text, name=name)
    once = clean_text(text)
    assert clean_text(once, latex=False) == once, f"not clean: {once!r}"


def _list(text: str) -> None:
    assert parse(text, {}).text == text, "a list's blocks are not the list"


def _references(text: str) -> None:
    read_references(text.encode(), "papers")


def _rules(text: str) -> None:
    for suffix in ("", ".yaml", ".json", ".txt"):
        write_yaml(import_rules(text, suffix=suffix))


def _config(text: str) -> None:
    parse_config(text, Path("config.yaml"))


LANGUAGES: Final = {
    "query": Language(_query, (
        '"scaling law" AND (pruning OR distill*) NOT survey', "title:=MoE^2 upvotes:>=20",
        '"a b"~5 NEAR/3 c', "/[Bb]yte[- ]level/ ANY 2 (a, b, c)", 'author:"Ada Berg" type:review',
        'has:code first_seen:2026-01..2026-02 -"x y"', 'rule:"Other" PRE/4 state*space',
    )),
    "LaTeX": Language(_latex, (
        r"We show $\mathcal{O}(n^{2})$ for \emph{all} $x_{0.5}$",
        r"Erd\H{o}s--R\'enyi \& \AA ngstr{\"o}m",
        r"$\pi_{0.5}$ \textbf{and \textit{more}} 50\% $\frac{a}{b}$",
        r"\ifmmode\acute{c}\else\'c\fi \L{}\o {\rm Fe}$_2$O$_3$ \ensuremath{\gamma}",
        r"$$\sum_{i=1}^{n} \alpha_i \cdot \hat{\beta}$$ ~\cite{x}",
    )),
    "reading list": Language(_list, (
        LIST, "- [/] [Rain](https://arxiv.org/abs/2601.99001)\n    ```\n    - [ ] no\n    ```\n",
        "\ufeff- [-] One <!-- digest: c -->\r\n\tnote\r\n\r\n* [ ] Two\r\n",
    )),
    "references": Language(_references, (BIBTEX, RIS, CSL)),
    "rules of others": Language(_rules, (
        "keywords:\n  - pruning\n  - {name: Routing, query: 'a AND b'}\nexclude: [survey]\n",
        '{"topics": {"LLM": ["large language model", "ti:agent AND abs:tool"]}, "min": 2}',
        "# list\npruning, routing; quantization\n/regex[0-9]/i\nintitle:graph\n",
        "EntryTitle=(?i)robot\nblock: author=.*Bot\n",
    )),
    "config": Language(_config, (CONFIG, ALIASES)),
}  # fmt: skip


def inputs(samples: Sequence[str], chance: random.Random) -> Iterator[str]:
    """Yield damaged samples without end."""
    names = [name for name in MUTATIONS if name not in ("compress", "recode")]
    while True:
        data = chance.choice(samples).encode()
        if chance.random() < 0.2:
            data += chance.choice(samples).encode()
        for name in chance.choices(names, k=chance.choice((1, 1, 2, 4))):
            data = MUTATIONS[name](data, chance) if data else data
        yield data.decode(errors="replace")[:20_000]


def check(language: str, text: str) -> Finding | None:
    """Read one text; return what went wrong."""
    begun = time.process_time()
    try:
        LANGUAGES[language].read(text)
    except DigestError:
        pass
    except Exception:  # noqa: BLE001 - any other exception is what is looked for
        return Finding(language, text, traceback.format_exc(limit=-4))
    took = time.process_time() - begun
    return Finding(language, text, f"took {took:.1f} s") if took > SLOW else None


def main() -> int:
    """Fuzz each language for a share of the time; return 1 where something was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="of processor time, in all")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    failed = False
    for language in LANGUAGES:
        end = time.process_time() + arguments.seconds / len(LANGUAGES)
        number = 0
        result: dict[str, Finding] = {}
        for text in inputs(LANGUAGES[language].samples, random.Random(arguments.seed)):
            if time.process_time() > end:
                break
            number += 1
            if (finding := check(language, text)) and finding.what[-200:] not in result:
                result[finding.what[-200:]] = finding
                print(f"{language}: {text[:300]!r}\n{finding.what}", flush=True)
        print(f"{language}: {number:,} inputs, {len(result)} findings", flush=True)
        failed |= bool(result)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
