"""From a due time to the ledger: make each channel's digest of each local date once, in whichever process.

due -> recorded as a run -> claimed -> made -> parts put into the ledger and run marked as done, in one transaction.
Any process can restart any step at any time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.digests.digest import Order
from bot.digests.repairs import REPAIR_EVERY, repairable
from bot.digests.schedule import HORIZON, plan
from bot.errors import BotError
from bot.models import ChannelKey, ChannelSettings, ChannelState, Digest, EmptyReason, NewDelivery, Run, RunState
from bot.ports import Worker
from bot.store.runs import MadeDigest, RunKey
from bot.store.store import Store

Make = Callable[[Order], Awaitable[Digest]]
Parts = Callable[[Digest, ChannelSettings], Sequence[NewDelivery]]

# How long to retry when all sources fail at the due time. After that, a digest without papers says so.
SOURCES_PATIENCE = timedelta(minutes=45)
_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(minutes=15)

logger = logging.getLogger(__name__)


class Runs:
    """The use case behind every scheduled digest.

    `make` is `Digests.make`; `parts` splits a digest into messages; `bucket` returns a channel's rate-limit bucket.
    Digests are claimed in the name of `worker`, which is woken when the ledger has something new. At most `concurrency`
    digests are made at a time.
    """

    def __init__(
        self,
        store: Store,
        make: Make,
        parts: Parts,
        *,
        worker: Worker,
        clock: Callable[[], datetime],
        bucket: Callable[[ChannelKey], str] = lambda channel: channel.platform,
        concurrency: int = 4,
    ) -> None:
        self._store = store
        self._make = make
        self._parts = parts
        self._worker = worker
        self._clock = clock
        self._bucket = bucket
        self._concurrency = concurrency
        self._making: dict[RunKey, asyncio.Task[None]] = {}

    async def tick(self) -> int:
        """Record the due runs of all channels, and start as many digests as there is room for.

        Returns how many were started; they are made in the background. Raises StoreError.
        """
        while await self._store.channels.advance(self._clock(), HORIZON, plan):
            pass
        room = self._concurrency - len(self._making)
        if room <= 0:
            return 0
        owner = self._worker.owner
        claimed = await self._store.runs.claim(owner, self._clock(), room, tuple(self._making))
        for run in claimed:
            key = (run.channel, run.day)
            task = asyncio.create_task(self._work(owner, run))
            self._making[key] = task
            task.add_done_callback(lambda _, key=key: self._making.pop(key, None))  # type: ignore[misc]  # the default
        return len(claimed)

    async def drain(self) -> None:
        """Wait for the digests in progress."""
        await asyncio.gather(*self._making.values(), return_exceptions=True)

    async def close(self) -> None:
        """Stop making digests; other processes will restart them."""
        for task in self._making.values():
            task.cancel()
        await self.drain()

    async def _work(self, owner: str, run: Run) -> None:
        """Make one digest. If the store fails, nothing can be recorded, and the claim expires."""
        try:
            try:
                await self._attempt(owner, run)
            except BotError as error:
                logger.warning("the digest of %s for %s: %s", await self._title(run), run.day, error)
                await self._fail(owner, run, error.code)
            except Exception:  # a bug must not stop other channels
                logger.exception("the digest of %s for %s", await self._title(run), run.day)
                await self._fail(owner, run, "schedule.unforeseen")
        except BotError as error:
            logger.warning("the run of %s for %s stays claimed: %s", await self._title(run), run.day, error)
        # There is room for another digest, and there may be messages to send.
        self._worker.wake()

    async def _title(self, run: Run) -> str:
        return await self._store.channels.title(run.channel)

    async def _attempt(self, owner: str, run: Run) -> None:
        channel = await self._store.channels.get(run.channel)
        now = self._clock()
        if channel is None or channel.state is not ChannelState.ACTIVE:
            await self._store.runs.drop(owner, run, now, RunState.SKIPPED, "schedule.unsubscribed")
            return
        await self._store.runs.release_unsent(run.channel, run.day)
        digest = await self._make(Order(channel, run.day, run.due_at))
        now = self._clock()
        if digest.empty is EmptyReason.SOURCES_FAILED and now < min(run.due_at + SOURCES_PATIENCE, run.late_after):
            await self._fail(owner, run, "schedule.sources")
            return
        result = MadeDigest(
            papers=len(digest.entries),
            items=self._parts(digest, channel.settings),
            bucket=self._bucket(run.channel),
            unverified=repairable(digest),
            repair_at=now + REPAIR_EVERY,
        )
        await self._store.runs.finish(owner, run, now, result)

    async def _fail(self, owner: str, run: Run, problem: str) -> None:
        """Retry after a while, unless that would be too late."""
        now = self._clock()
        wait = min(_FIRST_RETRY * 2 ** min(run.attempts - 1, 10), _LONGEST_RETRY)
        if now + wait < run.late_after:
            await self._store.runs.put_off(owner, run, now + wait, problem)
        else:
            await self._store.runs.drop(owner, run, now, RunState.FAILED, problem)
