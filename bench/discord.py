"""Discord's capacity: 1,000 channels of 500 servers get a headline each, at 45 requests a second.

    python -m bench.discord [--guilds N] [--self-check]

The tests' Discord runs as a process of its own with Discord's own limits (50 requests a second of a bot, five messages
in five seconds of a channel), the worker is this process: the ledger on SQLite, the adapter, discord.py. Nobody may be
left out or served twice, and at least 85 % of the 45 requests a second are to be used. Then the memory that a server
costs the process that holds the gateway: what it grows by when it connects to so many, a few channels and roles each.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.adapter import RATE, SPACING
from adapters.discord.errors import NAME
from adapters.discord.events import INTENTS
from adapters.discord.platform import DiscordPlatform
from adapters.discord.rest import Rest
from bench.digests import DAY, digest
from bench.worker import now
from bot.delivery import Deliverer, digest_parts
from bot.models import ChannelKey, ChannelSettings, DeliveryKey, Layout
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.fakes.discord_process import DiscordProcess
from tests.fakes.discord_rest import BASE
from tests.fakes.discord_routes_places import GATEWAY

ROOT = Path(__file__).resolve().parents[1]
GUILDS, FAST_GUILDS = 500, 10
CHANNELS = 2  # of each guild
PAPERS = 5
LEAST_USED = 0.85
SETTINGS = ChannelSettings(layout=Layout.COMPACT, seed_reactions=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `requests` are those about the channels."""

    messages: int
    requests: int
    seconds: float
    processor: float  # seconds of the worker
    lost: int
    duplicated: int
    refused: int
    busiest: int

    @property
    def used(self) -> float:
        """The share of the rate."""
        return self.requests / (self.seconds * RATE)

    def faults(self, *, of_speed: bool) -> list[str]:
        """What is out of bounds; a busy machine's speed is not held against it where `of_speed` is off."""
        found = [
            f"{count} messages {what}" for what, count in (("lost", self.lost), ("twice", self.duplicated)) if count
        ]
        if self.busiest > RATE * 50 / 45:
            found.append(f"{self.busiest} requests in one second")
        if of_speed and self.used < LEAST_USED:
            found.append(f"{self.used:.0%} of the rate used, less than {LEAST_USED:.0%}")
        return found


def filled(server: DiscordProcess, guilds: int) -> list[ChannelKey]:
    """Servers with their channels."""
    channels = []
    for number in range(guilds):
        guild = server.call("state.add_guild", name=f"guild-{number}")["id"]
        for name in ("papers", "reading")[:CHANNELS]:
            made = server.call("state.add_channel", guild=guild, name=name)["id"]
            channels.append(ChannelKey(NAME, f"{guild}/{made}"))
    return channels


async def deliver(server: DiscordProcess, channels: Sequence[ChannelKey], folder: Path) -> Outcome:
    """Every channel's digest is due at once."""
    rest = Rest(server.token)
    await rest.me()
    async with Store.open(sqlite_url(folder / "bench.sqlite3")) as store:
        for channel in channels:
            made = digest(channel, PAPERS)
            parts = digest_parts(made, SETTINGS, SPACING)
            await store.deliveries.enqueue(channel, DAY, parts, NAME, now())
        deliverer = Deliverer(
            store, {NAME: DiscordPlatform(rest)}, {NAME: RATE}, replica="bench", clock=now, concurrency=50
        )
        before = _asked(server)
        began, spent, stop = time.perf_counter(), time.process_time(), asyncio.Event()
        delivering = asyncio.create_task(deliverer.run(stop))
        await deliverer.drain()
        seconds, processor = time.perf_counter() - began, time.process_time() - spent
        stop.set()
        await delivering
    await rest.close()
    books = server.books([DeliveryKey.of(channel, DAY, "headline").value for channel in channels])
    log = server.log()
    return Outcome(
        messages=len(channels),
        requests=_asked(server) - before,
        seconds=seconds,
        processor=processor,
        lost=len(books["lost"]),
        duplicated=len(books["duplicated"]),
        refused=int(log["limited"]),
        busiest=int(log["busiest"]),
    )


def _asked(server: DiscordProcess) -> int:
    """Requests about channels so far."""
    return sum(count for line, count in server.log()["requests"].items() if "/channels/" in line)


async def grown(token: str) -> int:
    """Bytes by which this process grows when it connects to the gateway and learns of every server."""
    client = discord.AutoShardedClient(
        intents=INTENTS,
        shard_count=1,
        member_cache_flags=discord.MemberCacheFlags.none(),
        max_messages=None,
        chunk_guilds_at_startup=False,
    )
    ready = asyncio.Event()

    async def on_ready() -> None:
        ready.set()

    client.event(on_ready)
    gc.collect()
    async with client:
        await client.login(token)
        before = _resident()
        running = asyncio.create_task(client.connect())
        await ready.wait()
        gc.collect()
        after = _resident()
        await client.close()
        await asyncio.wait([running])
    return after - before


def _resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def at_address(url: str) -> None:
    """Let discord.py talk to that server."""
    Route.BASE = url + BASE
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1) + GATEWAY)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--guilds", type=int, default=GUILDS)
    parser.add_argument("--self-check", action="store_true", help="few servers; fail where a message is lost or twice")
    parser.add_argument("--memory", metavar="URL", help=argparse.SUPPRESS)  # the process that only connects
    options = parser.parse_args()
    if options.memory:
        at_address(options.memory)
        print(asyncio.run(grown(DiscordProcess.token)))
        return 0
    guilds = FAST_GUILDS if options.self_check else options.guilds
    with (
        tempfile.TemporaryDirectory(prefix="kawaraban-discord-") as folder,
        DiscordProcess.serving("--pace", "1.0", "--no-contract") as server,
    ):
        at_address(server.url)
        channels = filled(server, guilds)
        outcome = asyncio.run(deliver(server, channels, Path(folder)))
        command = [sys.executable, "-m", "bench.discord", "--memory", server.url]
        grew = int(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    print(
        f"{outcome.messages:,} messages in {guilds:,} servers: {outcome.requests:,} requests"
        f" in {outcome.seconds:.1f} s, {outcome.used:.0%} of {RATE:.0f} a second; {outcome.refused} answered 429;"
        f" {outcome.processor / outcome.messages * 1_000:.1f} ms of processor each"
    )
    print(f"the gateway: {grew / 2**20:.1f} MiB for {guilds:,} servers, {grew / guilds / 1024:.1f} KiB each")
    faults = outcome.faults(of_speed=not options.self_check)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
