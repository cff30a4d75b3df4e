"""The tables of papers: their records, keys, signals and vectors."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Paper, PaperId, Signal, SignalKind, Vector, Vectors, Window, normalised_title
from bot.store import tables
from bot.store.engine import Database
from bot.store.saving import PaperWriter, write_floats
from bot.store.statements import chunks, in_byte_order, key_owners, stored_ids

# A transaction of this many papers takes about a tenth of a second, so nobody waits long for the writer.
_PAPERS_A_TRANSACTION = 500

_NO_VECTORS: Mapping[PaperId, Vector] = {}


class PaperTable:
    """What is stored of papers. Those that come back carry all their signals, oldest first.

    A paper that was folded into another one (see `save`) is found under its old id too, with its new one inside.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.saves = 0  # by this process: whoever remembers papers compares it

    async def save(
        self, papers: Iterable[Paper], vectors: Mapping[PaperId, Vector] = _NO_VECTORS
    ) -> dict[PaperId, PaperId]:
        """Store papers whose values the caller has merged with what was stored; gives the id each is kept under.

        Values are replaced, signals are added (`bot.store.history`), keys are remembered. Where a key shows that a
        paper is one that is stored under another id (`bot.store.identity`), the older id stays: everything that
        belongs to the younger moves over, and where both have a row, the older's counts. `vectors` are under the ids
        that the papers came with. A few hundred papers are one transaction, so an error may leave a part stored.
        """
        kept: dict[PaperId, PaperId] = {}
        self.saves += 1
        for chunk in chunks(papers, _PAPERS_A_TRANSACTION):
            async with self._database.writing() as connection:
                writer = PaperWriter(connection, self._database.now())
                kept |= await writer.write(chunk, vectors)
        self.saves += 1  # what was read in between may have missed a part
        return kept

    async def matching(self, keys: Iterable[str]) -> dict[str, Paper]:
        """The stored paper for every key that is known; several keys may have the same one."""
        async with self._database.reading() as connection:
            owners = await key_owners(connection, keys)
            found = await load_papers(connection, owners.values())
        return {key: found[owner] for key, owner in owners.items()}

    async def get(self, paper: PaperId) -> Paper | None:
        return (await self.get_many((paper,))).get(paper)

    async def get_many(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """Those of the papers that are stored, under the ids that were asked for."""
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            found = await load_papers(connection, owners.values())
        return {asked: found[owner] for asked, owner in owners.items()}

    async def listed(self, window: Window) -> tuple[Paper, ...]:
        """PaperTable that some source announced or listed in the window, in the order of their ids."""
        seen_at = tables.signals.c.seen_at
        query = (
            select(tables.signals.c.paper)
            .where(tables.signals.c.kind == SignalKind.LISTED, seen_at > window.start, seen_at <= window.end)
            .distinct()
        )
        async with self._database.reading() as connection:
            ids = sorted(await connection.scalars(query), key=str)  # databases differ in how they order text
            found = await load_papers(connection, ids)
        return tuple(found[paper] for paper in ids)

    async def search(self, words: str, limit: int) -> tuple[Paper, ...]:
        """Papers whose title has every one of the words, the newest first; none for words without a letter or digit.

        Case, accents written apart and full-width forms do not matter; a word may be a part of a longer one.
        """
        wanted = {normalised_title(word) for word in words.split()} - {""}
        if not wanted:
            return ()
        query = (
            select(tables.papers.c.id)
            .where(*(tables.papers.c.title_key.contains(word, autoescape=True) for word in sorted(wanted)))
            .limit(limit)
        )
        async with self._database.reading() as connection:
            newest = (tables.papers.c.published.desc(), in_byte_order(connection, tables.papers.c.id))
            ids = list(await connection.scalars(query.order_by(*newest)))
            found = await load_papers(connection, ids)
        return tuple(found[paper] for paper in ids)

    async def vectors(self, ids: Iterable[PaperId], model: str) -> dict[PaperId, Vector]:
        """The vectors that the model gave those of the papers that have one, under the ids that were asked for."""
        found: dict[PaperId, Vector] = {}
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            for chunk in chunks(dict.fromkeys(owners.values())):
                query = select(tables.vectors.c.paper, tables.vectors.c.floats).where(
                    tables.vectors.c.model == model, tables.vectors.c.paper.in_(chunk)
                )
                for row in await connection.execute(query):
                    found[row.paper] = Vector(model, tuple(array("f", row.floats)))
        return {asked: found[owner] for asked, owner in owners.items() if owner in found}

    async def points(self, ids: Iterable[PaperId], model: str) -> dict[PaperId, bytes]:
        """As `vectors`, each as its float32 values in this machine's byte order: fit for thousands at once."""
        found: dict[PaperId, bytes] = {}
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            for chunk in chunks(dict.fromkeys(owners.values())):
                query = select(tables.vectors.c.paper, tables.vectors.c.floats).where(
                    tables.vectors.c.model == model, tables.vectors.c.paper.in_(chunk)
                )
                found |= {row.paper: row.floats for row in await connection.execute(query)}
        return {asked: found[owner] for asked, owner in owners.items() if owner in found}

    async def placed(self, ids: Iterable[PaperId]) -> dict[str, int]:
        """How many of the papers each model has given a vector."""
        models = tables.vectors.c.model
        counts: dict[str, int] = {}
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            for chunk in chunks(dict.fromkeys(owners.values())):
                query = select(models, func.count()).where(tables.vectors.c.paper.in_(chunk)).group_by(models)
                for model, count in await connection.execute(query):
                    counts[model] = counts.get(model, 0) + count
        return counts

    async def without_vector(self, model: str, limit: int) -> tuple[Paper, ...]:
        """PaperTable that the model has given no vector yet, those stored last first."""
        papers, own = tables.papers.c, tables.vectors.c
        query = (
            select(papers.id)
            .where(~exists().where(own.paper == papers.id, own.model == model))
            .order_by(papers.first_seen_at.desc(), papers.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            ids = list(await connection.scalars(query))
            found = await load_papers(connection, ids)
        return tuple(found[paper] for paper in ids)

    async def save_vectors(self, ids: Sequence[PaperId], vectors: Vectors) -> None:
        """Store one vector for each of the papers, in place of what that model gave them before.

        A paper that is not stored any more is left out.
        """
        width = 4 * vectors.width
        rows = {paper: vectors.floats[width * n : width * (n + 1)] for n, paper in enumerate(ids)}
        async with self._database.writing() as connection:
            owners = await stored_ids(connection, ids)
            await write_floats(
                connection,
                {owners[paper]: (vectors.model, floats) for paper, floats in rows.items() if paper in owners},
                self._database.now(),
            )


async def load_papers(connection: AsyncConnection, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
    """The papers that are kept under these very ids, with all their signals, oldest first."""
    found: dict[PaperId, Paper] = {}
    papers, signals = tables.papers.c, tables.signals.c
    for chunk in chunks(dict.fromkeys(ids)):
        histories: dict[PaperId, list[Signal]] = {}
        history = (
            select(signals.paper, signals.source, signals.kind, signals.value, signals.seen_at)
            .where(signals.paper.in_(chunk))
            .order_by(signals.seen_at, signals.source, signals.kind, signals.value)
        )
        for seen in await connection.execute(history):
            signal = Signal(seen.source, seen.kind, seen.value, seen.seen_at)
            histories.setdefault(seen.paper, []).append(signal)
        for row in await connection.execute(select(papers.id, papers.record).where(papers.id.in_(chunk))):
            found[row.id] = replace(row.record, id=row.id, signals=tuple(histories.get(row.id, ())))
    return found
