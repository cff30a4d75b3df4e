"""A worker's lease on what it claims, and how it bears with a database that fails for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.delivery.attempt import LONGEST_WAIT
from bot.delivery.bell import Bell
from bot.errors import StoreError
from bot.store.store import Store

logger = logging.getLogger(__name__)

# Shares of the lease. Less than the whole is granted, so that what a dead worker had is taken over within one lease,
# the time between two looks included; and an attempt with a beat before it is over while the grant still lasts.
_GRANTED = 0.75
_BEAT = 0.1
_ATTEMPT = 0.4
_SHORTEST_ATTEMPT = 0.1


class Outage:
    """Whether the database works. `pause` is how long to wait before the next try, in seconds; 0 while it works."""

    FIRST, LONGEST = 0.2, 5.0

    def __init__(self) -> None:
        self.pause = 0.0

    def begins(self, error: StoreError) -> None:
        """A try failed (again)."""
        if not self.pause:
            logger.warning("deliveries wait for the database: %s", error)
        self.pause = min(2 * self.pause or self.FIRST, self.LONGEST)

    def ends(self) -> None:
        """A try went well."""
        if self.pause:
            logger.warning("the database works again, and deliveries go on")
        self.pause = 0.0


class Lease:
    """The right to send what `owner` has claimed, for `seconds` beyond the last sign of life.

    `replica` is the worker's name in every life. `clock` gives the instant in UTC. The `bell` is rung when there may be
    something new to claim. `owner` is the worker's name in its present life; empty before the first lease.
    """

    def __init__(
        self, store: Store, replica: str, clock: Callable[[], datetime], bell: Bell, seconds: float = 30.0
    ) -> None:
        self.owner = ""
        self.clock = clock
        self.outage = Outage()
        self._store = store
        self._replica = replica
        self._seconds = seconds
        self._grant = timedelta(seconds=_GRANTED * seconds)
        self.bell = bell
        self._ends_at = 0.0  # by the event loop's clock

    def time_for_attempt(self) -> float:
        """Seconds that an attempt that begins now may take; 0 where nothing should begin."""
        left = self._ends_at - _now() - _BEAT * self._seconds
        return min(left, _ATTEMPT * self._seconds) if left >= _SHORTEST_ATTEMPT * self._seconds else 0.0

    async def begin(self) -> None:
        """Take part; what this replica had claimed in its life before is due at once. Raises StoreError."""
        begun = _now()
        self.owner = await self._store.workers.join(self._replica, self._grant)
        self._ends_at = begun + self._grant.total_seconds()
        # A clock that was wrong and is right again may have left what is due in a far future.
        await self._store.deliveries.hurry(timedelta(seconds=2 * LONGEST_WAIT))

    async def keep(self) -> None:
        """Renew the lease, and take over from those who do not renew theirs, until cancelled."""
        ahead = self._clock_ahead()
        while True:
            await asyncio.sleep(_BEAT * self._seconds)
            in_time = _now() < self._ends_at
            try:
                await self._renew()
                # After an outage everybody's lease is over, and the others are about to renew theirs.
                if in_time and await self._store.workers.take_over():
                    self.bell.ring()
                if self._clock_ahead() < ahead - 1.0:
                    logger.warning("the clock was set back by %.0f s", ahead - self._clock_ahead())
                    await self._store.deliveries.hurry()
                    self.bell.ring()
                ahead = self._clock_ahead()
            except StoreError as error:
                self.outage.begins(error)

    async def end(self) -> None:
        """Leave; what is still claimed is due at once, for others too. Raises StoreError."""
        await self._store.workers.leave(self.owner)

    async def _renew(self) -> None:
        begun = _now()
        if not await self._store.workers.renew(self.owner, self._grant):
            # Others took what it had. What it did under the old name must not count under the new one.
            self.owner = await self._store.workers.join(self._replica, self._grant, take_back=False)
        self._ends_at = begun + self._grant.total_seconds()

    def _clock_ahead(self) -> float:
        """The instant less the event loop's clock, which nobody sets."""
        return self.clock().timestamp() - _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
