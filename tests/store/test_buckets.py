"""Rates: turns are an interval apart whoever asks for them, and a pause holds for everybody."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.buckets import HORIZON, LEAD, LONGEST_PAUSE, Bucket, rate_of, turns
from bot.store.engine import utc_now
from bot.store.location import sqlite_url
from bot.store.outcomes import Again, Sent
from bot.store.store import Store
from tests.support.authors import Clock
from tests.support.ledger import claimed, enqueued, joined, message

NOW = datetime(2031, 5, 14, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_turns_are_an_interval_apart_and_within_the_horizon() -> None:
    first = NOW + LEAD
    assert turns(Bucket("x", NOW), 4, 9, NOW) == tuple(first + SECOND * n / 4 for n in range(4))
    assert turns(Bucket("x", NOW), 4, 2, NOW) == (first, first + SECOND / 4)
    assert turns(Bucket("x", NOW - SECOND), 4, 1, NOW) == (first,)
    assert turns(Bucket("x", NOW + SECOND / 2), 4, 9, NOW) == (NOW + SECOND / 2, NOW + SECOND * 3 / 4)
    assert turns(Bucket("x", NOW + SECOND), 4, 9, NOW) == ()


def test_without_a_rate_only_pauses_count() -> None:
    assert turns(Bucket("x", NOW), None, 3, NOW) == (NOW, NOW, NOW)
    assert turns(Bucket("x", NOW, NOW + SECOND / 2), None, 1, NOW) == (NOW + SECOND / 2,)
    assert turns(Bucket("x", NOW, NOW + SECOND), None, 1, NOW) == ()


def test_an_instant_of_a_wrong_clock_stops_nobody() -> None:
    wrong = NOW + LONGEST_PAUSE + SECOND
    assert turns(Bucket("x", wrong, wrong), None, 1, NOW) == (NOW,)


@given(
    st.floats(0.01, 500),
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 60)), max_size=20),
)
def test_no_second_has_more_turns_than_the_rate(rate: float, asked: list[tuple[float, int]]) -> None:
    bucket, now = Bucket("x", NOW), NOW
    given_turns: list[datetime] = []
    for pause, wanted in asked:
        now += timedelta(seconds=pause)
        got = turns(bucket, rate, wanted, now)
        assert all(now <= turn < now + HORIZON for turn in got)
        if got:
            bucket = Bucket("x", got[-1] + timedelta(seconds=1 / rate))
        given_turns += got
    interval = timedelta(seconds=1 / rate) - timedelta(microseconds=2)  # what rounding may cost
    assert all(later - earlier >= interval for earlier, later in pairwise(given_turns))


def test_rates_are_those_of_the_bucket_or_its_kind() -> None:
    rates = {"slack": 1.0, "slack:T2": 2.0, "none": 0.0}
    keys = ("slack:T1", "slack:T2", "slack", "discord", "none")
    assert [rate_of(rates, key) for key in keys] == [1.0, 2.0, 1.0, None, None]


async def test_no_more_is_claimed_than_may_leave_soon(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, *range(20))
    got = await claimed(store, owner, 20, {"fake": 5.0})
    assert len(got) == 4
    waits = [(one.send_at - got[0].send_at).total_seconds() for one in got]
    assert waits == pytest.approx([0, 0.2, 0.4, 0.6], abs=0.001)
    assert abs(got[0].send_at - utc_now()) < timedelta(minutes=10)
    # Whenever more is claimed, it leaves after what was claimed before, and soon.
    more = await claimed(store, owner, 20, {"fake": 5.0})
    assert all(got[-1].send_at + SECOND / 5.001 < one.send_at < utc_now() + SECOND for one in more)


async def test_buckets_do_not_hold_each_other_up(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, *range(10), bucket="slow:T1")
    await enqueued(store, "x", bucket="slow:T2")
    await enqueued(store, "y", bucket="free")
    first = await claimed(store, owner, 5, {"slow": 1.0})
    second = await claimed(store, owner, 5, {"slow": 1.0})
    assert [one.channel.name for one in first] == ["0"]
    assert [one.channel.name for one in second] == ["x", "y"]


async def test_a_pause_holds_for_every_worker(store: Store) -> None:
    one, two = await joined(store, "one"), await joined(store, "two")
    await enqueued(store, *range(4))
    await enqueued(store, "other", bucket="other")
    first, second = await claimed(store, one, 2)
    limited = [
        Again(first.id, 0, "platform.rate_limited", uncertain=False, pause="fake"),
        Again(second.id, 30, "platform.rate_limited", uncertain=False, pause="fake"),
    ]
    await store.deliveries.settle(one, limited)
    await store.deliveries.settle(one, [])
    assert [got.channel.name for got in await claimed(store, two)] == ["other"]
    await store.deliveries.hurry()
    assert len(await claimed(store, two)) == 4


async def test_a_shorter_pause_does_not_end_a_longer_one(store: Store) -> None:
    owner = await joined(store)
    await enqueued(store, "C1", "C2")
    first, second = await claimed(store, owner)
    await store.deliveries.settle(owner, [Again(first.id, 30, "", uncertain=False, pause="fake")])
    await store.deliveries.settle(owner, [Again(second.id, 0, "", uncertain=False, pause="fake")])
    assert await claimed(store, owner) == ()


async def test_three_workers_keep_to_one_rate_and_use_it(tmp_path: Path) -> None:
    clock = Clock(NOW)
    async with Store.open(sqlite_url(tmp_path / "x.sqlite3"), clock=clock) as store:
        owners = [await joined(store, name, timedelta(days=1)) for name in ("one", "two", "three")]
        await enqueued(store, *range(450), at=NOW)
        sent_at: list[datetime] = []
        step = 0
        while len(sent_at) < 450:
            # Each looks every 50 ms, at a time of its own.
            clock.now += timedelta(milliseconds=17)
            step += 1
            owner = owners[step % 3]
            batch = await claimed(store, owner, 50, {"fake": 45.0})
            sent_at += (one.send_at for one in batch)
            await store.deliveries.settle(owner, [Sent(one.id, message(one.id)) for one in batch])
        sent_at.sort()
        assert all(later - earlier > SECOND for earlier, later in zip(sent_at, sent_at[50:], strict=False))
        took = (sent_at[-1] - sent_at[0]).total_seconds()
        assert (len(sent_at) - 1) / took >= 0.85 * 50
