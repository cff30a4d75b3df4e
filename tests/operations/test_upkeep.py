"""What is looked after beside the digests."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from bot.models import BlockKind, FullText, PaperId, TextBlock, TextSection, TextSource
from bot.operations.upkeep import TEXTS_SECONDS, Upkeep
from bot.store import tables
from bot.store.engine import utc_now
from bot.store.fulltexts import KEPT
from bot.store.store import Store


async def forget_texts(store: Store, now: datetime) -> int:
    """Run that job alone; return how many texts are left."""
    others: Any = SimpleNamespace(run=dict)  # of jobs that do not run here
    upkeep = Upkeep(store, others, others, others, others, others, others, lambda: now)
    (job,) = [job for job in upkeep.jobs({}, {}) if job.name == "texts"]
    assert job.seconds == TEXTS_SECONDS
    await job.work()
    async with store._database.reading() as connection:
        count = await connection.execute(select(func.count()).select_from(tables.full_texts))
        return int(count.scalar_one())


async def test_texts_of_papers_go_after_a_day(store: Store) -> None:
    section = TextSection("S1", "One", 1, (TextBlock("b", BlockKind.PARAGRAPH, ("A lamp.",)),))
    await store.full_texts.put(PaperId.arxiv("2602.90001"), 0, FullText(None, TextSource.HTML, (section,)))

    assert await forget_texts(store, utc_now() + KEPT - timedelta(minutes=1)) == 1
    assert await forget_texts(store, utc_now() + KEPT + timedelta(minutes=1)) == 0
