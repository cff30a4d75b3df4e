"""Measure the cost of the ledger: thousands of deliveries, compared with the same posts by bare aiohttp.

    python -m bench.fanout [--sizes 100,1000,10000] [--latency S] [--limited SHARE] [--self-check]

The platform answers after 20 ms, every fiftieth post with 429. Workers are separate processes with 50 messages in
flight each: one on SQLite, one and three on PostgreSQL. Wall time runs from the first connected worker to the last
recorded delivery; processor time is of all workers during that time, and of PostgreSQL; memory is the largest worker's,
including Python. Fails if a figure is out of bounds, or a message is lost or duplicated.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp

from bench.databases import KINDS, Databases, databases
from bench.digests import DAY
from bench.worker import Figures, Job, now, peak_bytes
from bot.models import ChannelKey, DeliveryKey, NewDelivery, Notice
from bot.store.store import Store
from bot.words import words_for
from tests.fakes.platform import NAME
from tests.fakes.platform_process import FakePlatformProcess
from tests.fakes.render import render

ROOT = Path(__file__).resolve().parents[1]
SIZES, FAST_SIZES = (100, 1_000, 10_000), (100, 500)
WORKERS = {"sqlite": (1,), "postgresql": (1, 3)}
CONCURRENCY = 50
RETRY_AFTER = 0.2
NOTICE = Notice("digest.empty.weekend", "en")

SLOWEST = 2.0  # times the wall time of bare aiohttp
MOST_PROCESSOR = 1.0  # milliseconds of the workers per delivery
MOST_MEMORY = 75 * 2**20  # bytes
STEEPEST = 1.2  # largest exponent of the growth of processor time
NOISE = 1.25  # ratio up to which two times on a busy machine count as equal


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one configuration at one size, in seconds and bytes."""

    name: str
    size: int
    wall: float
    processor: float
    server: float  # PostgreSQL's processor time
    peak: int
    wrong: tuple[str, ...] = ()

    @property
    def each(self) -> float:
        """The workers' processor time per delivery, in milliseconds."""
        return self.processor / self.size * 1_000


def channels(size: int) -> list[ChannelKey]:
    return [ChannelKey(NAME, f"fan/{number}") for number in range(size)]


async def bare(url: str, size: int) -> Figures:
    """Send the same posts without a ledger, repeating temporary refusals and recording nothing."""
    text = render(NOTICE, words_for("en"))
    waiting = iter(channels(size))
    began, processor = time.time(), time.process_time()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def lane() -> None:
            for channel in waiting:
                key = DeliveryKey.of(channel, DAY, "notice").value
                body = {"channel": channel.name, "thread": None, "key": key, "text": text}
                while True:
                    async with session.post(f"{url}/post", json=body) as response:
                        await response.read()
                    if response.status != 429:
                        break
                    await asyncio.sleep(float(response.headers["Retry-After"]))

        await asyncio.gather(*(lane() for _ in range(CONCURRENCY)))
    return Figures(began, time.time(), time.process_time() - processor, peak_bytes())


async def enqueue(url: str, size: int) -> float:
    """Put `size` due deliveries into the ledger. Return the seconds it took."""
    began = time.perf_counter()
    async with Store.open(url) as store:
        for channel in channels(size):
            await store.deliveries.enqueue(channel, DAY, [NewDelivery("notice", NOTICE)], NAME, now())
    return time.perf_counter() - began


class Bench:
    """Measures configurations one after the other, each with its own platform."""

    def __init__(self, latency: float, limited: float, folder: Path) -> None:
        self._latency = latency
        self._limited = limited
        self._folder = folder

    def _platform(self) -> AbstractContextManager[FakePlatformProcess]:
        return FakePlatformProcess.serving(latency=self._latency, limited=self._limited, retry_after=RETRY_AFTER)

    def bare(self, size: int) -> Measured:
        with self._platform() as server:
            command = [sys.executable, "-m", "bench.fanout", "--bare", server.url, "--sizes", str(size)]
            printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
            return self._measured("bare aiohttp", size, [Figures(**json.loads(printed))], 0.0, server)

    def ledger(self, kind: str, workers: int, made: Databases, prepared: str, size: int) -> Measured:
        """Run workers on a copy of the prepared database."""
        url = made.copy(prepared)
        files = [self._folder / f"{number}.json" for number in range(workers)]
        with self._platform() as server:
            before = made.processor()
            jobs = [
                Job(url, server.url, f"worker-{number}", concurrency=CONCURRENCY, figures=str(file))
                for number, file in enumerate(files)
            ]
            commands = [[sys.executable, "-m", "bench.worker", json.dumps(asdict(job))] for job in jobs]
            processes = [subprocess.Popen(command, cwd=ROOT) for command in commands]
            codes = [process.wait() for process in processes]
            if any(codes):
                raise RuntimeError(f"workers ended with {codes}")
            spent = made.processor() - before
            figures = [Figures(**json.loads(file.read_text())) for file in files]
            name = f"{kind}, {workers} worker{'s' * (workers > 1)}"
            measured = self._measured(name, size, figures, spent, server)
        made.drop(url)
        return measured

    def _measured(
        self, name: str, size: int, figures: Sequence[Figures], server: float, platform: FakePlatformProcess
    ) -> Measured:
        books = platform.books([DeliveryKey.of(channel, DAY, "notice").value for channel in channels(size)])
        wrong = {"lost": len(books.lost), "duplicated": len(books.duplicated), "unexpected": len(books.unexpected)}
        return Measured(
            name,
            size,
            wall=max(one.ended for one in figures) - min(one.began for one in figures),
            processor=sum(one.processor for one in figures),
            server=server,
            peak=max(one.peak for one in figures),
            wrong=tuple(f"{name}, {size:,}: {count} {what}" for what, count in wrong.items() if count),
        )


def measure(sizes: Sequence[int], kinds: Sequence[str], latency: float, limited: float) -> list[Measured]:
    """Measure every configuration at every size. Bare aiohttp runs before and after the ledger, and its mean counts."""
    figures: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="kawaraban-fanout-") as folder:
        bench = Bench(latency, limited, Path(folder))
        for size in sizes:
            first = bench.bare(size)
            of_size: list[Measured] = []
            for kind in kinds:
                with databases(kind) as made:
                    prepared = made.fresh()
                    seconds = asyncio.run(enqueue(prepared, size))
                    print(f"{kind}: {size:,} enqueued in {seconds:.1f} s, a transaction each", flush=True)
                    of_size += [bench.ledger(kind, workers, made, prepared, size) for workers in WORKERS[kind]]
            last = bench.bare(size)
            mean = Measured(
                first.name, size, (first.wall + last.wall) / 2, (first.processor + last.processor) / 2, 0.0,
                first.peak, first.wrong + last.wrong,
            )  # fmt: skip
            figures += [mean, *of_size]
    return figures


def report(figures: Sequence[Measured]) -> list[str]:
    """Print the table. Return what is out of bounds."""
    faults = [fault for one in figures for fault in one.wrong]
    largest = max(one.size for one in figures)
    bare_wall = {one.size: one.wall for one in figures if one.name.startswith("bare")}
    print(f"{'':<24}{'deliveries':>11}{'wall':>10}{'x bare':>8}{'ms each':>9}{'server':>8}{'memory':>9}")
    for one in figures:
        ratio = one.wall / bare_wall[one.size]
        print(
            f"{one.name:<24}{one.size:>11,}{one.wall:>8.2f} s{ratio:>8.2f}{one.each:>9.2f}"
            f"{one.server / one.size * 1_000:>8.2f}{one.peak / 2**20:>5.0f} MiB"
        )
        if one.size < largest or one.name.startswith("bare"):
            continue
        if ratio > SLOWEST:
            faults.append(f"{one.name} takes {ratio:.2f} times as long as bare aiohttp, more than {SLOWEST}")
        if one.each > MOST_PROCESSOR:
            faults.append(f"{one.name} takes {one.each:.2f} ms a delivery, more than {MOST_PROCESSOR}")
        if one.peak > MOST_MEMORY:
            faults.append(f"{one.name} holds {one.peak / 2**20:.0f} MiB, more than {MOST_MEMORY / 2**20:.0f}")
    walls = {one.name: one.wall for one in figures if one.size == largest}
    one_worker, three = walls.get("postgresql, 1 worker"), walls.get("postgresql, 3 workers")
    if one_worker and three and three > NOISE * one_worker:
        faults.append(f"three workers take {three:.1f} s, one takes {one_worker:.1f} s")
    return faults + _growth(figures)


def _growth(figures: Sequence[Measured]) -> list[str]:
    """Print the growth of processor time. Return what grows too steeply."""
    faults = []
    for name in dict.fromkeys(one.name for one in figures):
        small, *_, large = sorted((one for one in figures if one.name == name), key=lambda one: one.size) * 2
        if small.size == large.size:
            continue
        order = math.log(large.processor / small.processor) / math.log(large.size / small.size)
        print(f"{name}: from {small.size:,} to {large.size:,} processor time grows as n^{order:.2f}")
        if order > STEEPEST:
            faults.append(f"{name} grows as n^{order:.2f}")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", help=f"numbers of deliveries (default: {','.join(map(str, SIZES))})")
    parser.add_argument("--databases", choices=[*KINDS, "both"], default="both")
    parser.add_argument("--latency", type=float, default=0.02)
    parser.add_argument("--limited", type=float, default=0.02, help="the share of posts that are answered 429")
    parser.add_argument("--self-check", action="store_true", help="small, on SQLite; fail where a message is lost")
    parser.add_argument("--bare", metavar="URL", help=argparse.SUPPRESS)  # the process that posts without a ledger
    options = parser.parse_args()
    sizes: tuple[int, ...] = FAST_SIZES if options.self_check else SIZES
    if options.sizes is not None:
        try:
            sizes = tuple(sorted(int(size) for size in options.sizes.split(",")))
        except ValueError:
            parser.error(f"--sizes takes whole numbers with commas between, not {options.sizes!r}")
    if options.bare:
        print(json.dumps(asdict(asyncio.run(bare(options.bare, sizes[0])))))
        return 0
    kinds = KINDS if options.databases == "both" else (options.databases,)
    figures = measure(sizes, ("sqlite",) if options.self_check else kinds, options.latency, options.limited)
    faults = report(figures)
    if options.self_check:  # times on a busy machine do not count
        faults = [fault for one in figures for fault in one.wrong]
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
