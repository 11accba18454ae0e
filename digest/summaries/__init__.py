"""Sentences by language models, if the config switches them on: prompts, requests, budgets.

Nothing here knows a digest or a library; `digest.pipeline.summaries` decides what is asked, and
keeps each answer before it is used.
"""
