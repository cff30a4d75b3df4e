"""Tables of work that one process does for all: collecting papers, and passes over sent messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from bot.models import SourceReport
from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import insert

_RETENTION = timedelta(days=7)
# A later instant was written by a wrong clock.
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Collect:
    """The sources' reports at `at`, when they were asked for papers listed `since` then in these categories.

    `since` is None if it was not recorded.
    """

    at: datetime
    since: datetime | None
    topics: tuple[str, ...]
    reports: tuple[SourceReport, ...]


class Collects:
    """History of collecting papers for all channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, until: datetime) -> Collect | None:
        """Return the newest collect that is no later than `until`."""
        columns = tables.collects.c
        query = select(columns.at, columns.since, columns.topics, columns.reports).where(columns.at <= until)
        async with self._database.reading() as connection:
            newest = query.order_by(columns.at.desc(), columns.id.desc()).limit(1)
            row = (await connection.execute(newest)).one_or_none()
            return Collect(*row) if row else None

    async def newest(self, limit: int) -> tuple[Collect, ...]:
        """Return the newest collects, newest first."""
        columns = tables.collects.c
        query = select(columns.at, columns.since, columns.topics, columns.reports)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.at.desc(), columns.id.desc()).limit(limit))
            return tuple(Collect(*row) for row in rows)

    async def add(self, collect: Collect) -> None:
        """Record a collect, and delete those more than a week older."""
        async with self._database.writing() as connection:
            await connection.execute(delete(tables.collects).where(tables.collects.c.at < collect.at - _RETENTION))
            await connection.execute(
                tables.collects.insert().values(
                    at=collect.at, since=collect.since, topics=collect.topics, reports=collect.reports
                )
            )


class Passes:
    """When shared work last began, so that only one of several processes does it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, name: str, now: datetime, interval: timedelta) -> bool:
        """Return whether the caller is to do the work: nobody began it within the last `interval`."""
        columns = tables.passes.c
        async with self._database.writing() as connection:
            statement = insert(connection, tables.passes).values(name=name, at=now)
            begun = statement.on_conflict_do_update(
                index_elements=[columns.name],
                set_={"at": now},
                where=or_(columns.at <= now - interval, columns.at > now + _AHEAD),
            )
            return (await connection.execute(begun.returning(columns.name))).one_or_none() is not None
