"""The store: everything the bot remembers, in one database.

Instants are timezone-aware and come back in UTC. Every method may raise StoreError (codes: see `bot.store.faults`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.store.answers import AnswerTable
from bot.store.archive import ArchiveTable
from bot.store.channels import ChannelTable
from bot.store.collects import Collects, Passes
from bot.store.counts import Counts, count_rows
from bot.store.deliveries import Deliveries
from bot.store.digests import DigestTable
from bot.store.engine import Database, utc_now
from bot.store.fulltexts import FullTextTable
from bot.store.installations import InstallationTable
from bot.store.leases import LeaseTable
from bot.store.location import database_path, postgresql_url
from bot.store.news import NewsTable
from bot.store.pace import DatabasePace
from bot.store.papers import PaperTable
from bot.store.runs import RunTable
from bot.store.spend import Spend
from bot.store.sqlite import SqliteDatabase
from bot.store.summaries import SummaryTable
from bot.store.turns import TurnTable
from bot.store.votes import VoteTable
from bot.store.workers import Workers
from bot.store.workspaces import forget_workspace

BUSY_SECONDS = 10.0


class Store:
    """An open database. Several processes may have it open at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.papers = PaperTable(database)
        self.digests = DigestTable(database)
        self.summaries = SummaryTable(database)
        self.spend = Spend(database)
        self.answers = AnswerTable(database)
        self.turns = TurnTable(database)
        self.deliveries = Deliveries(database)
        self.workers = Workers(database)
        self.channels = ChannelTable(database)
        self.runs = RunTable(database, self.deliveries)
        self.collects = Collects(database)
        self.passes = Passes(database)
        self.votes = VoteTable(database)
        self.archive = ArchiveTable(database)
        self.news = NewsTable(database)
        self.pace = DatabasePace(database)
        self.installations = InstallationTable(database)
        self.leases = LeaseTable(database)
        self.full_texts = FullTextTable(database)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, *, busy_seconds: float = BUSY_SECONDS, clock: Callable[[], datetime] = utc_now
    ) -> AsyncIterator[Store]:
        """Open the store at a URL such as `sqlite+aiosqlite:////srv/kawaraban.sqlite3` (see `sqlite_url`) or
        `postgresql+asyncpg://user:password@host/database`.

        Creates SQLite's folder and file if missing, and migrates an older database. Waits up to `busy_seconds` for
        other processes and, once open, for an absent PostgreSQL server. `clock` returns aware instants, used as write
        times. Raises StoreError: `store.url`, `store.readonly`, `store.full`, `store.locked`, `store.foreign`,
        `store.newer`, `store.broken`; for SQLite `store.path`, `store.network`; for PostgreSQL `store.driver`,
        `store.unreachable`, `store.refused`, `store.encoding`.
        """
        database = _database(url, busy_seconds, clock)
        store = cls(database)
        try:
            await database.migrate()
            yield store
        finally:
            await asyncio.shield(store.close())

    @property
    def location(self) -> str:
        """Return the database's display name: SQLite's file, or PostgreSQL's URL without the password."""
        return self._database.location

    async def counts(self) -> Counts:
        """Return how much is stored."""
        return await count_rows(self._database)

    async def forget_workspace(self, platform: str, workspace: str, uninstalled_at: datetime | None = None) -> int:
        """Delete everything of a workspace, in one transaction; see `bot.store.workspaces`."""
        return await forget_workspace(self._database, platform, workspace, uninstalled_at)

    def hold_run(self) -> AbstractContextManager[None]:
        """Hold the right to `run` on this database. On SQLite only one process has it at a time.

        Raises StoreError `store.running`.
        """
        return self._database.hold_run()

    async def check_place(self) -> None:
        """Check that SQLite's files are where they were opened.

        Raises StoreError `store.moved` for a database that was moved, deleted or replaced; its argument `copy` names a
        file with everything that was written, and `replaced` says whether another file has its path.
        """
        await self._database.check_place()

    async def backup(self, target: Path) -> None:
        """Copy an SQLite database to a new file while it is in use; see `bot.store.backup`.

        Raises StoreError `store.backup_sqlite_only` on PostgreSQL.
        """
        await self._database.backup(target)

    async def close(self) -> None:
        """Close every connection. Safe to call twice."""
        await self._database.close()


async def upgrade(url: str, *, busy_seconds: float = BUSY_SECONDS) -> tuple[str | None, str]:
    """Migrate the database. Returns its revisions before (None for a new one) and after. Raises as `Store.open`."""
    database = _database(url, busy_seconds, utc_now)
    try:
        return await database.migrate()
    finally:
        await database.close()


def _database(url: str, busy_seconds: float, clock: Callable[[], datetime]) -> Database:
    server = postgresql_url(url)
    if server is None:
        return SqliteDatabase(database_path(url), busy_seconds, clock)
    from bot.store.postgresql import PostgresqlDatabase

    return PostgresqlDatabase(server, busy_seconds, clock)
