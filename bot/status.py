"""What `kawaraban status` tells: what was made lately, what is stored, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.budget import Budget
from bot.models import Channel, DeliveryState, Digest
from bot.store.counts import Counts
from bot.store.store import Store

DIGESTS_SHOWN = 7
_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one installation at one moment; money in US dollars."""

    database: str
    counts: Counts
    channels: tuple[Channel, ...]
    deliveries: Mapping[DeliveryState, int]  # those of the last 24 hours
    digests: tuple[Digest, ...]  # the newest first, without summaries
    spent_today: float
    cap: float | None
    resets_at: datetime


class StatusReader:
    """The use case that reads it all and changes nothing."""

    def __init__(self, store: Store, budget: Budget, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._budget = budget
        self._clock = clock

    async def read(self) -> Status:
        return Status(
            database=self._store.location,
            counts=await self._store.counts(),
            channels=await self._store.channels.listed(),
            deliveries=await self._store.deliveries.counts(since=self._clock() - _LATELY),
            digests=await self._store.digests.latest(DIGESTS_SHOWN),
            spent_today=await self._budget.spent_today(),
            cap=self._budget.cap_usd,
            resets_at=self._budget.resets_at(),
        )
