"""An SQLite file as the database.

One connection writes, several read alongside it. Writers use BEGIN IMMEDIATE: a transaction that reads first and takes
the write lock later either loses updates or fails at once, whatever the busy timeout.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StoreError
from bot.store.backup import copy_database
from bot.store.connection import Pool
from bot.store.engine import Database
from bot.store.faults import from_sqlite, translated
from bot.store.location import PRIVATE, prepare, sqlite_url
from bot.store.lock import open_lock, run_lock
from bot.store.migrate import REVISIONS, revision, upgrade
from bot.store.place import OpenFile, has_lost_log

T = TypeVar("T")

logger = logging.getLogger(__name__)

_READERS = 4
_JOURNAL_BYTES = 64 * 1024 * 1024  # the log is truncated to this after a checkpoint
_CACHE_KIB = 512  # per connection; the system caches the file anyway


class SqliteDatabase(Database):
    """The database in one file, used by the processes of one machine."""

    dialect = "sqlite"

    def __init__(self, path: Path, busy_seconds: float, clock: Callable[[], datetime]) -> None:
        super().__init__(str(path), clock)
        self._path = path
        self._busy_seconds = busy_seconds
        pragmas = (*_pragmas(busy_seconds), "foreign_keys=ON")
        # A task waits for the writer as long as a process would, and for its turn at the file on top of that.
        patience = max(30.0, busy_seconds)
        self._writer = Pool(
            _engine(path, "BEGIN IMMEDIATE", pragmas, pool_size=1, max_overflow=0, pool_timeout=patience)
        )
        self._readers = Pool(_engine(path, "BEGIN", (*pragmas, "query_only=ON"), pool_size=_READERS, max_overflow=0))
        self._file: OpenFile | None = None
        self._copy: Path | None = None  # has all data of a file that is not in its place

    async def migrate(self) -> tuple[str | None, str]:
        """See `Database`. Creates the folder and file if missing; also raises what `prepare` does."""
        prepare(self._path)
        async with open_lock(self._path, self._busy_seconds):
            with translated(self._path, from_sqlite):
                before = await self._prepare_file()
                if before != REVISIONS[-1]:
                    async with _connected(self._path, "BEGIN IMMEDIATE", _pragmas(self._busy_seconds)) as connection:
                        await upgrade(connection)
                with suppress(OSError):
                    self._file = OpenFile.at(self._path)
                return before, REVISIONS[-1]

    async def _prepare_file(self) -> str | None:
        """Check the revision and switch the file to WAL mode, in which readers and the writer do not block each other.

        A file stays in that mode, but a restored backup starts without it. Returns the revision.
        """
        # SQLite changes the journal mode only outside a transaction.
        async with _connected(self._path, "", _pragmas(self._busy_seconds)) as connection:
            version = await connection.run_sync(revision, self._path)
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            return version

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        self._refuse_displaced()
        with translated(self._path, from_sqlite):
            async with self._writer.transaction() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        self._refuse_displaced()
        with translated(self._path, from_sqlite):
            async with self._readers.transaction() as connection:
                yield connection

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self.writing() as connection:
            return await work(connection)

    async def server_now(self, connection: AsyncConnection) -> datetime:  # noqa: ARG002 (there is no server to ask)
        return self.now()

    def hold_run(self) -> AbstractContextManager[None]:
        """Hold the run lock. Raises StoreError `store.running` while another process holds it; see `run_lock`."""
        return run_lock(self._path)

    async def backup(self, target: Path) -> None:
        """See `bot.store.backup`."""
        await asyncio.to_thread(copy_database, self._path, target, self._busy_seconds)

    async def check_place(self) -> None:
        """See `Store.check_place`. Saves what was written, once, before it raises."""
        if self._file is None:
            return
        with translated(self._path, from_sqlite):
            if self._file.is_in_place:
                self._copy = None
                if has_lost_log(self._path):
                    await self._begin_log_again()
            elif self._copy is None:
                self._copy = await self._rescued(self._file)
        self._refuse_displaced()

    def _refuse_displaced(self) -> None:
        if self._file and not self._file.is_in_place:
            copy = self._copy or self._path
            raise StoreError("store.moved", path=self._path, copy=copy, replaced=self._file.is_replaced)

    async def _rescued(self, file: OpenFile) -> Path:
        """Complete the file wherever it is now, or copy it if it is deleted. Returns where the data is."""
        async with self._outside_transactions() as connection:
            busy = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
            moved = file.new_path()
            if moved and not busy:
                return moved
            target = self._path.with_name(f"{self._path.name}.rescued-{self.now():%Y%m%dT%H%M%S}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(mode=PRIVATE)
            await connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
            return target

    async def _begin_log_again(self) -> None:
        """Write everything into the file itself, and open connections that begin a new log."""
        async with self._outside_transactions() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        await self.close()
        logger.warning("the log of %s was deleted while in use: another one is begun, and nothing is lost", self._path)

    @asynccontextmanager
    async def _outside_transactions(self) -> AsyncIterator[AsyncConnection]:
        """Lend the writing connection for statements that SQLite refuses inside a transaction."""
        async with self._writer.connected() as connection:
            await connection.exec_driver_sql("ROLLBACK")
            try:
                yield connection
            finally:
                await connection.exec_driver_sql("BEGIN")  # which the pool ends

    async def close(self) -> None:
        await self._readers.close()
        await self._writer.close()


@asynccontextmanager
async def _connected(path: Path, begin: str, pragmas: tuple[str, ...]) -> AsyncIterator[AsyncConnection]:
    """Open a connection for changing the schema. Foreign keys are off, because a batch migration drops tables."""
    engine = _engine(path, begin, pragmas, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def _pragmas(busy_seconds: float) -> tuple[str, ...]:
    return (
        f"busy_timeout={round(busy_seconds * 1000)}",
        "synchronous=FULL",  # a commit lost to a power cut would be posted and paid for again
        f"journal_size_limit={_JOURNAL_BYTES}",
        f"cache_size=-{_CACHE_KIB}",
    )


def _engine(path: Path, begin: str, pragmas: tuple[str, ...], **pool: Any) -> AsyncEngine:
    engine = create_async_engine(sqlite_url(path), **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # stop the driver from starting transactions
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if begin:

        @event.listens_for(engine.sync_engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine
