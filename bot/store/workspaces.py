"""Deleting all that is stored of one workspace of a platform."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, String, delete, func, type_coerce, update

from bot.store import tables
from bot.store.engine import Database

_PER_CHANNEL = (tables.votes, tables.deliveries, tables.runs, tables.digests, tables.shown)


def in_workspace(channel: Column[object], platform: str, workspace: str) -> ColumnElement[bool]:
    """Whether a column's channel belongs to the workspace: `slack:T1/…`."""
    # No LIKE, which takes upper and lower case for the same on SQLite.
    prefix = f"{platform}:{workspace}/"
    return func.substr(type_coerce(channel, String), 1, len(prefix)) == prefix


async def forget_workspace(database: Database, platform: str, workspace: str) -> int:
    """Delete everything of a workspace; how many channels it had. What was spent there stays, without the channel."""
    async with database.writing() as connection:
        for table in _PER_CHANNEL:
            await connection.execute(delete(table).where(in_workspace(table.c.channel, platform, workspace)))
        spent = update(tables.spend).where(in_workspace(tables.spend.c.channel, platform, workspace))
        await connection.execute(spent.values(channel=""))
        await connection.execute(delete(tables.buckets).where(tables.buckets.c.key == f"{platform}:{workspace}"))
        installed = tables.installations.c
        await connection.execute(
            delete(tables.installations).where(installed.platform == platform, installed.workspace == workspace)
        )
        gone = delete(tables.channels).where(in_workspace(tables.channels.c.key, platform, workspace))
        return (await connection.execute(gone)).rowcount
