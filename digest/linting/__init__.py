"""Faults of rules, by themselves and on the papers of the library."""
