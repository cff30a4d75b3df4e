"""Table of spending: every paid call, reserved before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Usage
from bot.store import tables
from bot.store.engine import Database


@dataclass(frozen=True, slots=True)
class Cap:
    """A daily spending limit: overall, for one person, or for what people ask for in one channel.

    `code` is the code of the error when it is reached.
    """

    code: str
    usd: float
    channel: str = ""
    asker: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """A model's call, which an amount is spent on: for a channel, and whoever asked for it there ("" for nobody)."""

    at: datetime
    model: str
    purpose: str
    channel: str
    asker: str = ""


class Spend:
    """Spending in US dollars. A reservation that was never settled counts in full: the call may have been made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, day: date, usd: float, caps: Sequence[Cap], cause: Cause) -> int | Cap:
        """Set an amount aside; the reservation's number, or the first of the caps that it would pass.

        `day` is the day that the caps apply to, as the caller counts days. Without a cap, any amount is granted.
        """
        async with self._database.writing() as connection:
            for cap in caps:
                if await _total(connection, day, cap) + usd > cap.usd:
                    return cap
            new = tables.spend.insert().values(day=day, usd=usd, **asdict(cause))
            return int((await connection.execute(new.returning(tables.spend.c.id))).scalar_one())

    async def settle(self, reservation: int, usage: Usage) -> None:
        """Replace the reserved amount by the actual cost. Settling again overwrites it."""
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

    async def forget_askers(self, before: date) -> None:
        """Forget who caused the spending of earlier days: caps apply to one day only."""
        columns = tables.spend.c
        old = update(tables.spend).where(columns.day < before, columns.asker != "").values(asker="")
        async with self._database.writing() as connection:
            await connection.execute(old)

    async def total(self, day: date) -> float:
        """Return the amount spent and reserved on that day."""
        async with self._database.reading() as connection:
            return await _total(connection, day)

    async def by_day(self, since: date) -> dict[date, float]:
        """Return the total of each day since then that has one, in order."""
        columns = tables.spend.c
        query = (
            select(columns.day, func.sum(columns.usd).label("usd")).where(columns.day >= since).group_by(columns.day)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.day))
            return {row.day: row.usd for row in rows}


async def _total(connection: AsyncConnection, day: date, cap: Cap | None = None) -> float:
    columns = tables.spend.c
    query = select(func.coalesce(func.sum(columns.usd), 0.0)).where(columns.day == day)
    if cap and cap.asker:
        query = query.where(columns.asker == cap.asker)
    if cap and cap.channel:
        query = query.where(columns.channel == cap.channel, columns.asker != "")
    return float((await connection.execute(query)).scalar_one())
