"""The tables of what one process does for all: collecting papers, and passes over what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from bot.models import SourceReport
from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import insert

_KEPT = timedelta(days=7)
# A later instant was written by a clock that was wrong.
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Collect:
    """What the sources said at `at`, when they were asked for what was listed `since` then in these categories.

    `since` is None where that was not recorded.
    """

    at: datetime
    since: datetime | None
    topics: tuple[str, ...]
    reports: tuple[SourceReport, ...]


class Collects:
    """When papers were last collected for all channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, until: datetime) -> Collect | None:
        """The newest one that is not later than `until`."""
        columns = tables.collects.c
        query = select(columns.at, columns.since, columns.topics, columns.reports).where(columns.at <= until)
        async with self._database.reading() as connection:
            newest = query.order_by(columns.at.desc(), columns.id.desc()).limit(1)
            row = (await connection.execute(newest)).one_or_none()
            return Collect(*row) if row else None

    async def add(self, collect: Collect) -> None:
        """Remember one; those of earlier weeks are deleted."""
        async with self._database.writing() as connection:
            await connection.execute(delete(tables.collects).where(tables.collects.c.at < collect.at - _KEPT))
            await connection.execute(
                tables.collects.insert().values(
                    at=collect.at, since=collect.since, topics=collect.topics, reports=collect.reports
                )
            )


class Passes:
    """When work that concerns all channels began last, so that several processes do not all do it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, name: str, now: datetime, interval: timedelta) -> bool:
        """Whether the asker is to do the work now: nobody began it in the interval before."""
        columns = tables.passes.c
        async with self._database.writing() as connection:
            statement = insert(connection, tables.passes).values(name=name, at=now)
            begun = statement.on_conflict_do_update(
                index_elements=[columns.name],
                set_={"at": now},
                where=or_(columns.at <= now - interval, columns.at > now + _AHEAD),
            )
            return (await connection.execute(begun.returning(columns.name))).one_or_none() is not None
