"""Runs: noted once, made once, tried again, given up; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from bot.digests.digest import Order
from bot.digests.repairs import REPAIR_EVERY
from bot.digests.runs import SOURCES_PATIENCE, Runs
from bot.digests.schedule import next_due
from bot.errors import BotError, StoreError
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Digest,
    DigestStatus,
    EmptyReason,
    Failure,
    NewDelivery,
    Notice,
    PlannedRun,
    Run,
    RunState,
)
from bot.store.store import Store
from tests.support.clocks import NOON, StandingClock
from tests.support.ledger import NamedWorker
from tests.support.stores import digest, paper

TODAY = date(2026, 2, 27)
LEASE = timedelta(minutes=30)  # the database's own clock runs on


def key(name: object = 1) -> ChannelKey:
    return ChannelKey("fake", f"C{name}")


def parts(made: Digest, settings: ChannelSettings) -> Sequence[NewDelivery]:
    return (NewDelivery("headline", Notice("digest.title", settings.language)), *map(_card, made.entries))


def _card(entry: object) -> NewDelivery:
    return NewDelivery("card:1", Notice("digest.title", "ja"))


@dataclass
class Maker:
    """Makes digests without papers, or what `outcomes` says next."""

    outcomes: list[Digest | Exception] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def __call__(self, order: Order) -> Digest:
        self.orders.append(order)
        if self.gate:
            await self.gate.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        empty = Digest(order.channel.key, order.day, order.due_at, "ja", DigestStatus(0), empty=EmptyReason.ALL_SHOWN)
        return outcome or empty


@dataclass
class World:
    """A store with channels and workers that make digests, at a time that stands still."""

    store: Store
    clock: StandingClock
    make: Maker
    owner: str

    def runs(self, owner: str = "", *, concurrency: int = 4, make: Maker | None = None) -> Runs:
        worker = NamedWorker(owner or self.owner)
        return Runs(self.store, make or self.make, parts, worker=worker, clock=self.clock, concurrency=concurrency)

    async def subscribed(self, name: object = 1, settings: ChannelSettings | None = None) -> Channel:
        """A channel that is due since this morning."""
        asked = settings or ChannelSettings()
        channel = Channel(key(name), asked, next_run_at=next_due(self.clock() - timedelta(days=1), asked))
        await self.store.channels.change(channel.key, lambda _: channel)
        return channel

    async def state(self, name: object = 1, day: date = TODAY) -> RunState | None:
        run = await self.store.runs.get(key(name), day)
        return run.state if run else None

    async def sent(self) -> list[tuple[str, str]]:
        return sorted((row.channel.name, row.part) for row in await self.store.deliveries.listed())

    async def making(self, count: int) -> None:
        """Wait until so many digests were begun."""
        async with asyncio.timeout(300):
            while len(self.make.orders) < count:  # noqa: ASYNC110 (what is waited for is a list)
                await asyncio.sleep(0.001)

    async def ticked(self, runs: Runs) -> None:
        await runs.tick()
        await runs.drain()


@pytest.fixture
async def world(store: Store) -> World:
    owner = await store.workers.join("one", LEASE)
    return World(store, StandingClock(), Maker(), owner)


async def test_a_due_digest_is_made_and_in_the_ledger(world: World) -> None:
    channel = await world.subscribed()

    await world.ticked(world.runs())

    (order,) = world.make.orders
    assert (order.channel.key, order.day, order.due_at, order.preview) == (key(), TODAY, channel.next_run_at, False)
    assert await world.state() is RunState.DONE
    assert await world.sent() == [("C1", "headline")]
    stored = await world.store.channels.get(key())
    assert stored
    assert stored.next_run_at == next_due(NOON, channel.settings)


async def test_a_day_is_made_once_however_often_it_is_looked_for(world: World) -> None:
    channel = await world.subscribed()
    for _ in range(3):
        await world.ticked(world.runs())
        # As a clock that was set back, or a change of settings, would have it.
        await world.store.channels.change(key(), lambda _: channel)

    assert len(world.make.orders) == 1
    assert await world.sent() == [("C1", "headline")]


async def test_nothing_happens_before_its_time_nor_where_nobody_subscribes(world: World) -> None:
    early = await world.subscribed(1, ChannelSettings(timezone="America/New_York"))  # seven in the evening there
    await world.store.channels.change(early.key, lambda c: c and replace(c, next_run_at=NOON + timedelta(seconds=1)))
    off = await world.subscribed(2)
    await world.store.channels.change(off.key, lambda c: c and replace(c, state=ChannelState.OFF))

    await world.ticked(world.runs())

    assert world.make.orders == []
    world.clock.pass_time(seconds=1)
    await world.ticked(world.runs())
    assert [order.channel.key for order in world.make.orders] == [key(1)]


async def test_missed_days_are_skipped_and_today_is_made_late(world: World) -> None:
    await world.subscribed()
    world.clock.pass_time(days=2, hours=5)

    await world.ticked(world.runs())

    states = [await world.state(day=TODAY + timedelta(n)) for n in range(3)]
    assert states == [RunState.SKIPPED, RunState.SKIPPED, RunState.DONE]
    assert [order.day for order in world.make.orders] == [TODAY + timedelta(2)]
    skipped = await world.store.runs.get(key(), TODAY)
    assert skipped
    assert skipped.problem == "schedule.missed"


async def test_a_noted_run_that_nobody_made_on_its_day_is_skipped(world: World) -> None:
    await world.subscribed()
    await world.runs(owner="nobody").tick()
    assert await world.state() is RunState.DUE

    world.clock.pass_time(days=1)
    await world.ticked(world.runs())

    assert await world.state() is RunState.SKIPPED
    assert await world.state(day=TODAY + timedelta(1)) is RunState.DONE


async def test_a_failure_is_tried_again_later_and_later(world: World) -> None:
    await world.subscribed()
    world.make.outcomes = [StoreError("store.locked", path="x"), ZeroDivisionError("x")]
    runs = world.runs()

    await world.ticked(runs)
    run = await world.store.runs.get(key(), TODAY)
    assert run
    assert (run.state, run.problem, run.attempts) == (RunState.DUE, "store.locked", 1)

    await world.ticked(runs)
    assert len(world.make.orders) == 1
    world.clock.pass_time(seconds=30)
    await world.ticked(runs)
    run = await world.store.runs.get(key(), TODAY)
    assert run
    assert (run.state, run.problem, run.attempts) == (RunState.DUE, "schedule.unforeseen", 2)

    world.clock.pass_time(seconds=59)
    await world.ticked(runs)
    assert len(world.make.orders) == 2
    world.clock.pass_time(seconds=1)
    await world.ticked(runs)
    assert await world.state() is RunState.DONE
    assert await world.sent() == [("C1", "headline")]


async def test_what_still_fails_at_the_end_of_the_day_is_given_up(world: World) -> None:
    await world.subscribed()
    world.make.outcomes = [BotError("input.x") for _ in range(99)]
    runs = world.runs()
    while await world.state() in (None, RunState.DUE):
        await world.ticked(runs)
        world.clock.pass_time(minutes=15)

    run = await world.store.runs.get(key(), TODAY)
    assert run
    assert (run.state, run.problem) == (RunState.FAILED, "input.x")
    assert NOON + timedelta(hours=11) < world.clock() < NOON + timedelta(hours=13)
    assert await world.sent() == []


@dataclass
class Saving(Maker):
    """Saves a digest of two papers, as `Digests.make` does first, before it fails."""

    store: Store | None = None
    offset: timedelta = timedelta()  # of its due time; a digest that is not this run's has another

    async def __call__(self, order: Order) -> Digest:
        assert self.store
        await self.store.papers.save([paper(1), paper(2)])
        saved = replace(digest(paper(1), paper(2)), channel=order.channel.key, date=order.day)
        await self.store.digests.save(replace(saved, due_at=order.due_at + self.offset))
        return await super().__call__(order)


async def test_papers_of_a_digest_that_was_never_sent_are_not_lost(world: World) -> None:
    await world.subscribed()
    await world.store.papers.save([paper(9)])
    await world.store.digests.mark_shown(key(), [paper(9).id], NOON - timedelta(days=1))
    make = Saving([BotError("input.x") for _ in range(99)], store=world.store)
    runs = world.runs(make=make)
    await world.ticked(runs)
    assert await world.store.digests.shown(key()) == {paper(1).id, paper(2).id, paper(9).id}

    while await world.state() is RunState.DUE:
        world.clock.pass_time(minutes=15)
        await world.ticked(runs)

    assert await world.state() is RunState.FAILED
    assert await world.store.digests.shown(key()) == {paper(9).id}
    assert await world.store.digests.get(key(), TODAY) is None


async def test_nor_are_those_of_a_worker_that_died_with_it(world: World) -> None:
    await world.subscribed()
    make = Saving(outcomes=[], store=world.store, gate=asyncio.Event())
    runs = world.runs(make=make)
    await runs.tick()
    async with asyncio.timeout(300):
        while not await world.store.digests.shown(key()):  # noqa: ASYNC110 (what is waited for is in the database)
            await asyncio.sleep(0.001)
    await runs.close()

    world.clock.pass_time(days=1)
    await world.ticked(world.runs())

    assert await world.state() is RunState.FAILED
    assert await world.store.digests.get(key(), TODAY) is None
    assert await world.store.digests.shown(key()) == frozenset()


async def test_another_digest_of_that_date_stays(world: World) -> None:
    await world.subscribed()
    make = Saving([BotError("input.x") for _ in range(99)], store=world.store, offset=timedelta(hours=2))
    runs = world.runs(make=make)
    await world.ticked(runs)
    world.clock.pass_time(days=1)
    await world.ticked(runs)

    assert await world.state() is RunState.FAILED
    assert await world.store.digests.get(key(), TODAY)
    assert await world.store.digests.shown(key()) == {paper(1).id, paper(2).id}


async def test_sources_that_are_down_get_some_patience_before_it_is_said(world: World) -> None:
    channel = await world.subscribed()
    assert channel.next_run_at
    world.clock.now = channel.next_run_at
    down = Digest(key(), TODAY, NOON, "ja", DigestStatus(0), empty=EmptyReason.SOURCES_FAILED)
    world.make.outcomes = [down] * 20
    runs = world.runs()
    await world.ticked(runs)
    run = await world.store.runs.get(key(), TODAY)
    assert run
    assert (run.state, run.problem) == (RunState.DUE, "schedule.sources")

    while await world.state() is RunState.DUE:
        world.clock.pass_time(minutes=5)
        await world.ticked(runs)

    assert timedelta() <= world.clock() - channel.next_run_at - SOURCES_PATIENCE <= timedelta(minutes=15)
    assert await world.sent() == [("C1", "headline")]


async def test_an_unsubscribed_channel_gets_nothing_more(world: World) -> None:
    await world.subscribed()
    await world.runs(owner="nobody").tick()
    await world.store.channels.change(key(), lambda c: c and replace(c, state=ChannelState.OFF, next_run_at=None))

    await world.ticked(world.runs())

    assert world.make.orders == []
    assert await world.state() is RunState.SKIPPED


async def test_only_so_many_are_made_at_a_time(world: World) -> None:
    for name in range(5):
        await world.subscribed(name)
    world.make.gate = asyncio.Event()
    runs = world.runs(concurrency=2)

    await runs.tick()
    await world.making(2)
    assert len(world.make.orders) == 2

    world.make.gate.set()
    for _ in range(5):
        await world.ticked(runs)
    assert len(await world.sent()) == 5


async def test_a_run_whose_owner_died_is_made_by_another_and_the_dead_one_changes_nothing(world: World) -> None:
    await world.subscribed()
    other = await world.store.workers.join("two", LEASE)
    world.make.gate = asyncio.Event()
    paused = world.runs()
    await paused.tick()
    await world.making(1)
    await world.ticked(world.runs(other, make=Maker()))
    assert await world.state() is RunState.CLAIMED  # its owner lives

    await world.store.workers.leave(world.owner)
    await world.ticked(world.runs(other, make=Maker()))
    assert await world.state() is RunState.DONE

    world.make.outcomes = [BotError("input.x")]
    world.make.gate.set()
    await paused.drain()
    assert await world.state() is RunState.DONE
    assert await world.sent() == [("C1", "headline")]


async def test_the_next_life_of_a_replica_takes_over_at_once(world: World) -> None:
    await world.subscribed()
    world.make.gate = asyncio.Event()
    killed = world.runs()
    await killed.tick()
    await killed.close()
    assert await world.state() is RunState.CLAIMED

    again = await world.store.workers.join("one", LEASE)
    await world.ticked(world.runs(again, make=Maker()))

    assert await world.state() is RunState.DONE
    assert await world.sent() == [("C1", "headline")]


async def test_an_owner_whose_lease_is_over_claims_nothing(world: World) -> None:
    await world.subscribed()

    await world.ticked(world.runs(owner="one:unknown"))

    assert world.make.orders == []


async def test_a_claim_that_could_not_be_noted_as_failed_comes_back_by_itself(world: World) -> None:
    """A store that fails while a failure is to be noted leaves the run claimed by a process that lives on."""
    await world.subscribed()
    (run,) = await _claimed(world)

    assert await world.store.runs.claim(world.owner, NOON, 9, [(run.channel, run.day)]) == ()
    (again,) = await world.store.runs.claim(world.owner, NOON, 9)
    assert again == replace(run, attempts=2)


async def _claimed(world: World) -> tuple[Run, ...]:
    await world.runs(owner="nobody").tick()
    return await world.store.runs.claim(world.owner, NOON, 9)


async def test_missing_summaries_are_remembered(world: World) -> None:
    await world.subscribed()
    made = digest(paper(1), paper(2), paper(3), channel=key())
    codes = ("summary.unverified", "summary.withdrawn", "model.overloaded")
    entries = tuple(replace(entry, failure=Failure(code)) for entry, code in zip(made.entries, codes, strict=True))
    world.make.outcomes = [replace(made, entries=entries, date=TODAY)]

    await world.ticked(world.runs())

    (run,) = await world.store.runs.take_repairs(NOON + REPAIR_EVERY, NOON + 2 * REPAIR_EVERY, 9)
    assert (run.unverified, run.papers) == ((1, 3), 3)
    assert await world.store.runs.take_repairs(NOON + REPAIR_EVERY, NOON + 2 * REPAIR_EVERY, 9) == ()


async def test_a_digest_can_be_asked_for_at_once(world: World) -> None:
    planned = PlannedRun(TODAY, NOON, NOON + timedelta(hours=12))
    await world.subscribed()

    assert await world.store.runs.request(key(), planned) is None
    assert await world.store.runs.request(key(), planned) is RunState.DUE
    await world.ticked(world.runs())
    assert await world.store.runs.request(key(), planned) is RunState.DONE
    await world.ticked(world.runs())

    assert [order.due_at for order in world.make.orders] == [NOON]
    assert await world.sent() == [("C1", "headline")]


async def test_a_skipped_digest_can_be_asked_for_and_one_that_waits_is_hurried(world: World) -> None:
    await world.subscribed()
    world.make.outcomes = [BotError("input.x")]
    runs = world.runs()
    await world.ticked(runs)
    world.clock.pass_time(seconds=1)
    planned = PlannedRun(TODAY, world.clock(), NOON + timedelta(hours=12))

    assert await world.store.runs.request(key(), planned) is RunState.DUE
    await world.ticked(runs)
    assert await world.state() is RunState.DONE

    await world.store.runs.request(key(2), planned)
    (run,) = await world.store.runs.claim(world.owner, world.clock(), 9)
    await world.store.runs.drop(world.owner, run, world.clock(), RunState.SKIPPED, "schedule.missed")
    assert await world.store.runs.request(key(2), planned) is RunState.SKIPPED
    assert await world.state(2) is RunState.DUE


async def test_a_channel_that_is_never_due_stops_with_its_reason(world: World) -> None:
    await world.subscribed()
    await world.store.channels.change(
        key(), lambda c: c and replace(c, settings=replace(c.settings, timezone="Mars/Olympus"))
    )

    await world.ticked(world.runs())

    channel = await world.store.channels.get(key())
    assert channel
    assert (channel.state, channel.next_run_at, channel.problem) == (ChannelState.STOPPED, None, "schedule.impossible")


async def test_what_status_shows(world: World) -> None:
    for name in (1, 2):
        await world.subscribed(name)
    world.clock.pass_time(days=1)
    await world.ticked(world.runs())

    assert await world.store.runs.counts(TODAY) == {RunState.SKIPPED: 2, RunState.DONE: 2}
    (latest,) = await world.store.runs.latest(1, channel=key(2))
    assert (latest.day, latest.papers) == (TODAY + timedelta(1), 0)
    skipped = await world.store.runs.latest(9, states=(RunState.SKIPPED,))
    assert [(run.channel, run.day) for run in skipped] == [(key(1), TODAY), (key(2), TODAY)]
    assert await world.store.runs.forget(TODAY + timedelta(1)) == 2
