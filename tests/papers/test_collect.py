"""Collecting once for all channels: what serves again, what does not, and when it is done ahead."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.models import (
    Batch,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Paper,
    PaperRef,
    SourceName,
    SourceReport,
    Window,
)
from bot.papers.collect import AHEAD, EVERY, FAILED_FRESH, FRESH, SPARE, Collector, SharedCollector, Sources
from bot.ports import Progress
from bot.store.collects import Collect
from bot.store.store import Store
from tests.support.clocks import NOON, StandingClock
from tests.support.source_fakes import NOW, listed, paper

WEEK = timedelta(days=7)
GOOD = (SourceReport(SourceName.ARXIV, 5), SourceReport(SourceName.HUGGINGFACE, 3))
BAD = (SourceReport(SourceName.ARXIV, 0, error="source.timeout"), SourceReport(SourceName.HUGGINGFACE, 3))
PARTIAL = (SourceReport(SourceName.ARXIV, 812, missing=188), SourceReport(SourceName.HUGGINGFACE, 3))


@dataclass
class Collecting:
    """Counts what is asked of the sources."""

    reports: tuple[SourceReport, ...] = GOOD
    asked: list[tuple[Window, tuple[str, ...]]] = field(default_factory=list)

    async def collect(
        self, window: Window, topics: Sequence[str], progress: Progress | None = None
    ) -> tuple[SourceReport, ...]:
        self.asked.append((window, tuple(topics)))
        await asyncio.sleep(0.01)
        return self.reports


@dataclass
class World:
    store: Store
    clock: StandingClock = field(default_factory=StandingClock)
    sources: Collecting = field(default_factory=Collecting)

    def __post_init__(self) -> None:
        self.shared = SharedCollector(self.store, self.sources, self.clock)

    async def collect(self, *topics: str, end: datetime | None = None) -> tuple[SourceReport, ...]:
        end = end or self.clock()
        return await self.shared.collect(Window(end - WEEK, end), topics or ("cs.CL",))

    async def channel(self, name: str, due: datetime, *topics: str, state: ChannelState = ChannelState.ACTIVE) -> None:
        key = ChannelKey("fake", name)
        settings = ChannelSettings(topics=topics or ("cs.CL",))
        await self.store.channels.change(key, lambda _: Channel(key, settings, state, due))


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


async def test_many_digests_at_once_ask_the_sources_once(world: World) -> None:
    found = await asyncio.gather(*(world.collect() for _ in range(5)))

    assert found == [GOOD] * 5
    assert world.sources.asked == [(Window(NOON - WEEK - SPARE, NOON), ("cs.CL",))]


async def test_another_process_uses_what_is_there(world: World) -> None:
    await world.collect()

    assert await World(world.store, world.clock, world.sources).collect() == GOOD
    assert len(world.sources.asked) == 1


async def test_everybodys_categories_are_asked_for(world: World) -> None:
    await world.channel("C1", NOON, "cs.CV", "cs.AI")
    await world.channel("C2", NOON, "math.AG", state=ChannelState.OFF)

    await world.collect("cs.CL")
    await world.collect("cs.CV")
    await world.collect("q-bio.NC")

    assert [topics for _, topics in world.sources.asked] == [
        ("cs.AI", "cs.CL", "cs.CV"),
        ("cs.AI", "cs.CV", "q-bio.NC"),
    ]


@pytest.mark.parametrize(("reports", "age"), [(GOOD, FRESH), (BAD, FAILED_FRESH), (PARTIAL, FAILED_FRESH)])
async def test_what_was_collected_serves_for_a_while(
    world: World, reports: tuple[SourceReport, ...], age: timedelta
) -> None:
    world.sources.reports = reports
    await world.collect()

    world.clock.now += age
    assert await world.collect() == reports
    assert len(world.sources.asked) == 1
    world.clock.pass_time(seconds=1)
    await world.collect()
    assert len(world.sources.asked) == 2


@dataclass
class Source:
    """A source, or an enricher, that leaves papers out."""

    name: SourceName
    missing: int

    async def collect(self, window: Window, topics: Sequence[str]) -> Batch:
        return Batch(self.name, (paper(signals=(listed(self.name, window.end),)),), missing=self.missing)

    async def enrich(self, papers: Sequence[Paper], seen_at: datetime) -> Batch:
        return Batch(self.name, (), missing=self.missing)

    async def find(self, ref: PaperRef) -> Paper | None:
        return None

    async def search(self, words: str, limit: int) -> Sequence[Paper]:
        return ()


async def test_what_the_sources_left_out_is_in_their_reports(store: Store) -> None:
    arxiv, listing = Source(SourceName.ARXIV, 2), Source(SourceName.HUGGINGFACE, 5)
    collector = Collector(store, Sources((listing,), arxiv, Source(SourceName.SEMANTIC_SCHOLAR, 0)), lambda: NOW)

    reports = await collector.collect(Window(NOW - WEEK, NOW), ("cs.CL",))

    assert [(report.source, report.papers, report.missing, report.ok, report.complete) for report in reports] == [
        (SourceName.ARXIV, 0, 2, True, False),
        (SourceName.HUGGINGFACE, 1, 5, True, False),
        (SourceName.SEMANTIC_SCHOLAR, 0, 0, True, True),
    ]


async def test_a_digest_that_is_late_uses_what_came_after_its_time(world: World) -> None:
    due = world.clock()
    world.clock.pass_time(hours=3)
    await world.collect()

    world.clock.pass_time(hours=2)
    await world.collect(end=due)

    assert len(world.sources.asked) == 1


async def test_a_digest_that_reaches_back_further_has_that_collected_too(world: World) -> None:
    async def collect(back: timedelta) -> None:
        await world.shared.collect(Window(NOON - back, NOON), ("cs.CL",))

    await collect(WEEK)
    await collect(WEEK + timedelta(hours=4))  # a week in which the clocks went back
    assert len(world.sources.asked) == 1

    await collect(4 * WEEK)
    await collect(WEEK)

    assert [window.start for window, _ in world.sources.asked] == [NOON - WEEK - SPARE, NOON - 4 * WEEK - SPARE]


async def test_what_an_earlier_version_collected_is_not_known_to_reach_back(world: World) -> None:
    await world.store.collects.add(Collect(NOON, None, ("cs.CL",), GOOD))

    await world.collect()

    assert len(world.sources.asked) == 1


async def test_what_a_wrong_clock_collected_in_the_future_does_not_serve(world: World) -> None:
    world.clock.pass_time(days=1)
    await world.collect()
    world.clock.pass_time(days=-1)

    await world.collect()

    assert len(world.sources.asked) == 2


async def test_without_channels_nothing_is_collected_ahead(world: World) -> None:
    assert not await world.shared.collect_ahead(WEEK)
    assert world.sources.asked == []


async def test_it_is_collected_ahead_of_the_first_digest_and_now_and_then(world: World) -> None:
    due = NOON + timedelta(hours=4)
    await world.channel("C1", due + timedelta(hours=1))
    await world.channel("C2", due)
    at = []
    while world.clock() < due + timedelta(minutes=1):
        if await world.shared.collect_ahead(WEEK):
            at.append(world.clock())
        world.clock.pass_time(minutes=5)

    # At first, after three hours, and for the digest.
    assert at == [NOON, NOON + EVERY, due - AHEAD]
    await world.collect(end=due)
    assert len(world.sources.asked) == 3


async def test_two_processes_do_not_both_collect_ahead(world: World) -> None:
    await world.channel("C1", NOON + timedelta(minutes=10))
    other = World(world.store, world.clock, world.sources)

    done = await asyncio.gather(world.shared.collect_ahead(WEEK), other.shared.collect_ahead(WEEK))

    assert sorted(done) == [False, True]
    assert len(world.sources.asked) == 1


async def test_old_ones_are_forgotten(world: World) -> None:
    await world.collect()
    world.clock.pass_time(days=8)
    await world.collect()

    assert await world.store.collects.latest(NOON) is None
    latest = await world.store.collects.latest(world.clock())
    assert latest
    assert replace(latest, reports=()) == replace(latest, at=world.clock(), topics=("cs.CL",), reports=())


async def test_a_pass_is_begun_by_one(store: Store) -> None:
    hour = timedelta(hours=1)

    assert await store.passes.begin("x", NOON, hour)
    assert not await store.passes.begin("x", NOON + hour / 2, hour)
    assert await store.passes.begin("y", NOON, hour)
    assert await store.passes.begin("x", NOON + hour, hour)
    # One that a wrong clock noted far in the future keeps nobody away.
    assert await store.passes.begin("x", NOON - 2 * hour, hour)
