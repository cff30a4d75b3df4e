"""What may be spent on the language model in a day, and what was.

The cap holds across processes: the store adds a reservation only while the day's total stays within it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BudgetError, ModelError
from bot.models import Usage
from bot.store.store import Store

Settle = Callable[[Usage], Awaitable[None]]


class Budget:
    """The daily cap in US dollars, None for no cap. Days begin at midnight in `zone`; `clock` gives the instant."""

    def __init__(self, store: Store, cap_usd: float | None, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._cap_usd = cap_usd
        self._zone = zone
        self._clock = clock

    @asynccontextmanager
    async def call(self, model: str, usd: float, purpose: str, channel: str = "") -> AsyncIterator[Settle]:
        """One call that may cost `usd` at most: reserved first, then settled by calling what this gives with the usage.

        A ModelError settles at what its attempts may have cost. A call that ends in any other way, a crash included,
        keeps its whole reservation: nobody knows what it cost. Raises BudgetError (`budget.day`) where the cap would
        be passed.
        """
        today = self._today()
        reservation = await self._store.spend.reserve(
            today, usd, self._cap_usd, at=self._clock(), model=model, purpose=purpose, channel=channel
        )
        if reservation is None:
            raise BudgetError("budget.day", cap_usd=self._cap_usd, resets_at=self._next_day(today))

        async def settle(usage: Usage) -> None:
            await self._store.spend.settle(reservation, usage)

        try:
            yield settle
        except ModelError as error:
            await settle(Usage(usd=error.usd))
            raise

    @property
    def cap_usd(self) -> float | None:
        return self._cap_usd

    def resets_at(self) -> datetime:
        """The instant, in UTC, at which the cap begins anew."""
        return self._next_day(self._today())

    async def spent_today(self) -> float:
        """US dollars spent and reserved since midnight."""
        return await self._store.spend.total(self._today())

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _next_day(self, day: date) -> datetime:
        """The instant at which the day after begins, in UTC."""
        return datetime.combine(day + timedelta(days=1), time(), self._zone).astimezone(UTC)
