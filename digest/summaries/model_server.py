"""Ask a server that speaks OpenAI's protocol (`/chat/completions`), once.

https://platform.openai.com/docs/api-reference/chat; Ollama, llama.cpp, vLLM and many services speak
it. The server's answer is untrusted text: its size and its time are limited, and none of its text
reaches a report.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from digest.errors import SourceError
from digest.sources.request import Key, Request

if TYPE_CHECKING:
    from digest.model.summaries import SummarySettings
    from digest.sources.client import Client
    from digest.sources.request import Answer
    from digest.summaries.prompts import Task

SIZE: Final = 1 << 20
"""Maximum size of an answer in bytes."""
_MOST_TOKENS: Final = 10**9
"""A larger number from the server is not a number of tokens."""


class Reply(Struct, frozen=True):
    """What the model wrote, and its cost."""

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    """None if the server does not say."""


class ModelError(Exception):
    """The server gave no usable answer."""

    def __init__(
        self, reason: str, *, wait: float | None, is_final: bool, is_free: bool, status: int = 0
    ) -> None:
        """Describe what the next attempt has to expect.

        `wait` are the seconds that the server asks for; `is_final`: no other request will succeed
        today; `is_free`: the server did nothing that it could charge for; `status`: the answer's
        status, 0 without an answer.
        """
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.wait = wait
        self.is_final = is_final
        self.is_free = is_free


def ask(client: Client, settings: SummarySettings, task: Task, *, is_new_form: bool) -> Reply:
    """Return the model's answer; raise `ModelError`. Nothing is repeated here.

    `is_new_form`: as OpenAI's reasoning models want it, which refuse `max_tokens` and a
    temperature; most other servers do not know the new name of the limit.
    """
    limit = "max_completion_tokens" if is_new_form else "max_tokens"
    body = {
        "model": settings.model,
        "messages": task.messages,
        limit: task.answer_tokens,
        "stream": False,
        **({} if is_new_form else {"temperature": 0}),
    }
    request = Request(
        f"{settings.url}/chat/completions",
        "any",
        is_dump=False,
        key=Key("header", "Authorization", settings.key_env, prefix="Bearer "),
        headers=(("Content-Type", "application/json"), ("Accept", "application/json")),
    )
    try:
        answer = client.post(request, json.dumps(body).encode(), service="model")
    except SourceError as error:
        raise ModelError(error.reason, wait=None, is_final=False, is_free=False) from error
    if answer.status != 200:
        raise _refused(answer)
    return parse(answer.body)


def parse(body: bytes) -> Reply:
    """Parse the text and the tokens of an answer; raise `ModelError`."""
    try:
        document = json.loads(body)
        text = document["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str):
        reason = "its answer is not what OpenAI's protocol has"
        raise ModelError(reason, wait=None, is_final=False, is_free=False) from None
    usage = document.get("usage")
    return Reply(text, _tokens(usage, "prompt_tokens"), _tokens(usage, "completion_tokens"))


def _tokens(usage: Any, name: str) -> int | None:  # noqa: ANN401 - whatever the server sent
    value = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MOST_TOKENS:
        return None
    return value


def _refused(answer: Answer) -> ModelError:
    from digest.sources.client import PASSING, retry_after  # 80 ms, for httpx2

    status = answer.status
    advice = {
        401: "; is the API key right?",
        403: "; is the API key right?",
        404: "; are `url` and `model` right?",
    }
    return ModelError(
        f"it answered {status}{advice.get(status, '')}",
        wait=retry_after(answer) if status in PASSING else None,
        is_final=status not in PASSING,
        is_free=300 <= status < 500,
        status=status,
    )
