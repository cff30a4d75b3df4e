"""Table of full texts: kept for a day, so that the next question on a paper needs no request.

arXiv's terms allow to keep texts for that, not to serve them: nothing here is ever published.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.models import FullText, PaperId
from bot.store import tables
from bot.store.columns import clean, frozen, plain
from bot.store.engine import Database
from bot.store.statements import insert

KEPT = timedelta(days=1)
LARGEST = 4 * 2**20  # bytes of a compressed text; a thesis of 400 pages has a quarter of it
MOST = 500  # texts at a time


class FullTextTable:
    """Texts by paper and version, compressed. Version 0 is the newest one at the time when it was read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, paper: PaperId, version: int) -> FullText | None:
        """Return the text; None if there is none, or if it is older than a day."""
        columns = tables.full_texts.c
        query = select(columns.record).where(
            columns.paper == paper, columns.version == version, columns.at > self._database.now() - KEPT
        )
        async with self._database.reading() as connection:
            record = (await connection.execute(query)).scalar_one_or_none()
        return None if record is None else await asyncio.to_thread(_unpacked, record)

    async def put(self, paper: PaperId, version: int, text: FullText) -> None:
        """Keep a text in place of an earlier one, and drop the oldest where there are too many. One that is too large
        is not kept.
        """
        record = await asyncio.to_thread(_packed, text)
        if len(record) > LARGEST:
            return
        columns = tables.full_texts.c
        kept = {"record": record, "at": self._database.now()}
        newest = select(columns.at).order_by(columns.at.desc()).offset(MOST).limit(1).scalar_subquery()
        async with self._database.writing() as connection:
            new = insert(connection, tables.full_texts).values(paper=paper, version=version, **kept)
            key = [columns.paper, columns.version]
            await connection.execute(new.on_conflict_do_update(index_elements=key, set_=kept))
            await connection.execute(delete(tables.full_texts).where(columns.at <= newest))

    async def forget(self, before: datetime) -> None:
        """Delete the texts that were read before the instant."""
        async with self._database.writing() as connection:
            await connection.execute(delete(tables.full_texts).where(tables.full_texts.c.at < before))


def _packed(text: FullText) -> bytes:
    return zlib.compress(clean(json.dumps(plain(text), ensure_ascii=False)).encode())


def _unpacked(record: bytes) -> FullText | None:
    """Return the text, None for one that another version of this program has written in another form."""
    try:
        return frozen(json.loads(zlib.decompress(record)), FullText)
    except (ValueError, zlib.error):
        return None
