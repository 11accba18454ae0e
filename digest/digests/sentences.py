"""Split an abstract into sentences.

A missing cut makes a sentence longer; a wrong cut breaks one. In doubt there is no cut.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

# One pattern for ASCII and one for any text: most text is ASCII, and its pattern is faster.
# Its last alternative is a missing space: `… of both.We introduce …`.
_GLUED = r"|(?<=[a-z]{3})\.(?=(?:We|Our|In|This|The|To|However) )"
_END = re.compile(r"[.!?]['\")\]]*\s+(?=['\"(\[]*[^\W_a-z])" + _GLUED)
_ANY_END = r"[.!?…]['\"”’»)\]]*\s+(?=['\"“‘«(\[]*[^\W_a-z])|(?<=[。！？])" + _GLUED
_LIST = """
abbr acad acc adj adv al alg alt amer ann anon appl approx apr apx arg args art assn assoc asst
assum aug ave avg avgs bd bibl bldg blvd bot bros bull ca calc capt cf ch chap chem cl clin cm
cmdr co coeff coeffs col coll comm comp comput conc conf config conj const constr conv coord cor
corp corr crit ctr ctrl cum dec def defn defs deg dept deriv det dev diag diam dict diff dim
dims dir dist distr div doc dr ed eds educ eg elem eng eq eqn eqns eqs equiv esp esq est etc ex
exc excl exp expt ext fac feb fed ff fig figs fn fr freq fri ft fwd gen geog gov govt grad ha
hist hon hosp hr hrs hyp ibid ie illus inc incl indiv inf init inst instr int intl intro inv iso
jan jr jul jun lang lat lb lbs lect lem lemm lett lib lim lin lit lt ltd mach mag mar math max
mech med meds messrs mfg mgmt mgr min mins misc mo mod mon mos mr mrs ms mt mtg mts natl neg no
norm nos nov nr nrs num obs obsv oct op opp opt orig oz para params paras pct phil phys pl pls
pos poss pp pred pref prelim pres prev prob proc prof profs prog prop props pt pts publ qty
quant rd ref refl refs reg rel rem rep repr req resp ret rev roy sat sci scr sec secs sect sects
sen sept seq ser sgt sig sim soc soln sp spec specs spp sq sr ssp st stat stats std stds str
subj subsec subsect subsp substr sun supp suppl surg symp syn synth syst tab tabs tech tel temp
th theor thm thms thu thur thurs trans transl treas tue tues typ univ unk usu val var vars vec
ver vers vet viz vol vols vs wed wk wks yr yrs zool
"""
_ABBREVIATIONS = frozenset(_LIST.split())
_SINGLE = frozenset({"p", "n", "s", "v", "c"})
"""Lower-case letters that abbreviate a word: page, note, section, versus, circa."""
_DOTTED = re.compile(r"[^\W\d_]{1,4}(?:\.-?[^\W\d_]{1,4})+")
"""A word with inner dots: i.i.d, U.K, Ph.D, w.r.t; but neither 0.5 nor example.org."""
_LAST_WORD = re.compile(r"([^\s(\[\"'“‘]+)\.$")
_STARTS = re.compile(r"(?:We|Our|This|These|However|Moreover|Furthermore|Here)\b")
"""Words that begin a sentence: an abbreviation before one of them may end the previous sentence."""
_SHORT_STARTS = re.compile(r"(?:The|In|It|To|For|By|From|With|At|On|As|An|When|While|Using|If)\b")
"""Words that never follow an initial: after `4.6 K.`, `The` begins a sentence."""
_NEVER_LAST = frozenset(
    {"cf", "dr", "e.g", "eg", "i.e", "ie", "mr", "mrs", "prof", "resp", "viz", "vs"}
)
_LONGEST_ABBREVIATION = 12
"""Characters before a dot that are examined: the longest abbreviation and the space before it."""


def sentences(text: str) -> list[Span]:
    """Return the start and end of each sentence of `text`; together they cover the whole text."""
    spans: list[Span] = []
    start = 0
    for match in re.finditer(_END if text.isascii() else _ANY_END, text):
        # A few characters, not the whole sentence: one of 100,000 "e.g. A" would take minutes.
        low = max(start, match.start() - _LONGEST_ABBREVIATION)
        if not _abbreviates(text[low : match.end()].rstrip(), text, match.end()):
            spans.append((start, match.end()))
            start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def _abbreviates(end: str, text: str, following: int) -> bool:
    """Return whether `end`, the end of a possible sentence, is an abbreviation or initial."""
    match = _LAST_WORD.search(end)
    if match is None:
        return False
    word = match[1] if "." in match[1] else match[1].rpartition("-")[2]
    lower = word.lower()
    if lower in _NEVER_LAST:
        return True
    if _STARTS.match(text, following):
        return False
    if len(word) == 1:
        if _SHORT_STARTS.match(text, following):
            return False
        return word.isupper() or word in _SINGLE
    return lower in _ABBREVIATIONS or _DOTTED.fullmatch(word) is not None
