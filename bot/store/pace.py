"""Request rates shared by all processes on one database (`bot.ports.Pace`), kept in the table `rates`.

Instants come from the machine's own clock, whatever date a test or command simulates: requests are made now, and the
processes on one SQLite file share that clock.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import case, select, update

from bot.store import tables
from bot.store.engine import Database, utc_now
from bot.store.statements import insert

# A dead holder is overtaken after this; no request may take that long.
LEASE = timedelta(seconds=120)
# A later `next_at` was written by a wrong clock, and would stop everybody until then.
LONGEST_PAUSE = timedelta(hours=1)
_POLL = timedelta(milliseconds=100)


class DatabasePace:
    """Turns that only one task across all processes holds at a time."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        # Tasks of one process queue here in order, so that only one of them polls the database.
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, key: str, interval: float) -> AsyncIterator[None]:
        """Hold the only turn for `key`, starting at least `interval` seconds after the previous one ended.

        A turn held longer than `LEASE` may be overtaken. Raises StoreError.
        """
        holder = uuid4().hex
        pause = timedelta(0)
        async with self._queues[key]:
            try:
                await self._wait_for_turn(key, timedelta(seconds=interval), holder)
                pause = timedelta(seconds=interval)
                yield
            finally:
                # Even after a cancelled attempt: it may have reached the database.
                await asyncio.shield(self._give_back(key, holder, self._clock() + pause))

    async def pause(self, key: str, seconds: float) -> None:
        """Grant no turns for `key` for the next `seconds`, one hour at most. Raises StoreError."""
        until = self._clock() + min(timedelta(seconds=max(0.0, seconds)), LONGEST_PAUSE)
        rates = tables.rates.c
        async with self._database.writing() as connection:
            statement = insert(connection, tables.rates).values(key=key, next_at=until)
            later = statement.on_conflict_do_update(
                index_elements=[rates.key], set_={"next_at": until}, where=rates.next_at < until
            )
            await connection.execute(later)

    async def _wait_for_turn(self, key: str, interval: timedelta, holder: str) -> None:
        while wait := await self._take(key, interval, holder):  # noqa: ASYNC110 (the holder may be another process)
            await asyncio.sleep(wait.total_seconds())

    async def _take(self, key: str, interval: timedelta, holder: str) -> timedelta | None:
        """Try to take the turn. Returns None once it is ours, otherwise how long to wait before asking again."""
        wait = await self._wait(key)
        if wait:
            return wait
        rates = tables.rates
        async with self._database.writing() as connection:
            now = self._clock()
            new = insert(connection, rates).values(key=key, next_at=now).on_conflict_do_nothing()
            await connection.execute(new)
            query = select(rates).where(rates.c.key == key).with_for_update()
            row = (await connection.execute(query)).one()
            wait = _remaining(row.next_at, row.held_until, now)
            if wait is None:
                ours = {"next_at": now + interval, "holder": holder, "held_until": now + LEASE}
                await connection.execute(update(rates).where(rates.c.key == key).values(**ours))
        return wait

    async def _wait(self, key: str) -> timedelta | None:
        """Return how long to wait, like `_take` but without blocking writers; None if a try is worthwhile."""
        query = select(tables.rates).where(tables.rates.c.key == key)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            return _remaining(row.next_at, row.held_until, self._clock()) if row else None

    async def _give_back(self, key: str, holder: str, next_at: datetime) -> None:
        rates = tables.rates.c
        later = case((rates.next_at < next_at, next_at), else_=rates.next_at)  # a pause may have moved it further
        async with self._database.writing() as connection:
            ours = update(tables.rates).where(rates.key == key, rates.holder == holder)
            await connection.execute(ours.values(holder=None, held_until=None, next_at=later))


def _remaining(next_at: datetime, held_until: datetime | None, now: datetime) -> timedelta | None:
    """Return the least time to wait. A holder may be done long before its lease ends, so that wait is a short poll."""
    held = held_until is not None and now < held_until <= now + LEASE
    paused = now < next_at <= now + LONGEST_PAUSE
    if paused:
        return next_at - now
    return _POLL if held else None
