"""Bringing a database to the tables that this program knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import StoreError
from bot.store.engine import autocommit_engine, migration_engine
from bot.store.faults import translated

# Every revision, oldest first. Known here so that opening an up-to-date database does not have to import Alembic.
REVISIONS = ("0001",)


async def migrate(path: Path, busy_seconds: float) -> tuple[str | None, str]:
    """The revisions before and after; None before for a new file. The caller holds the lock for opening.

    Either the whole way is made or none of it. Raises StoreError `store.newer` for a revision that this program does
    not know, `store.foreign` for another program's database, and what `bot.store.faults` says.
    """
    with translated(path):
        before = await _prepare(path, busy_seconds)
        if before != REVISIONS[-1]:
            engine = migration_engine(path, busy_seconds)
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(_upgrade)
            finally:
                await engine.dispose()
    return before, REVISIONS[-1]


async def _prepare(path: Path, busy_seconds: float) -> str | None:
    """The revision, once it is one of ours; and the file in WAL mode, where readers and the writer do not wait for
    each other. A file stays in that mode, but a restored backup begins without it."""
    engine = autocommit_engine(path, busy_seconds)
    try:
        async with engine.connect() as connection:
            revision = await connection.run_sync(_revision, path)
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            return revision
    finally:
        await engine.dispose()


def _revision(connection: Connection, path: Path) -> str | None:
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
    if found is None:
        raise StoreError("store.foreign", path=path)
    if found not in REVISIONS:
        raise StoreError("store.newer", path=path, revision=found)
    return str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
