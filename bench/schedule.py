"""Check that every channel gets every local day exactly once, across a clock change, with several tickers.

    python -m bench.schedule [--channels N] [--days N] [--tickers N] [--seed N] [--database URL] [--self-check]

Channels in zones with and without clock changes, due at any half hour, are served by several tickers on one database,
each with its own store. A virtual clock runs from before the change to after it. Now and then a ticker is stopped in
the middle of its work and restarted. No digests are made; only their entries in the ledger count in the end.

The last line reads `channel-days=N missing=0 doubled=0`. `--self-check` is a smaller run. Any run fails if a day is
missing, doubled or made for another date.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from bot.digests.digest import Order
from bot.digests.runs import Runs
from bot.digests.schedule import due_on
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    Digest,
    DigestStatus,
    EmptyReason,
    NewDelivery,
    Notice,
)
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.support.ledger import NamedWorker

# Berlin's clocks change in the night to 2026-03-29, Nuuk's the evening before, Cairo's in April.
ZONES = ("Europe/Berlin", "America/Nuuk", "Asia/Tokyo", "America/New_York")
FIRST = date(2026, 3, 27)
STEP = timedelta(minutes=30)
AT_ONCE = 0.2  # share of the steps; on SQLite, concurrent writers mostly sleep
LEASE = timedelta(days=365)  # virtual time on SQLite; a stopped ticker releases its claims


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Play:
    """One run of the bench. `made` counts how often each digest was started."""

    channels: tuple[Channel, ...]
    days: int
    clock: Clock
    random: random.Random
    step: timedelta = STEP
    made: Counter[tuple[ChannelKey, date]] = field(default_factory=Counter)

    async def make(self, order: Order) -> Digest:
        self.made[order.channel.key, order.day] += 1
        await asyncio.sleep(0)
        key, status = order.channel.key, DigestStatus(0)
        return Digest(key, order.day, order.due_at, "en", status, empty=EmptyReason.ALL_SHOWN)

    @property
    def wanted(self) -> set[tuple[ChannelKey, date]]:
        days = [FIRST + timedelta(n) for n in range(self.days)]
        return {(channel.key, day) for channel in self.channels for day in days}


def parts(digest: Digest, _: ChannelSettings) -> Sequence[NewDelivery]:
    return (NewDelivery("notice", Notice("digest.empty.nothing", digest.language)),)


def channels(count: int, seed: int) -> tuple[Channel, ...]:
    """Return channels in every zone and at every half hour in turn, then at random."""
    chance = random.Random(seed)
    made = []
    for n in range(count):
        half_hour = n // len(ZONES) if n < 48 * len(ZONES) else chance.randrange(48)
        settings = ChannelSettings(
            time=clock_time(half_hour // 2 % 24, half_hour % 2 * 30), timezone=ZONES[n % len(ZONES)]
        )
        made.append(Channel(ChannelKey("fake", f"C{n}"), settings, next_run_at=due_on(FIRST, settings)))
    return tuple(made)


class Ticker:
    """One process's parts: its store, its worker name, its runs."""

    def __init__(self, name: str, store: Store, play: Play) -> None:
        self.name = name
        self.store = store
        self._play = play
        self._worker = NamedWorker()
        self.runs = Runs(store, play.make, parts, worker=self._worker, clock=play.clock, concurrency=50)

    async def begin(self) -> None:
        self._worker.owner = await self.store.workers.join(self.name, LEASE)

    async def step(self) -> None:
        """Make what is due; now and then, stop in the middle and restart."""
        if self._play.random.random() < 0.05:
            await self.runs.tick()
            await asyncio.sleep(self._play.random.random() / 100)
            await self.runs.close()
            await self.begin()
        while await self.runs.tick():
            await self.runs.drain()


async def played(play: Play, url: str, tickers: int) -> Counter[tuple[ChannelKey, date]]:
    """Play the run and count each digest in the ledger."""
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(Store.open(url, clock=play.clock)) for _ in range(tickers)]
        for channel in play.channels:
            await stores[0].channels.change(channel.key, lambda _, channel=channel: channel)  # type: ignore[misc]  # the default
        crew = [Ticker(f"ticker-{n}", store, play) for n, store in enumerate(stores)]
        for ticker in crew:
            await ticker.begin()
        # A day in the westernmost zone ends about 12 hours after UTC's.
        end = datetime.combine(FIRST + timedelta(play.days), clock_time(12), UTC)
        while play.clock.now < end:
            play.clock.now += play.step
            play.random.shuffle(crew)
            if play.random.random() < AT_ONCE:
                await asyncio.gather(*(ticker.step() for ticker in crew))
                continue
            for ticker in crew:
                await ticker.step()
        rows = await stores[0].deliveries.listed(limit=10**9)
        return Counter((row.channel, row.day) for row in rows)


def report(play: Play, digests: Counter[tuple[ChannelKey, date]], seconds: float) -> int:
    """Print the outcome. Return the number of faults."""
    last = FIRST + timedelta(play.days)
    inside = Counter({key: count for key, count in digests.items() if FIRST <= key[1] < last})
    missing = play.wanted - set(inside)
    doubled = [key for key, count in inside.items() if count > 1]
    strange = set(inside) - play.wanted
    again = sum(count - 1 for count in play.made.values() if count > 1)
    print(f"{len(play.channels)} channels, {play.days} days, {seconds:.1f} s, {again} digests begun more than once")
    for channel, day in sorted(missing, key=str)[:10]:
        print(f"missing: {channel} {day}")
    print(f"channel-days={len(play.wanted)} missing={len(missing)} doubled={len(doubled) + len(strange)}")
    return len(missing) + len(doubled) + len(strange)


async def main(arguments: argparse.Namespace) -> int:
    begins = datetime.combine(FIRST, clock_time(), UTC) - timedelta(hours=14)
    play = Play(
        channels(arguments.channels, arguments.seed), arguments.days, Clock(begins), random.Random(arguments.seed)
    )
    with tempfile.TemporaryDirectory(prefix="kawaraban-schedule-") as folder:
        url = arguments.database or sqlite_url(Path(folder) / "schedule.sqlite3")
        started = time.perf_counter()
        digests = await played(play, url, arguments.tickers)
    return 1 if report(play, digests, time.perf_counter() - started) else 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.schedule")
    parser.add_argument("--channels", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--tickers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database instead of a new SQLite file")
    parser.add_argument("--self-check", action="store_true")
    given = parser.parse_args()
    if given.self_check:
        given.channels, given.days = min(given.channels, 200), min(given.days, 3)
    return given


if __name__ == "__main__":
    sys.exit(asyncio.run(main(options())))
