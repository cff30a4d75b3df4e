"""Connections that a cancelled task leaves in order.

A driver that is interrupted inside a statement leaves the statement running: aiosqlite's thread goes on, with the
file locked, and asyncpg may wait for its time-out. So a statement that has begun is let end, and only then the
cancellation goes on. Ours take milliseconds, and wait for a lock as long as the database was told to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")


class SteadyConnection(AsyncConnection):
    """An AsyncConnection whose `execute`, `scalars`, `scalar` and `commit` run to their end."""

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await to_its_end(super().execute(*arguments, **options))

    async def commit(self) -> None:
        await to_its_end(super().commit())


class Pool:
    """An engine's connections, lent to one task at a time. Those whose task was cancelled meanwhile come back too."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._abandoned: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection with a transaction, which is undone at the end unless it was committed."""
        connection = await self._take()
        try:
            _ = await to_its_end(connection.begin().start())
            yield connection
        finally:
            await to_its_end(connection.close())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """As `connected`; committed at the end, undone by an exception."""
        async with self.connected() as connection:
            yield connection
            await connection.commit()

    async def close(self) -> None:
        """End every connection. Safe to call twice."""
        await asyncio.gather(*self._abandoned)
        await self._engine.dispose()

    async def _take(self) -> AsyncConnection:
        """Waits its turn, so a cancellation does not wait for it: the connection is given back when it comes."""
        taking = asyncio.create_task(SteadyConnection(self._engine).start())
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            giving_back = asyncio.create_task(_give_back(taking))
            self._abandoned.add(giving_back)
            giving_back.add_done_callback(self._abandoned.discard)
            raise


async def _give_back(taking: asyncio.Task[AsyncConnection]) -> None:
    with suppress(Exception):  # whatever it is, nobody waits for this connection any more
        connection = await taking
        await connection.close()


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; a cancellation waits for it."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # nobody else will ask for it
        raise
