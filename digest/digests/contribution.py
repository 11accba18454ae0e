"""Find the sentence of an abstract that announces its contribution.

Abstracts follow a pattern: background, a gap, then "We introduce …" or "This paper …", then how it
works and how well. Each sentence gets points for the words that announce a contribution and loses
points for those that announce background, a detail or a result. Measured on 200 labelled abstracts
by `tests/digests/test_contribution.py`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.digests.sentences import sentences

if TYPE_CHECKING:
    from digest.digests.sentences import Span

LONG: Final = 220
"""In characters; a shorter sentence with the same points is preferred to one longer than this."""

_LEAST: Final = 1.0
"""Minimum number of points of an announcement."""
_SENTENCES: Final = 60
"""Maximum number of examined sentences; a hostile abstract has thousands."""
_NAME_WORDS: Final = 3
"""Maximum number of words in a system's name in a title."""

_WE: Final = r"(?:we|i|the authors?|the present authors?)"
_ADVERBS: Final = (
    r"(?:(?:\w+ly|also|then|first|here|now|thus|therefore|hence|further|next|instead|have|aim to"
    r"|are going to|do|did|again|of course|in turn|,) ?){0,3}"
)
_OFFER: Final = (
    r"(?:introduc|propos|present|develop|design|releas|unveil|contribut|devis|formulat|describ"
    r"|construct|buil[dt]|creat|offer|open-sourc|curat|establish|put forward|giv|provid|publish)"
)
_STUDY: Final = (
    r"(?:study|studies|studied|investigat|examin|explor|analy[sz]|consider|address|tackl|revisit"
    r"|prov(?:e|es|ed)|show|demonstrat|report|deriv|discuss|review|survey|evaluat|measur|comput"
    r"|calculat|characteri[sz]|determin|argu|question|challeng|ask|summari[sz]|compar|detect|find"
    r"|solv|point out|formaliz|formalis|identify|identifies|model|test|apply|use|us(?:e|ing)"
    r"|obtain|construct|classif|extend|generali[sz]|observ|defin|reexamin|re-examin)"
)
_THIS: Final = (
    r"(?:this|the present|our|present)(?: \w+)? (?:paper|work|study|article|letter|report|survey"
    r"|review|thesis|research|note|chapter|manuscript|contribution|talk|tutorial|position paper)"
)
_PASSIVE: Final = (
    r"\b(?:is|are|was|were|has been|have been) (?:\w+ly )?(?:\w+ and )?(?:proposed|presented"
    r"|introduced|developed|investigated|studied|examined|considered|measured|treated|described"
    r"|discussed|derived|undertaken|analy[sz]ed|reported|calculated|outlined)\b"
)


class _Sign(Struct, frozen=True):
    """A pattern that is searched in a lower-case sentence."""

    pattern: re.Pattern[str]
    points: float
    needed: tuple[str, ...]
    """Every sentence with the sign contains one of these; they are searched first."""


def _signs(*pairs: tuple[str, float]) -> tuple[_Sign, ...]:
    return tuple(_Sign(re.compile(pattern), points, _needed(pattern)) for pattern, points in pairs)


def _needed(pattern: str) -> tuple[str, ...]:
    if pattern.startswith((rf"\b{_WE} ", r"\b(?:we|i) ", r"\bwe ")):
        return "we ", "i ", "author"
    return ("this", "our", "present") if _THIS in pattern else ("",)


_SIGNS: Final = _signs(
    (rf"\b{_WE} {_ADVERBS}{_OFFER}", 2),
    (rf"\b{_WE} {_ADVERBS}(?:{_OFFER}|{_STUDY})", 4),
    (rf"\b{_THIS}\b,? ?{_ADVERBS}(?:{_OFFER}|{_STUDY}|aims? |seeks? |makes? |attempts? |focus)", 6),
    (rf"\b{_THIS}\b is an? ", 4),
    ((rf"\b{_THIS}\b,? ?{_ADVERBS}(?:show|demonstrat|contribut|provid|validat|highlight|bridg"
     r"|underscor|establish|opens|paves|suggest)"), -2.5),
    (rf"\b(?:in|with|through|by|throughout) {_THIS}\b", 3),
    ((r"\b(?:to (?:address|overcome|tackle|bridge|fill|solve|resolve|mitigate|remedy|alleviate"
     r"|this end|study|explore|answer|facilitate|close|cope|handle|do (?:so|this)|make progress"
     r"|transcend|simplify|achieve this)\b|given (?:this|these)|motivated by|inspired by"
     r"|in light of|in response|diverging from|unlike|in contrast to)"), 1.5),
    (r"^here,? ", 2),
    (_PASSIVE, 2.5),
    (r"\b(?:called|named|termed|dubbed|coined)\b", 1),
    ((r"\b(?:novel|new|first|comprehensive|unified|simple|framework|benchmark|dataset|method"
     r"|approach|algorithm|theory|system|model|library|corpus|pipeline|toolkit)\b"), 0.7),
    (r"\b(?:by introducing|by proposing|introducing|proposing)\b", 2),
    # Details, results, availability, outlook.
    ((r"^(?:specifically|concretely|in particular|first(?:ly)?\b|second(?:ly)?\b|third(?:ly)?\b"
     r"|finally|lastly|subsequently|moreover|furthermore"
     r"|additionally|in addition|further\b|also\b|besides|next\b|then\b|to further"
     r"|notably|in detail|in more detail|together\b|as a result)"), -4),
    (r"\b(?:we|i) (?:also|further|additionally|finally|then|next|moreover|lastly)\b", -3.5),
    ((r"\b(?:experiment(?:s|al|ation)?|empirical(?:ly)?|evaluations?|ablation|results?|findings"
     r"|our analysis|analyses) (?:\w+ ){0,6}?(?:show|demonstrat|indicat|reveal|confirm|suggest"
     r"|highlight|validat|illustrat|that|on\b)"), -4),
    ((r"\b(?:outperform|state-of-the-art|surpass|achiev\w+ (?:an?|the|up|superior|competitive)"
     r"|extensive|improvements? (?:of|over|in)|accuracy of)"), -1.5),
    ((r"^(?:the |our |all )*(?:code|data|dataset|project|demo|model weights|models)\b.{0,80}"
     r"(?:available|accessible|released|https?:)|\bwe (?:will |have )?(?:open-source|release)"
     r"(?:d)? (?:all |the |our )"), -5),
    (r"https?://|publicly available|will be (?:released|made)", -1.5),
    ((r"^to (?:train|build|demonstrate|evaluate|validate|approximate|verify|assess|ensure"
     r"|regulate|probe|enhance|reduce|remove|improve|support)\b|^based on th|^using "), -1.5),
    ((r"\b(?:recent(?:ly)?(?: advance| work| progress| stud|,)|existing|prior work|previous(?:ly)?"
     r"|traditional|in recent years|has become|have become|has emerged|have shown|remains?\b"
     r"|future work|we believe|we hope|we envision|is (?:a|an) (?:key|crucial|critical"
     r"|important|challenging|fundamental|essential))"), -1.5),
    (r"^(?:however|despite|although|while|nevertheless|yet|but|nonetheless)\b", -1),
    ((r"\b(?:we|i) (?:assume|observe|note|hypothesi[sz]e|expect|emphasi[sz]e|hope|believe|aim"
     r"|are interested|suggest|conclude|stress|think)\b"), -2),
    ((r"\bwe (?:conduct|perform|carr(?:y|ied) out|evaluate|validate|test|compare|apply|fine-?tune"
     r"|employ|utili[sz]e|adopt|use|train|compile|implement)"), -1.5),
)  # fmt: skip


_OWN_WORK: Final = re.compile(
    r"(?:We|I|Here|This (?:paper|work|study|article|letter|report|note)) ", re.IGNORECASE
)


@lru_cache(maxsize=4096)  # the feeds of many profiles have the same papers
def contribution(text: str, title: str = "") -> Span | None:
    """Return the place of the sentence that says what the paper does; None without text.

    A sentence with the name at the beginning of the title (`CoPE: A Framework for …`) is preferred.
    If no sentence announces anything, the first one on the authors' own work is used, else the
    first. White space at its end is not included.
    """
    name, colon, _ = title.partition(":")
    if not colon or len(name.split()) > _NAME_WORDS or len(name) < 3:
        name = ""
    spans = sentences(text)[:_SENTENCES]
    if not spans:
        return None
    work = (span for span in spans if _OWN_WORK.match(text, span[0]))
    best = (_LEAST, next(work, spans[0]))
    for number, (start, end) in enumerate(spans):
        score = _score(text[start:end].strip(), number, name)
        if score > best[0]:
            best = score, (start, end)
    start, end = best[1]
    return start, start + len(text[start:end].rstrip())


def _score(sentence: str, number: int, name: str = "") -> float:
    # The first thousand characters: a sentence without an end is no sentence.
    head = sentence[:1000]
    small = head.lower()
    score = sum(
        sign.points
        for sign in _SIGNS
        if any(word in small for word in sign.needed) and sign.pattern.search(small)
    )
    if len(sentence) > LONG:
        score -= min((len(sentence) - LONG) / 200, 1.5)
    if name and name in head:
        score += 1.5
    if len(sentence) < 40:
        score -= 2
    return score - 0.2 * number
