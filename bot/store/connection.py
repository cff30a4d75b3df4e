"""Connections that stay usable when a task is cancelled.

A driver interrupted inside a statement leaves it running: aiosqlite's thread carries on with the file locked, and
asyncpg may wait for its time-out. So a cancellation waits until the running statement has finished. Ours take
milliseconds, and wait for a lock no longer than the database was told to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")


class SteadyConnection(AsyncConnection):
    """An AsyncConnection whose `execute`, `scalars`, `scalar` and `commit` finish even if their task is cancelled."""

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await to_its_end(super().execute(*arguments, **options))

    async def commit(self) -> None:
        await to_its_end(super().commit())


class Pool:
    """An engine's connections, lent to one task at a time. A cancelled task's connection is returned too."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._abandoned: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection with a transaction, rolled back at the end unless committed."""
        connection = await self._take()
        try:
            _ = await to_its_end(connection.begin().start())
            yield connection
        finally:
            await to_its_end(connection.close())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection as `connected` does; commit at the end, roll back on an exception."""
        async with self.connected() as connection:
            yield connection
            await connection.commit()

    async def close(self) -> None:
        """Close every connection. Safe to call twice."""
        await asyncio.gather(*self._abandoned)
        await self._engine.dispose()

    async def _take(self) -> AsyncConnection:
        """Take a connection from the pool. A cancellation does not wait for one: it is returned as soon as it comes."""
        taking = asyncio.create_task(SteadyConnection(self._engine).start())
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            giving_back = asyncio.create_task(_give_back(taking))
            self._abandoned.add(giving_back)
            giving_back.add_done_callback(self._abandoned.discard)
            raise


async def _give_back(taking: asyncio.Task[AsyncConnection]) -> None:
    with suppress(Exception):  # nobody is waiting for this connection any more
        connection = await taking
        await connection.close()


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of the work. A cancellation is raised only once the work has finished."""
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
