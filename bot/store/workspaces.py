"""Deletion of everything stored for one workspace of a platform, or for one channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ColumnElement, String, delete, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import ChannelKey
from bot.store import tables
from bot.store.engine import Database

_PER_CHANNEL = (tables.turns, tables.votes, tables.deliveries, tables.runs, tables.digests, tables.shown)


def in_workspace(channel: Column[object], platform: str, workspace: str) -> ColumnElement[bool]:
    """Return the condition that a column's channel belongs to the workspace, as in `slack:T1/…`."""
    # Not LIKE, which ignores case on SQLite.
    prefix = f"{platform}:{workspace}/"
    return func.substr(type_coerce(channel, String), 1, len(prefix)) == prefix


async def forget_channel(connection: AsyncConnection, channel: ChannelKey) -> None:
    """Delete everything of one channel. Its spending stays, without the channel."""
    for table in _PER_CHANNEL:
        await connection.execute(delete(table).where(table.c.channel == channel))
    await connection.execute(update(tables.spend).where(tables.spend.c.channel == str(channel)).values(channel=""))
    await connection.execute(delete(tables.channels).where(tables.channels.c.key == channel))


async def forget_workspace(
    database: Database, platform: str, workspace: str, uninstalled_at: datetime | None = None
) -> int:
    """Delete everything of a workspace and return how many channels it had. Its spending stays, without the channel.

    If `uninstalled_at` is given, nothing is deleted of a workspace that was installed after it.
    """
    installed = tables.installations.c
    this = (installed.platform == platform, installed.workspace == workspace)
    async with database.writing() as connection:
        if uninstalled_at is not None:
            newer = select(installed.at).where(*this, installed.at > uninstalled_at)
            if (await connection.execute(newer)).first():
                return 0
        for table in _PER_CHANNEL:
            await connection.execute(delete(table).where(in_workspace(table.c.channel, platform, workspace)))
        spent = update(tables.spend).where(in_workspace(tables.spend.c.channel, platform, workspace))
        await connection.execute(spent.values(channel=""))
        await connection.execute(delete(tables.buckets).where(tables.buckets.c.key == f"{platform}:{workspace}"))
        await connection.execute(delete(tables.installations).where(*this))
        gone = delete(tables.channels).where(in_workspace(tables.channels.c.key, platform, workspace))
        return (await connection.execute(gone)).rowcount
