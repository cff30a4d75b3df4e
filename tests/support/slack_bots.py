"""The whole bot on the invented sample, connected to the tests' Slack by the real SDK, in either mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import SecretStr

from adapters.slack.settings import SlackSettings
from bot.app.opening import open_demo
from bot.models import Channel as Subscribed
from bot.models import ChannelKey, PaperId
from bot.ports import Reactions
from bot.taste.votes import PaperVotes
from tests.conformance.slack_world import shown_texts
from tests.fakes.slack import Channel, Message, SlackDouble, User
from tests.fakes.slack_values import Ephemeral
from tests.support.bots import SECRET, Work, core_settings, working

__all__ = ["SECRET", "Bot", "core_settings", "read", "running", "settings_of", "thread_of"]


@dataclass
class Bot(Work):
    """A running bot and its Slack double."""

    slack: SlackDouble = field(kw_only=True)

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
        return await self.stored(self.key(channel))

    async def votes(self, channel: Channel) -> dict[PaperId, PaperVotes]:
        return await self.votes_in(self.key(channel))

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

    settings = settings_of(slack, mode, **more)
    async with (
        open_demo(core_settings(port)) as app,
        working(partial(Bot, slack=slack), app, slack_adapter, lambda: slack_adapter.build(settings)) as kawaraban,
    ):
        if mode == "http":
            slack.by_http(f"{kawaraban.url}/slack/events")
        else:
            await slack.socket.connected()
        yield kawaraban
