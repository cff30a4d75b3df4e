"""Shared by the benches of all chats: test data, measurements, and the command line."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar

from aiohttp import web

from bench.digests import DAY, paper
from bot.digests.parts import digest_parts
from bot.models import Channel, ChannelSettings, ChannelState, DeliveryKey, Digest, Style, Summary
from bot.store.store import Store

SECRET = "an invented secret of some length"  # noqa: S105 (invented)
NOWHERE = "http://127.0.0.1:9"  # the discard port, where nothing listens
KNOWN = 50_000  # number of the first paper without a summary
CACHED = Summary("en", Style.BRIEF, "Prints faster", "The press is described. Its ink is measured. The paper lasts.")
HANGS = 60.0  # seconds that the model takes for every request
_REMOTES = ("ARXIV_API_URL", "HUGGINGFACE_API_URL", "SEMANTIC_SCHOLAR_API_URL", "ANTHROPIC_BASE_URL")

Says = Callable[[str], None]
Lookups = TypeVar("Lookups", bound=StrEnum)


def environment(database: str) -> dict[str, str]:
    """Return a bot's settings without any paper source, model or platform."""
    own = {"DATABASE_URL": database, "SECRET_KEY": SECRET, "LC_ALL": "en_GB.UTF-8", "DIGEST_LANGUAGE": "en"}
    return dict.fromkeys(_REMOTES, NOWHERE) | own


async def stock(store: Store, cached: int, known: int, now: datetime) -> None:
    """Store `cached` papers with finished summaries and, numbered from KNOWN, `known` papers without."""
    papers = [paper(number) for number in range(1, cached + 1)]
    await store.papers.save([*papers, *(paper(KNOWN + number) for number in range(known))])
    for one in papers:
        await store.summaries.claim(one.id, "en", Style.BRIEF, "bench", now, timedelta(minutes=1))
        await store.summaries.finish(one.id, "bench", CACHED)


async def subscribe(store: Store, made: Digest, settings: ChannelSettings, who: str, now: datetime) -> None:
    """Subscribe the digest's channel, with its next digest due on another day."""
    subscribed = Channel(made.channel, settings, ChannelState.ACTIVE, now + timedelta(hours=20), who)
    await store.channels.change(made.channel, lambda _: subscribed)


async def enqueue(store: Store, made: Digest, settings: ChannelSettings, bucket: str, now: datetime) -> list[str]:
    """Put a digest into the ledger, as if it had just been made. Return the keys of its messages, in order."""
    await store.papers.save([entry.paper for entry in made.entries])
    await store.digests.save(made)
    parts = digest_parts(made, settings)
    await store.deliveries.enqueue(made.channel, DAY, parts, bucket, now)
    return [DeliveryKey.of(made.channel, DAY, one.part).value for one in parts]


class Model:
    """A model API that accepts requests but answers none for a minute. `asked` counts the requests."""

    def __init__(self) -> None:
        self.url = ""
        self.asked = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._hang)
        return app

    async def _hang(self, request: web.Request) -> web.Response:  # noqa: ARG002 (a handler's signature)
        self.asked += 1
        await asyncio.sleep(HANGS)
        return web.Response(status=529)


# --- figures ----------------------------------------------------------------------------------


def part(times: Sequence[float], share: float) -> float:
    """Return the quantile `share` of the times, 0 if there are none."""
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def processor(pid: int) -> float:
    """Return the processor seconds that a process has used so far, in all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Return the resident memory of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


ACKNOWLEDGED, ANSWERED = 500.0, 1_000.0  # milliseconds, 99th percentile; platforms allow 3,000 for the first


@dataclass
class Load:
    """Times of each command in milliseconds, in order. `processor` is the bot's total, in seconds."""

    acknowledged: list[float] = field(default_factory=list)
    hanging: list[float] = field(default_factory=list)  # acknowledgements of commands that need the model
    answered: list[float] = field(default_factory=list)
    messages: int = 0  # of digests sent meanwhile
    processor: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        commands = len(self.acknowledged) + len(self.hanging)
        return (
            f"commands={commands} acknowledged p50={part(self.acknowledged, 0.5):.0f} "
            f"p99={part(self.acknowledged, 0.99):.0f} ms, answered p50={part(self.answered, 0.5):.0f} "
            f"p99={part(self.answered, 0.99):.0f} ms, with a hanging model p99={part(self.hanging, 0.99):.0f} ms; "
            f"{self.messages} messages of digests meanwhile; processor "
            f"{1_000 * self.processor / max(commands + self.messages, 1):.1f} ms each"
        )

    def faults(self) -> list[str]:
        """Return a sentence for each figure that is out of bounds."""
        sentences = list(self.wrong)
        for name, times, most in (
            ("acknowledging", self.acknowledged, ACKNOWLEDGED),
            ("acknowledging beside a hanging model", self.hanging, ACKNOWLEDGED),
            ("answering", self.answered, ANSWERED),
        ):
            if part(times, 0.99) > most:
                sentences.append(f"{name} took {part(times, 0.99):.0f} ms at p99, more than {most:.0f} ms")
        return sentences


@dataclass
class Tally:
    """The outcome of the kills with one kind of look-up. `wrong` holds sentences."""

    lookups: StrEnum
    kills: int = 0
    messages: int = 0
    duplicated: int = 0
    lost: int = 0
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        counts = f"duplicated={self.duplicated} lost={self.lost} unknown={self.unknown}"
        return f"{self.lookups.value}: kills={self.kills} messages={self.messages} {counts}"

    def faults(self) -> list[str]:
        sentences = [f"{self.lookups.value}: {fault}" for fault in self.wrong]
        return sentences + ([self.line()] if self.duplicated or self.lost else [])


def crash(lookups: type[Lookups], kill: Callable[[Lookups, int], Tally], times: int, says: Says) -> list[str]:
    """Kill `times` processes with each kind of look-up, report the outcomes line by line, and return the faults."""
    faults = []
    for one in lookups:
        tally = kill(one, times)
        says(f"crash, {tally.line()}")
        faults += tally.faults()
    return faults


# --- the command ------------------------------------------------------------------------------


def command(
    name: str,
    doc: str,
    parts: Sequence[str],
    whole: Callable[[str, int, Says], list[str]],
    short: Callable[[str, Says], list[str]],
) -> int:
    """Run the parts that the command line asks for. Return the exit status, 1 for any fault."""
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)} (default: all)")
    parser.add_argument("--times", type=int, default=50, metavar="N", help="deaths for each kind of look-up")
    parser.add_argument("--self-check", action="store_true", help="everything in small, times left out")
    options = parser.parse_args()
    if unknown := {*options.parts} - {*parts}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")

    def says(line: str) -> None:
        print(line, flush=True)

    faults = []
    for one in options.parts or parts:
        faults += short(one, says) if options.self_check else whole(one, options.times, says)
    for fault in faults:
        says(f"FAULT: {fault}")
    says(f"{name}: " + (f"{len(faults)} faults" if faults else "all holds"))
    return 1 if faults else 0
