"""The hourly round of news: look at what became of papers, and tell the channels that were sent them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.delivery.announcing import Announcing
from bot.papers.watch import Watch
from bot.store.store import Store

NEWS_SECONDS = 3600.0  # each paper is looked at daily; in between, only those that were just sent
KEEP_NEWS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class NewsRound:
    """One process at a time makes the round. Whatever it leaves undone is due in the next one, by any process."""

    store: Store
    watch: Watch
    announcing: Announcing

    async def run(self) -> None:
        """Make one round. Raises StoreError."""
        async with self.store.pace.turn("news", 0):
            await self.announcing.run()  # what an earlier round noticed and could not tell
            listeners = await self.announcing.listeners()
            if await self.watch.run([channel.key for channel in listeners]):
                await self.announcing.run()
