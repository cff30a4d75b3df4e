"""Measure many Discord servers at once: the speed of digests, the memory per server, and the takeover.

The bot is the real `kawaraban run`, on a Discord double that allows 50 requests a second, as the real one does.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from adapters.discord.adapter import RATE
from adapters.discord.gateway import Pulse
from bench.databases import databases
from bench.digests import SETTINGS
from bench.discord_scene import Scene, number, scene
from bench.discord_votes import Put, stored
from bot.models import Layout
from bot.store.store import Store
from tests.fakes.discord_clock import when
from tests.support.bot_process import until
from tests.support.needs import ROOT, postgresql

LEAST = 0.85  # of the rate
MOST_REFUSED = 0.02  # of the messages: a busy machine sends late, and then too many in one second
COMPACT = replace(SETTINGS, layout=Layout.COMPACT)
SIZE = 5  # papers in a digest
PATIENCE = 600.0  # seconds
LEASE = Pulse().lease


@dataclass
class Fleet:
    """The outcome of one digest for all channels, in bytes and seconds. `wrong` holds sentences."""

    guilds: int
    channels: int
    others: int  # channels of each server without a digest
    lost: int = 0
    duplicated: int = 0
    seconds: float = 0.0
    busiest: int = 0
    refused: int = 0
    memory: int = 0  # growth of a process that connects to all servers
    wrong: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return (self.channels - 1) / self.seconds if self.seconds else 0.0

    def line(self) -> str:
        per_guild = self.others + self.channels // self.guilds
        return (
            f"guilds={self.guilds} channels={self.channels} lost={self.lost} duplicated={self.duplicated} "
            f"in {self.seconds:.1f} s: {self.rate:.1f}/s, {self.rate / RATE:.0%} of {RATE:.0f}/s, busiest second "
            f"{self.busiest}, {self.refused} refused; the gateway's memory {self.memory / 2**20:.1f} MiB, "
            f"{self.memory / self.guilds / 2**10:.1f} KiB a guild of {per_guild} channels"
        )

    def faults(self, *, timed: bool = True) -> list[str]:
        sentences = list(self.wrong)
        if self.lost or self.duplicated:
            sentences.append(f"{self.lost} channels missed, {self.duplicated} posted to twice")
        if timed and self.rate < LEAST * RATE:
            sentences.append(f"only {self.rate / RATE:.0%} of the rate were used")
        if timed and self.refused > MOST_REFUSED * self.channels:
            sentences.append(f"{self.refused} requests had to be refused")
        return sentences


def fleet(guilds: int = 500, channels: int = 1_000, others: int = 8) -> Fleet:
    """Send a `compact` digest without seeded emoji to every channel, all due at the start."""
    found = Fleet(guilds, channels, others)
    with scene(1, channels, guilds, "--pace=1.0") as there:
        for lab in {one.name.partition("/")[0] for one in there.channels}:
            for other in range(others):
                there.discord.call("state.add_channel", guild=int(lab), name=f"talk-{other}")
        keys = asyncio.run(there.fill(SIZE, COMPACT))
        with there.bot():
            until(lambda: not _open(there), PATIENCE, every=0.5)
        command = [sys.executable, "-m", "bench.discord_memory", there.discord.url]
        found.memory = int(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
        _judge(found, there, keys)
    return found


def _judge(found: Fleet, there: Scene, keys: Sequence[str]) -> None:
    books, log = there.discord.books(keys), there.discord.log()
    found.lost, found.duplicated = len(books["lost"]), len(books["duplicated"])
    times = []
    for channel in there.channels:
        posted = there.messages(channel)
        times += [when(int(one["id"])) for one in posted]
        if len(posted) != 1:
            found.wrong.append(f"{len(posted)} messages in {channel}")
    found.seconds = max(times) - min(times)
    found.busiest, found.refused = log["busiest"], log["limited"]
    found.wrong += log["findings"]


def _open(there: Scene) -> bool:
    return asyncio.run(there.open_deliveries())


@dataclass
class Takeover:
    """The outcome of a takeover: `seconds` until another process connected, votes cast meanwhile and votes heard."""

    seconds: float = 0.0
    voted: int = 0
    heard: int = 0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"taken over after {self.seconds:.1f} s, lease {LEASE:.0f} s; votes meanwhile: "
            f"{self.voted}, heard: {self.heard}"
        )

    def faults(self) -> list[str]:
        sentences = list(self.wrong)
        if self.seconds > LEASE:
            sentences.append(f"nobody listened for {self.seconds:.1f} s")
        if self.heard != self.voted:
            sentences.append(f"{self.voted - self.heard} votes were missed")
        return sentences


def takeover(people: int = 20) -> Takeover | None:
    """Kill the gateway's holder of two processes on one PostgreSQL. Returns None without PostgreSQL."""
    if not postgresql():
        return None
    found = Takeover()
    with databases("postgresql") as made, scene(people, 1, database=made.fresh()) as there:
        asyncio.run(_upgraded(there))
        asyncio.run(there.fill(1))
        with there.bot(REPLICA_NAME="first") as first:
            there.connected()
            with there.bot(REPLICA_NAME="second"):
                until(lambda: not _open(there), PATIENCE)
                [_, card] = there.messages(there.channels[0])
                first.kill()
                killed = time.monotonic()
                puts = [Put(int(card["channel_id"]), int(card["id"]), "👍", user, False) for user in there.people]
                for put in puts:
                    there.discord.call("people.react", message=put.message, emoji=put.emoji, user=put.user)
                until(
                    lambda: there.discord.counts()["identified"] == 2 and there.discord.counts()["connected"], PATIENCE
                )
                found.seconds = time.monotonic() - killed
                expected = {put.vote for put in puts}
                found.voted = len(expected)
                try:
                    until(lambda: {*stored(there)} == expected)
                except TimeoutError:
                    found.wrong.append(f"in {number(there.channels[0])} were not all votes heard")
                found.heard = len({*stored(there)} & expected)
        found.wrong += there.discord.log()["findings"]
    return found


def _listened_to(there: Scene) -> tuple[int, int]:
    """Return how many sessions there have been, and how many are connected."""
    counts = there.discord.counts()
    return counts["identified"], counts["connected"]


async def _upgraded(there: Scene) -> None:
    async with Store.open(there.database):
        pass
