"""Writing papers inside one transaction: identify them, merge duplicates, append what is new."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Paper, PaperId, Signal, Vector, normalised_title
from bot.store import tables
from bot.store.columns import clean
from bot.store.history import additions
from bot.store.identity import StoredPaper, same_paper, telling_keys
from bot.store.indexing import index
from bot.store.statements import chunks, insert, key_owners
from bot.store.tables import SummaryState


class PaperWriter:
    """Writes papers on one connection. Create one for each transaction."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._owners: dict[str, PaperId] = {}  # by key, stored or about to be
        self._known: dict[PaperId, StoredPaper] = {}
        self._waiting: dict[PaperId, Paper] = {}  # placed, but not written yet
        self._new_keys: dict[str, PaperId] = {}

    async def write(self, papers: Sequence[Paper], vectors: Mapping[PaperId, Vector]) -> dict[PaperId, PaperId]:
        """Write the papers and return the id under which each is now stored."""
        named = [replace(paper, id=PaperId(paper.id.scheme, clean(paper.id.value))) for paper in papers]
        keys = [telling_keys(paper) for paper in named]
        self._owners = await key_owners(self._connection, {key for some in keys for key in some})
        self._known = await self._load_known(self._owners.values())
        for paper, some in zip(named, keys, strict=True):
            await self._place(paper, some)
        await self._flush()
        stored = {given.id: self._owners[str(paper.id)] for given, paper in zip(papers, named, strict=True)}
        await self._write_vectors({stored[given]: vectors[given] for given in stored if given in vectors})
        return stored

    async def _load_known(self, ids: Iterable[PaperId]) -> dict[PaperId, StoredPaper]:
        columns = tables.papers.c
        identities: dict[PaperId, StoredPaper] = {}
        for chunk in chunks(dict.fromkeys(ids)):
            query = select(columns.id, columns.arxiv_id, columns.first_seen_at).where(columns.id.in_(chunk))
            identities |= {
                row.id: StoredPaper(row.id, row.arxiv_id, row.first_seen_at)
                for row in await self._connection.execute(query)
            }
        return identities

    async def _place(self, paper: Paper, keys: Sequence[str]) -> None:
        owners = [self._known[self._owners[key]] for key in keys if key in self._owners]
        same = same_paper(paper, owners)
        owner = same[0] if same else StoredPaper(paper.id, paper.arxiv_id, self._now)
        for younger in same[1:]:
            await self._flush()
            await self._fold(younger.id, owner.id)
        self._known[owner.id] = replace(owner, arxiv_id=paper.arxiv_id or self._known.get(owner.id, owner).arxiv_id)
        for key in keys:
            # The paper's own id may have been an alias of a paper that turns out to be a different one.
            if key not in self._owners or (key == str(paper.id) and self._owners[key] != owner.id):
                self._owners[key] = self._new_keys[key] = owner.id
        earlier = self._waiting.get(owner.id)
        signals = (*paper.signals, *(earlier.signals if earlier else ()))
        self._waiting[owner.id] = replace(paper, id=owner.id, signals=signals)

    async def _flush(self) -> None:
        """Write the papers that were placed but not written yet."""
        if not self._waiting:
            return
        await self._write_records()
        await self._write_keys()
        await self._write_signals()
        self._waiting.clear()
        self._new_keys.clear()

    async def _write_keys(self) -> None:
        statement = insert(self._connection, tables.paper_keys)
        rows = [{"key": key, "paper": owner} for key, owner in self._new_keys.items()]
        if rows:
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[tables.paper_keys.c.key], set_={"paper": statement.excluded.paper}
                ),
                rows,
            )

    async def _write_records(self) -> None:
        statement = insert(self._connection, tables.papers)
        columns = ("arxiv_id", "title_key", "published", "record", "updated_at")
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[tables.papers.c.id], set_={name: statement.excluded[name] for name in columns}
            ),
            [
                {
                    "id": paper.id,
                    "arxiv_id": self._known[paper.id].arxiv_id,
                    "title_key": normalised_title(paper.title),
                    "published": paper.published,
                    "record": replace(paper, signals=()),
                    "first_seen_at": self._now,
                    "updated_at": self._now,
                }
                for paper in self._waiting.values()
            ],
        )

    async def _write_signals(self) -> None:
        columns = tables.signals.c
        stored: dict[PaperId, list[Signal]] = {paper: [] for paper in self._waiting}
        for chunk in chunks(self._waiting):
            for row in await self._connection.execute(select(tables.signals).where(columns.paper.in_(chunk))):
                stored[row.paper].append(Signal(row.source, row.kind, row.value, row.seen_at))
        rows = [
            {"paper": paper.id, "source": s.source, "kind": s.kind, "seen_at": s.seen_at, "value": s.value}
            for paper in self._waiting.values()
            for s in additions(stored[paper.id], paper.signals)
        ]
        if rows:
            await self._connection.execute(insert(self._connection, tables.signals).on_conflict_do_nothing(), rows)

    async def _write_vectors(self, vectors: Mapping[PaperId, Vector]) -> None:
        floats = {paper: (one.model, array("f", one.values).tobytes()) for paper, one in vectors.items()}
        await write_floats(self._connection, floats, self._now)

    async def _fold(self, younger: PaperId, older: PaperId) -> None:
        """Move everything that belongs to the younger id to the older one."""
        await self._prefer_finished_summaries(younger, older)
        for table in tables.papers_children:
            own, twin = table.c, table.alias().c
            rest = [column.name for column in table.primary_key if column.name != "paper"]
            clash = exists().where(twin.paper == older, *(twin[name] == own[name] for name in rest))
            await self._connection.execute(update(table).where(own.paper == younger, ~clash).values(paper=older))
            await self._connection.execute(delete(table).where(own.paper == younger))
        in_archive = delete(tables.archive).where(tables.archive.c.paper == younger)
        if (await self._connection.execute(in_archive)).rowcount:
            await index(self._connection, [older])
        await self._connection.execute(delete(tables.papers).where(tables.papers.c.id == younger))
        folded = self._known.pop(younger)
        self._known[older] = replace(self._known[older], arxiv_id=self._known[older].arxiv_id or folded.arxiv_id)
        self._owners |= {key: older for key, owner in self._owners.items() if owner == younger}

    async def _prefer_finished_summaries(self, younger: PaperId, older: PaperId) -> None:
        """Delete the older paper's claims and failures for which the younger one has a finished summary."""
        own, twin = tables.summaries.c, tables.summaries.alias().c
        finished = exists().where(
            twin.paper == younger,
            twin.language == own.language,
            twin.style == own.style,
            twin.state == SummaryState.DONE,
        )
        await self._connection.execute(
            delete(tables.summaries).where(own.paper == older, own.state != SummaryState.DONE, finished)
        )


async def write_floats(
    connection: AsyncConnection, vectors: Mapping[PaperId, tuple[str, bytes]], now: datetime
) -> None:
    """Store (model, float32 bytes) for each paper, replacing that model's earlier vector."""
    statement = insert(connection, tables.vectors)
    rows = [
        {"paper": paper, "model": model, "floats": floats, "at": now}
        for paper, (model, floats) in sorted(vectors.items(), key=lambda item: str(item[0]))
    ]
    if rows:
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=[tables.vectors.c.paper, tables.vectors.c.model],
                set_={"floats": statement.excluded.floats, "at": statement.excluded.at},
            ),
            rows,
        )
