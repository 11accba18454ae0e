"""A second, slow implementation of the rule language, to check the fast one.

It is written from `docs/rule-language.md` alone, sentence by sentence.
Each quoted sentence stands beside the code that does it.
It shares no code with `digest.text.words`, `digest.rules` and `digest.matching`.
A mistake must be made twice to stay unseen.
Only LaTeX in keywords is cleaned by `digest.text.clean`, as it is in texts.
Nothing here is fast.

- `characters` normalises a text, `text` cuts it into words and breaks.
- `fold` folds plurals and spellings.
- `query` parses queries into a `tree`; `terms` refuses bad ones.
- `aliases` lists the spellings of a keyword.
- `phrases` and `near` find keywords in texts.
- `people` compares names, `comparisons` days and counts; `fields` knows what a paper has.
- `match` applies a rule to a paper, `points` adds up its points.
- `judge` compares the program with all this: `python -m tests.reference.judge --help`.
"""
