"""Paces: turns one at a time, apart from each other, and free again whatever happens to their holder."""

import asyncio
import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import select, update

from bot.store import tables
from bot.store.pace import LEASE, LONGEST_PAUSE, DatabasePace
from bot.store.store import Store


async def holder(store: Store, key: str = "arxiv") -> str | None:
    async with store._database.reading() as connection:
        return (await connection.execute(select(tables.rates.c.holder).filter_by(key=key))).scalar_one_or_none()


async def test_turns_begin_an_interval_apart(store: Store) -> None:
    begun = []
    for _ in range(3):
        async with store.pace.turn("arxiv", 0.1):
            begun.append(monotonic())
    assert begun[1] - begun[0] >= 0.1
    assert begun[2] - begun[1] >= 0.1


async def test_one_at_a_time_in_the_order_of_asking(store: Store) -> None:
    inside: list[int] = []
    done: list[int] = []

    async def work(number: int) -> None:
        async with store.pace.turn("arxiv", 0):
            inside.append(number)
            assert len(inside) == 1
            await asyncio.sleep(0.01)
            inside.remove(number)
            done.append(number)

    await asyncio.gather(*map(work, range(5)))
    assert done == [0, 1, 2, 3, 4]


async def test_keys_are_apart(store: Store) -> None:
    async with store.pace.turn("arxiv", 60), store.pace.turn("semantic_scholar", 60):
        pass


async def test_another_process_waits_for_the_holder(store: Store) -> None:
    other = DatabasePace(store._database)  # shares nothing but the database, as a process would
    entered, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with other.turn("arxiv", 0):
            entered.set()
            await done.wait()

    async with store.pace.turn("arxiv", 0):
        waiting = asyncio.create_task(hold())
        await asyncio.sleep(0.15)
        assert not entered.is_set()
    await entered.wait()
    assert await holder(store)
    done.set()
    await waiting


async def test_a_pause_holds_for_everybody(store: Store) -> None:
    begun = monotonic()
    await store.pace.pause("arxiv", 0.2)
    await store.pace.pause("arxiv", 0.05)  # a shorter one does not end it
    await store.pace.pause("arxiv", -1)
    async with DatabasePace(store._database).turn("arxiv", 0):
        assert monotonic() - begun >= 0.2


async def test_an_exception_gives_the_turn_back(store: Store) -> None:
    with pytest.raises(RuntimeError):
        async with store.pace.turn("arxiv", 0):
            raise RuntimeError
    assert await holder(store) is None


async def test_cancelling_the_holder_gives_the_turn_back(store: Store) -> None:
    entered = asyncio.Event()

    async def hold() -> None:
        async with store.pace.turn("arxiv", 0):
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hold())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await holder(store) is None


# asyncpg leaves a connection to the collector whose making was cancelled half-way.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("steps", [1, 3, 5, 8, 13, 21])
async def test_cancelling_at_any_moment_leaves_no_holder(store: Store, steps: int) -> None:
    async def ask() -> None:
        async with store.pace.turn("arxiv", 0):
            await asyncio.sleep(60)

    task = asyncio.create_task(ask())
    for _ in range(steps):
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await holder(store) is None
    async with asyncio.timeout(300), store.pace.turn("arxiv", 0):
        pass
    gc.collect()  # here, and not in the middle of the next test


def ticking(*instants: datetime) -> Iterator[datetime]:
    yield from instants
    while True:
        yield instants[-1]


async def test_a_dead_holder_is_overtaken_when_its_lease_ends(store: Store) -> None:
    start = datetime.now(UTC)
    times = ticking(start, start + LEASE - timedelta(seconds=1), start + LEASE)
    dead, heir = DatabasePace(store._database, lambda: start), DatabasePace(store._database, lambda: next(times))
    abandoned = dead.turn("arxiv", 0)
    await abandoned.__aenter__()
    async with asyncio.timeout(300), heir.turn("arxiv", 0):
        assert await holder(store)
    assert await holder(store) is None


@pytest.mark.parametrize("column", ["next_at", "held_until"])
async def test_what_a_wrong_clock_wrote_is_not_believed(store: Store, column: str) -> None:
    async with store.pace.turn("arxiv", 0):
        pass
    future = datetime.now(UTC) + LONGEST_PAUSE + timedelta(days=365)
    async with store._database.writing() as connection:
        await connection.execute(update(tables.rates).values({column: future}))
    async with asyncio.timeout(300), store.pace.turn("arxiv", 0):
        pass


async def test_a_pause_is_at_most_an_hour(store: Store) -> None:
    await store.pace.pause("arxiv", 1e12)
    async with store._database.reading() as connection:
        next_at = (await connection.execute(select(tables.rates.c.next_at))).scalar_one()
    assert next_at <= datetime.now(UTC) + LONGEST_PAUSE
