"""The daily budget for the language model.

Summaries that people ask for may use only a part of it, limited for each channel and person, so that nobody's curiosity
costs others their digest; questions have budgets of their own within it (`bot.questions.budget`). The caps hold across
processes: the store adds a reservation only if the day's totals stay within them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.errors import BudgetError, ModelError
from bot.models import Usage
from bot.store.spend import Cap, Cause, Spent
from bot.store.store import Store

# Shares of the day's cap for requests: by the people of one channel, and by one person across all channels.
SHARES: Mapping[str, float] = MappingProxyType({"budget.day": 1.0, "budget.channel": 0.5, "budget.person": 0.25})

Settle = Callable[[Usage], Awaitable[None]]


@asynccontextmanager
async def reserved(
    store: Store, day: date, usd: float, caps: Sequence[Cap], cause: Cause, refusal: Callable[[Cap], BudgetError]
) -> AsyncIterator[Settle]:
    """Reserve `usd`, the most that a call may cost, and yield a function that settles it with the actual usage.

    A ModelError settles at what its attempts may have cost. A call that ends in any other way, even a crash, keeps its
    whole reservation, since its cost is unknown. Raises the `refusal` of the cap that would be exceeded.
    """
    reservation = await store.spend.reserve(day, usd, caps, cause)
    if isinstance(reservation, Cap):
        raise refusal(reservation)

    async def settle(usage: Usage) -> None:
        await store.spend.settle(reservation, usage)

    try:
        yield settle
    except ModelError as error:
        await settle(Usage(usd=error.usd))
        raise


class Budget:
    """The daily cap in US dollars, or None for no cap. Days start at midnight in `zone`; `clock` returns the current
    instant.
    """

    def __init__(self, store: Store, cap_usd: float | None, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._cap_usd = cap_usd
        self._zone = zone
        self._clock = clock

    @asynccontextmanager
    async def call(
        self, model: str, usd: float, purpose: str, channel: str = "", asker: str = ""
    ) -> AsyncIterator[Settle]:
        """Reserve `usd`, the most that a call may cost, as `reserved` does.

        `asker` is a pseudonym of the person who asked, "" for what
        the bot does by itself. Raises BudgetError if a cap would be exceeded: `budget.day`, and for an asker
        `budget.channel` and `budget.person`.
        """
        today = self._today()
        cause = Cause(self._clock(), model, purpose, channel, asker)

        def refusal(cap: Cap) -> BudgetError:
            return BudgetError(cap.code, cap_usd=cap.usd, resets_at=self._next_day(today))

        async with reserved(self._store, today, usd, self._caps(channel, asker, purpose), cause, refusal) as settle:
            yield settle

    @property
    def cap_usd(self) -> float | None:
        return self._cap_usd

    def reached(self, code: str) -> BudgetError:
        """Return the error of the cap with that code."""
        usd = None if self._cap_usd is None else self._cap_usd * SHARES.get(code, 1.0)
        return BudgetError(code, cap_usd=usd, resets_at=self.resets_at())

    def resets_at(self) -> datetime:
        """Return when the cap resets, in UTC."""
        return self._next_day(self._today())

    async def spent_today(self) -> float:
        """Return the US dollars spent and reserved since midnight."""
        return await self._store.spend.total(self._today())

    async def spent_by_channel(self) -> tuple[Spent, ...]:
        """Return what was spent and reserved since midnight by channel and purpose, the largest amounts first."""
        return await self._store.spend.by_channel(self._today())

    def _caps(self, channel: str, asker: str, purpose: str) -> Sequence[Cap]:
        if self._cap_usd is None:
            return ()
        caps = [Cap("budget.day", self._cap_usd)]
        if asker:
            share = self._cap_usd * SHARES["budget.person"]
            caps.append(Cap("budget.person", share, asker=asker, purposes=(purpose,)))
        if asker and channel:
            share = self._cap_usd * SHARES["budget.channel"]
            caps.append(Cap("budget.channel", share, channel=channel, purposes=(purpose,)))
        return caps

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _next_day(self, day: date) -> datetime:
        """Return when the following day starts, in UTC."""
        return datetime.combine(day + timedelta(days=1), time(), self._zone).astimezone(UTC)
