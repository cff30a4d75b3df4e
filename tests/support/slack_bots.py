"""The whole bot on the invented sample, connected to the tests' Slack by the real SDK, in either mode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.slack.adapter import build
from adapters.slack.settings import SlackSettings
from bot.app.dates import utc_now
from bot.app.opening import open_demo
from bot.app.wiring import service
from bot.chat.uses import UseCases
from bot.models import Channel as Subscribed
from bot.models import ChannelKey, PaperId
from bot.ports import Connection, Reactions
from bot.settings import Settings
from bot.store.store import Store
from bot.taste.votes import PaperVotes
from tests.conformance.slack_world import shown_texts
from tests.fakes.slack import Channel, Message, SlackDouble, User
from tests.fakes.slack_values import Ephemeral
from tests.support.adapters import Watch

SECRET = b"an invented secret of some length"


@dataclass
class Bot:
    """A running bot and its Slack double."""

    slack: SlackDouble
    uses: UseCases
    store: Store
    connection: Connection
    port: int
    stop: asyncio.Event
    work: asyncio.Task[None]
    ended: bool = field(default=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def reactions(self) -> dict[str, Reactions]:
        """The reactions from which votes are read back, by platform."""
        assert self.connection.reactions
        return {"slack": self.connection.reactions}

    def key(self, channel: Channel) -> ChannelKey:
        return ChannelKey("slack", f"{channel.team}/{channel.id}")

    async def channel(self, channel: Channel) -> Subscribed:
        found = await self.uses.channels.get(self.key(channel))
        assert found
        return found

    async def votes(self, channel: Channel) -> dict[PaperId, PaperVotes]:
        return await self.uses.votes.of_channel(self.key(channel), utc_now() - timedelta(days=1))

    async def end(self) -> None:
        """Stop it as a signal would."""
        if not self.ended:
            self.ended = True
            self.stop.set()
            await self.work

    async def answer(self, user: User, before: int = 0) -> Ephemeral:
        """Wait until the person has more than `before` ephemeral messages, and return the newest."""
        await self.slack.until(lambda: len(self.slack.ephemerals(user)) > before)
        return self.slack.ephemerals(user)[-1]

    async def slash(self, command: str, text: str, channel: Channel, user: User) -> str:
        """Send a command and return the text of the answer."""
        before = len(self.slack.ephemerals(user))
        done = await self.slack.people.slash(command, text, channel, user)
        assert done.acked, done.error
        return read(await self.answer(user, before))

    async def digest(self, channel: Channel, user: User, cards: int = 2) -> list[Message]:
        """Subscribe the channel, request its digest, and wait for all of it. Return the headline and its cards."""
        await self.slash("/digest", "subscribe", channel, user)
        await self.slash("/digest", "now", channel, user)
        await self.slack.until(lambda: len(thread_of(self.slack, channel)) == 1 + cards, 60)
        there = thread_of(self.slack, channel)
        # Emoji are seeded once the messages are recorded; an earlier vote would be on an unknown message.
        await self.slack.until(lambda: all(message.reactions for message in there))
        return there


def thread_of(slack: SlackDouble, channel: Channel) -> list[Message]:
    """Return the newest message with replies, and its replies."""
    opened = [one for one in slack.messages(channel) if slack.thread(channel, one.ts)]
    return [opened[-1], *slack.thread(channel, opened[-1].ts)] if opened else []


def read(message: Message | Ephemeral) -> str:
    """Return all text of a message."""
    return "\n".join(shown_texts(message.blocks)) or message.text


def settings_of(slack: SlackDouble, mode: str = "socket", **more: Any) -> SlackSettings:
    """Return settings for one workspace by token, unless `more` says otherwise."""
    given: dict[str, Any] = {
        "slack_bot_token": SecretStr(slack.token),
        "slack_app_token": SecretStr(slack.app_token) if mode == "socket" else None,
        "slack_signing_secret": SecretStr(slack.state.app.signing_secret) if mode == "http" else None,
        "slack_mode": mode,
        "slack_api_url": slack.url,
        **more,
    }
    return SlackSettings(_env_file=None, **given)  # type: ignore[call-arg]  # BaseSettings' own argument


@asynccontextmanager
async def running(slack: SlackDouble, mode: str = "socket", *, port: int = 0, **more: Any) -> AsyncIterator[Bot]:
    """Run the bot during the block, connected in its mode."""
    from adapters.slack import adapter as slack_adapter

    core = Settings(_env_file=None, http_port=port, digest_language="ja", digest_size=2)  # type: ignore[call-arg]  # BaseSettings' own argument
    watch = Watch()
    patch = pytest.MonkeyPatch()
    # Spacing a channel's messages by a second would only slow the tests down.
    patch.setattr(slack_adapter, "SPACING", 0.01)
    patch.setattr(slack_adapter, "RATE", 200.0)
    stop, listening = asyncio.Event(), asyncio.get_running_loop().create_future()
    try:
        async with open_demo(core) as app:
            parts = service(app, SECRET, [watch.over(build(settings_of(slack, mode, **more)))])
            work = asyncio.create_task(parts.run(stop, listening.set_result))
            kawaraban = Bot(slack, watch.given[0], app.store, watch.made[0], await listening, stop, work)
            if mode == "http":
                slack.by_http(f"{kawaraban.url}/slack/events")
            else:
                await slack.socket.connected()
            try:
                yield kawaraban
            finally:
                await kawaraban.end()
    finally:
        patch.undo()
