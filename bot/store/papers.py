"""Tables of papers: their records, keys, signals and vectors."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Paper, PaperId, Signal, SignalKind, Vector, Vectors, Window, normalised_title
from bot.store import tables
from bot.store.engine import Database
from bot.store.saving import PaperWriter, write_floats
from bot.store.statements import chunks, in_byte_order, key_owners, stored_ids
from bot.tex import readable

# A transaction of this many papers takes about a tenth of a second, so other writers do not wait long.
_PAPERS_A_TRANSACTION = 500

_NO_VECTORS: Mapping[PaperId, Vector] = {}


class PaperTable:
    """Stored papers. They are returned with all their signals, oldest first.

    A paper that was merged into another (see `save`) is still found by its old id, and returned with its new one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.saves = 0  # by this process; lets a cache of papers notice a change

    async def save(
        self, papers: Iterable[Paper], vectors: Mapping[PaperId, Vector] = _NO_VECTORS
    ) -> dict[PaperId, PaperId]:
        """Store papers already merged with their stored values. Returns the id under which each is stored.

        Values are replaced, signals appended (`bot.store.history`) and keys remembered. If a key shows that a paper is
        already stored under another id (`bot.store.identity`), the older id stays: everything that belongs to the
        younger one moves over, and where both have a row, the older one's counts. `vectors` are keyed by the ids that
        the papers came with. Commits every few hundred papers, so an error may leave some of them stored.
        """
        stored: dict[PaperId, PaperId] = {}
        self.saves += 1
        for chunk in chunks(papers, _PAPERS_A_TRANSACTION):
            async with self._database.writing() as connection:
                writer = PaperWriter(connection, self._database.now())
                stored |= await writer.write(chunk, vectors)
        self.saves += 1  # a read in between may have missed some of them
        return stored

    async def matching(self, keys: Iterable[str]) -> dict[str, Paper]:
        """Return the stored paper for every known key. Several keys may belong to the same paper."""
        async with self._database.reading() as connection:
            owners = await key_owners(connection, keys)
            papers = await load_papers(connection, owners.values())
        return {key: papers[owner] for key, owner in owners.items()}

    async def get(self, paper: PaperId) -> Paper | None:
        return (await self.get_many((paper,))).get(paper)

    async def get_many(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """Return the stored papers, keyed by the ids asked for; unknown ids are left out."""
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            papers = await load_papers(connection, owners.values())
        return {asked: papers[owner] for asked, owner in owners.items()}

    async def listed(self, window: Window) -> tuple[Paper, ...]:
        """Return the papers that a source announced or listed in the window, sorted by id."""
        seen_at = tables.signals.c.seen_at
        query = (
            select(tables.signals.c.paper)
            .where(tables.signals.c.kind == SignalKind.LISTED, seen_at > window.start, seen_at <= window.end)
            .distinct()
        )
        async with self._database.reading() as connection:
            ids = sorted(await connection.scalars(query), key=str)  # databases differ in how they order text
            papers = await load_papers(connection, ids)
        return tuple(papers[paper] for paper in ids)

    async def search(self, words: str, limit: int) -> tuple[Paper, ...]:
        """Return papers whose title contains every word, newest first; nothing for words without a letter or digit.

        Ignores case, combining accents and full-width forms. A word may be part of a longer one.
        """
        wanted = {normalised_title(word) for word in readable(words).split()} - {""}
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
            papers = await load_papers(connection, ids)
        return tuple(papers[paper] for paper in ids)

    async def vectors(self, ids: Iterable[PaperId], model: str) -> dict[PaperId, Vector]:
        """Return the papers' vectors from that model, keyed by the ids asked for; papers without one are left out."""
        vectors: dict[PaperId, Vector] = {}
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            for chunk in chunks(dict.fromkeys(owners.values())):
                query = select(tables.vectors.c.paper, tables.vectors.c.floats).where(
                    tables.vectors.c.model == model, tables.vectors.c.paper.in_(chunk)
                )
                for row in await connection.execute(query):
                    vectors[row.paper] = Vector(model, tuple(array("f", row.floats)))
        return {asked: vectors[owner] for asked, owner in owners.items() if owner in vectors}

    async def points(self, ids: Iterable[PaperId], model: str) -> dict[PaperId, bytes]:
        """Return vectors as `vectors` does, each as raw float32 in this machine's byte order, cheap enough for
        thousands.
        """
        floats: dict[PaperId, bytes] = {}
        async with self._database.reading() as connection:
            owners = await stored_ids(connection, ids)
            for chunk in chunks(dict.fromkeys(owners.values())):
                query = select(tables.vectors.c.paper, tables.vectors.c.floats).where(
                    tables.vectors.c.model == model, tables.vectors.c.paper.in_(chunk)
                )
                floats |= {row.paper: row.floats for row in await connection.execute(query)}
        return {asked: floats[owner] for asked, owner in owners.items() if owner in floats}

    async def recent_points(self, since: datetime, model: str, limit: int) -> dict[PaperId, bytes]:
        """Return the vectors, as `points` does, of the papers that were first stored since then, the newest `limit`."""
        papers, own = tables.papers.c, tables.vectors.c
        query = (
            select(own.paper, own.floats)
            .join(tables.papers, papers.id == own.paper)
            .where(own.model == model, papers.first_seen_at >= since)
            .order_by(papers.first_seen_at.desc(), papers.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return {row.paper: row.floats for row in await connection.execute(query)}

    async def placed(self, ids: Iterable[PaperId]) -> dict[str, int]:
        """Return how many of the papers have a vector, by model."""
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
        """Return papers without a vector from that model, most recently stored first."""
        papers, own = tables.papers.c, tables.vectors.c
        query = (
            select(papers.id)
            .where(~exists().where(own.paper == papers.id, own.model == model))
            .order_by(papers.first_seen_at.desc(), papers.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            ids = list(await connection.scalars(query))
            loaded = await load_papers(connection, ids)
        return tuple(loaded[paper] for paper in ids)

    async def save_vectors(self, ids: Sequence[PaperId], vectors: Vectors) -> None:
        """Store one vector for each paper, replacing the model's earlier ones.

        Papers that are no longer stored are left out.
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
    """Return the papers stored under exactly these ids, with all their signals, oldest first."""
    loaded: dict[PaperId, Paper] = {}
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
            loaded[row.id] = replace(row.record, id=row.id, signals=tuple(histories.get(row.id, ())))
    return loaded
