"""Update the archive's search index, inside the transaction that changes its papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Paper, PaperId
from bot.store import tables
from bot.store.statements import chunks, insert
from bot.store.tables import READING, SummaryState
from bot.store.tokens import searchable
from bot.tex import readable

_SUMMARIES = tables.summaries.c


async def index(connection: AsyncConnection, ids: Iterable[PaperId]) -> None:
    """Add papers to the archive, or update their indexed words."""
    for chunk in chunks(dict.fromkeys(ids)):
        texts: dict[PaperId, list[str]] = {}
        records = select(tables.papers.c.id, tables.papers.c.record).where(tables.papers.c.id.in_(chunk))
        for row in await connection.execute(records):
            texts[row.id] = [*_texts_of(row.record)]
        written = select(_SUMMARIES.paper, _SUMMARIES.headline, _SUMMARIES.text, _SUMMARIES.sections).where(
            _SUMMARIES.paper.in_(chunk), _SUMMARIES.state == SummaryState.DONE
        )
        for done in await connection.execute(written):
            texts[done.paper] += [done.headline, done.text, *(section.text for section in done.sections or ())]
        rows = [{"paper": paper, "words": searchable(parts), "reading": READING} for paper, parts in texts.items()]
        if rows:
            statement = insert(connection, tables.archive)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[tables.archive.c.paper],
                    set_={"words": statement.excluded.words, "reading": READING},
                ),
                rows,
            )


def _texts_of(paper: Paper) -> Iterator[str]:
    yield from map(readable, (paper.title, paper.abstract, *paper.authors, *paper.keywords))
    yield paper.arxiv_id or ""
