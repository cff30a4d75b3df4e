"""Tables of digests: what each channel was given on which date, and every paper it was ever shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import ChannelKey, Digest, Entry, PaperId
from bot.store import tables
from bot.store.engine import Database
from bot.store.indexing import index
from bot.store.statements import chunks, insert, stored_ids


@dataclass(frozen=True, slots=True)
class SavedDigest:
    """The result of saving a digest.

    If `taken` is empty, `digest` is the one now stored: the new one, or the one that was there first. Otherwise nothing
    was stored, and `taken` are the papers shown in the channel in the meantime.
    """

    digest: Digest
    taken: frozenset[PaperId] = frozenset()


class DigestTable:
    """Stored digests. Papers must have been saved before (LookupError)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, channel: ChannelKey, day: date) -> Digest | None:
        """Return the channel's digest of its local date, without summaries: those are stored with the papers."""
        async with self._database.reading() as connection:
            return await _get(connection, channel, day)

    async def last_due(self, channel: ChannelKey, before: datetime) -> datetime | None:
        """Return when the channel's latest digest with papers before that instant was due."""
        columns = tables.digests.c
        query = select(func.max(columns.due_at)).where(columns.channel == channel, columns.due_at < before)
        async with self._database.reading() as connection:
            last: datetime | None = (await connection.execute(query)).scalar_one()
            return last

    async def latest(self, limit: int) -> tuple[Digest, ...]:
        """Return the digests of all channels, newest date first."""
        columns = tables.digests.c
        query = select(tables.digests).order_by(columns.date.desc(), columns.created_at.desc()).limit(limit)
        async with self._database.reading() as connection:
            return tuple(map(_digest, await connection.execute(query)))

    async def save(self, digest: Digest) -> SavedDigest:
        """Store the digest and mark its papers as shown in its channel, atomically; see `SavedDigest`.

        The first digest of a channel and date is final.
        """
        ids = [entry.paper.id for entry in digest.entries]
        async with self._database.writing() as connection:
            earlier = await _get(connection, digest.channel, digest.date)
            if earlier:
                return SavedDigest(earlier)
            owners = await _owners(connection, ids)
            taken = await _shown_among(connection, digest.channel, owners.values())
            if taken:
                return SavedDigest(digest, frozenset(paper for paper in ids if owners[paper] in taken))
            bare = replace(digest, entries=tuple(map(_without_summary, digest.entries)))
            await connection.execute(
                tables.digests.insert().values(
                    channel=digest.channel,
                    date=digest.date,
                    due_at=digest.due_at,
                    language=digest.language,
                    status=digest.status,
                    entries=bare.entries,
                    empty=digest.empty,
                    holiday=digest.holiday,
                    created_at=self._database.now(),
                )
            )
            await _mark(connection, digest.channel, owners.values(), digest.due_at)
        return SavedDigest(bare)

    async def shown(self, channel: ChannelKey) -> frozenset[PaperId]:
        """Return every paper that was ever shown in the channel."""
        query = select(tables.shown.c.paper).where(tables.shown.c.channel == channel)
        async with self._database.reading() as connection:
            return frozenset(await connection.scalars(query))

    async def mark_shown(self, channel: ChannelKey, ids: Iterable[PaperId], at: datetime) -> None:
        """Mark papers as shown in the channel, so that they are never shown (again). Keeps earlier marks."""
        async with self._database.writing() as connection:
            await mark_shown_in(connection, channel, ids, at)


async def mark_shown_in(connection: AsyncConnection, channel: ChannelKey, ids: Iterable[PaperId], at: datetime) -> None:
    """Mark papers as shown, like `DigestTable.mark_shown`, inside the caller's transaction."""
    owners = await _owners(connection, ids)
    await _mark(connection, channel, owners.values(), at)


async def withdraw_in(connection: AsyncConnection, channel: ChannelKey, day: date, due_at: datetime) -> None:
    """Forget the digest that was due then and what it showed, inside the caller's transaction: nobody has seen it."""
    digest = await _get(connection, channel, day)
    if digest is None or digest.due_at != due_at:  # another one of that date, such as an imported post
        return
    columns, shown = tables.digests.c, tables.shown.c
    await connection.execute(delete(tables.digests).where(columns.channel == channel, columns.date == day))
    owners = await stored_ids(connection, [entry.paper.id for entry in digest.entries])
    for chunk in chunks(owners.values()):
        marked = delete(tables.shown).where(shown.channel == channel, shown.paper.in_(chunk), shown.at == due_at)
        await connection.execute(marked)


async def _get(connection: AsyncConnection, channel: ChannelKey, day: date) -> Digest | None:
    columns = tables.digests.c
    query = select(tables.digests).where(columns.channel == channel, columns.date == day)
    row = (await connection.execute(query)).one_or_none()
    return _digest(row) if row else None


def _digest(row: Row[*tuple[Any, ...]]) -> Digest:
    return Digest(
        channel=row.channel,
        date=row.date,
        due_at=row.due_at,
        language=row.language,
        status=row.status,
        entries=row.entries,
        empty=row.empty,
        holiday=row.holiday,
    )


def _without_summary(entry: Entry) -> Entry:
    return replace(entry, summary=None, excerpt=None, failure=None)


async def _owners(connection: AsyncConnection, ids: Iterable[PaperId]) -> dict[PaperId, PaperId]:
    wanted = list(ids)
    owners = await stored_ids(connection, wanted)
    unknown = [str(paper) for paper in wanted if paper not in owners]
    if unknown:
        raise LookupError(f"no such papers: {', '.join(unknown)}")
    return owners


async def _shown_among(connection: AsyncConnection, channel: ChannelKey, ids: Iterable[PaperId]) -> set[PaperId]:
    columns = tables.shown.c
    shown: set[PaperId] = set()
    for chunk in chunks(ids):
        query = select(columns.paper).where(columns.channel == channel, columns.paper.in_(chunk))
        shown.update(await connection.scalars(query))
    return shown


async def _mark(connection: AsyncConnection, channel: ChannelKey, ids: Iterable[PaperId], at: datetime) -> None:
    distinct = dict.fromkeys(ids)
    rows = [{"channel": channel, "paper": paper, "at": at} for paper in distinct]
    if rows:
        await connection.execute(insert(connection, tables.shown).on_conflict_do_nothing(), rows)
        await index(connection, distinct)
