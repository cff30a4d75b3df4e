"""The store: everything that is remembered, in one database.

Instants are aware and come back in UTC. Every method may raise StoreError (see `bot.store.faults` for the codes).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.store.backup import copy_database
from bot.store.counts import Counts, count_rows
from bot.store.digests import DigestTable
from bot.store.engine import Database, utc_now
from bot.store.location import database_path, prepare
from bot.store.lock import open_lock, run_lock
from bot.store.migrate import migrate
from bot.store.pace import DatabasePace
from bot.store.papers import Papers
from bot.store.spend import Spend
from bot.store.summaries import Summaries

BUSY_SECONDS = 10.0


class Store:
    """An open database; several processes may have it open at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.papers = Papers(database)
        self.digests = DigestTable(database)
        self.summaries = Summaries(database)
        self.spend = Spend(database)
        self.pace = DatabasePace(database)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, *, busy_seconds: float = BUSY_SECONDS, clock: Callable[[], datetime] = utc_now
    ) -> AsyncIterator[Store]:
        """The store at a URL such as `sqlite+aiosqlite:////srv/kawaraban.sqlite3` (see `sqlite_url`).

        Makes the folder and the file where they are missing, and brings an older database up to date. Waits at most
        `busy_seconds` for other processes, here and later. `clock` gives aware instants: when rows were written.
        Raises StoreError: `store.url`, `store.path`, `store.network`, `store.readonly`, `store.full`, `store.locked`,
        `store.foreign`, `store.newer`, `store.broken`.
        """
        path = database_path(url)
        await upgrade(url, busy_seconds=busy_seconds)
        store = cls(Database(path, busy_seconds, clock))
        try:
            yield store
        finally:
            await asyncio.shield(store.close())

    @property
    def path(self) -> Path:
        """The database's file."""
        return self._database.path

    async def counts(self) -> Counts:
        """How much is stored."""
        return await count_rows(self._database)

    def hold_run(self) -> AbstractContextManager[None]:
        """Hold the right to be the one `run` on this database. Raises StoreError `store.running`."""
        return run_lock(self._database.path)

    async def backup(self, target: Path) -> None:
        """Copy the database to a new file while others use it; see `bot.store.backup`."""
        await asyncio.to_thread(copy_database, self._database.path, target, self._database.busy_seconds)

    async def close(self) -> None:
        """End every connection. Safe to call twice."""
        await self._database.close()


async def upgrade(url: str, *, busy_seconds: float = BUSY_SECONDS) -> tuple[str | None, str]:
    """Bring the database up to date; its revisions before (None for a new one) and after. Raises as `Store.open`."""
    path = database_path(url)
    prepare(path)
    async with open_lock(path, busy_seconds):
        return await migrate(path, busy_seconds)
