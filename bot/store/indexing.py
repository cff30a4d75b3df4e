"""What papers in the archive are searched by, written down in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Paper, PaperId
from bot.store import tables
from bot.store.statements import chunks, insert
from bot.store.tables import SummaryState
from bot.store.tokens import searchable

_SUMMARIES = tables.summaries.c


async def index(connection: AsyncConnection, ids: Iterable[PaperId]) -> None:
    """Take the papers into the archive, or write down anew what they are searched by."""
    for chunk in chunks(dict.fromkeys(ids)):
        texts: dict[PaperId, list[str]] = {}
        records = select(tables.papers.c.id, tables.papers.c.record).where(tables.papers.c.id.in_(chunk))
        for row in await connection.execute(records):
            texts[row.id] = [*_told_by(row.record)]
        written = select(_SUMMARIES.paper, _SUMMARIES.headline, _SUMMARIES.text, _SUMMARIES.sections).where(
            _SUMMARIES.paper.in_(chunk), _SUMMARIES.state == SummaryState.DONE
        )
        for done in await connection.execute(written):
            texts[done.paper] += [done.headline, done.text, *(section.text for section in done.sections or ())]
        rows = [{"paper": paper, "words": searchable(told)} for paper, told in texts.items()]
        if rows:
            statement = insert(connection, tables.archive)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[tables.archive.c.paper], set_={"words": statement.excluded.words}
                ),
                rows,
            )


def _told_by(paper: Paper) -> Iterator[str]:
    yield from (paper.title, paper.abstract, *paper.authors, *paper.keywords)
    yield paper.arxiv_id or ""
