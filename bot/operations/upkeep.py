"""Periodic jobs of a running process besides the digests, each with its interval in seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.digests.repairs import Repairs
from bot.digests.window import LOOK_BACK
from bot.operations.naming import NAMES_SECONDS, Naming
from bot.operations.news import KEEP_NEWS, NEWS_SECONDS, NewsRound
from bot.operations.ticker import Job
from bot.papers.collect import SharedCollector
from bot.ports import NameOf, Reactions
from bot.store.fulltexts import KEPT
from bot.store.store import Store
from bot.taste.placement import Placement
from bot.taste.votes import Votes

LOOK_AHEAD_SECONDS = 60.0
REPAIR_SECONDS = 300.0
PLACE_SECONDS = 60.0
WORDS_SECONDS = 3600.0
WORDS_AT_ONCE = 50
TEXTS_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0
KEEP_DELIVERIES = timedelta(days=400)
KEEP_TURNS = timedelta(days=7)  # of conversations about papers
KEEP_ASKERS = timedelta(days=2)  # because a budget's day may end later than the UTC day
READ_BACK_AT_MOST = timedelta(minutes=1)  # short, so that even a quick restart misses no vote


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Collect papers ahead and place them, repair summaries, read votes back, name channels, look for news, and delete
    old data.
    """

    store: Store
    collector: SharedCollector
    repairs: Repairs
    votes: Votes
    placement: Placement
    naming: Naming
    news: NewsRound
    clock: Callable[[], datetime]

    def jobs(self, reactions: Mapping[str, Reactions], names: Mapping[str, NameOf]) -> list[Job]:
        """Return all jobs. `reactions`, from which votes are read back, and `names` are keyed by platform."""
        return [
            Job("collect", lambda: self.collector.collect_ahead(LOOK_BACK), LOOK_AHEAD_SECONDS),
            Job("repair", self.repairs.run, REPAIR_SECONDS),
            Job("votes", partial(self._read_votes_back, reactions), DAY_SECONDS),
            Job("vectors", self._place, PLACE_SECONDS),
            Job("names", partial(self.naming.run, names), NAMES_SECONDS),
            Job("words", self._renew_words, WORDS_SECONDS),
            Job("news", self.news.run, NEWS_SECONDS),
            Job("forget", self._forget, DAY_SECONDS),
            Job("texts", self._forget_texts, TEXTS_SECONDS),
        ]

    async def _read_votes_back(self, reactions: Mapping[str, Reactions]) -> None:
        # Replicas that start together need not all read the same votes.
        await self.votes.reconcile(reactions, unless_within=READ_BACK_AT_MOST)

    async def _place(self) -> None:
        # Only one replica places papers at a time.
        async with self.store.pace.turn("vectors", 0):
            await self.placement.run()

    async def _renew_words(self) -> None:
        """Index again what an earlier version did, in short transactions between which others have their turn."""
        renewed = WORDS_AT_ONCE
        while renewed == WORDS_AT_ONCE:
            renewed = await self.store.archive.renew(WORDS_AT_ONCE)

    async def _forget(self) -> None:
        await self.store.news.forget(self.clock() - KEEP_NEWS)
        await self.votes.forget_old()
        await self.store.deliveries.forget((self.clock() - KEEP_DELIVERIES).date())
        await self.store.answers.forget_expired()
        await self.store.turns.forget(self.clock() - KEEP_TURNS)
        await self.store.spend.forget_askers((self.clock() - KEEP_ASKERS).date())

    async def _forget_texts(self) -> None:
        await self.store.full_texts.forget(self.clock() - KEPT)
