"""What a reader's marks teach: keywords to propose, and an order by similarity to liked papers.

Pure: marked papers in, proposals and scores out. Nothing here changes a rule or selects a paper.
numpy is imported when it is used: most profiles are ordered by points.
"""
