"""Migration of a database to this version's schema, inside a transaction that the caller has begun."""

from __future__ import annotations

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError

# Every revision, oldest first. Listed here so that opening an up-to-date database does not import Alembic.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")


_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def revision(connection: Connection, location: Path | str) -> str | None:
    """Return the revision of the schema, or None if there are no tables.

    Raises StoreError `store.newer` for a revision that this version does not know, and `store.foreign` for another
    program's tables.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    query = text("SELECT version_num FROM alembic_version")
    version = connection.scalar(query) if "alembic_version" in tables else None
    if version is None:
        raise StoreError("store.foreign", path=location)
    if version not in REVISIONS:
        raise StoreError("store.newer", path=location, revision=version)
    return str(version)


async def upgrade(connection: AsyncConnection) -> None:
    """Migrate to the newest revision, one database at a time because Alembic keeps its state in a module."""
    turn = _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with turn:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, REVISIONS[-1])
