"""Delivering: everything that is due arrives once and in order, whatever the platform and the database do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.delivery.bell import Bell
from bot.delivery.deliverer import Deliverer, Destination
from bot.delivery.worker import WorkerLease
from bot.errors import AmbiguousError, PermanentError, StoreError, TransientError
from bot.models import (
    Channel,
    ChannelKey,
    Delivery,
    DeliveryKey,
    DeliveryState,
    Headline,
    Layout,
    MessageRef,
    NewDelivery,
    Notice,
    Part,
    Place,
)
from bot.store.engine import utc_now
from bot.store.outcomes import Again, Unknown
from bot.store.store import Store
from tests.support.digests import make_digest
from tests.support.ledger import DAY, channel, claimed, enqueued, joined, message, row, rows, states
from tests.support.platforms import Lost, MemoryPlatform

SENT, DEAD, UNKNOWN, DUE = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNKNOWN, DeliveryState.DUE
LIMITED = TransientError("platform.rate_limited", seconds=0.05)
REJECTED = PermanentError("platform.rejected", whole_channel=False)
GONE = PermanentError("platform.channel_gone")
TIMED_OUT = AmbiguousError("platform.timeout")


def deliverer(
    store: Store,
    platform: MemoryPlatform,
    rates: Mapping[str, float] | None = None,
    *,
    replica: str = "one",
    clock: Callable[[], datetime] = utc_now,
    lease: float = 30.0,
    **options: Any,
) -> Deliverer:
    destination = Destination(platform, platform, rates or {})
    return Deliverer(store, {"fake": destination}, WorkerLease(store, replica, clock, Bell(), lease), **options)


@asynccontextmanager
async def running(made: Deliverer) -> AsyncIterator[Deliverer]:
    """Runs within the block, and ends gracefully."""
    stop = asyncio.Event()
    run = asyncio.create_task(made.run(stop))
    try:
        async with asyncio.timeout(300):
            yield made
    finally:
        stop.set()
        async with asyncio.timeout(300):
            await run


async def delivered(store: Store, platform: MemoryPlatform, **options: Any) -> None:
    async with running(deliverer(store, platform, **options)) as made:
        await made.drain()


async def until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110 (what is waited for knows nothing of its tests)
        await asyncio.sleep(0.01)


async def until_row(store: Store, true: Callable[[Delivery], object]) -> None:
    """Wait for the headline of the first channel."""
    while not true(await row(store)):  # noqa: ASYNC110 (another task changes the row)
        await asyncio.sleep(0.02)


def key(part: str = "headline", name: object = "C1") -> DeliveryKey:
    return DeliveryKey.of(channel(name), DAY, part)


async def test_a_digest_arrives_in_order_below_its_headline(store: Store) -> None:
    platform = MemoryPlatform()
    await enqueued(store, "C1", cards=3)
    await delivered(store, platform)
    assert [one.key for one in platform.posted] == [key(part) for part in ("headline", "card:1", "card:2", "card:3")]
    head = platform.posted[0]
    assert [one.place for one in platform.posted] == [Place(channel()), *[Place(channel(), head.ref)] * 3]
    assert {one.message for one in await rows(store)} == {one.ref for one in platform.posted}
    assert platform.asked == []


async def test_many_channels_each_once(store: Store) -> None:
    platform = MemoryPlatform(latency=0.005)
    await enqueued(store, *range(30), cards=2)
    await delivered(store, platform, concurrency=8)
    assert set(platform.times_posted().values()) == {1}
    assert len(platform.posted) == 90


async def test_several_workers_share_the_work(store: Store) -> None:
    platform = MemoryPlatform(latency=0.002)
    await enqueued(store, *range(30), cards=1)
    workers = [deliverer(store, platform, replica=name, concurrency=5) for name in ("one", "two", "three")]
    async with running(workers[0]), running(workers[1]), running(workers[2]):
        await workers[0].drain()
    assert set(platform.times_posted().values()) == {1}
    assert len(platform.posted) == 60


async def test_what_comes_in_later_is_noticed_at_once(store: Store) -> None:
    platform = MemoryPlatform()
    async with running(deliverer(store, platform)) as made:
        await asyncio.sleep(0.3)  # it looks less often by now
        await enqueued(store)
        made.wake()
        await made.drain()
    assert len(platform.posted) == 1


async def test_at_most_so_many_at_once(store: Store) -> None:
    platform = MemoryPlatform(latency=0.01)
    at_once, most = 0, 0
    post = platform.post

    async def counted(place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return await post(place, part, key)
        finally:
            at_once -= 1

    platform.post = counted  # type: ignore[method-assign]  # counts what it passes on
    await enqueued(store, *range(20))
    await delivered(store, platform, concurrency=3)
    assert most == 3


@pytest.mark.parametrize(
    ("trouble", "posts", "asked"),
    [
        (LIMITED, 1, 0),
        (TransientError("platform.unavailable", seconds=float("nan")), 1, 0),
        (TransientError("platform.unavailable", seconds=-5), 1, 0),
        (Lost(TIMED_OUT), 1, 1),
        (Lost(ValueError("a bug after it was taken")), 1, 1),
        (TimeoutError(), 1, 1),
        (KeyError("a bug before it was taken"), 1, 1),
    ],
    ids=str,
)
async def test_trouble_that_passes(sqlite_store: Store, trouble: Exception, posts: int, asked: int) -> None:
    platform = MemoryPlatform()
    platform.troubles.append(trouble)
    await enqueued(sqlite_store, cards=1)
    await hurried(sqlite_store, platform)
    assert platform.times_posted() == {key(): posts, key("card:1"): 1}
    assert len(platform.asked) == asked
    assert set((await states(sqlite_store)).values()) == {SENT}
    assert (await row(sqlite_store)).message == platform.posted[0].ref


async def hurried(store: Store, platform: MemoryPlatform, **options: Any) -> None:
    """As `delivered`, without waiting for what is due later."""
    async with running(deliverer(store, platform, **options)) as made:
        while await store.deliveries.any_open(("fake",)):
            await store.deliveries.hurry()
            made.wake()
            await asyncio.sleep(0.02)


async def test_a_lost_message_is_looked_up_and_sent_again(store: Store) -> None:
    platform = MemoryPlatform()
    platform.troubles.append(TIMED_OUT)
    await enqueued(store)
    await hurried(store, platform)
    assert (platform.asked, platform.times_posted()) == ([key()], {key(): 1})


async def test_where_nothing_can_tell_it_is_unknown(store: Store) -> None:
    platform = MemoryPlatform(refuses_lookups="platform.forbidden")
    platform.troubles.append(Lost(TIMED_OUT))
    await enqueued(store, "C1", cards=1)
    await enqueued(store, "C2")
    await hurried(store, platform)
    assert await states(store, channel()) == {"headline": UNKNOWN, "card:1": UNKNOWN}
    assert ((await row(store)).error, (await row(store, "card:1")).error) == (
        "platform.forbidden",
        "platform.headline_unknown",
    )
    assert (await row(store, "headline", "C2")).state is SENT
    assert set(platform.times_posted().values()) == {1}
    await store.deliveries.retry((await row(store)).id)
    await delivered(store, platform)
    assert await states(store, channel()) == {"headline": SENT, "card:1": SENT}


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (LIMITED, SENT),
        (TIMED_OUT, SENT),
        (TimeoutError(), SENT),
        (KeyError("a bug"), SENT),
        (PermanentError("platform.forbidden"), UNKNOWN),
    ],
    ids=str,
)
async def test_trouble_with_looking_up(sqlite_store: Store, trouble: Exception, state: DeliveryState) -> None:
    platform = MemoryPlatform()
    platform.troubles.append(Lost(TIMED_OUT))
    platform.find_troubles.append(trouble)
    await enqueued(sqlite_store)
    await hurried(sqlite_store, platform)
    assert platform.times_posted() == {key(): 1}
    assert (await row(sqlite_store)).state is state


async def test_a_part_that_is_refused_stops_no_other(store: Store) -> None:
    platform = MemoryPlatform()
    stopped: list[object] = []

    async def on_stopped(*what: object) -> None:
        stopped.append(what)

    platform.troubles.extend([None, REJECTED])
    await enqueued(store, cards=2)
    await delivered(store, platform, on_stopped=on_stopped)
    assert await states(store) == {"headline": SENT, "card:1": DEAD, "card:2": SENT}
    assert stopped == []


@pytest.mark.parametrize("fails", [None, StoreError("store.full")])
async def test_a_channel_that_is_gone_stops(store: Store, fails: Exception | None) -> None:
    platform = MemoryPlatform()
    stopped: list[tuple[ChannelKey, str]] = []

    async def on_stopped(where: ChannelKey, code: str) -> None:
        stopped.append((where, code))
        if fails:
            raise fails

    platform.troubles.append(GONE)
    await enqueued(store, "C1", cards=1)
    await delivered(store, platform, on_stopped=on_stopped)
    assert await states(store) == {"headline": DEAD, "card:1": DEAD}
    assert stopped == [(channel(), "platform.channel_gone")]
    assert platform.posted == []


async def test_what_cannot_be_read_is_dead(store: Store) -> None:
    platform = MemoryPlatform()
    await enqueued(store, "C1", "C2")
    async with store._database.writing() as connection:
        await connection.execute(text("UPDATE deliveries SET content = '{' WHERE channel = 'fake:C1'"))
    await delivered(store, platform)
    assert ((await row(store)).state, (await row(store)).error) == (DEAD, "platform.unreadable")
    assert (await row(store, "headline", "C2")).state is SENT


async def test_a_slow_answer_is_not_waited_for(store: Store) -> None:
    platform = MemoryPlatform(latency=60)
    await enqueued(store)
    async with running(deliverer(store, platform, lease=1.0)):
        await until_row(store, lambda one: one.error == "platform.timeout")
        platform.latency = 0
        await store.deliveries.hurry()
        await until_row(store, lambda one: one.state is SENT)
    assert platform.times_posted() == {key(): 1}


async def test_for_ever_is_a_day(store: Store) -> None:
    platform = MemoryPlatform(refuses_lookups="platform.forbidden")
    platform.troubles.extend([LIMITED, TIMED_OUT])
    await enqueued(store, "C1", "C2")
    made = deliverer(store, platform, clock=lambda: utc_now() + timedelta(hours=25), concurrency=1)
    async with running(made):
        await made.drain()
    assert (await row(store)).state is DEAD
    assert (await row(store)).error == "platform.rate_limited"
    assert (await row(store, "headline", "C2")).state is UNKNOWN
    assert platform.posted == []


async def test_a_limit_of_everything_stops_everything_for_a_while(store: Store) -> None:
    platform = MemoryPlatform()
    platform.troubles.append(TransientError("platform.rate_limited", seconds=0.5, everywhere=True))
    await enqueued(store, *range(5))
    # One after the other, so that all but the first are waiting when it is told.
    async with running(deliverer(store, platform, {"fake": 50.0})) as made:
        await made.drain()
    first, *others = platform.begun_at
    assert len(others) == 5
    assert min(others) - first >= 0.45


async def test_messages_leave_at_their_rate(store: Store) -> None:
    platform = MemoryPlatform()
    await enqueued(store, *range(12))
    one, two = (deliverer(store, platform, {"fake": 20.0}, replica=name) for name in ("one", "two"))
    async with running(one), running(two):
        await one.drain()
    begun = sorted(platform.begun_at)
    assert begun[-1] - begun[0] >= 11 / 20 - 0.2  # each may be a little late


async def test_emoji_follow_when_everything_else_is_out(store: Store) -> None:
    platform = MemoryPlatform()
    platform.seed_troubles.extend([LIMITED, REJECTED, KeyError("a bug")])
    await enqueued(store, "C1", "C2", cards=1)
    async with running(deliverer(store, platform)) as made:
        await made.drain()
        await until(lambda: len(platform.seeded) == 4 and not platform.seed_troubles)
    assert len(platform.posted) == 4
    seeded = {emoji for _, emoji in platform.seeded}
    assert seeded <= {"1️⃣", "👍", "👎"}


async def test_a_graceful_stop_finishes_what_is_in_flight(store: Store) -> None:
    platform = MemoryPlatform(latency=0.3)
    await enqueued(store, "C1", cards=1)
    async with running(deliverer(store, platform)):
        await until(lambda: platform.posted)
    assert await states(store) == {"headline": SENT, "card:1": DUE}
    assert await store.workers.listed() == ()


async def test_a_graceful_stop_gives_back_what_has_not_begun(store: Store) -> None:
    platform = MemoryPlatform()
    await enqueued(store, *range(5))
    stop = asyncio.Event()
    run = asyncio.create_task(deliverer(store, platform, {"fake": 4.0}).run(stop))
    await until(lambda: platform.posted)
    stop.set()
    await run
    assert len(platform.posted) < 5
    await delivered(store, platform)
    assert set(platform.times_posted().values()) == {1}
    assert platform.asked == []  # nothing of it was uncertain


async def test_a_graceful_stop_does_not_wait_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.deliverer._FINISH", 0.1)
    platform = MemoryPlatform(latency=60)
    await enqueued(store)
    async with running(deliverer(store, platform)):
        await until(lambda: platform.posted)
    assert (await row(store)).state is DUE
    await delivered(store, platform)
    assert (platform.times_posted(), platform.asked) == ({key(): 1}, [key()])


async def test_the_next_life_goes_on_at_once(store: Store) -> None:
    platform = MemoryPlatform(latency=60)
    await enqueued(store)
    run = asyncio.create_task(deliverer(store, platform).run(asyncio.Event()))
    await until(lambda: platform.posted)
    run.cancel()  # as a crash: nothing is written down
    with pytest.raises(asyncio.CancelledError):
        await run
    assert (await row(store)).state is DeliveryState.CLAIMED
    await delivered(store, platform)
    assert (platform.times_posted(), platform.asked) == ({key(): 1}, [key()])
    assert (await row(store)).state is SENT


async def test_another_takes_over_from_the_dead_within_a_lease(store: Store) -> None:
    platform = MemoryPlatform(latency=60)
    await enqueued(store)
    run = asyncio.create_task(deliverer(store, platform, replica="dead", lease=2.0).run(asyncio.Event()))
    await until(lambda: platform.posted)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    async with running(deliverer(store, platform, lease=2.0)) as made:
        await made.drain()
    assert (platform.times_posted(), platform.asked) == ({key(): 1}, [key()])


async def test_who_was_taken_for_dead_goes_on_under_another_name(store: Store) -> None:
    platform = MemoryPlatform(latency=1.5)
    await enqueued(store)
    made = deliverer(store, platform, lease=4.0)
    async with running(made):
        await until(lambda: platform.posted)
        name = made.owner
        async with store._database.writing() as connection:
            await connection.execute(text("DELETE FROM workers"))
        assert await store.workers.take_over() == 1
        await made.drain()
        assert made.owner != name
    assert (platform.times_posted(), platform.asked) == ({key(): 1}, [key()])


async def test_an_outage_is_waited_for_and_nothing_is_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = MemoryPlatform()
    await enqueued(store, "C1", "C2", cards=2)
    broken = False
    run = store._database.run

    async def sometimes(work: Any) -> Any:
        if broken:
            raise StoreError("store.full", path="x")
        return await run(work)

    monkeypatch.setattr(store._database, "run", sometimes)

    def break_database(*_: object) -> None:
        nonlocal broken
        broken = len(platform.posted) in (2, 3)

    platform.on_post = break_database
    made = deliverer(store, platform)
    async with running(made):
        await until(lambda: made.stalled)
        before = len(platform.posted)
        assert (await store.deliveries.counts())[SENT] < before
        broken = False
        platform.on_post = lambda *_: None
        await made.drain()
        assert not made.stalled
    assert set(platform.times_posted().values()) == {1}
    assert len(platform.posted) == 6
    assert platform.asked == []


async def test_claims_whose_answer_was_lost_come_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = MemoryPlatform()
    await enqueued(store, *range(4))
    run, lost = store._database.run, 0

    async def committed_and_lost(work: Any) -> Any:
        nonlocal lost
        answer = await run(work)
        if isinstance(answer, tuple) and len(answer) > 0 and lost < 2:
            lost += 1
            raise StoreError("store.unreachable", path="x")
        return answer

    monkeypatch.setattr(store._database, "run", committed_and_lost)
    await delivered(store, platform, concurrency=2)
    assert lost == 2
    assert set(platform.times_posted().values()) == {1}
    assert len(platform.posted) == 4
    assert platform.asked == []


async def test_a_start_without_database_waits_for_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = MemoryPlatform()
    await enqueued(store)
    run, broken = store._database.run, True

    async def sometimes(work: Any) -> Any:
        if broken:
            raise StoreError("store.locked", path="x")
        return await run(work)

    monkeypatch.setattr(store._database, "run", sometimes)
    async with running(deliverer(store, platform)):
        await asyncio.sleep(0.05)  # and it can be stopped meanwhile
    async with running(deliverer(store, platform)) as made:
        await asyncio.sleep(0.05)
        broken = False
        await made.drain()
    assert len(platform.posted) == 1


async def test_a_stop_without_database_ends_all_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = MemoryPlatform()
    await enqueued(store)

    async def never(work: Any) -> Any:
        raise StoreError("store.readonly", path="x")

    async with running(deliverer(store, platform)):
        platform.on_post = lambda *_: monkeypatch.setattr(store._database, "run", never)
        await until(lambda: platform.posted)
    monkeypatch.undo()
    await delivered(store, platform)
    assert (platform.times_posted(), platform.asked) == ({key(): 1}, [key()])


async def test_a_clock_that_is_set_back_delays_nothing(sqlite_store: Store) -> None:
    platform = MemoryPlatform()
    ahead = timedelta(minutes=50)
    sqlite_store._database.now = lambda: utc_now() + ahead
    made = deliverer(sqlite_store, platform, clock=lambda: utc_now() + ahead, lease=1.0)
    platform.troubles.append(TransientError("platform.unavailable", seconds=1))
    await enqueued(sqlite_store)
    async with running(made):
        await until_row(sqlite_store, lambda one: one.error)
        ahead = timedelta()
        await made.drain()
    assert len(platform.posted) == 1


async def test_a_restart_does_not_wait_for_what_a_wrong_clock_wrote(store: Store) -> None:
    platform = MemoryPlatform()
    await enqueued(store, at=utc_now() + timedelta(days=400))
    await delivered(store, platform)
    assert len(platform.posted) == 1


async def test_a_row_that_was_unknown_by_hand_stays_so(store: Store) -> None:
    owner = await joined(store, "hand")
    await enqueued(store, "C1", "C2")
    first, second = await claimed(store, owner)
    await store.deliveries.settle(owner, [Unknown(first.id, "x"), Again(second.id, 0, "", uncertain=True)])
    platform = MemoryPlatform()
    await delivered(store, platform)
    assert [one.place.channel for one in platform.posted] == [channel("C2")]
    assert (await row(store, "headline", "C2")).message == message(1)


async def test_the_log_tells_each_digest_and_each_dead_delivery(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "kawaraban")
    platform = MemoryPlatform()

    def refuse(_: Place, part: Part) -> None:
        if not isinstance(part, Headline):
            raise REJECTED

    platform.on_post = refuse
    digest = make_digest()
    parts = [
        NewDelivery("headline", Headline(digest, Layout.CHANNEL)),
        NewDelivery("card:1", Notice("digest.title", "ja"), in_thread=False),
    ]
    await store.deliveries.enqueue(channel(), DAY, parts, "fake", utc_now())
    await store.channels.change(channel(), lambda _: Channel(channel()))
    await store.channels.name(channel(), "Lab #papers", personal=False)
    await delivered(store, platform)

    (told,) = [record.getMessage() for record in caplog.records if record.name == "kawaraban"]
    papers = len(digest.entries)
    assert told.startswith(f"digest of {digest.date} sent to {digest.channel}: {papers} papers, ")
    (dead,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert dead == f"card:1 for {DAY} was not posted in Lab #papers ({channel()}): platform.rejected"


async def test_a_replica_name_that_is_used_twice_is_told(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async with running(deliverer(store, MemoryPlatform(), replica="twin", lease=2.0)) as first:
        await until(lambda: first.owner)
        async with running(deliverer(store, MemoryPlatform(), replica="twin", lease=2.0)):
            await until(lambda: "is REPLICA_NAME twin used twice?" in caplog.text)
