"""Measure how soon the messages of a dead worker are sent, compared with the lease that it held.

    python -m bench.lease [--lease SECONDS]

A worker is killed between an answer and its commit, and does not return; another one takes over its claims. Fails if a
message is lost or duplicated, or is sent later than a lease after the kill, plus the time that a new process needs to
start.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess

from bench.crash import CONTEXT
from bench.databases import databases
from bench.worker import Death, Job, Moment, expected, work
from bot.models import Delivery, DeliveryState
from bot.store.store import Store
from tests.fakes.platform_process import Books, FakePlatformProcess
from tests.support.needs import postgresql

CHANNELS = tuple(f"gone-{number}" for number in range(10))
SIZE = 2  # papers in a digest
START = 2.0  # seconds that the successor may take to start


@dataclass(frozen=True, slots=True)
class Heritage:
    """The outcome: how many messages were `left`, and after how many `seconds` the last of them was sent."""

    exits: tuple[int | None, int | None]  # of the dead worker and its successor
    left: int
    seconds: float
    rows: Sequence[Delivery]
    books: Books


async def inherited(database: str, lease: float) -> Heritage:
    """Kill one worker for good, and let another one take over its database."""
    with FakePlatformProcess.serving(latency=0.02) as server:
        async with Store.open(database) as store:
            job = Job(database, server.url, "gone", CHANNELS, SIZE, lease=lease, death=Death(Moment.ANSWERED, 4))
            gone = _started(job)
            await asyncio.to_thread(gone.join)
            died = time.monotonic()
            left = [row.id for row in await store.deliveries.listed(DeliveryState.CLAIMED)]
            heir = _started(replace(job, replica="heir", death=None))
            while not await _are_sent(store, left) and heir.is_alive():  # noqa: ASYNC110 - another process sends them
                await asyncio.sleep(0.05)
            seconds = time.monotonic() - died
            await asyncio.to_thread(heir.join)
            rows = await store.deliveries.listed(limit=1000)
        books = server.books([key for keys in expected(CHANNELS, SIZE).values() for key in keys])
    return Heritage((gone.exitcode, heir.exitcode), len(left), seconds, rows, books)


def _started(job: Job) -> BaseProcess:
    process = CONTEXT.Process(target=work, args=(job,))
    process.start()
    return process


async def _are_sent(store: Store, numbers: Sequence[int]) -> bool:
    rows = [await store.deliveries.get(number) for number in numbers]
    return all(row and row.state is DeliveryState.SENT for row in rows)


def report(name: str, found: Heritage, lease: float) -> list[str]:
    """Print the figures. Return what is out of bounds."""
    print(
        f"{name}: {found.left} messages left behind, all sent {found.seconds:.1f} s after the death, lease {lease:g} s,"
        f" {len(found.books.lost)} lost, {len(found.books.duplicated)} duplicated"
    )
    checks = {
        f"{name}: sent after {found.seconds:.1f} s": found.seconds > lease + START,
        f"{name}: nothing was left behind": not found.left,
        f"{name}: messages lost or duplicated": bool(found.books.lost or found.books.duplicated),
    }
    return [fault for fault, is_found in checks.items() if is_found]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lease", type=float, default=10.0, help="seconds")
    options = parser.parse_args()
    faults = []
    for kind in ("sqlite", "postgresql") if postgresql() else ("sqlite",):
        with databases(kind) as made:
            faults += report(kind, asyncio.run(inherited(made.fresh(), options.lease)), options.lease)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
