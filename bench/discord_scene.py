"""Setup for the Discord benches: the tests' Discord as a process, and a database with due digests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import chat
from bench.digests import SETTINGS, digest
from bot.models import ChannelKey, ChannelSettings
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.fakes.discord_process import DiscordProcess
from tests.support.bot_process import BotProcess, until

Json = dict[str, Any]

BUCKET = "discord"


@dataclass(frozen=True)
class Scene:
    """A Discord double with people, servers and channels, and the folder of one bot."""

    discord: DiscordProcess
    folder: Path
    people: Sequence[int]
    channels: Sequence[ChannelKey]
    database: str

    def bot(self, at: datetime | None = None, **more: str) -> AbstractContextManager[BotProcess]:
        """Run `kawaraban run` without paper sources and model, unless set in `more`, at the instant `at` if given."""
        own = {"DISCORD_API_URL": self.discord.api, "DISCORD_TOKEN": self.discord.token}
        return BotProcess.running(chat.environment(self.database) | own | more, self.folder, at)

    def connected(self, sessions: int = 1) -> None:
        """Wait until a bot is connected and its commands are registered."""
        counts = self.discord.counts
        until(lambda: counts()["connected"] >= sessions and counts()["overwrites"], 120)

    def messages(self, channel: ChannelKey) -> list[Json]:
        """Return the bot's messages in the channel and its threads, in order of posting."""
        found: list[Json] = []
        for one in self.discord.messages(number(channel)):
            if one["author"].get("bot") and one["type"] == 0:
                found.append(one)
                if one.get("thread"):
                    found += [below for below in self.discord.messages(int(one["thread"]["id"])) if below["type"] == 0]
        return sorted(found, key=lambda one: int(one["id"]))

    async def fill(
        self, size: int, settings: ChannelSettings = SETTINGS, channels: Sequence[ChannelKey] | None = None
    ) -> list[str]:
        """Digests of `size` papers, due now, in the channels (all by default), which are subscribed; the keys of what
        is to be posted."""
        now, keys = datetime.now(UTC), []
        async with Store.open(self.database) as store:
            for channel in self.channels if channels is None else channels:
                keys += await due(store, channel, size, settings, now)
        return keys

    async def stock(self, cached: int, known: int) -> None:
        """Store `cached` papers with finished summaries and, numbered from `chat.KNOWN`, `known` papers without."""
        async with Store.open(self.database) as store:
            await chat.stock(store, cached, known, datetime.now(UTC))

    async def open_deliveries(self) -> bool:
        async with Store.open(self.database) as store:
            return await store.deliveries.any_open(["discord"])


async def due(store: Store, channel: ChannelKey, size: int, settings: ChannelSettings, now: datetime) -> list[str]:
    """Put a digest into the ledger, as if it had just been made. Return the keys of its messages, in order."""
    made = digest(channel, size)
    await chat.subscribe(store, made, settings, "1", now)
    return await chat.enqueue(store, made, settings, BUCKET, now)


def number(channel: ChannelKey) -> int:
    """Return Discord's id of a channel."""
    return int(channel.name.rpartition("/")[2])


def keys(message: Json) -> set[str]:
    """Return the delivery keys in a message's buttons."""
    return {one.split(":")[1] for one in message["custom_ids"]}


@contextmanager
def scene(people: int, channels: int, guilds: int = 1, *options: str, database: str = "") -> Iterator[Scene]:
    """Start a Discord double with people who are all in every server, and channels distributed over the servers.

    `options` are for the double's process. `database` is a URL; the default is a new SQLite file.
    """
    with DiscordProcess.serving(*options) as discord, TemporaryDirectory(prefix="kawaraban-discord-") as folder:
        labs = [discord.call("state.add_guild", name=f"Lab {one}")["id"] for one in range(guilds)]
        users = [discord.call("state.add_user", name=f"person-{one}", guilds=labs)["id"] for one in range(people)]
        made = []
        for one in range(channels):
            lab = labs[one % guilds]
            there = discord.call("state.add_channel", guild=lab, name=f"papers-{one}")["id"]
            made.append(ChannelKey("discord", f"{lab}/{there}"))
        file = sqlite_url(Path(folder) / "kawaraban.sqlite3")
        yield Scene(discord, Path(folder), users, made, database or file)
