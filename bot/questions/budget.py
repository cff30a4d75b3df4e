"""What questions may cost: for one person, in one channel, and altogether, by the day.

The caps hold across processes: a reservation is added only if all totals stay within them (`bot.store.spend`). Person
and channel have the channel's days; everything together has those of the installation, whose cap for all calls to the
model holds as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from bot.errors import BudgetError
from bot.models import Usage
from bot.store.spend import Cap, Cause
from bot.store.store import Store
from bot.summaries.budget import Settle, reserved

# The purposes that are paid from these budgets.
QUESTION, PHRASES = "question", "phrases"
PURPOSES = (QUESTION, PHRASES)


@dataclass(frozen=True, slots=True)
class QuestionCaps:
    """US dollars a day: for one person in all channels, for all people of one channel, and for everybody."""

    person: float
    channel: float
    day: float


class Reservation:
    """Money set aside for one call."""

    def __init__(self, settle: Settle) -> None:
        self._settle = settle

    async def settle(self, usage: Usage) -> None:
        """Replace what was reserved by what the call has used. Settling again overwrites it. Raises StoreError."""
        await self._settle(usage)


class QuestionBudget:
    """The budgets of questions. `total_usd` is the cap for all calls of a day, None for no cap; `zone` is the
    installation's and `clock` returns the current instant.
    """

    def __init__(
        self,
        store: Store,
        caps: QuestionCaps,
        total_usd: float | None,
        zone: tzinfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._limits = caps
        self._total_usd = total_usd
        self._zone = zone
        self._clock = clock

    @asynccontextmanager
    async def reserve(
        self,
        asker: str,
        channel: str,
        usd: float,
        *,
        model: str,
        zone: tzinfo | None = None,
        purpose: str = QUESTION,
    ) -> AsyncIterator[Reservation]:
        """Reserve `usd`, the most that a call may cost, as `reserved` does, and yield it for its caller to settle.

        `asker` is a pseudonym of the person, "" for the operator, whom only the caps for everybody bind; `zone` is the
        channel's. Raises StoreError, and BudgetError `budget.question_person`, `.question_channel`, `.question_day` or
        `budget.day`, with `cap_usd` and `resets_at` in the zone whose midnight that is.
        """
        now = self._clock()
        limits = self._caps(now, channel, asker, zone or self._zone)
        zones = {cap.code: its_zone for cap, its_zone in limits}
        day, caps = now.astimezone(self._zone).date(), [cap for cap, _ in limits]

        def refusal(cap: Cap) -> BudgetError:
            return BudgetError(cap.code, cap_usd=cap.usd, resets_at=_midnight(now, zones[cap.code], days=1))

        cause = Cause(now, model, purpose, channel, asker)
        async with reserved(self._store, day, usd, caps, cause, refusal) as settle:
            yield Reservation(settle)

    def _caps(self, now: datetime, channel: str, asker: str, zone: tzinfo) -> list[tuple[Cap, tzinfo]]:
        """Return the caps that hold, those that concern the fewest people first, and the zone of each one's day."""
        caps = []
        since = _midnight(now, zone)
        if asker:
            person = Cap("budget.question_person", self._limits.person, asker=asker, purposes=PURPOSES, since=since)
            caps.append((person, zone))
        if asker and channel:
            of_channel = Cap(
                "budget.question_channel", self._limits.channel, channel=channel, purposes=PURPOSES, since=since
            )
            caps.append((of_channel, zone))
        caps.append((Cap("budget.question_day", self._limits.day, purposes=PURPOSES), self._zone))
        if self._total_usd is not None:
            caps.append((Cap("budget.day", self._total_usd), self._zone))
        return caps


def _midnight(now: datetime, zone: tzinfo, days: int = 0) -> datetime:
    """Return when the zone's day began, or when the one so many days later does, in that zone."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    # Through UTC, because an hour that a change of clocks skips is written as it is afterwards.
    return datetime.combine(day, time(), zone).astimezone(UTC).astimezone(zone)
