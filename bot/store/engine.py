"""The two engines of an SQLite file, and the errors that come out of them.

One connection writes, several read beside it. Writers say BEGIN IMMEDIATE: a transaction that reads first and takes
the write lock later either loses updates or fails at once, whatever the busy timeout.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.faults import translated
from bot.store.location import sqlite_url

_READERS = 4
_JOURNAL_BYTES = 64 * 1024 * 1024  # the log is cut to this after a checkpoint


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """An open SQLite file whose tables are up to date; made by `bot.store.opening`."""

    def __init__(self, path: Path, busy_seconds: float, clock: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self.busy_seconds = busy_seconds
        self.now = clock
        pragmas = (*_pragmas(busy_seconds), "foreign_keys=ON")
        # A task waits for the writer as long as a process would, and its own turn at the file comes on top.
        self._writer = _engine(
            path, "BEGIN IMMEDIATE", pragmas, pool_size=1, max_overflow=0, pool_timeout=max(30.0, busy_seconds)
        )
        self._readers = _engine(path, "BEGIN", (*pragmas, "query_only=ON"), pool_size=_READERS, max_overflow=0)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, undone by an exception. Keep it short, and wait for
        nothing else inside. Raises StoreError (see `bot.store.faults`)."""
        with translated(self.path):
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database and cannot write. Raises StoreError."""
        with translated(self.path):
            async with self._readers.begin() as connection:
                yield connection

    async def close(self) -> None:
        """End every connection and its thread. Safe to call twice."""
        await self._readers.dispose()
        await self._writer.dispose()


def migration_engine(path: Path, busy_seconds: float) -> AsyncEngine:
    """An engine for changing the tables: foreign keys are off, because a batch migration drops tables."""
    return _engine(path, "BEGIN IMMEDIATE", _pragmas(busy_seconds), poolclass=NullPool)


def autocommit_engine(path: Path, busy_seconds: float) -> AsyncEngine:
    """An engine without transactions, for what SQLite does only outside of them."""
    return _engine(path, "", _pragmas(busy_seconds), poolclass=NullPool)


def _pragmas(busy_seconds: float) -> tuple[str, ...]:
    return (
        f"busy_timeout={round(busy_seconds * 1000)}",
        "synchronous=FULL",  # a commit that a power cut takes back would be posted and paid for again
        f"journal_size_limit={_JOURNAL_BYTES}",
    )


def _engine(path: Path, begin: str, pragmas: tuple[str, ...], **pool: Any) -> AsyncEngine:
    engine = create_async_engine(sqlite_url(path), **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if begin:

        @event.listens_for(engine.sync_engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine
