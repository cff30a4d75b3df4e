"""Table of leases: work that only one process does at a time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import insert

_LEASES = tables.leases.c


class LeaseTable:
    """Leases by name, on the clock that all processes share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str, holder: str, lease: timedelta) -> bool:
        """Take or extend the lease and return whether the holder has it now: it was free, expired, or the holder's
        already.
        """

        async def work(connection: AsyncConnection) -> bool:
            now = await self._database.server_now(connection)
            new = {"holder": holder, "expires_at": now + lease}
            statement = insert(connection, tables.leases).values(name=name, **new)
            taken = statement.on_conflict_do_update(
                index_elements=[_LEASES.name],
                set_=new,
                where=(_LEASES.expires_at <= now) | (_LEASES.holder == holder),
            )
            return (await connection.execute(taken.returning(_LEASES.name))).first() is not None

        return await self._database.run(work)

    async def renew(self, name: str, holder: str, lease: timedelta) -> bool:
        """Extend the holder's lease to `lease` from now. Returns False if it is no longer the holder's."""

        async def work(connection: AsyncConnection) -> bool:
            until = await self._database.server_now(connection) + lease
            held = update(tables.leases).where(_LEASES.name == name, _LEASES.holder == holder)
            return bool((await connection.execute(held.values(expires_at=until))).rowcount)

        return await self._database.run(work)

    async def give_up(self, name: str, holder: str) -> None:
        """End the lease if it is the holder's."""

        async def work(connection: AsyncConnection) -> None:
            held = delete(tables.leases).where(_LEASES.name == name, _LEASES.holder == holder)
            await connection.execute(held)

        await self._database.run(work)
