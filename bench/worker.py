"""A worker process for the benches: it builds digests, delivers what is due, and dies on demand.

It uses the real ledger on the real store, with the tests' chat platform. `work` is the process's entry point.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from bench.digests import DAY, SETTINGS, digest
from bot.delivery.bell import Bell
from bot.delivery.deliverer import Deliverer, Destination
from bot.delivery.worker import WorkerLease
from bot.digests.parts import digest_parts
from bot.models import ChannelKey, DeliveryKey, MessageRef, Part, Place
from bot.store.store import Store
from tests.fakes.platform import NAME, FakePlatform


class Moment(StrEnum):
    """The moments at which a worker may kill itself; its parent can also kill it at any time."""

    BUILDING = "building"  # after that many digests, the last saved but not yet in the ledger
    SENDING = "sending"  # while the message of that number is being sent
    ANSWERED = "answered"  # between the answer of that number and its commit


@dataclass(frozen=True, slots=True)
class Death:
    moment: Moment
    count: int
    seconds: float = 0.0  # after SENDING


@dataclass(frozen=True, slots=True)
class Job:
    """A worker's job: build a digest of `size` papers for each of `channels`, and deliver everything due."""

    database: str
    platform: str  # the URL of its server
    replica: str
    channels: tuple[str, ...] = ()
    size: int = 0
    concurrency: int = 50
    lease: float = 30.0
    rates: Mapping[str, float] = field(default_factory=dict)
    death: Death | None = None
    log: str = os.devnull
    figures: str = ""  # a file for the measurements


@dataclass(frozen=True, slots=True)
class Figures:
    """One worker's cost of delivering, without start-up and connecting. `peak` is the process's memory in bytes."""

    began: float  # seconds since 1970
    ended: float
    processor: float  # seconds, all threads
    peak: int


class MortalPlatform(FakePlatform):
    """The adapter in a process that kills itself at a given message."""

    def __init__(self, url: str, death: Death | None) -> None:
        super().__init__(url)
        self._death = death
        self._sent = 0
        self._answered = 0

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        self._sent += 1
        death = self._death
        if death and death.moment is Moment.SENDING and self._sent == death.count:
            asyncio.get_running_loop().call_later(death.seconds, die)
        ref = await super().post(place, part, key)
        self._answered += 1
        if death and death.moment is Moment.ANSWERED and self._answered == death.count:
            die()
        return ref


def now() -> datetime:
    return datetime.now(UTC)


def die() -> None:
    """Kill this process with SIGKILL: no handler runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def work(job: Job) -> None:
    """Run one worker until everything is built and delivered."""
    logging.basicConfig(filename=job.log, level=logging.INFO, force=True)
    asyncio.run(_run(job))


async def _run(job: Job) -> None:
    async with Store.open(job.database) as store, MortalPlatform(job.platform, job.death) as platform:
        deliverer = Deliverer(
            store,
            {NAME: Destination(platform, rates=job.rates)},
            WorkerLease(store, job.replica, now, Bell(), job.lease),
            concurrency=job.concurrency,
        )
        began, processor, stop = time.time(), time.process_time(), asyncio.Event()
        delivering = asyncio.create_task(deliverer.run(stop))
        await build(store, job)
        await deliverer.drain()
        ended = time.time()
        stop.set()
        await delivering
    if job.figures:
        spent = Figures(began, ended, time.process_time() - processor, peak_bytes())
        Path(job.figures).write_text(json.dumps(asdict(spent)))


async def build(store: Store, job: Job) -> None:
    """Make each channel's digest, save it, and only then put its parts into the ledger. Safe to repeat."""
    digests = [digest(ChannelKey(NAME, name), job.size) for name in job.channels]
    papers = {entry.paper.id: entry.paper for made in digests for entry in made.entries}
    await store.papers.save(tuple(papers.values()), {})
    for number, made in enumerate(digests, 1):
        await store.digests.save(made)
        if job.death and job.death.moment is Moment.BUILDING and number == job.death.count:
            die()
        await store.deliveries.enqueue(made.channel, DAY, digest_parts(made, SETTINGS), NAME, now())


def expected(channels: Sequence[str], size: int, platform: str = NAME) -> dict[str, list[str]]:
    """Return the keys that each channel should have in the end, in order."""
    found = {}
    for name in channels:
        channel = ChannelKey(platform, name)
        parts = digest_parts(digest(channel, size), SETTINGS)
        found[name] = [DeliveryKey.of(channel, DAY, one.part).value for one in parts]
    return found


def peak_bytes() -> int:
    """Return this program's peak memory, in bytes.

    On Linux, `ru_maxrss` includes the memory held before the process became this program; `VmHWM` does not.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    work(Job(**given))
