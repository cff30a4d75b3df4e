"""Connect the remote services that the settings name. Part of the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from bot import __version__
from bot.common.masking import masked
from bot.models import AnswerRequest, Draft, NextRequest, SearchPhrases, SummaryRequest, Usage
from bot.papers.collect import Sources
from bot.ports import Answerer, DraftStream, Pace, PhraseWriter, Summarizer
from bot.reading.fetch import ArxivFiles, FetchLimits
from bot.settings import Settings
from bot.sources.arxiv import Arxiv
from bot.sources.http import Limits, Manner, user_agent
from bot.sources.huggingface import HuggingFace
from bot.sources.semantic_scholar import SemanticScholar

if TYPE_CHECKING:
    from bot.claude.client import Claude

LONGEST_FETCH = 100.0  # seconds; a turn at arXiv that takes two minutes counts as dead

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


class LateClaude:
    """A connection to Claude, made at the first request.

    The SDK takes longer to import than everything else together, and a run whose summaries are all stored never asks.
    """

    def __init__(self, api_key: str, base_url: str, timeout: float, sleep: Sleep) -> None:
        self._make = partial(_claude, api_key, base_url, timeout, sleep)
        self._client: Claude | None = None

    def client(self) -> Claude:
        if self._client is None:
            self._client = self._make()
        return self._client

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()


class LateSummarizer:
    """A `bot.ports.Summarizer` over a LateClaude."""

    def __init__(self, claude: LateClaude) -> None:
        self._claude = claude

    async def summarize(self, request: SummaryRequest) -> Draft:
        return await self._summarizer.summarize(request)

    def estimate(self, request: SummaryRequest) -> float:
        return self._summarizer.estimate(request)

    @cached_property
    def _summarizer(self) -> Summarizer:
        from bot.claude.summarize import ClaudeSummarizer

        return ClaudeSummarizer(self._claude.client())


class LateAnswerer:
    """A `bot.ports.Answerer` over a LateClaude."""

    def __init__(self, claude: LateClaude) -> None:
        self._claude = claude

    @property
    def prompt(self) -> str:
        return self._answerer.prompt

    async def count(self, request: AnswerRequest) -> int:
        return await self._answerer.count(request)

    def most_tokens(self, request: AnswerRequest) -> int:
        return self._answerer.most_tokens(request)

    def estimate(self, request: AnswerRequest, tokens: int) -> float:
        return self._answerer.estimate(request, tokens)

    def answer(self, request: AnswerRequest, tokens: int) -> AbstractAsyncContextManager[DraftStream]:
        return self._answerer.answer(request, tokens)

    async def suggest(self, request: NextRequest) -> tuple[tuple[str, ...], Usage]:
        return await self._answerer.suggest(request)

    def estimate_suggestions(self, request: NextRequest) -> float:
        return self._answerer.estimate_suggestions(request)

    @cached_property
    def _answerer(self) -> Answerer:
        from bot.claude.answer import ClaudeAnswerer

        return ClaudeAnswerer(self._claude.client())


class LatePhrases:
    """A `bot.ports.PhraseWriter` over a LateClaude."""

    def __init__(self, claude: LateClaude, model: str) -> None:
        self._claude = claude
        self._model = model

    async def write(self, question: str, title: str, outline: Sequence[str]) -> SearchPhrases:
        return await self._writer.write(question, title, outline)

    def estimate(self, question: str, title: str, outline: Sequence[str]) -> float:
        return self._writer.estimate(question, title, outline)

    @cached_property
    def _writer(self) -> PhraseWriter:
        from bot.claude.phrases import ClaudePhrases

        return ClaudePhrases(self._claude.client(), self._model)


@dataclass(frozen=True, slots=True)
class Connections:
    """The remote services. `claude` is None without an API key."""

    arxiv: Arxiv
    huggingface: HuggingFace
    scholar: SemanticScholar
    files: ArxivFiles
    claude: LateClaude | None

    @property
    def sources(self) -> Sources:
        every = (self.arxiv, self.huggingface, self.scholar)
        return Sources(every, records=self.arxiv, graph=self.scholar, watched=every, recommending=self.scholar)


async def connect(
    stack: AsyncExitStack, settings: Settings, pace: Pace, clock: Clock, sleep: Sleep = asyncio.sleep
) -> Connections:
    limits = Limits(timeout=settings.source_timeout_seconds)
    manner = Manner(user_agent(__version__, masked(settings.public_url or "")), limits, sleep=sleep)
    scholar_key = settings.semantic_scholar_api_key
    arxiv = Arxiv(settings.arxiv_api_url, manner, pace=pace, interval=settings.arxiv_interval_seconds)
    files = ArxivFiles(
        settings.arxiv_url,
        manner.user_agent,
        pace=pace,
        interval=settings.arxiv_interval_seconds,
        limits=FetchLimits(timeout=min(2 * settings.source_timeout_seconds, LONGEST_FETCH)),
    )
    huggingface = HuggingFace(settings.huggingface_api_url, manner, clock=clock)
    scholar = SemanticScholar(
        settings.semantic_scholar_api_url,
        manner,
        clock=clock,
        api_key=scholar_key.get_secret_value() if scholar_key else None,
        pace=pace if scholar_key else None,
    )
    claude = None
    if settings.anthropic_api_key:
        key = settings.anthropic_api_key.get_secret_value()
        claude = LateClaude(key, settings.anthropic_base_url, settings.claude_timeout_seconds, sleep)
        stack.push_async_callback(claude.aclose)
    for source in (arxiv, huggingface, scholar, files):
        stack.push_async_callback(source.aclose)
    return Connections(arxiv, huggingface, scholar, files, claude)


async def load_claude() -> None:
    """Import the SDK for Claude in a thread, because the import would block the event loop for about a second."""

    def load() -> None:
        import bot.claude.answer  # noqa: F401 (imported for its effect)

    await asyncio.to_thread(load)


def _claude(api_key: str, base_url: str, timeout: float, sleep: Sleep) -> Claude:
    from bot.claude.client import Claude

    return Claude(api_key, base_url=base_url, timeout=timeout, sleep=sleep)
