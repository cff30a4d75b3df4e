"""A PostgreSQL server as the database, for several replicas on several machines.

`writing` takes an advisory lock first, so there is one writer as on SQLite and the same statements decide the same way.
Waits for a restarting server, and retries transactions that it interrupted where that is safe.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from random import uniform
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.common.masking import masked
from bot.errors import StoreError
from bot.store.connection import Pool
from bot.store.engine import Database
from bot.store.faults import from_postgresql, sqlstate, translated
from bot.store.migrate import REVISIONS, revision, upgrade
from bot.store.options import Options, read_options

# What a session is set to, transaction by transaction, where it cannot be given at its start.
_LOCAL = frozenset({"lock_timeout", "idle_in_transaction_session_timeout", "search_path"})

T = TypeVar("T")

_POOL = 5
_CONNECT_SECONDS = 10.0
_STATEMENT_SECONDS = 30.0  # ours take milliseconds, but a vanished server never answers
_IDLE_SECONDS = 30  # a frozen process keeps its locks no longer than this

# Our advisory locks in the database: https://www.postgresql.org/docs/current/explicit-locking.html
_MIGRATING = 7_152_001
_WRITING = 7_152_002

# Seconds before a retry, jittered so that two transactions do not deadlock again.
_PAUSES = (0.02, 0.04, 0.08, 0.16, 0.32)
_DEADLOCK, _NOT_SERIALISABLE = "40P01", "40001"


class PostgresqlDatabase(Database):
    """The tables in the first schema of the user's search path."""

    dialect = "postgresql"

    def __init__(self, url: URL, busy_seconds: float, clock: Callable[[], datetime]) -> None:
        if find_spec("asyncpg") is None:
            raise StoreError("store.driver", path=_location(url))
        super().__init__(_location(url), clock)
        self._options = read_options(url)
        self._busy_seconds = busy_seconds
        self._connect()

    def _connect(self) -> None:
        """Set up the pools of connections, none of which is opened yet."""
        url, busy_seconds = self._options, self._busy_seconds
        patience = max(30.0, busy_seconds)
        others = _engine(url, busy_seconds, pool_size=_POOL - 1, max_overflow=0, pool_timeout=patience)
        reading = others.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writer = Pool(_engine(url, busy_seconds, pool_size=1, max_overflow=0, pool_timeout=patience))
        self._others = Pool(others)
        self._readers = Pool(reading)  # the same connections as `_others`

    async def migrate(self) -> tuple[str | None, str]:
        """See `Database`. Also raises `store.encoding` if the database's encoding is not UTF-8."""
        try:
            return await self._migrate()
        except _PooledError:
            self._options = replace(self._options, pooled=True)
            self._connect()
            return await self._migrate()

    async def _migrate(self) -> tuple[str | None, str]:
        # A migration may take longer than an ordinary statement.
        engine = _engine(self._options, self._busy_seconds, statement_seconds=None, poolclass=NullPool)
        try:
            with self._translated():
                async with engine.begin() as connection:
                    await _lock(connection, _MIGRATING)
                    encoding = (await connection.execute(text("SHOW server_encoding"))).scalar_one()
                    if encoding != "UTF8":
                        raise StoreError("store.encoding", path=self.location, encoding=encoding)
                    before = await connection.run_sync(revision, self.location)
                    if before != REVISIONS[-1]:
                        await upgrade(connection)
                    return before, REVISIONS[-1]
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        with self._translated():
            async with AsyncExitStack() as stack:
                connection = await self._connected(stack, self._writer)
                await _lock(connection, _WRITING)
                yield connection
                await connection.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        with self._translated():
            async with AsyncExitStack() as stack:
                connection = await self._connected(stack, self._readers)
                yield connection

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        pauses = iter(_PAUSES)
        with self._translated():
            while True:
                committing = False
                try:
                    async with AsyncExitStack() as stack:
                        connection = await self._connected(stack, self._others)
                        result = await work(connection)
                        committing = True
                        await connection.commit()
                        return result
                except (DBAPIError, OSError) as error:
                    pause = next(pauses, None)
                    if pause is None or not _undone(error, committing=committing):
                        raise
                await asyncio.sleep(uniform(pause / 2, pause))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translated(self.location, from_postgresql):
                yield
        except OSError as error:  # of the connection itself
            raise StoreError(
                "store.unreachable", path=self.location, problem=str(error) or type(error).__name__
            ) from error

    async def _connected(self, stack: AsyncExitStack, pool: Pool) -> AsyncConnection:
        """Return a connection that has just answered. Waits for an absent server as long as for a locked row."""
        deadline = monotonic() + self._busy_seconds
        while True:
            try:
                return await stack.enter_async_context(pool.connected())
            except (DBAPIError, OSError) as error:
                if not _unreachable(error) or monotonic() >= deadline:
                    raise
            await asyncio.sleep(uniform(0.05, 0.2))

    async def server_now(self, connection: AsyncConnection) -> datetime:
        now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        return now.astimezone(UTC)

    async def check_place(self) -> None:
        """See `Database`: the connections themselves notice a server that is gone."""

    def hold_run(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def backup(self, target: Path) -> None:  # noqa: ARG002 (nothing is written)
        """Raise StoreError `store.backup_sqlite_only`: a server has its own tools."""
        raise StoreError("store.backup_sqlite_only", path=self.location)

    async def close(self) -> None:
        await self._readers.close()
        await self._others.close()
        await self._writer.close()


def _undone(error: DBAPIError | OSError, *, committing: bool) -> bool:
    """Return whether the transaction was rolled back completely, so that it may be retried."""
    if sqlstate(error) in {_DEADLOCK, _NOT_SERIALISABLE}:
        return True
    return not committing and _unreachable(error)


def _unreachable(error: DBAPIError | OSError) -> bool:
    if isinstance(error, OSError):
        return True
    problem = from_postgresql(error.orig, "")
    return problem is not None and problem.code == "store.unreachable"


async def _lock(connection: AsyncConnection, number: int) -> None:
    """Hold the advisory lock until the transaction ends."""
    await connection.execute(select(func.pg_advisory_xact_lock(number)))


def _location(url: URL) -> str:
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


class _PooledError(Exception):
    """A pooler such as PgBouncer stands before the server, and takes no settings of a session."""


def _engine(
    options: Options, busy_seconds: float, *, statement_seconds: float | None = _STATEMENT_SECONDS, **pool: Any
) -> AsyncEngine:
    # asyncpg reads the URL itself, so that libpq's options (`sslmode=require`) mean the same here.
    address = options.url.render_as_string(hide_password=False)
    settings = {
        "application_name": "kawaraban",
        "lock_timeout": str(round(busy_seconds * 1000)),
        "idle_in_transaction_session_timeout": str(_IDLE_SECONDS * 1000),
        **options.settings,
    }
    # A pooler gives each transaction another session: settings and statements must not outlive one.
    local = {name: settings.pop(name) for name in [*settings] if options.pooled and name in _LOCAL}

    async def connect() -> Any:
        import asyncpg  # type: ignore[import-untyped]  # it ships no types

        try:
            return await asyncpg.connect(
                address,
                timeout=options.connect_seconds or _CONNECT_SECONDS,
                command_timeout=statement_seconds,
                server_settings=settings,
                statement_cache_size=0 if options.pooled else 100,
            )
        except ValueError as error:
            raise StoreError("store.url", url=masked(options.url.render_as_string(hide_password=True))) from error
        except asyncpg.PostgresError as error:
            if not options.pooled and "startup parameter" in str(error):
                raise _PooledError from error
            raise

    unnamed: dict[str, Any] = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}
    how = {"async_creator_fn": connect, **(unnamed if options.pooled else {})}
    engine = create_async_engine("postgresql+asyncpg://", connect_args=how, pool_pre_ping=True, **pool)
    if local:

        def set_local(connection: Connection) -> None:
            calls = ", ".join(f"set_config('{name}', ${n}, true)" for n, name in enumerate(local, 1))
            connection.exec_driver_sql(f"SELECT {calls}", tuple(local.values()))

        event.listen(engine.sync_engine, "begin", set_local)
    return engine
