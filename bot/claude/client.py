"""The Claude client: structured questions, bounded in number, time and retries.

The SDK's own retries are off, since they obey a Retry-After of any length. Its response classes are not used, since it
fills them without validation: the body is validated here. API: https://platform.claude.com/docs/en/api/messages
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Annotated, Generic, Literal, Self, TypeVar

import anthropic
from anthropic import AsyncAPIResponse
from anthropic.types import Message, OutputConfigParam
from pydantic import BaseModel, Field, ValidationError

from bot.claude import faults, prices
from bot.errors import ModelBusy, ModelError, ModelRefusesUs
from bot.models import StopReason, Usage

ShapeT = TypeVar("ShapeT", bound=BaseModel)
Effort = Literal["low", "medium", "high"]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]  # tokens; more would not be an answer to us

API_URL = "https://api.anthropic.com"
_CONNECT_SECONDS = 10.0
_STOPS = {
    "end_turn": StopReason.COMPLETE,
    "max_tokens": StopReason.TRUNCATED,
    "model_context_window_exceeded": StopReason.TRUNCATED,
    "refusal": StopReason.REFUSED,
}


class _Tokens(BaseModel):
    input_tokens: Count
    output_tokens: Count
    cache_read_input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None


class _Block(BaseModel):
    """A content block. Thinking and other kinds have another `type` and are skipped."""

    type: str
    text: str | None = None


class _Message(BaseModel):
    content: list[_Block]
    stop_reason: str | None
    usage: _Tokens


@dataclass(frozen=True, slots=True)
class Question(Generic[ShapeT]):
    """One question. `system` is shared by many questions and cached; `content` is the user's turn.

    The answer must be a JSON object that fits `shape`. `max_tokens` includes thinking. `effort` None sends no effort,
    which models without that parameter need.
    """

    model: str
    system: str
    content: str
    shape: type[ShapeT]
    max_tokens: int
    effort: Effort | None = None

    def schema(self) -> dict[str, object]:
        """Return the JSON schema that is sent to the API."""
        return anthropic.transform_schema(self.shape)

    def estimate(self) -> float:
        """Return the most that one attempt should cost, in US dollars."""
        sent = f"{self.system}{self.content}{self.schema()}"
        return prices.estimate(self.model, len(sent.encode()), self.max_tokens)


@dataclass(frozen=True, slots=True)
class ModelAnswer(Generic[ShapeT]):
    """An answer. `content` is set if and only if `stop` is COMPLETE."""

    stop: StopReason
    content: ShapeT | None
    usage: Usage


class Claude:
    """A connection to the Claude API; close it with `aclose()` or `async with`.

    At most `concurrency` questions are in flight at once. One attempt takes at most `timeout` seconds. Rate limits,
    overload, server errors, lost connections and unreadable answers are retried up to `retries` times, after about 1,
    2, 4 … seconds or as Retry-After says, unless that is longer than `retry_cap` seconds. A timeout is not retried: its
    answer may still be billed, and the next one would be as slow.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = API_URL,
        concurrency: int = 4,
        timeout: float = 60.0,
        retries: int = 2,
        retry_cap: float = 20.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._client = anthropic.AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=anthropic.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
            open_telemetry=False,
        )
        # A key with a full-width character or a line break, for instance, cannot be sent at all.
        self._sendable = api_key.isascii() and api_key.isprintable() and api_key.strip() != ""
        self._slots = asyncio.Semaphore(concurrency)
        self._timeout = timeout
        self._retries = retries
        self._retry_cap = retry_cap
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.close()

    async def ask(self, question: Question[ShapeT]) -> ModelAnswer[ShapeT]:
        """Ask, with retries. Raises ModelBusy and ModelRefusesUs.

        Attempts without an answer may still have been billed: they count at their estimate, in the final answer's usage
        or in the error's `usd`.
        """
        if not self._sendable:
            raise ModelRefusesUs("model.auth", model=question.model)
        lost, attempt = 0.0, 0
        async with self._slots:
            while True:
                try:
                    answer = await self._attempt(question)
                except ModelError as error:
                    lost += error.usd
                    wait = self._wait(error, attempt)
                    if wait is None:
                        error.usd = lost
                        raise
                    await self._sleep(wait)
                    attempt += 1
                else:
                    return replace(answer, usage=replace(answer.usage, usd=answer.usage.usd + lost))

    async def check_model(self, model: str) -> None:
        """Check key, credit and model with a one-token answer, which costs less than a hundredth of a cent.

        Nothing cheaper would do: the API describes a model even to a key without credit. Makes one attempt. Raises
        ModelBusy and ModelRefusesUs.
        """
        if not self._sendable:
            raise ModelRefusesUs("model.auth", model=model)
        messages = self._client.messages.with_raw_response
        await self._call(
            messages.create(model=model, max_tokens=1, messages=[{"role": "user", "content": "Hello"}]), model, 0.0
        )

    def _wait(self, error: ModelError, attempt: int) -> float | None:
        """Return the seconds until the next attempt, or None if there is none."""
        if not isinstance(error, ModelBusy) or error.code == "model.timeout" or attempt >= self._retries:
            return None
        asked = faults.retry_after(error, datetime.now(UTC))
        wait = random.uniform(0.75, 1.25) * 2**attempt if asked is None else asked
        return wait if wait <= self._retry_cap else None

    async def _attempt(self, question: Question[ShapeT]) -> ModelAnswer[ShapeT]:
        config: OutputConfigParam = {"format": {"type": "json_schema", "schema": question.schema()}}
        if question.effort:
            config["effort"] = question.effort
        sending = self._client.messages.with_raw_response.create(
            model=question.model,
            max_tokens=question.max_tokens,
            system=[{"type": "text", "text": question.system, "cache_control": {"type": "ephemeral"}}],
            messages=[{"role": "user", "content": question.content}],
            output_config=config,
        )
        estimate = question.estimate()
        body = await self._call(sending, question.model, estimate)
        try:
            message = _Message.model_validate_json(body)
        except ValidationError as error:
            raise ModelBusy("model.malformed_answer", usd=estimate, model=question.model) from error
        return _read(message, question)

    async def _call(self, sending: Awaitable[AsyncAPIResponse[Message]], model: str, estimate: float) -> bytes:
        """Return the body of a successful answer."""
        try:
            # The client's own timeout is for each read, and a body that trickles in never triggers it.
            async with asyncio.timeout(self._timeout):
                return (await sending).http_response.content
        except (TimeoutError, anthropic.APIError) as error:
            raise faults.translate(error, model, estimate) from error


def _read(message: _Message, question: Question[ShapeT]) -> ModelAnswer[ShapeT]:
    """Read the answer. An incomplete one counts as none, even if it parses: check the stop reason first."""
    usage = _usage(question.model, message.usage)
    stop = _STOPS.get(message.stop_reason or "", StopReason.MALFORMED)
    if stop is not StopReason.COMPLETE:
        return ModelAnswer(stop, None, usage)
    text = "".join(block.text or "" for block in message.content if block.type == "text")
    try:
        return ModelAnswer(stop, question.shape.model_validate_json(text), usage)
    except ValidationError:
        return ModelAnswer(StopReason.MALFORMED, None, usage)


def _usage(model: str, tokens: _Tokens) -> Usage:
    counted = Usage(
        tokens.input_tokens,
        tokens.output_tokens,
        tokens.cache_read_input_tokens or 0,
        tokens.cache_creation_input_tokens or 0,
    )
    return replace(counted, usd=prices.cost(model, counted))
