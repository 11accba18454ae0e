"""Sentences by language models, if the config enables them: prompts, requests, budgets.

This package depends neither on digests nor on a library; `digest.pipeline.summaries` decides what
is asked, and stores each answer before it is used.
"""
