"""What a reader's marks teach: keywords to propose, and an order by a model of what was liked.

Pure: marked papers come in, proposals and scores go out. Nothing here changes a rule or selects a
paper. `proposals` needs numpy, `ranking` scikit-learn (the extra `learn`): both are imported where
they are used.
"""
