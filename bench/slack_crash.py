"""Kill a bot on Slack after Slack has accepted a message and before it is recorded.

After each kill, a second process has to find out what became of the message. Slack's own records are then compared with
the ledger: each message must be posted once or, if Slack reveals nothing to decide it, be `unknown` in the ledger, but
never posted twice.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from adapters.slack.platform import SlackPlatform
from adapters.slack.workspaces import Http, Workspaces
from bench.chat import Tally
from bench.deaths import LOOK, SIZE, compare, context, exit_code, states
from bench.digests import digest
from bench.slack_scene import enqueue
from bench.worker import die, expected, now
from bot.delivery.bell import Bell
from bot.delivery.deliverer import Deliverer, Destination
from bot.delivery.worker import WorkerLease
from bot.models import ChannelKey, DeliveryKey, DeliveryState, MessageRef, Part, Place
from bot.store.location import sqlite_url
from bot.store.store import Store, upgrade
from tests.conformance.slack_world import NoInstallations
from tests.fakes.slack_process import Json, SlackProcess


class Lookups(StrEnum):
    """Which look-ups Slack answers."""

    ALLOWED = "conversations.replies allowed"
    REFUSED = "conversations.replies refused"
    TALKED = "refused, and people write in the thread"
    NOTHING = "replies, history and reactions refused"


REFUSES = {
    Lookups.ALLOWED: (),
    Lookups.REFUSED: ("conversations.replies",),
    Lookups.TALKED: ("conversations.replies",),
    Lookups.NOTHING: ("conversations.replies", "conversations.history", "reactions.get"),
}


@dataclass(frozen=True, slots=True)
class Life:
    """One process's job: deliver everything due, and die at the message of that number (0: never)."""

    database: str
    url: str
    token: str = field(repr=False)
    dies_at: int = 0
    unanswered: bool = False  # dies before the answer arrives, not after


class Mortal(SlackPlatform):
    """The adapter in a process that kills itself at a given message."""

    def __init__(self, workspaces: Workspaces, life: Life) -> None:
        super().__init__(workspaces)
        self._life = life
        self._sent = 0

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        self._sent += 1
        last = self._sent == self._life.dies_at
        if last and self._life.unanswered:
            slack = SlackProcess(int(self._life.url.rpartition(":")[2]))
            slack.tell("fault", next={"what": "stalled", "method": "chat.postMessage"})
            _, answer = await asyncio.gather(_die_when_taken(slack, place, key), super().post(place, part, key))
            return answer
        ref = await super().post(place, part, key)
        if last:
            die()
        return ref


async def _die_when_taken(slack: SlackProcess, place: Place, key: DeliveryKey) -> None:
    channel = place.channel.name.partition("/")[2]
    while key.value not in keys(await asyncio.to_thread(slack.messages, channel)):  # noqa: ASYNC110 (another process)
        await asyncio.sleep(LOOK)
    die()


def live(life: Life) -> None:
    """Run a bot that only delivers, as one process."""
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    http = Http(life.url)
    async with Store.open(life.database) as store:
        platform = Mortal(Workspaces(http, life.token, NoInstallations()), life)
        deliverer = Deliverer(store, {"slack": Destination(platform)}, WorkerLease(store, "a", now, Bell()))
        stop = asyncio.Event()
        delivering = asyncio.create_task(deliverer.run(stop))
        await deliverer.drain()
        stop.set()
        await delivering
    await http.close()


PROCESSES = context("bench.slack_crash")


def kill(lookups: Lookups, times: int, seed: int = 1) -> Tally:
    """Kill `times` processes, each with its own channel and database."""
    draw, tally = Random(f"{lookups} {seed}"), Tally(lookups)
    with SlackProcess.serving() as slack, TemporaryDirectory(prefix="kawaraban-slack-") as folder:
        empty = Path(folder) / "empty.sqlite3"
        asyncio.run(upgrade(sqlite_url(empty)))
        for method in REFUSES[lookups]:
            slack.tell("fault", always={"what": "missing_scope", "method": method})
        for number in range(times):
            file = Path(folder) / f"{number}.sqlite3"
            shutil.copyfile(empty, file)
            _one(slack, sqlite_url(file), draw, tally)
        tally.wrong += slack.log()["findings"]
    return tally


def _one(slack: SlackProcess, database: str, draw: Random, tally: Tally) -> None:
    app = slack.app()
    person = slack.add_user("ada")
    channel = slack.add_channel("papers", [person])
    key = ChannelKey("slack", f"{app['team']}/{channel}")
    asyncio.run(_due(database, key))
    first = Life(database, slack.url, app["token"], draw.randint(1, 1 + SIZE), draw.random() < 0.5)
    if (code := exit_code(PROCESSES, live, first)) != -signal.SIGKILL:
        tally.wrong.append(f"the first life ended with {code}")
    there = slack.messages(channel)
    if tally.lookups is Lookups.TALKED and there:
        slack.people("say", channel=channel, text="interesting!", user=person, thread_ts=there[0]["ts"])
    if (code := exit_code(PROCESSES, live, Life(database, slack.url, app["token"]))) != 0:
        tally.wrong.append(f"the second life ended with {code}")
    tally.kills += 1
    judge(slack.messages(channel), key, asyncio.run(states(database)), tally)


async def _due(database: str, key: ChannelKey) -> None:
    async with Store.open(database) as store:
        await enqueue(store, digest(key, SIZE), now())


def judge(messages: Sequence[Json], key: ChannelKey, ledger: Mapping[str, DeliveryState], tally: Tally) -> None:
    """Compare the channel's messages with the expected ones and with the ledger."""
    wanted = expected([key.name], SIZE, key.platform)[key.name]
    unknown = compare(keys(messages), wanted, ledger, tally)
    if unknown and tally.lookups in (Lookups.ALLOWED, Lookups.REFUSED):
        tally.wrong.append(f"{unknown} unknown, though Slack told what is there")


def keys(messages: Sequence[Json]) -> list[str]:
    """Return the delivery keys of the bot's messages, in order."""
    return [one["metadata"]["event_payload"]["key"] for one in messages if one["metadata"]]
