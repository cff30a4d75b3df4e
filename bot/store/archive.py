"""The archive: papers that some channel was shown or that have a summary, to be searched by words.

What a paper is searched by is its title, authors, keywords and abstract, and every summary of it, in whatever
language. SQLite keeps an FTS5 index of it, PostgreSQL a GIN index; the tokens are ours (`bot.store.tokens`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select

from bot.models import ChannelKey, Paper, PaperId
from bot.store import tables
from bot.store.engine import Database
from bot.store.papers import load_papers
from bot.store.statements import has_words, in_byte_order
from bot.store.tokens import asked_for

_SHOWN = tables.shown.c


class ArchiveTable:
    """Searching; what is found carries all of its signals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(self, words: str, channel: ChannelKey | None, limit: int) -> tuple[Paper, ...]:
        """Papers that have all of the words: those that the channel was shown first, each kind the newest first.

        A word may be the beginning of a longer one; Japanese and Chinese need no spaces. Words without a letter or
        digit find nothing.
        """
        tokens = asked_for(words)
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
            best = (_SHOWN.at.is_(None), papers.published.desc(), in_byte_order(connection, papers.id))
            query = query.where(has_words(connection, tokens)).order_by(*best)
            ids = list(await connection.scalars(query))
            found = await load_papers(connection, ids)
        return tuple(found[paper] for paper in ids)

    async def shown_at(self, channel: ChannelKey) -> dict[PaperId, datetime]:
        """When the channel was shown what it was shown."""
        query = select(_SHOWN.paper, _SHOWN.at).where(_SHOWN.channel == channel)
        async with self._database.reading() as connection:
            return {row.paper: row.at for row in await connection.execute(query)}

    async def latest(self, channel: ChannelKey, limit: int | None = None) -> tuple[Paper, ...]:
        """What the channel was shown, the newest first."""
        query = select(_SHOWN.paper).where(_SHOWN.channel == channel).limit(limit)
        async with self._database.reading() as connection:
            newest = (_SHOWN.at.desc(), in_byte_order(connection, _SHOWN.paper))
            ids = list(await connection.scalars(query.order_by(*newest)))
            found = await load_papers(connection, ids)
        return tuple(found[paper] for paper in ids)
