"""The Claude client: structured questions, and questions about texts whose sentences are cited, bounded in number,
time and retries.

The SDK's own retries are off, since they obey a Retry-After of any length. Its response classes are not used, since it
fills them without validation: the body is validated here. API: https://platform.claude.com/docs/en/api/messages
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar

import anthropic
import httpx2  # the SDK's HTTP library, whose errors it lets through once a stream has begun
from anthropic.types import DocumentBlockParam, MessageParam, OutputConfigParam, TextBlockParam
from pydantic import BaseModel, ValidationError

from bot.claude import faults, prices
from bot.claude.streaming import STOPS, AnswerReader, Count, Malformed, Tokens
from bot.errors import ModelBusy, ModelError, ModelRefusesUs
from bot.models import CitableText, DraftEnd, DraftPiece, StopReason, Usage

T = TypeVar("T")
ShapeT = TypeVar("ShapeT", bound=BaseModel)
Effort = Literal["low", "medium", "high"]

API_URL = "https://api.anthropic.com"
_CONNECT_SECONDS = 10.0
_LARGEST = 16 * 2**20  # bytes of an answer; the longest stream with citations has a tenth
_CACHED: anthropic.types.CacheControlEphemeralParam = {"type": "ephemeral"}


class _Tokens(Tokens):
    """The counts of a whole answer, where two of them must be there."""

    input_tokens: Count
    output_tokens: Count


class _Counted(BaseModel):
    input_tokens: Count


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
class CitedQuestion:
    """A question about texts, whose answer cites their sentences. `content` follows the texts in the user's turn.

    System prompt and texts are cached for five minutes, for the next questions about the same texts.
    """

    model: str
    system: str
    texts: tuple[CitableText, ...]
    content: str
    max_tokens: int
    effort: Effort | None = None

    def messages(self) -> list[MessageParam]:
        """Return the user's turn: one document for each text, with one content block for each sentence.

        No structured output goes with citations: the API answers 400 to both together.
        """
        documents: list[DocumentBlockParam] = [
            {
                "type": "document",
                "title": text.title,
                "source": {"type": "content", "content": [{"type": "text", "text": one} for one in text.sentences]},
                "citations": {"enabled": True},
            }
            for text in self.texts
        ]
        documents[-1]["cache_control"] = _CACHED
        return [{"role": "user", "content": [*documents, {"type": "text", "text": self.content}]}]

    def instructions(self) -> list[TextBlockParam]:
        return [{"type": "text", "text": self.system}]

    def config(self) -> OutputConfigParam:
        return {"effort": self.effort} if self.effort else {}

    def most_tokens(self) -> int:
        """Return more tokens than the prompt has, for where they cannot be counted: two bytes a token."""
        size = sum(len(one.encode()) for text in self.texts for one in (text.title, *text.sentences))
        return (size + len(self.system.encode()) + len(self.content.encode())) // 2 + 1

    def estimate(self, tokens: int) -> float:
        """Return the most that one attempt should cost in US dollars, with a prompt of so many tokens."""
        return prices.cost(self.model, Usage(output_tokens=self.max_tokens, cache_write_tokens=tokens))


@dataclass(frozen=True, slots=True)
class ModelAnswer(Generic[ShapeT]):
    """An answer. `content` is set if and only if `stop` is COMPLETE."""

    stop: StopReason
    content: ShapeT | None
    usage: Usage


class _Bounded(httpx2.AsyncByteStream):
    """The body of an answer, which ends in an error where it is longer than any answer of the API."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._body:
            size += len(part)
            if size > _LARGEST:
                raise httpx2.DecodingError(f"an answer of more than {_LARGEST} bytes")
            yield part

    async def aclose(self) -> None:
        await self._body.aclose()


def _http(timeout: float) -> httpx2.AsyncClient:
    """Return the SDK's client but for three of its ways: it would follow a redirect to any host, with the question in
    it, would read an answer of any size, and would unpack it whole.
    """
    return anthropic.DefaultAsyncHttpxClient(
        timeout=anthropic.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_bound]},
    )


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise httpx2.DecodingError("a packed answer, which was not asked for")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


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
            http_client=_http(timeout),
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
        async with self._slots:
            answer, lost = await self._retried(lambda: self._attempt(question))
        return replace(answer, usage=replace(answer.usage, usd=answer.usage.usd + lost))

    async def count(self, question: CitedQuestion) -> int:
        """Return the tokens of the question's prompt. Costs nothing. Raises ModelBusy and ModelRefusesUs."""
        if not self._sendable:
            raise ModelRefusesUs("model.auth", model=question.model)

        async def attempt() -> int:
            counting = self._client.messages.with_raw_response.count_tokens(
                model=question.model, system=question.instructions(), messages=question.messages()
            )
            body = await self._call(counting, question.model, 0.0)
            try:
                return _Counted.model_validate_json(body).input_tokens
            except ValidationError as error:
                raise ModelBusy("model.malformed_answer", model=question.model) from error

        return (await self._retried(attempt))[0]

    @asynccontextmanager
    async def stream(self, question: CitedQuestion, tokens: int) -> AsyncIterator[AnswerStream]:
        """Ask, and yield the answer as it is written. `tokens` are those of the prompt, to estimate its cost.

        Raises ModelBusy and ModelRefusesUs before anything came, with retries; afterwards the stream raises them.
        """
        if not self._sendable:
            raise ModelRefusesUs("model.auth", model=question.model)
        async with self._slots:
            events, lost = await self._retried(lambda: self._open(question, tokens))
            async with aclosing(events):
                sizes = [len(text.sentences) for text in question.texts]
                reader = AnswerReader(question.model, sizes, question.max_tokens)
                yield AnswerStream(events, reader, question, lost, question.estimate(tokens), self._timeout)

    async def _open(self, question: CitedQuestion, tokens: int) -> AsyncGenerator[object, None]:
        try:
            async with asyncio.timeout(self._timeout):
                stream = await self._client.messages.create(
                    model=question.model,
                    max_tokens=question.max_tokens,
                    system=question.instructions(),
                    messages=question.messages(),
                    output_config=question.config() or anthropic.omit,
                    stream=True,
                )
        except (TimeoutError, anthropic.APIError) as error:
            raise faults.translate(error, question.model, question.estimate(tokens)) from error
        return _events(stream)

    async def _retried(self, attempt: Callable[[], Awaitable[T]]) -> tuple[T, float]:
        """Return the result and what failed attempts may have cost. Raises ModelError, with all of it in `usd`."""
        lost, number = 0.0, 0
        while True:
            try:
                return await attempt(), lost
            except ModelError as error:
                lost += error.usd
                wait = self._wait(error, number)
                if wait is None:
                    error.usd = lost
                    raise
                await self._sleep(wait)
                number += 1

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
            system=[{"type": "text", "text": question.system, "cache_control": _CACHED}],
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

    async def _call(self, sending: Awaitable[anthropic.AsyncAPIResponse[Any]], model: str, estimate: float) -> bytes:
        """Return the body of a successful answer."""
        try:
            # The client's own timeout is for each read, and a body that trickles in never triggers it.
            async with asyncio.timeout(self._timeout):
                return (await sending).http_response.content
        except (TimeoutError, anthropic.APIError) as error:
            raise faults.translate(error, model, estimate) from error


def _read(message: _Message, question: Question[ShapeT]) -> ModelAnswer[ShapeT]:
    """Read the answer. An incomplete one counts as none, even if it parses: check the stop reason first."""
    counted = message.usage.usage()
    usage = replace(counted, usd=prices.cost(question.model, counted))
    stop = STOPS.get(message.stop_reason or "", StopReason.MALFORMED)
    if stop is not StopReason.COMPLETE:
        return ModelAnswer(stop, None, usage)
    text = "".join(block.text or "" for block in message.content if block.type == "text")
    try:
        return ModelAnswer(stop, question.shape.model_validate_json(text), usage)
    except ValidationError:
        return ModelAnswer(StopReason.MALFORMED, None, usage)


class AnswerStream:
    """An answer as it is written: iterate over its pieces; the last item is a DraftEnd.

    Raises ModelBusy while iterating: `model.timeout` after `silence` seconds without an event, `model.interrupted` if
    the stream breaks off, `model.malformed_answer` for what is no event, and what the API itself says of its state.
    """

    def __init__(
        self,
        events: AsyncIterator[object],
        reader: AnswerReader,
        question: CitedQuestion,
        lost: float,
        estimate: float,
        silence: float,
    ) -> None:
        self._events = events
        self._reader = reader
        self._question = question
        self._lost = lost
        self._estimate = estimate
        self._silence = silence

    @property
    def usage(self) -> Usage:
        """Return what the answer has cost; before its end, the most that it may cost."""
        usage = self._reader.usage
        return replace(usage, usd=self._lost + (usage.usd if self._reader.started else self._estimate))

    async def __aiter__(self) -> AsyncIterator[DraftPiece | DraftEnd]:
        while not self._reader.ended:
            event = await self._next()
            try:
                pieces = list(self._reader.read(event))
            except Malformed as error:
                raise self._busy("model.malformed_answer") from error
            for piece in pieces:
                yield piece

    async def _next(self) -> object:
        try:
            async with asyncio.timeout(self._silence):
                return await anext(self._events)
        except StopAsyncIteration as error:
            raise self._busy("model.interrupted") from error
        except httpx2.TimeoutException as error:
            raise self._busy("model.timeout") from error
        except httpx2.HTTPError as error:
            raise self._busy("model.interrupted") from error
        except ValueError as error:  # neither JSON nor UTF-8
            raise self._busy("model.malformed_answer") from error
        except (TimeoutError, anthropic.APIError) as error:
            translated = faults.translate(error, self._question.model, 0.0)
            translated.usd = self.usage.usd
            raise translated from error

    def _busy(self, code: str) -> ModelBusy:
        return ModelBusy(code, usd=self.usage.usd, model=self._question.model)


async def _events(stream: anthropic.AsyncStream[Any]) -> AsyncGenerator[object, None]:
    """Yield the events as plain objects, and close the stream with them."""
    async with stream:
        async for event in stream:
            yield event.to_dict(mode="python", warnings=False) if isinstance(event, anthropic.BaseModel) else event
