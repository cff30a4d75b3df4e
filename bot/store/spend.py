"""The table of spending: every paid call, reserved before it is made."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Usage
from bot.store import tables
from bot.store.engine import Database


class Spend:
    """What was spent, in US dollars. A reservation that was never settled counts in full: the call may have been
    made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self, day: date, usd: float, cap_usd: float | None, *, at: datetime, model: str, purpose: str, channel: str
    ) -> int | None:
        """Set an amount aside; the reservation's number, or None where the day's total would pass the cap.

        `day` is the day of the cap, as the caller counts days; without a cap every amount is granted.
        """
        async with self._database.writing() as connection:
            if cap_usd is not None and await _total(connection, day) + usd > cap_usd:
                return None
            new = tables.spend.insert().values(day=day, at=at, model=model, purpose=purpose, channel=channel, usd=usd)
            return int((await connection.execute(new.returning(tables.spend.c.id))).scalar_one())

    async def settle(self, reservation: int, usage: Usage) -> None:
        """Replace what was set aside by what it came to; the newest word about a reservation counts."""
        spent = {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "usd": usage.usd,
            "settled": True,
        }
        async with self._database.writing() as connection:
            await connection.execute(update(tables.spend).where(tables.spend.c.id == reservation).values(**spent))

    async def total(self, day: date) -> float:
        """Spent and set aside on that day."""
        async with self._database.reading() as connection:
            return await _total(connection, day)

    async def by_day(self, since: date) -> dict[date, float]:
        """The total of every day from then on that has one, in order."""
        columns = tables.spend.c
        query = (
            select(columns.day, func.sum(columns.usd).label("usd")).where(columns.day >= since).group_by(columns.day)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.day))
            return {row.day: row.usd for row in rows}


async def _total(connection: AsyncConnection, day: date) -> float:
    query = select(func.coalesce(func.sum(tables.spend.c.usd), 0.0)).where(tables.spend.c.day == day)
    return float((await connection.execute(query)).scalar_one())
