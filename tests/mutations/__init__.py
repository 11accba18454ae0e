"""Named faults that the tests of rules must find: `python -m tests.mutations` puts each in."""
