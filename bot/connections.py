"""Every remote that the product talks to, connected as the settings say. A part of the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot import __version__
from bot.collect import Sources
from bot.ports import Pace
from bot.settings import Settings
from bot.sources.arxiv import Arxiv
from bot.sources.http import Limits, user_agent
from bot.sources.huggingface import HuggingFace
from bot.sources.semantic_scholar import SemanticScholar

if TYPE_CHECKING:
    from bot.claude.client import Claude

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Connections:
    """Every remote that the product talks to; `claude` is None without a key."""

    arxiv: Arxiv
    huggingface: HuggingFace
    scholar: SemanticScholar
    claude: Claude | None

    @property
    def sources(self) -> Sources:
        return Sources((self.arxiv, self.huggingface, self.scholar), self.arxiv, self.scholar)


async def connect(
    stack: AsyncExitStack, settings: Settings, pace: Pace, clock: Clock, sleep: Sleep = asyncio.sleep
) -> Connections:
    agent = user_agent(__version__, settings.public_url)
    limits = Limits(timeout=settings.source_timeout_seconds)
    scholar_key = settings.semantic_scholar_api_key
    arxiv = Arxiv(
        settings.arxiv_api_url,
        user_agent=agent,
        pace=pace,
        interval=settings.arxiv_interval_seconds,
        limits=limits,
        sleep=sleep,
    )
    huggingface = HuggingFace(settings.huggingface_api_url, user_agent=agent, clock=clock, limits=limits, sleep=sleep)
    scholar = SemanticScholar(
        settings.semantic_scholar_api_url,
        user_agent=agent,
        clock=clock,
        api_key=scholar_key.get_secret_value() if scholar_key else None,
        pace=pace if scholar_key else None,
        limits=limits,
        sleep=sleep,
    )
    claude = None
    if settings.anthropic_api_key:
        # Its SDK takes longer to import than all else together; without a key nobody needs it.
        from bot.claude.client import Claude

        claude = Claude(
            settings.anthropic_api_key.get_secret_value(),
            base_url=settings.anthropic_base_url,
            timeout=settings.claude_timeout_seconds,
            sleep=sleep,
        )
        await stack.enter_async_context(claude)
    for source in (arxiv, huggingface, scholar):
        stack.push_async_callback(source.aclose)
    return Connections(arxiv, huggingface, scholar, claude)
