"""Locks: one holder at a time, whoever dies or loses the database. Time passes in steps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.chat.locks import Locks
from bot.errors import StoreError
from bot.store.store import Store
from tests.support.clocks import StandingClock, SteppedSleep

NAME = "discord:gateway"
LEASE = 30.0


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def timed(empty_sqlite: str, clock: StandingClock) -> AsyncIterator[Store]:
    """An empty store whose time is the clock's."""
    async with Store.open(empty_sqlite, clock=clock) as store:
        yield store


def stepped(store: Store, clock: StandingClock) -> tuple[Locks, SteppedSleep]:
    sleep = SteppedSleep(clock)
    return Locks(store, sleep=sleep, now=lambda: clock().timestamp()), sleep


async def is_free(store: Store) -> bool:
    return await store.leases.take(NAME, "probe", timedelta(seconds=1))


async def test_a_lease_is_held_for_longer_than_it_lasts_by_renewing_it(timed: Store, clock: StandingClock) -> None:
    locks, sleep = stepped(timed, clock)
    begun = clock()
    async with locks.hold(NAME, LEASE) as held:
        while clock() < begun + timedelta(seconds=3 * LEASE):
            await sleep.step_and_wait()
            assert not await is_free(timed)
        assert not held.lost.is_set()
    assert await is_free(timed)


async def test_who_waits_gets_it_at_the_end(timed: Store, clock: StandingClock) -> None:
    (first, _), (second, sleep) = stepped(timed, clock), stepped(timed, clock)
    got_it = asyncio.Event()

    async def wait() -> None:
        async with second.hold(NAME, LEASE):
            got_it.set()

    async with first.hold(NAME, LEASE):
        waiting = asyncio.create_task(wait())
        await sleep.step_and_wait()
        assert not got_it.is_set()
    await sleep.step()
    await waiting
    assert got_it.is_set()


async def test_a_dead_holder_is_replaced_within_one_lease(timed: Store, clock: StandingClock) -> None:
    (dead, _), (locks, sleep) = stepped(timed, clock), stepped(timed, clock)
    await dead._take(NAME, "dead", LEASE)
    begun, got_it = clock(), asyncio.Event()

    async def wait() -> None:
        async with locks.hold(NAME, LEASE):
            got_it.set()

    waiting = asyncio.create_task(wait())
    looks = asyncio.create_task(_step_for_ever(sleep))
    await got_it.wait()
    looks.cancel()
    await waiting
    assert clock() - begun <= timedelta(seconds=LEASE)
    assert not await timed.leases.renew(NAME, "dead", timedelta(seconds=9))


async def _step_for_ever(sleep: SteppedSleep) -> None:
    while True:
        await sleep.step()


async def test_who_was_replaced_is_told(timed: Store, clock: StandingClock) -> None:
    locks, sleep = stepped(timed, clock)
    async with locks.hold(NAME, LEASE) as held:
        async with timed._database.writing() as connection:
            await connection.exec_driver_sql("UPDATE leases SET holder = 'another'")
        await sleep.step()
        await held.lost.wait()

    # What is another's is not given up.
    assert await timed.leases.renew(NAME, "another", timedelta(seconds=9))


async def test_a_database_that_fails_costs_the_lease_when_it_is_over_and_not_before(
    timed: Store, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> bool:
        raise StoreError("store.locked", path="x")

    locks, sleep = stepped(timed, clock)
    async with locks.hold(NAME, LEASE) as held:
        monkeypatch.setattr(timed.leases, "renew", fail)
        begun = clock()
        for _ in range(3):
            await sleep.step_and_wait()
            assert not held.lost.is_set()
        await sleep.step()
        await held.lost.wait()
        assert clock() - begun < timedelta(seconds=LEASE)
        assert not await is_free(timed)


async def test_a_database_that_fails_at_first_is_waited_for(
    timed: Store, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    locks, sleep = stepped(timed, clock)
    take = timed.leases.take
    fails = [True, True]

    async def at_times(name: str, holder: str, lease: timedelta) -> bool:
        if fails and fails.pop():
            raise StoreError("store.locked", path="x")
        return await take(name, holder, lease)

    monkeypatch.setattr(timed.leases, "take", at_times)
    looks = asyncio.create_task(_step_for_ever(sleep))
    async with locks.hold(NAME, LEASE) as held:
        looks.cancel()
        assert not held.lost.is_set()
    assert fails == []


async def test_names_do_not_wait_for_each_other_and_who_gives_up_leaves_nothing(store: Store) -> None:
    locks = Locks(store)
    async with locks.hold("one"), locks.hold("other"):
        waiting = asyncio.create_task(locks.hold("one", 600.0).__aenter__())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait({waiting})
    async with locks.hold("one"):
        pass
