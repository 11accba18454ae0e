"""Decide which records describe the same paper, and merge them.

Two pure steps. `gather` decides from identifiers, titles and evidence; `PaperMerger` chooses each
field from the records of one paper. Both depend on the *set* of records only, not on the order in
which dumps were read. A paper's id must not change once a reader has seen it:
`digest.library.stable_ids` sees to that.

A wrong merge is worse than a duplicate. Records are one paper by the first rule that applies:

1. Records with an arXiv identifier are one paper with those of the same identifier, and never
   with those of another. arXiv's own DOI (`10.48550/arXiv.…`) is the arXiv identifier.
2. Records with a DOI, but no arXiv identifier, go together by DOI: to the smallest arXiv paper
   that carries the DOI; else to an arXiv paper of the same title that carries no DOI; else they
   are a paper of their own. Papers of different DOIs are never one.
3. Records with neither go together by title: to an arXiv paper, else to a paper with a DOI, else
   to other records of that title.

Records are merged by title only if their authors, organisation and abstract do not contradict it
(see `evidence`). Of several papers, the one that agrees in most of these is chosen, then the one
with the smallest identifier. Titles that many works share (*Editorial*) are not used.

*Smallest* is the order of the identifiers as text, arXiv before DOI. Two titles are the same when
their letters and digits are, whatever the case, accents, spaces and punctuation; signs that
distinguish names (C, C++, C#, A*) count.
"""

from digest.identity.evidence import Evidence, evidence_of
from digest.identity.gather import gather
from digest.identity.keys import Keys, is_title, keys_of, plain_id, strength, title_id, title_key
from digest.identity.merging import PaperMerger, SightedRecord, date_of, paper_of

__all__ = [
    "Evidence",
    "Keys",
    "PaperMerger",
    "SightedRecord",
    "date_of",
    "evidence_of",
    "gather",
    "is_title",
    "keys_of",
    "paper_of",
    "plain_id",
    "strength",
    "title_id",
    "title_key",
]
