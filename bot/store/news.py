"""Tables of what sources said of papers, and of what became of those papers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select, update

from bot.models import ChannelKey, PaperEvent, PaperId, Sighting, SourceName
from bot.store import tables
from bot.store.engine import Database
from bot.store.statements import chunks, insert, stored_ids

_NEWS, _SIGHTINGS, _SHOWN = tables.news.c, tables.sightings.c, tables.shown.c


@dataclass(frozen=True, slots=True)
class Seen:
    """What a source said of a paper, and when."""

    said: Sighting
    at: datetime


class NewsTable:
    """Stored sightings and events of papers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def shown(self, channels: Iterable[ChannelKey], since: datetime) -> frozenset[PaperId]:
        """Return the papers that were shown in any of the channels at `since` or later."""
        papers: set[PaperId] = set()
        async with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(channels)):
                query = select(_SHOWN.paper).where(_SHOWN.channel.in_(chunk), _SHOWN.at >= since).distinct()
                papers.update(await connection.scalars(query))
        return frozenset(papers)

    async def channels(self, paper: PaperId, since: datetime) -> frozenset[ChannelKey]:
        """Return the channels in which the paper was shown at `since` or later."""
        query = select(_SHOWN.channel).where(_SHOWN.paper == paper, _SHOWN.at >= since)
        async with self._database.reading() as connection:
            return frozenset(await connection.scalars(query))

    async def seen(self, source: SourceName, papers: Iterable[PaperId]) -> dict[PaperId, Seen]:
        """Return what the source said of the papers when it was last asked; others are left out."""
        sightings: dict[PaperId, Seen] = {}
        async with self._database.reading() as connection:
            for chunk in chunks(dict.fromkeys(papers)):
                query = select(_SIGHTINGS.paper, _SIGHTINGS.said, _SIGHTINGS.at).where(
                    _SIGHTINGS.source == source, _SIGHTINGS.paper.in_(chunk)
                )
                sightings |= {row.paper: Seen(row.said, row.at) for row in await connection.execute(query)}
        return sightings

    async def note(
        self, source: SourceName, seen: Mapping[PaperId, Sighting], events: Collection[PaperEvent], at: datetime
    ) -> None:
        """Store what the source said at `at` and the events that follow from it, all or none.

        An event that is stored already stays as it is. Papers that are no longer stored are left out.
        """
        async with self._database.writing() as connection:
            owners = await stored_ids(connection, seen)
            sightings = insert(connection, tables.sightings)
            fresh = sightings.on_conflict_do_update(
                index_elements=[_SIGHTINGS.paper, _SIGHTINGS.source],
                set_={"at": sightings.excluded.at, "said": sightings.excluded.said},
            )
            rows = {
                owners[paper]: {"paper": owners[paper], "source": source, "at": at, "said": said}
                for paper, said in seen.items()
                if paper in owners
            }
            if rows:
                await connection.execute(fresh, [rows[paper] for paper in sorted(rows, key=str)])
            happened = [
                {
                    "paper": owners[event.paper],
                    "kind": event.kind,
                    "version": event.version,
                    "address": event.address,
                    "noticed_at": event.noticed_at,
                    "told": False,
                }
                for event in events
                if event.paper in owners
            ]
            if happened:
                await connection.execute(insert(connection, tables.news).on_conflict_do_nothing(), happened)

    async def untold(self) -> tuple[PaperEvent, ...]:
        """Return the events that not every channel has been told, oldest first."""
        columns = (_NEWS.paper, _NEWS.kind, _NEWS.noticed_at, _NEWS.version, _NEWS.address)
        order = (_NEWS.noticed_at, _NEWS.paper, _NEWS.kind, _NEWS.version)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(*columns).where(~_NEWS.told).order_by(*order))
            return tuple(PaperEvent(*row) for row in rows)

    async def mark_told(self, event: PaperEvent) -> None:
        """Note that the event's messages are in the ledger."""
        this = and_(_NEWS.paper == event.paper, _NEWS.kind == event.kind, _NEWS.version == event.version)
        async with self._database.writing() as connection:
            await connection.execute(update(tables.news).where(this).values(told=True))

    async def forget(self, before: datetime) -> None:
        """Delete what was said, and what had become of papers, before that instant."""
        async with self._database.writing() as connection:
            await connection.execute(delete(tables.sightings).where(_SIGHTINGS.at < before))
            await connection.execute(delete(tables.news).where(_NEWS.noticed_at < before, _NEWS.told))
