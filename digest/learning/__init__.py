"""What a reader's marks teach: keywords to propose, and an order by likeness to what was liked.

Pure: marked papers come in, proposals and scores go out. Nothing here changes a rule or selects a
paper for one. numpy is imported where it is used: most profiles are ordered by points.
"""
