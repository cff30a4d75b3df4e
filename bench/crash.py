"""Kill workers while they build and deliver digests, and count lost and duplicated messages.

    python -m bench.crash [--sqlite RUNS] [--postgresql RUNS] [--seed N] [--refuse-lookups] [--lanes N] [--self-check]

A run has an empty database, 20 channels with a digest of 2 to 5 papers each, and 1 worker on SQLite or 3 on PostgreSQL:
processes that create the schema, build the digests, and deliver them to the tests' chat platform, which answers late,
refuses some messages temporarily and loses some answers. 1 to 5 times, a worker is killed by SIGKILL at a point chosen
by the seed: at any time, while the schema is created, between saving a digest and putting it into the ledger, while a
message is being sent, or between an answer and its commit. A new process then takes its place.

In the end, the platform's own records are compared with the expected messages and with the ledger: each message must be
there once, in its place, and recorded with the right reference. With `--refuse-lookups` the platform answers no
look-ups: then no message may be duplicated, and every missing one must be recorded as unknown. The last line is
`runs=N lost=0 duplicated=0`.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from bench.databases import Databases, databases
from bench.worker import Death, Job, Moment, expected, work
from bot.errors import StoreError
from bot.models import Delivery, DeliveryKey, DeliveryState
from bot.store.store import Store
from tests.fakes.platform_process import FakePlatformProcess

RUNS = {"sqlite": 200, "postgresql": 100}
FAST_RUNS = {"sqlite": 4, "postgresql": 0}
WORKERS = {"sqlite": ("a",), "postgresql": ("a", "b", "c")}
CHANNELS = 20
LATENCY, LIMITED, LOST = 0.02, 0.02, 0.02
OPENING = 0.3  # seconds that a worker usually takes to open its database
LASTS = 1.5  # typical seconds of a run without kills
MOST_SHOWN = 30  # faults
LONGEST = 900.0  # seconds after which a run is stuck, however busy the machine


@dataclass
class Outcome:
    """The outcome of one or more runs. `wrong` holds sentences."""

    runs: int = 0
    kills: int = 0
    lost: int = 0
    duplicated: int = 0
    unknown: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    moments: Counter[str] = field(default_factory=Counter)

    def add(self, other: Outcome) -> None:
        self.runs += other.runs
        self.kills += other.kills
        self.lost += other.lost
        self.duplicated += other.duplicated
        self.unknown += other.unknown
        self.seconds += other.seconds
        self.wrong += other.wrong
        self.moments += other.moments

    def line(self) -> str:
        return f"runs={self.runs} lost={self.lost} duplicated={self.duplicated}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one process ends: by killing itself, by its parent after `seconds`, or normally."""

    name: str
    death: Death | None = None
    seconds: float | None = None


def plan(draw: Random, channels: int, messages: int) -> Plan:
    """Choose an end for a worker with that many channels and about that many messages to send."""
    match name := draw.choice(["opening", "any time", "any time", *(moment.value for moment in Moment)]):
        case "opening":
            return Plan(name, seconds=draw.uniform(0, OPENING))
        case "any time":
            return Plan(name, seconds=draw.uniform(0, LASTS))
        case Moment.BUILDING:
            return Plan(name, Death(Moment.BUILDING, draw.randint(1, channels)))
    return Plan(name, Death(Moment(name), draw.randint(1, messages // 3), draw.uniform(0, 1.5 * LATENCY)))


class Run:
    """One run: a database, a set of channels, and a fleet of workers."""

    def __init__(self, seed: int, kind: str, made: Databases, server: FakePlatformProcess, folder: Path) -> None:
        self._draw = Random(f"{kind} {seed}")
        self._databases = made
        self._server = server
        self._url = ""
        self._log = folder / f"{kind}-{seed}.log"
        self._seed = seed
        self._size = self._draw.randint(2, 5)
        self._channels = tuple(f"{kind}-{seed}/{number}" for number in range(CHANNELS))
        self._expected = expected(self._channels, self._size)
        kills = self._draw.randint(1, 5)
        lives = self._draw.choices(WORKERS[kind], k=kills)
        share = CHANNELS // len(WORKERS[kind])
        self._plans = {
            replica: [plan(self._draw, share, share * (1 + self._size)) for _ in range(lives.count(replica))]
            for replica in WORKERS[kind]
        }
        self.outcome = Outcome(runs=1)

    async def play(self, opening: asyncio.Lock, *, lookups: bool) -> Outcome:
        """Run to the end, judge the outcome, and remove the database.

        `opening` is held while a database is open in this process, because Alembic keeps its state in a module.
        """
        began = time.monotonic()
        self._url = await asyncio.to_thread(self._databases.fresh)
        try:
            async with asyncio.timeout(LONGEST):
                await asyncio.gather(*(self._replica(name, plans) for name, plans in self._plans.items()))
            async with opening, Store.open(self._url) as store:
                rows = await store.deliveries.listed(limit=100_000)
            await self._judge(rows, lookups=lookups)
        except (TimeoutError, StoreError) as error:
            self._says(f"could not be judged: {error!r}")
            self.outcome.lost += sum(map(len, self._expected.values()))
        finally:
            await asyncio.to_thread(self._databases.drop, self._url)
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    async def _replica(self, name: str, plans: Sequence[Plan]) -> None:
        """Run one worker's successive processes, each killed except the last."""
        names = [*self._plans]
        own = self._channels[names.index(name) :: len(names)]
        job = Job(self._url, self._server.url, name, own, self._size, concurrency=10, log=str(self._log))
        for ending in (*plans, Plan("none")):
            process = CONTEXT.Process(target=work, args=(replace(job, death=ending.death),))
            process.start()
            try:
                code = await _ended(process, ending.seconds)
            finally:
                process.kill()
                process.join()
            if code == 0:
                return  # it finished before it could be killed
            if ending.name == "none" or code != -9:
                self._says(f"worker {name} ended with {code}, see {self._log}")
                return
            self.outcome.kills += 1
            self.outcome.moments[ending.name] += 1

    async def _judge(self, rows: Sequence[Delivery], *, lookups: bool) -> None:
        """Compare the platform's records with the expected messages, and both with the rows of the ledger."""
        keys = [key for keys in self._expected.values() for key in keys]
        books = await asyncio.to_thread(self._server.books, keys)
        duplicated = [key for key in keys if key in books.duplicated]
        by_key = {DeliveryKey.of(row.channel, row.day, row.part).value: row for row in rows}
        if by_key.keys() != {*keys}:
            self._says(f"the ledger has {len(by_key)} rows, not {len(keys)}")
        unknown = {key for key, row in by_key.items() if row.state is DeliveryState.UNKNOWN}
        self.outcome.unknown = len(unknown)
        self.outcome.duplicated = len(duplicated)
        self.outcome.lost = len([key for key in books.lost if lookups or key not in unknown])
        if lookups and unknown:
            self._says(f"{len(unknown)} unknown, though look-ups were answered")
        if others := Counter(row.state.value for row in rows) - Counter(sent=len(rows), unknown=len(rows)):
            self._says(f"in the end there were {dict(others)}")
        for channel, there in self._expected.items():
            found = await asyncio.to_thread(self._server.messages, channel)
            order = [message["key"] for message in found]
            if order != [key for key in there if key in {*order}]:
                self._says(f"{channel} is out of order")
            headline = found[0]["id"] if found else None
            for message in found:
                row = by_key.get(message["key"])
                recorded = row.message.value if row and row.message else None
                if row and row.state is DeliveryState.SENT and recorded != f"{message['id']}/{channel}":
                    self._says(f"{channel}: message {message['id']} is known as {recorded}")
                if message["id"] != headline and message["thread"] != headline:
                    self._says(f"{channel}: message {message['id']} is not below its headline")

    def _says(self, fault: str) -> None:
        self.outcome.wrong.append(f"run {self._seed}: {fault}")


CONTEXT = multiprocessing.get_context("forkserver")
# Workers are forked from a process that has imported all modules, so that they start working at once.
CONTEXT.set_forkserver_preload(["bench.worker", "aiosqlite", "asyncpg", "alembic.command"])


async def _ended(process: BaseProcess, seconds: float | None) -> int | None:
    """Return the exit code of a process, which is killed after `seconds`."""
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    loop.add_reader(process.sentinel, gone.set)
    try:
        async with asyncio.timeout(seconds):
            await gone.wait()
    except TimeoutError:
        process.kill()
        await gone.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
    return process.exitcode


async def play(
    kind: str,
    made: Databases,
    seeds: Sequence[int],
    folder: Path,
    *,
    lookups: bool = True,
    lanes: int = 1,
    progress: bool = False,
) -> Outcome:
    """Play the runs of those seeds, several at a time. The workers' logs are in the folder."""
    total, waiting = Outcome(), list(reversed(seeds))
    behaviour = {"latency": LATENCY, "limited": LIMITED, "retry_after": 0.05, "lost": LOST}
    mode, opening = "answer" if lookups else "refuse", asyncio.Lock()
    with FakePlatformProcess.serving(seed=seeds[0], lookups=mode, **behaviour) as server:

        async def lane() -> None:
            while waiting:
                total.add(await Run(waiting.pop(), kind, made, server, folder).play(opening, lookups=lookups))
                if progress:
                    _progress(kind, total, len(seeds))

        await asyncio.gather(*(lane() for _ in range(lanes)))
    return total


def _progress(kind: str, total: Outcome, of: int) -> None:
    line = f"{kind} {total.runs}/{of}: {total.kills} kills, {total.line()}, {total.seconds / total.runs:.1f} s a run"
    print(f"\r{line}", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sqlite", type=int, metavar="RUNS", help=f"default: {RUNS['sqlite']}")
    parser.add_argument("--postgresql", type=int, metavar="RUNS", help=f"default: {RUNS['postgresql']}")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the others count up (default: 1)")
    parser.add_argument("--refuse-lookups", action="store_true", help="the platform does not tell what is there")
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 1, help="runs at the same time")
    parser.add_argument("--self-check", action="store_true", help="a few runs on SQLite")
    options = parser.parse_args()
    total, folder = Outcome(), Path(tempfile.mkdtemp(prefix="kawaraban-crash-"))
    for kind, usual in (FAST_RUNS if options.self_check else RUNS).items():
        asked = getattr(options, kind)
        seeds = range(options.seed, options.seed + (usual if asked is None else asked))
        if not seeds:
            continue
        lookups, lanes = not options.refuse_lookups, options.lanes
        with databases(kind) as made:
            outcome = asyncio.run(play(kind, made, seeds, folder, lookups=lookups, lanes=lanes, progress=True))
        moments = ", ".join(f"{moment} {times}" for moment, times in sorted(outcome.moments.items()))
        print(f"\n{kind}: {outcome.line()} unknown={outcome.unknown} kills={outcome.kills} ({moments})")
        total.add(outcome)
    for fault in total.wrong[:MOST_SHOWN]:
        print(f"FAULT: {fault}")
    if len(total.wrong) > MOST_SHOWN:
        print(f"FAULT: {len(total.wrong) - MOST_SHOWN} more")
    failed = bool(total.lost or total.duplicated or total.wrong)
    if not failed:
        shutil.rmtree(folder)  # the workers' logs
    print(total.line())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
