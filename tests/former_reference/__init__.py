"""A second, slow reading of the rule language, to hold the fast one against.

Written from `docs/rule-language.md` sentence by sentence; each quoted sentence stands beside the
code that does it. It shares no code with `digest.text` and `digest.rules`: where both agree on
texts that chance made up, a slip would have had to be made twice. Nothing here is fast.
"""
