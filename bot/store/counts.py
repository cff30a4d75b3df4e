"""How much is stored, for `status` and the web page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.store import tables
from bot.store.engine import Database
from bot.store.tables import SummaryState


@dataclass(frozen=True, slots=True)
class Counts:
    """Row counts of the tables that mean something to people."""

    papers: int
    digests: int
    summaries: int
    failed_summaries: int


async def count_rows(database: Database) -> Counts:
    """Return all counts, from one snapshot."""
    state = tables.summaries.c.state
    query = select(
        select(func.count()).select_from(tables.papers).scalar_subquery(),
        select(func.count()).select_from(tables.digests).scalar_subquery(),
        select(func.count()).where(state == SummaryState.DONE).select_from(tables.summaries).scalar_subquery(),
        select(func.count()).where(state == SummaryState.FAILED).select_from(tables.summaries).scalar_subquery(),
    )
    async with database.reading() as connection:
        return Counts(*(await connection.execute(query)).one())
