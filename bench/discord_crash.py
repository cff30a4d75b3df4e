"""Kill a bot on Discord after Discord has accepted a message and before it is recorded.

After each kill, a second process has to find out what became of the message. Discord's own records are then compared
with the ledger: each message must be posted once or, if Discord reveals nothing to decide it, be `unknown` in the
ledger, but never posted twice.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from discord.http import Route

from adapters.discord.platform import DiscordPlatform
from adapters.discord.rest import Rest
from bench.chat import Tally
from bench.deaths import LOOK, SIZE, compare, context, exit_code, states
from bench.digests import SETTINGS
from bench.discord_scene import Json, Scene, due, keys
from bench.worker import die, now
from bot.delivery.bell import Bell
from bot.delivery.deliverer import Deliverer, Destination
from bot.delivery.worker import WorkerLease
from bot.models import ChannelKey, DeliveryKey, DeliveryState, MessageRef, Part, Place
from bot.store.location import sqlite_url
from bot.store.store import Store, upgrade
from tests.fakes.discord_model import Permission
from tests.fakes.discord_process import DiscordProcess

WINDOW = 600.0  # seconds after which nonces have expired


class Lookups(StrEnum):
    """Whether Discord answers look-ups, and whether it still knows the nonces."""

    ALLOWED = "look-ups allowed, nonces forgotten"
    REFUSED = "look-ups refused, nonces forgotten"
    FRESH = "look-ups allowed, nonces known"


@dataclass(frozen=True, slots=True)
class Life:
    """One process's job: deliver everything due, and die at the message of that number (0: never)."""

    database: str
    port: int
    dies_at: int = 0
    unanswered: bool = False  # dies before the answer arrives, not after


class Mortal(DiscordPlatform):
    """The adapter in a process that kills itself at a given message."""

    def __init__(self, rest: Rest, life: Life) -> None:
        super().__init__(rest)
        self._life = life
        self._sent = 0

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        self._sent += 1
        last = self._sent == self._life.dies_at
        if last and self._life.unanswered:
            discord = DiscordProcess(self._life.port)
            discord.call("faults.add", kind="stalled", on="POST /channels/*/messages")
            _, ref = await asyncio.gather(_die_when_taken(discord, key), super().post(place, part, key))
            return ref
        ref = await super().post(place, part, key)
        if last:
            die()
        return ref


async def _die_when_taken(discord: DiscordProcess, key: DeliveryKey) -> None:
    while (await asyncio.to_thread(discord.books, [key.value]))["lost"]:  # noqa: ASYNC110 - its books tell nobody
        await asyncio.sleep(LOOK)
    die()


def live(life: Life) -> None:
    """Run a bot that only delivers, as one process."""
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    Route.BASE = DiscordProcess(life.port).api
    rest = Rest(DiscordProcess.token)
    async with Store.open(life.database) as store:
        deliverer = Deliverer(store, {"discord": Destination(Mortal(rest, life))}, WorkerLease(store, "a", now, Bell()))
        stop = asyncio.Event()
        delivering = asyncio.create_task(deliverer.run(stop))
        await deliverer.drain()
        stop.set()
        await delivering
    await rest.close()


PROCESSES = context("bench.discord_crash")


def kill(lookups: Lookups, times: int, seed: int = 1) -> Tally:
    """Kill `times` processes, each with its own channel and database."""
    draw, tally = Random(f"{lookups} {seed}"), Tally(lookups)
    with DiscordProcess.serving() as discord, TemporaryDirectory(prefix="kawaraban-discord-") as folder:
        lab = discord.call("state.add_guild", name="Lab")["id"]
        empty = Path(folder) / "empty.sqlite3"
        asyncio.run(upgrade(sqlite_url(empty)))
        for one in range(times):
            file = Path(folder) / f"{one}.sqlite3"
            shutil.copyfile(empty, file)
            channel = discord.call("state.add_channel", guild=lab, name=f"papers-{one}")["id"]
            if lookups is Lookups.REFUSED:
                hidden = int(Permission.READ_MESSAGE_HISTORY)
                discord.call("state.allow", channel=channel, who=lab, deny=hidden)
            there = Scene(discord, Path(folder), (), (ChannelKey("discord", f"{lab}/{channel}"),), sqlite_url(file))
            _one(there, draw, tally)
        tally.wrong += discord.log()["findings"]
    return tally


def _one(there: Scene, draw: Random, tally: Tally) -> None:
    discord, [channel] = there.discord, there.channels
    wanted = asyncio.run(_due(there.database, channel))
    first = Life(there.database, discord.port, draw.randint(1, 1 + SIZE), draw.random() < 0.5)
    if (code := exit_code(PROCESSES, live, first)) != -signal.SIGKILL:
        tally.wrong.append(f"the first life ended with {code}")
    discord.call("faults.clear")
    if tally.lookups is not Lookups.FRESH:
        discord.call("advance", seconds=WINDOW)
    if (code := exit_code(PROCESSES, live, Life(there.database, discord.port))) != 0:
        tally.wrong.append(f"the second life ended with {code}")
    tally.kills += 1
    judge(there.messages(channel), wanted, asyncio.run(states(there.database)), tally)


async def _due(database: str, channel: ChannelKey) -> list[str]:
    async with Store.open(database) as store:
        return await due(store, channel, SIZE, SETTINGS, datetime.now(UTC))


def judge(messages: Sequence[Json], wanted: Sequence[str], ledger: Mapping[str, DeliveryState], tally: Tally) -> None:
    """Compare the channel's messages with the expected ones and with the ledger."""
    there = [key for one in messages for key in keys(one) if key in {*wanted}]
    unknown = compare(there, wanted, ledger, tally)
    if there != [one for one in wanted if one in there]:
        tally.wrong.append("the messages are out of order")
    if unknown and tally.lookups is not Lookups.REFUSED:
        tally.wrong.append(f"{unknown} unknown, though Discord told what is there")
