"""Table of workers: who may own deliveries, and until when unless the lease is renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.common.health import ProcessReport
from bot.store import tables
from bot.store.claims import give_back
from bot.store.engine import Database
from bot.store.tables import deliveries

_WORKERS = tables.workers.c


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker and its current lease. `replica` is its name across restarts, `report` what its process tells of itself
    (None before it has).
    """

    owner: str
    replica: str
    started_at: datetime
    expires_at: datetime
    report: ProcessReport | None = None


class Workers:
    """Worker leases, on the clock that all workers share. Several may have the same replica name; each is a separate
    owner.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def join(self, replica: str, lease: timedelta, *, take_back: bool = True) -> str:
        """Register a new owner with a lease starting now, and return its name.

        `take_back` means that the replica has just started, so deliveries claimed before its restart are due again at
        once.
        """
        owner = f"{replica}:{uuid4().hex[:12]}"

        async def work(connection: AsyncConnection) -> None:
            now = await self._database.server_now(connection)
            if take_back:
                before = select(_WORKERS.owner).where(_WORKERS.replica == replica)
                await give_back(connection, deliveries.c.owner.in_(before), now)
                await connection.execute(delete(tables.workers).where(_WORKERS.replica == replica))
            lives = {"owner": owner, "replica": replica, "started_at": now, "expires_at": now + lease}
            await connection.execute(tables.workers.insert().values(lives))

        await self._database.run(work)
        return owner

    async def renew(self, owner: str, lease: timedelta) -> bool:
        """Extend a lease to `lease` from now. Returns False if it expired and others took the owner's deliveries."""

        async def work(connection: AsyncConnection) -> bool:
            until = await self._database.server_now(connection) + lease
            extended = update(tables.workers).where(_WORKERS.owner == owner).values(expires_at=until)
            return bool((await connection.execute(extended)).rowcount)

        return await self._database.run(work)

    async def tell(self, owner: str, report: ProcessReport) -> None:
        """Store what a process tells of itself; nothing where the owner has no lease any more."""

        async def work(connection: AsyncConnection) -> None:
            mine = update(tables.workers).where(_WORKERS.owner == owner)
            await connection.execute(mine.values(report=report))

        await self._database.run(work)

    async def leave(self, owner: str) -> None:
        """End a lease. Deliveries that the owner still has claimed become due at once, and are looked up first."""

        async def work(connection: AsyncConnection) -> None:
            now = await self._database.server_now(connection)
            await give_back(connection, deliveries.c.owner == owner, now)
            await connection.execute(delete(tables.workers).where(_WORKERS.owner == owner))

        await self._database.run(work)

    async def take_over(self) -> int:
        """Make due what owners without a lease have claimed, to be looked up first. Returns how many deliveries there
        were.
        """

        async def work(connection: AsyncConnection) -> int:
            now = await self._database.server_now(connection)
            living = select(_WORKERS.owner).where(_WORKERS.expires_at > now)
            taken = await give_back(connection, deliveries.c.owner.not_in(living), now)
            await connection.execute(delete(tables.workers).where(_WORKERS.expires_at <= now))
            return taken

        return await self._database.run(work)

    async def listed(self) -> tuple[Worker, ...]:
        """Return all workers that have not left or been given up, by name."""
        query = select(tables.workers).order_by(_WORKERS.owner)
        async with self._database.reading() as connection:
            return tuple(Worker(*row) for row in await connection.execute(query))
