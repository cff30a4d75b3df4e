"""The hourly round of news: look at what became of papers, and tell the channels that were sent them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.delivery.announcing import Announcing
from bot.errors import StoreError
from bot.papers.watch import Watch
from bot.store.store import Store

NEWS_SECONDS = 3600.0  # each paper is looked at daily; in between, only those that were just sent
KEEP_NEWS = timedelta(days=400)
_TRIES = 3  # of a round that the database broke off, because the next one is an hour away
_BETWEEN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class NewsRound:
    """One process at a time makes the round. Whatever it leaves undone is due in the next one, by any process."""

    store: Store
    watch: Watch
    announcing: Announcing
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self) -> None:
        """Make one round, again if the database fails for a while. Raises StoreError."""
        for _ in range(_TRIES - 1):
            try:
                await self._round()
            except StoreError:
                await self.sleep(_BETWEEN_SECONDS)
            else:
                return
        await self._round()

    async def _round(self) -> None:
        async with self.store.pace.turn("news", 0):
            await self.announcing.run()  # what an earlier round noticed and could not tell
            listeners = await self.announcing.listeners()
            if await self.watch.run([channel.key for channel in listeners]):
                await self.announcing.run()
