"""Leases: what a worker claimed is its own as long as it shows signs of life, and nobody's loss afterwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.support.authors import Clock
from tests.support.ledger import LEASE, claimed, enqueued, joined, row


async def end_lease(store: Store, owner: str) -> None:
    """Its time is over, and nobody has noticed yet."""
    assert await store.workers.renew(owner, timedelta())


async def test_owners_are_never_the_same(store: Store) -> None:
    owners = {await store.workers.join("one", LEASE, take_back=False) for _ in range(3)}
    assert len(owners) == 3
    assert {worker.owner for worker in await store.workers.listed()} == owners
    assert {worker.replica for worker in await store.workers.listed()} == {"one"}


async def test_a_replica_takes_its_own_back_at_once(store: Store) -> None:
    await enqueued(store, "C1", "C2")
    first, other = await joined(store, "one"), await joined(store, "other")
    await claimed(store, first, 1)
    await claimed(store, other, 1)
    again = await joined(store, "one")
    (mine,) = await claimed(store, again)
    assert (mine.uncertain, mine.attempts) == (True, 2)
    assert {worker.owner for worker in await store.workers.listed()} == {again, other}


async def test_a_second_of_the_same_name_leaves_the_first_alone(store: Store) -> None:
    await enqueued(store)
    first = await joined(store)
    await claimed(store, first)
    second = await store.workers.join("one", LEASE, take_back=False)
    assert await claimed(store, second) == ()
    assert await store.workers.renew(first, LEASE)


async def test_the_dead_are_taken_over_when_their_lease_is_over(store: Store) -> None:
    await enqueued(store)
    dead, heir = await joined(store, "dead"), await joined(store, "heir")
    assert await claimed(store, dead)
    await end_lease(store, dead)
    assert await store.workers.take_over() == 1
    assert await store.workers.take_over() == 0
    assert (await claimed(store, heir))[0].uncertain
    assert [worker.owner for worker in await store.workers.listed()] == [heir]


async def test_the_living_are_not(store: Store) -> None:
    await enqueued(store)
    alive, greedy = await joined(store, "alive"), await joined(store, "greedy")
    assert await claimed(store, alive)
    await end_lease(store, alive)
    assert await store.workers.renew(alive, LEASE)
    assert await store.workers.take_over() == 0
    assert await claimed(store, greedy) == ()


async def test_a_late_sign_of_life_counts_while_nobody_took_over(store: Store) -> None:
    owner = await joined(store)
    await end_lease(store, owner)
    await enqueued(store)
    assert await claimed(store, owner) == ()
    assert await store.workers.renew(owner, LEASE)
    assert await claimed(store, owner)


async def test_after_that_it_does_not(store: Store) -> None:
    owner = await joined(store)
    await end_lease(store, owner)
    await store.workers.take_over()
    assert not await store.workers.renew(owner, LEASE)
    await enqueued(store)
    assert await claimed(store, owner) == ()


async def test_who_leaves_leaves_nothing_behind(store: Store) -> None:
    await enqueued(store)
    owner, other = await joined(store), await joined(store, "other")
    await claimed(store, owner)
    await store.workers.leave(owner)
    await store.workers.leave(owner)
    assert (await claimed(store, other))[0].uncertain
    assert not await store.workers.renew(owner, LEASE)


async def test_a_row_without_any_worker_is_taken_over(store: Store) -> None:
    await enqueued(store)
    owner = await joined(store)
    await claimed(store, owner)
    async with store._database.writing() as connection:
        await connection.exec_driver_sql("DELETE FROM workers")
    assert await store.workers.take_over() == 1


async def test_after_the_clock_was_set_back_nothing_waits_for_the_old_time(tmp_path: Path) -> None:
    clock = Clock(datetime(2031, 5, 14, 8, tzinfo=UTC))
    async with Store.open(sqlite_url(tmp_path / "x.sqlite3"), clock=clock) as store:
        owner = await joined(store)
        await enqueued(store, "C1", "C2", at=clock.now)
        assert len(await claimed(store, owner, 1, {"fake": 0.01})) == 1
        clock.now -= timedelta(minutes=30)
        owner = await joined(store)
        assert await claimed(store, owner, 9, {"fake": 0.01}) == ()
        assert await store.deliveries.hurry(timedelta(hours=2)) == 0
        assert await store.deliveries.hurry() == 1
        assert len(await claimed(store, owner, 9, {"fake": 0.01})) == 1
        assert (await row(store, "headline", "C2")).due_at is not None
