"""Faults of what goes out to other programs: chats, webhooks, language models and their tools."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation, tests_of

WEBHOOK: Final = "digest/delivery/webhook.py"
NOTIFY: Final = "digest/delivery/notify.py"
APPRISE: Final = "digest/delivery/apprise_process.py"
BRINGING: Final = "digest/pipeline/channels.py"
NOTIFICATION: Final = "digest/rendering/notification.py"
ESCAPE: Final = "digest/rendering/escape.py"

OF_CHANNELS: Final = tests_of(
    "pipeline/test_webhook", "pipeline/test_notify", "pipeline/test_channels"
)  # fmt: skip

CHANNELS: Final = (
    Mutation(
        "two channels share a key",
        BRINGING,
        "json.dumps([library, profile, digest, channel])",
        "json.dumps([library, profile, digest])",
        "a receiver of two channels takes the second for a repetition of the first",
        OF_CHANNELS,
    ),
    Mutation(
        "a signature does not cover its moment",
        WEBHOOK,
        'f"{key}.{moment}.".encode()',
        'f"{key}..".encode()',
        "an old message can be played back",
        OF_CHANNELS,
    ),
    Mutation(
        "a refused webhook is tried again",
        WEBHOOK,
        "if status in _REFUSED:",
        "if status == 0:",
        "a receiver that answers 422 is asked for five days",
        OF_CHANNELS,
    ),
    Mutation(
        "a receiver that asks for time gets none",
        WEBHOOK,
        "> SHORT_WAIT:",
        "> 1e9:",
        "`Retry-After: 900` is asked again after a second",
        OF_CHANNELS,
    ),
    Mutation(
        "a message breaks its limit",
        NOTIFICATION,
        "if room.size(body(middle)) <= space:",
        "if room.size(body(middle)) <= space + 200:",
        "Discord refuses it",
        OF_CHANNELS,
    ),
    Mutation(
        "a title calls everybody",
        ESCAPE,
        "lambda sign: sign[0] + _JOINER",
        "lambda sign: sign[0]",
        "`@everyone` in a title wakes a whole channel",
        OF_CHANNELS,
    ),
    Mutation(
        "ntfy counts characters",
        APPRISE,
        '"in_bytes": limit is not None,',
        '"in_bytes": False,',
        "a message in Chinese arrives as an attached file",
        OF_CHANNELS,
    ),
    Mutation(
        "one address may name several recipients",
        NOTIFY,
        'if result["targets"] != 1:',
        'if result["targets"] == 0:',
        "after a fault, some get a message twice",
        OF_CHANNELS,
    ),
)

SUMMARIES: Final = "digest/pipeline/summaries.py"
MODEL_ANSWERS: Final = "digest/library/model_answers.py"
BUDGET: Final = "digest/summaries/budget.py"
CLEAN: Final = "digest/summaries/clean.py"
OF_MODELS: Final = (
    "tests/summaries/test_budget.py", "tests/summaries/test_clean.py",
    "tests/pipeline/test_summaries.py",
)  # fmt: skip

MODELS: Final = (
    Mutation(
        "an answer is not kept",
        SUMMARIES,
        "answers.settle(request, text, tokens=used, cost=price)",
        "answers.settle(request, None, tokens=used, cost=price)  # type: ignore[arg-type]",
        "each profile pays for the same sentence",
        OF_MODELS,
    ),
    Mutation(
        "a request is not reserved",
        SUMMARIES,
        "reserve(key, tokens=tokens, cost=money, now=self._clock())",
        "reserve(key, tokens=0, cost=0, now=self._clock())",
        "a killed run's last request is forgotten",
        OF_MODELS,
    ),
    Mutation(
        "the budget is checked after the fact",
        BUDGET,
        "if spent.tokens + tokens > settings.tokens:",
        "if spent.tokens > settings.tokens:",
        "the last request of a day overruns it",
        OF_MODELS,
    ),
    Mutation(
        "what a server wrote keeps its links",
        CLEAN,
        'one_line(_ADDRESS.sub("…", text))',
        "one_line(text)",
        "an abstract puts a link into a mail",
        OF_MODELS,
    ),
    Mutation(
        "a failing server is asked about every paper",
        SUMMARIES,
        "self._failures == MOST_FAILURES",
        "self._failures == 10 * MOST_FAILURES",
        "a server that is down holds the digest up for an hour",
        OF_MODELS,
    ),
)

TOOLS: Final = "digest/cli/mcp/tools.py"
SERVER: Final = "digest/cli/mcp/server.py"
OF_TOOLS: Final = ("tests/cli/mcp/test_mcp.py",)

MODEL_TOOLS: Final = (
    Mutation(
        "tools that write are always there",
        SERVER,
        "    if may_write:",
        "    if server:",
        "a model that was to read alone changes a reading list",
        OF_TOOLS,
    ),
    Mutation(
        "an answer has no limit",
        TOOLS,
        "MOST_BYTES: Final = 60_000",
        "MOST_BYTES: Final = 60_000_000",
        "long titles fill the memory of a model",
        OF_TOOLS,
    ),
    Mutation(
        "a paper can be an option",
        TOOLS,
        '*options, "--", *words]',
        "*options, *words]",
        "`--limit=1` in place of a title changes what a command does",
        OF_TOOLS,
    ),
)
