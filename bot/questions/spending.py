"""Questions paid for from the daily budget that summaries share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import tzinfo

from bot.models import Usage
from bot.summaries.budget import Budget, Settle

_PURPOSE = "question"


@dataclass(frozen=True, slots=True)
class _Reservation:
    _settle: Settle

    async def settle(self, usage: Usage) -> None:
        await self._settle(usage)


class DailyMoney:
    """`bot.questions.asking.Money` on the day's cap, whose days begin at the installation's midnight."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    @asynccontextmanager
    async def reserve(
        self,
        asker: str,
        channel: str,
        usd: float,
        *,
        model: str,
        zone: tzinfo | None = None,  # noqa: ARG002  # the day's cap has one zone
    ) -> AsyncIterator[_Reservation]:
        """Reserve what a call may cost. Raises BudgetError."""
        async with self._budget.call(model, usd, _PURPOSE, channel, asker) as settle:
            yield _Reservation(settle)
