"""Named faults that the tests must detect: `python -m tests.mutations` injects each."""
