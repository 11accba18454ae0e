"""A model's answer → text that can be in a digest, or nothing.

A model can repeat what an abstract told it to write, so its answer is untrusted text: one line,
without markup, control characters, links and addresses, and not long. What is left is shown under
the model's name, and escaped by each format like any other text.
"""

from __future__ import annotations

import re
from typing import Final

from digest.text.clean import clean_text
from digest.text.one_line import one_line, shortened

MOST: Final = 600
"""Maximum length of a summary in characters."""

# What models put around an answer: their reasoning, a fence, a heading, quotation marks.
_THOUGHTS: Final = r"(?is)<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)"
_FENCE: Final = r"(?m)^\s*(?:```|~~~).*$"
_LEAD: Final = r"(?i)^\s*(?:#+\s*)?(?:\*\*)?(?:summary|tl;?dr|translation)\s*:(?:\*\*)?\s*"
_TAG: Final = r"(?s)<[a-zA-Z/!][^<>]*>"
_BULLET: Final = r"(?m)^\s*(?:[-*+•>]|\d+[.)])\s+"
_MARKDOWN_LINK: Final = r"!?\[([^\]\n]{0,500})\]\([^)\s]{0,2000}[^)\n]{0,200}\)"

# What mail programs and chats turn into a link. A name needs a path or an ending that is common on
# the web: `Node.js` and `e.g.` are not addresses.
_ENDINGS: Final = "com|org|net|io|ai|dev|app|co|info|biz|me|ly|gg|xyz|site|online|shop|top|ru|cn|de"
_ADDRESS: Final = re.compile(
    rf"""
      [a-z][a-z0-9+.-]*://\S+                      # any scheme
    | (?:mailto|javascript|data|tel):\S+
    | www\.\S+
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                 # a mail address
    | (?<![\w.])(?:[\w-]+\.)+(?:{_ENDINGS})(?![\w-])(?:[/:?#]\S*)?
    | (?<![\w.])(?:[\w-]+\.)+[a-z]{{2,}}/\S+       # a name with a path
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PAIRS: Final = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "*": "*", "「": "」"}


def clean_answer(text: str, *, most: int = MOST) -> str:
    """Return the answer as one line of plain text of at most `most` characters; possibly empty."""
    text = text[: 40 * most]  # an endless answer is cut before it is searched
    for pattern in (_THOUGHTS, _FENCE, _TAG, _BULLET):
        text = re.sub(pattern, " ", text)
    text = re.sub(_LEAD, "", text)
    text = one_line(clean_text(text))
    text = re.sub(_MARKDOWN_LINK, r"\1", text)
    text = one_line(_ADDRESS.sub("…", text))
    while len(text) > 1 and _PAIRS.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
        text = text[1:-1].strip("* ")
    if not any(character.isalpha() for character in text):
        return ""
    return shortened(text, most)
