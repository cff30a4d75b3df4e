"""The archive: full-text search over papers that a channel was shown or that have a summary.

A paper is indexed by its title, authors, keywords, abstract and every summary, in any language. SQLite uses an FTS5
index, PostgreSQL a GIN index; both index our own tokens (`bot.store.tokens`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select

from bot.models import ChannelKey, Paper, PaperId
from bot.store import tables
from bot.store.engine import Database
from bot.store.indexing import index
from bot.store.papers import load_papers
from bot.store.statements import has_words, in_byte_order
from bot.store.tokens import asked_for
from bot.tex import readable

_SHOWN = tables.shown.c


class ArchiveTable:
    """Search of the archive. Papers come back with all their signals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(self, words: str, channel: ChannelKey | None, limit: int) -> tuple[Paper, ...]:
        """Return papers that contain every word: first those shown in the channel, then the rest, newest first in each
        group.

        A word matches as a prefix; Japanese and Chinese need no spaces. Returns nothing for words without a letter or
        digit.
        """
        tokens = asked_for(readable(words))
        if not tokens:
            return ()
        papers = tables.papers.c
        here = and_(_SHOWN.paper == papers.id, _SHOWN.channel == channel)
        query = (
            select(papers.id)
            .join(tables.archive, tables.archive.c.paper == papers.id)
            .outerjoin(tables.shown, here)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            ranking = (_SHOWN.at.is_(None), papers.published.desc(), in_byte_order(connection, papers.id))
            query = query.where(has_words(connection, tokens)).order_by(*ranking)
            ids = list(await connection.scalars(query))
            loaded = await load_papers(connection, ids)
        return tuple(loaded[paper] for paper in ids)

    async def renew(self, limit: int) -> int:
        """Index papers anew whose words were read by an earlier version, at most `limit`. Returns how many."""
        archive = tables.archive.c
        earlier = or_(archive.reading.is_(None), archive.reading < tables.READING)
        async with self._database.writing() as connection:
            papers = list(await connection.scalars(select(archive.paper).where(earlier).limit(limit)))
            await index(connection, papers)
        return len(papers)

    async def shown_at(self, channel: ChannelKey) -> dict[PaperId, datetime]:
        """Return when each paper was shown in the channel."""
        query = select(_SHOWN.paper, _SHOWN.at).where(_SHOWN.channel == channel)
        async with self._database.reading() as connection:
            return {row.paper: row.at for row in await connection.execute(query)}

    async def latest(self, channel: ChannelKey, limit: int | None = None) -> tuple[Paper, ...]:
        """Return the papers shown in the channel, newest first."""
        query = select(_SHOWN.paper).where(_SHOWN.channel == channel).limit(limit)
        async with self._database.reading() as connection:
            newest = (_SHOWN.at.desc(), in_byte_order(connection, _SHOWN.paper))
            ids = list(await connection.scalars(query.order_by(*newest)))
            loaded = await load_papers(connection, ids)
        return tuple(loaded[paper] for paper in ids)
