"""Leases: one holder at a time, whoever dies or loses the database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.leases import Leases
from bot.store.store import Store

NAME = "discord:gateway"


async def test_only_one_holds_a_name_and_the_next_one_gets_it_at_the_end(store: Store) -> None:
    order: list[str] = []
    first_is_in, first_may_go = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with Leases(store).hold(NAME, 1.0) as held:
            first_is_in.set()
            await first_may_go.wait()
            order.append(f"first ends, lost: {held.lost.is_set()}")

    async def second() -> None:
        await first_is_in.wait()
        async with Leases(store).hold(NAME, 1.0):
            order.append("second begins")

    async with asyncio.TaskGroup() as group:
        group.create_task(first())
        waiting = group.create_task(second())
        await first_is_in.wait()
        # Held by renewing it, for longer than one lease.
        await asyncio.sleep(1.2)
        assert not waiting.done()
        first_may_go.set()

    assert order == ["first ends, lost: False", "second begins"]


async def test_names_do_not_wait_for_each_other(sqlite_store: Store) -> None:
    leases = Leases(sqlite_store)
    async with leases.hold("one"), leases.hold("other"):
        pass


async def test_a_dead_holder_is_replaced(sqlite_store: Store) -> None:
    assert await sqlite_store.leases.take(NAME, "dead", timedelta(seconds=0.3))

    async with Leases(sqlite_store).hold(NAME, 1.0) as held:
        assert not await sqlite_store.leases.renew(NAME, "dead", timedelta(seconds=9))
        assert not held.lost.is_set()


async def test_who_was_replaced_is_told(sqlite_store: Store) -> None:
    async with Leases(sqlite_store).hold(NAME, 1.0) as held:
        async with sqlite_store._database.writing() as connection:
            await connection.exec_driver_sql("UPDATE leases SET holder = 'another'")
        await held.lost.wait()

    # What is another's is not given up.
    assert await sqlite_store.leases.renew(NAME, "another", timedelta(seconds=9))


async def test_a_database_that_fails_for_too_long_costs_the_lease(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> bool:
        raise StoreError("store.locked", path="x")

    async with Leases(sqlite_store).hold(NAME, 0.5) as held:
        monkeypatch.setattr(sqlite_store.leases, "renew", fail)
        await held.lost.wait()


async def test_a_database_that_fails_at_first_is_waited_for(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = sqlite_store.leases.take
    fails = [True, True]

    async def at_times(name: str, holder: str, lease: timedelta) -> bool:
        if fails and fails.pop():
            raise StoreError("store.locked", path="x")
        return await take(name, holder, lease)

    monkeypatch.setattr(sqlite_store.leases, "take", at_times)
    async with Leases(sqlite_store).hold(NAME, 0.1) as held:
        assert not held.lost.is_set()


async def test_an_attempt_that_is_given_up_leaves_nothing(sqlite_store: Store) -> None:
    leases = Leases(sqlite_store)
    async with leases.hold(NAME, 0.5):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), leases.hold(NAME, 0.5):
                pass
    async with asyncio.timeout(5), leases.hold(NAME, 30.0):
        pass
