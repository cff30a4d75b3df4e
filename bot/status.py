"""What `kawaraban status` tells: what was made lately, what is stored, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.budget import Budget
from bot.models import Digest
from bot.store.counts import Counts
from bot.store.store import Store

DIGESTS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one installation at one moment; money in US dollars."""

    database: str
    counts: Counts
    digests: tuple[Digest, ...]  # the newest first, without summaries
    spent_today: float
    cap: float | None
    resets_at: datetime


class StatusReader:
    """The use case that reads it all and changes nothing."""

    def __init__(self, store: Store, budget: Budget) -> None:
        self._store = store
        self._budget = budget

    async def read(self) -> Status:
        return Status(
            database=self._store.location,
            counts=await self._store.counts(),
            digests=await self._store.digests.latest(DIGESTS_SHOWN),
            spent_today=await self._budget.spent_today(),
            cap=self._budget.cap_usd,
            resets_at=self._budget.resets_at(),
        )
