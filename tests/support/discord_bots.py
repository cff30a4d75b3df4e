"""The whole bot on the invented sample, connected to the tests' Discord by the real discord.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import SecretStr

from adapters.discord.gateway import Pulse
from adapters.discord.settings import DiscordSettings
from bot.app.app import App
from bot.app.opening import open_demo
from bot.models import Channel as Subscribed
from bot.models import ChannelKey, PaperId
from bot.taste.votes import PaperVotes
from tests.conformance.discord_world import shown
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_interactions import Interaction
from tests.fakes.discord_model import Channel, Message, User
from tests.support.bots import SECRET, Work, core_settings, working

__all__ = [
    "SECRET",
    "Bot",
    "at_work",
    "connected",
    "core_settings",
    "digest_of",
    "is_working",
    "key",
    "read",
    "read_answer",
    "running",
    "settings_of",
]

PULSE = Pulse(pause=0.05, guilds=0.01)


@dataclass
class Bot(Work):
    """A running bot and its Discord double."""

    discord: DiscordDouble = field(kw_only=True)

    async def channel(self, channel: Channel) -> Subscribed:
        return await self.stored(key(channel))

    async def votes(self, channel: Channel) -> dict[PaperId, PaperVotes]:
        return await self.votes_in(key(channel))

    async def voted(self, channel: Channel, *values: float) -> None:
        """Wait until the channel's papers have these values."""
        async with asyncio.timeout(300):
            while sorted(vote.value for vote in (await self.votes(channel)).values()) != sorted(values):  # noqa: ASYNC110 - a database tells nobody
                await asyncio.sleep(0.01)

    async def slash(self, path: str, channel: Channel, user: User, **options: object) -> str:
        """Send a command and return the text of its final answer."""
        return read_answer(await self.settled(self.discord.people.slash(path, channel, user, **options)))

    async def settled(self, one: Interaction) -> Interaction:
        """Wait until the interaction has its final answer, as opposed to an interim one, and return it."""
        await one.answered()
        await self.discord.until(lambda: not is_working(one))
        return one

    async def digest(self, channel: Channel, user: User, cards: int = 2) -> list[Message]:
        """Subscribe the channel, request its digest, and wait for all of it. Return the headline and its cards."""
        await self.slash("digest subscribe", channel, user)
        await self.slash("digest now", channel, user)
        await self.discord.until(lambda: len(digest_of(channel)) == 1 + cards, 60)
        there = digest_of(channel)
        # Emoji are seeded once the messages are recorded; an earlier vote would be on an unknown message.
        await self.discord.until(lambda: all(message.reactions for message in there))
        return there


def is_working(one: Interaction) -> bool:
    """Return whether the answer so far is only an interim one."""
    return one.message is not None and not one.message.embeds and one.message.content.endswith("…")


def key(channel: Channel) -> ChannelKey:
    assert channel.guild
    return ChannelKey("discord", f"{channel.guild.id}/{channel.id}")


def digest_of(channel: Channel) -> list[Message]:
    """Return the newest message with a thread, and the bot's messages in the thread."""
    opened = [one for one in channel.shown if one.thread]
    if not opened or opened[-1].thread is None:
        return []
    return [opened[-1], *(one for one in opened[-1].thread.shown if one.type == 0)]


def read(message: Message) -> str:
    """Return all text of a message."""
    return "\n".join(shown(message)[0])


def read_answer(one: Interaction) -> str:
    return "\n".join(read(message) for message in filter(None, [one.message, *one.followups]))


def settings_of(double: DiscordDouble, **more: Any) -> DiscordSettings:
    given: dict[str, Any] = {"discord_token": SecretStr(double.state.token), "discord_api_url": double.url, **more}
    return DiscordSettings(_env_file=None, **given)  # type: ignore[call-arg]  # BaseSettings' own argument


@asynccontextmanager
async def running(double: DiscordDouble, pulse: Pulse = PULSE, *, connects: bool = True) -> AsyncIterator[Bot]:
    """Run the bot during the block; it connects unless another one is connected."""
    async with open_demo(core_settings()) as app, at_work(double, app, settings_of(double), pulse) as kawaraban:
        if connects:
            await connected(double)
        yield kawaraban


@asynccontextmanager
async def at_work(
    double: DiscordDouble, app: App, settings: DiscordSettings, pulse: Pulse = PULSE
) -> AsyncIterator[Bot]:
    """Run one process of the bot on the database of `app`."""
    from adapters.discord import adapter as discord_adapter

    async with working(
        partial(Bot, discord=double), app, discord_adapter, lambda: discord_adapter.build(settings, pulse)
    ) as kawaraban:
        yield kawaraban


async def connected(double: DiscordDouble, identified: int = 1) -> None:
    """Wait until a bot is connected and knows its servers."""
    await double.until(lambda: double.gateway.connected and double.gateway.identified >= identified)
    await double.until(lambda: double.commands.registered.get(None))
