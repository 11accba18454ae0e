"""All the faults, by kind."""

from __future__ import annotations

from typing import Final

from tests.mutations import (
    of_channels,
    of_keywords,
    of_learning,
    of_library,
    of_outputs,
    of_pipeline,
    of_rules,
    of_web,
    of_words,
)

KINDS: Final = {
    "Normalising": of_words.NORMALISING,
    "Plurals": of_words.PLURALS,
    "Breaks": of_words.BREAKS,
    "Version 2": of_words.VERSION_2,
    "Joining": of_keywords.JOINING,
    "Wildcards": of_keywords.WILDCARDS,
    "Near": of_keywords.NEAR,
    "Exact and regex": of_keywords.LITERALS,
    "Fields": of_keywords.FIELDS,
    "Comparisons": of_keywords.COMPARISONS,
    "Operators": of_rules.OPERATORS,
    "Boosts and points": of_rules.POINTS,
    "Evaluating many rules": of_rules.EVALUATING,
    "Order": of_rules.ORDER,
    "Stored words": of_words.STORING,
    "Selection": of_pipeline.SELECTION,
    "Learning": of_learning.LEARNING,
    "Reading dumps": of_pipeline.INGESTING,
    "Identity": of_library.IDENTITY,
    "Library": of_library.LIBRARY,
    "Delivery": of_pipeline.DELIVERY,
    "Channels": of_channels.CHANNELS,
    "Language models": of_channels.MODELS,
    "Tools for models": of_channels.MODEL_TOOLS,
    "Scheduling": of_pipeline.SCHEDULING,
    "Reading list": of_outputs.READING_LIST,
    "Rendering": of_outputs.RENDERING,
    "Bibliography": of_outputs.BIBLIOGRAPHY,
    "Rule import": of_outputs.RULE_IMPORT,
    "Serving": of_web.SERVING,
    "Links of mails": of_web.MAIL_LINKS,
    "Site": of_web.SITE,
}

MUTATIONS: Final = tuple(mutation for mutations in KINDS.values() for mutation in mutations)
