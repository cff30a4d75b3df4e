"""A channel's candidates are its own, whatever other channels had collected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.digests.digest import Digests, Order
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    Paper,
    PaperId,
    Signal,
    SignalKind,
    SourceName,
    SourceReport,
    Window,
)
from bot.ports import Progress
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.embedding.word_vectors import WordVectors
from bot.taste.placement import Placement
from bot.taste.tastes import Tastes

DUE = datetime(2026, 2, 27, 12, tzinfo=UTC)


class Collected:
    """What was collected before, for everybody."""

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        return (SourceReport(SourceName.ARXIV, 3),)


def paper(number: int, category: str, *sources: SourceName) -> Paper:
    return Paper(
        id=PaperId("sample", f"topic-{number}"),
        title=f"An invented paper about subject number {number}",
        abstract=f"It measures subject {number}.",
        authors=("A. Author",),
        published=DUE,
        url="https://example.org",
        categories=(category,),
        signals=tuple(Signal(source, SignalKind.LISTED, 1, DUE) for source in sources),
    )


async def test_categories_that_only_other_channels_follow_stay_out(sqlite_store: Store) -> None:
    mine, below = paper(1, "cs.CL", SourceName.ARXIV), paper(2, "stat.ML", SourceName.ARXIV)
    theirs, elsewhere = paper(3, "cs.RO", SourceName.ARXIV), paper(4, "cs.RO", SourceName.ARXIV, SourceName.HUGGINGFACE)
    await sqlite_store.papers.save([mine, below, theirs, elsewhere])
    budget = Budget(sqlite_store, None, ZoneInfo("UTC"), lambda: DUE)
    summaries = Summaries(sqlite_store, None, budget, ("m", None), lambda: DUE)
    tastes = Tastes(sqlite_store, Placement(sqlite_store, WordVectors()))
    digests = Digests(sqlite_store, Collected(), summaries, tastes)
    channel = Channel(ChannelKey("fake", "1"), ChannelSettings(topics=("cs.CL", "stat")))

    made = await digests.make(Order(channel, date(2026, 2, 27), DUE))

    assert {entry.paper.id for entry in made.entries} == {mine.id, below.id, elsewhere.id}
    assert made.status.new_papers == 3
