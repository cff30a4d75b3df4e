"""A delivery worker's lease on its claims, and its back-off while the database is down."""

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

# Shares of the lease. Less than the whole is granted, so that a dead worker's claims are taken over within one lease,
# including the time between two checks; and a beat plus an attempt fit into what is left of the grant.
_GRANTED = 0.75
_BEAT = 0.1
_ATTEMPT = 0.4
_SHORTEST_ATTEMPT = 0.1


class Outage:
    """The state of the database. `pause` is the seconds to wait before the next try, 0 while it works."""

    FIRST, LONGEST = 0.2, 5.0

    def __init__(self) -> None:
        self.pause = 0.0

    def begins(self, error: StoreError) -> None:
        """Note that a try failed (again)."""
        if not self.pause:
            logger.warning("deliveries wait for the database: %s", error)
        self.pause = min(2 * self.pause or self.FIRST, self.LONGEST)

    def ends(self) -> None:
        """Note that a try succeeded."""
        if self.pause:
            logger.warning("the database works again, and deliveries continue")
        self.pause = 0.0


class WorkerLease:
    """The right to send what `owner` has claimed, valid for `seconds` after the last renewal.

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
        """Return the seconds that an attempt starting now may take; 0 if none should start."""
        left = self._ends_at - _now() - _BEAT * self._seconds
        return min(left, _ATTEMPT * self._seconds) if left >= _SHORTEST_ATTEMPT * self._seconds else 0.0

    async def begin(self) -> None:
        """Join the workers. Deliveries claimed before a restart are due at once. Raises StoreError."""
        begun = _now()
        self.owner = await self._store.workers.join(self._replica, self._grant)
        self._ends_at = begun + self._grant.total_seconds()
        # A clock that was wrong for a while may have left due times far in the future.
        await self._store.deliveries.hurry(timedelta(seconds=2 * LONGEST_WAIT))

    async def keep(self) -> None:
        """Renew the lease, and take over from workers that do not renew theirs, until cancelled."""
        ahead = self._clock_ahead()
        while True:
            await asyncio.sleep(_BEAT * self._seconds)
            in_time = _now() < self._ends_at
            try:
                await self._renew()
                # After an outage everybody's lease has expired, and the others are about to renew theirs.
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
        """Leave. Deliveries that are still claimed are due at once, for anybody. Raises StoreError."""
        await self._store.workers.leave(self.owner)

    async def _renew(self) -> None:
        begun = _now()
        if not await self._store.workers.renew(self.owner, self._grant):
            if begun < self._ends_at:
                logger.warning(
                    "another process has taken this one's deliveries: is REPLICA_NAME %s used twice?", self._replica
                )
            # Others took over its claims. What it did under the old name must not count under the new one.
            self.owner = await self._store.workers.join(self._replica, self._grant, take_back=False)
        self._ends_at = begun + self._grant.total_seconds()

    def _clock_ahead(self) -> float:
        """Return how far the clock is ahead of the event loop's, which is never set."""
        return self.clock().timestamp() - _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
