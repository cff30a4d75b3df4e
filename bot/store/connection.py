"""Connections that a cancelled task leaves in order.

A driver that is interrupted inside a statement leaves the statement running: aiosqlite's thread goes on, with the
file locked, and asyncpg may wait for its time-out. So a statement that has begun is let end, and only then the
cancellation goes on. Ours take milliseconds, and wait for a lock as long as the database was told to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")


class SteadyConnection(AsyncConnection):
    """An AsyncConnection whose `execute`, `scalars`, `scalar`, `commit` and `rollback` run to their end."""

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await to_its_end(super().execute(*arguments, **options))

    async def commit(self) -> None:
        await to_its_end(super().commit())

    async def rollback(self) -> None:
        await to_its_end(super().rollback())


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction on a connection of its own: committed at the end, undone by an exception."""
    async with SteadyConnection(engine) as connection:
        await begin(connection)
        yield connection
        await connection.commit()


async def begin(connection: AsyncConnection) -> None:
    """Begin a transaction, which `commit` or `rollback` or closing the connection ends."""
    _ = await to_its_end(connection.begin().start())


async def to_its_end(work: Coroutine[Any, Any, T], discard: Callable[[T], object] = lambda _: None) -> T:
    """What the work gives. A cancellation waits for it, and what came then is discarded."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled() and task.exception() is None:
            discard(task.result())
        raise
