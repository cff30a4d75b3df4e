"""Table of spending: every paid call, reserved before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, literal, select, update

from bot.models import Usage
from bot.store import tables
from bot.store.engine import Database

_FORGOTTEN = "forgotten"  # in place of a person who asked to be


@dataclass(frozen=True, slots=True)
class Cap:
    """A daily spending limit: overall, for one person, or for what people ask for in one channel.

    `code` is the code of the error when it is reached. It counts spending for `purposes` alone, or for all if there are
    none, and that since an instant instead of that of a day if `since` is given.
    """

    code: str
    usd: float
    channel: str = ""
    asker: str = ""
    purposes: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """A model's call, which an amount is spent on: for a channel, and whoever asked for it there ("" for nobody)."""

    at: datetime
    model: str
    purpose: str
    channel: str
    asker: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a day's calls for one purpose have cost in one channel, in US dollars; reservations count in full."""

    channel: str  # "" for a channel that was deleted since
    purpose: str
    usd: float
    calls: int


class Spend:
    """Spending in US dollars. A reservation that was never settled counts in full: the call may have been made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, day: date, usd: float, caps: Sequence[Cap], cause: Cause) -> int | Cap:
        """Set an amount aside; the reservation's number, or the first of the caps that it would pass.

        `day` is the day that the caps apply to, as the caller counts days. Without a cap, any amount is granted.
        """
        row = {"day": day, "usd": usd, **asdict(cause)}
        columns = tables.spend.c
        values = select(*(literal(value, columns[name].type) for name, value in row.items()))
        within = values.where(*(_total(day, cap) + usd <= cap.usd for cap in caps))
        new = tables.spend.insert().from_select([*row], within).returning(columns.id)
        async with self._database.writing() as connection:
            reservation = (await connection.execute(new)).scalar_one_or_none()
            if reservation is not None:
                return int(reservation)
            totals = [(cap, (await connection.execute(select(_total(day, cap)))).scalar_one()) for cap in caps]
            return next(cap for cap, total in totals if total + usd > cap.usd)

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

    async def forget_asker(self, asker: str) -> None:
        """Forget that this person caused any spending. The sums stay, and so does that somebody asked."""
        if not asker:
            return
        columns = tables.spend.c
        theirs = update(tables.spend).where(columns.asker == asker).values(asker=_FORGOTTEN)
        async with self._database.writing() as connection:
            await connection.execute(theirs)

    async def forget_askers(self, before: date) -> None:
        """Forget who caused the spending of earlier days: caps apply to one day only."""
        columns = tables.spend.c
        old = update(tables.spend).where(columns.day < before, columns.asker != "").values(asker="")
        async with self._database.writing() as connection:
            await connection.execute(old)

    async def total(self, day: date) -> float:
        """Return the amount spent and reserved on that day."""
        async with self._database.reading() as connection:
            return float((await connection.execute(select(_total(day)))).scalar_one())

    async def by_channel(self, day: date) -> tuple[Spent, ...]:
        """Return what was spent and reserved on that day by channel and purpose, the largest amounts first."""
        return await self._spent(tables.spend.c.day == day)

    async def of_channel(self, channel: str, since: datetime) -> tuple[Spent, ...]:
        """Return what was spent and reserved for a channel since then by purpose, the largest amounts first."""
        return await self._spent(_since(since), tables.spend.c.channel == channel)

    async def _spent(self, *conditions: ColumnElement[bool]) -> tuple[Spent, ...]:
        columns = tables.spend.c
        usd = func.sum(columns.usd).label("usd")
        query = select(columns.channel, columns.purpose, usd, func.count().label("calls")).where(*conditions)
        query = query.group_by(columns.channel, columns.purpose)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(usd.desc(), columns.channel, columns.purpose))
            return tuple(Spent(row.channel, row.purpose, row.usd, row.calls) for row in rows)

    async def by_day(self, since: date) -> dict[date, float]:
        """Return the total of each day since then that has one, in order."""
        columns = tables.spend.c
        query = (
            select(columns.day, func.sum(columns.usd).label("usd")).where(columns.day >= since).group_by(columns.day)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.day))
            return {row.day: row.usd for row in rows}


def _since(instant: datetime) -> ColumnElement[bool]:
    """Return the condition for calls since an instant."""
    columns = tables.spend.c
    # Only days are in the index, and two zones' days differ by one at most.
    return and_(columns.day >= instant.astimezone(UTC).date() - timedelta(days=1), columns.at >= instant)


def _total(day: date, cap: Cap | None = None) -> ScalarSelect[float]:
    """Return the query for what was spent and reserved on a day, or for what counts towards a cap."""
    columns = tables.spend.c
    query = select(func.coalesce(func.sum(columns.usd), 0.0))
    query = query.where(_since(cap.since) if cap and cap.since else columns.day == day)
    if cap and cap.asker:
        query = query.where(columns.asker == cap.asker)
    if cap and cap.channel:
        query = query.where(columns.channel == cap.channel, columns.asker != "")
    if cap and cap.purposes:
        query = query.where(columns.purpose.in_(cap.purposes))
    return query.scalar_subquery()
