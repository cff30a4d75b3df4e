"""`/digest` on Slack: look up the asker and let the bot join the channel, then ask the core."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from adapters.common.tasks import Tasks, explained
from adapters.slack.answers import Asked, Outlet
from adapters.slack.errors import NAME
from adapters.slack.people import People
from adapters.slack.replies import message
from bot.chat.commands import Command, Configure, Reading, Subscribe
from bot.chat.language import settings_for
from bot.chat.permissions import may_change
from bot.chat.uses import UseCases
from bot.errors import BotError
from bot.models import Asker, Channel, ChannelKey, ChannelSettings, Reply, failed, say

logger = logging.getLogger(__name__)


class Configuring:
    """Answers commands about a channel, whether typed or sent by a form."""

    def __init__(self, uses: UseCases, people: People, tasks: Tasks) -> None:
        self._uses = uses
        self._people = people
        self._tasks = tasks
        self._known: set[ChannelKey] = set()

    async def replies(self, asked: Asked, command: Command) -> AsyncIterator[Reply]:
        """Yield the core's replies. Raises what `Channels.handle` raises, and PlatformError.

        Slack sends reactions only from channels that the bot is a member of, so no other channel is subscribed.
        """
        key = key_of(asked)
        if isinstance(command, Reading):
            asker = await self.reader(asked)
        else:
            asker = await self._people.asker(asked.team, asked.user, asked.channel)
            channel = await self._uses.channels.get(key)
            subscribes = isinstance(command, Subscribe) or (isinstance(command, Configure) and command.subscribe)
            if subscribes and may_change(asker, channel) and not await self._people.enter(asked.team, asked.channel):
                settings = self.settings(channel, asker)
                shut = asked.direct or asked.group  # no one is invited to direct messages
                yield Reply.in_channel(settings, say("chat.not_here" if shut else "chat.invite_first"))
                return
        async for reply in self._uses.channels.handle(asker, key, command):
            yield reply

    async def reader(self, asked: Asked, patience: float = 2.0) -> Asker:
        """Return the asker of a command that only reads.

        The asker's language is looked up, for at most `patience` seconds, only if the channel has none of its own.
        """
        key = key_of(asked)
        if not asked.direct and (key in self._known or await self._uses.channels.get(key)):
            self._known.add(key)  # its row stays for as long as the app is installed
            return Asker(asked.user)
        return await self._people.reader(asked.team, asked.user, patience)

    async def language(self, asked: Asked, patience: float = 2.0) -> tuple[str, str]:
        """Return the language and time zone for any answer there, the usual ones if they cannot be looked up.

        The asker's own language is waited for at most `patience` seconds.
        """
        try:
            channel = None if asked.direct else await self._uses.channels.get(key_of(asked))
            asker = Asker(asked.user) if channel else await self._people.reader(asked.team, asked.user, patience)
        except Exception as error:  # noqa: BLE001 (an answer in another language is better than none)
            logger.info("the language of %s is not known: %s", asked.channel, error)
            channel, asker = None, Asker(asked.user)
        settings = self.settings(channel, asker)
        return settings.language, settings.timezone

    def start(self, work: Coroutine[Any, Any, None], asked: Asked, outlet: Outlet) -> None:
        """Start the work in a task that tells the asker why if it fails."""

        async def explain(error: BotError) -> None:
            await outlet.show(message(failed(error, *await self.language(asked))), final=True)

        self._tasks.start(explained(work, explain))

    def start_saying(self, key: str, asked: Asked, outlet: Outlet) -> None:
        """Start a task that shows a sentence of the catalogue."""

        async def shown() -> None:
            await outlet.show(message(Reply(*await self.language(asked), (say(key),))), final=True)

        self._tasks.start(shown())

    def outdated(self, asked: Asked, outlet: Outlet) -> None:
        """Answer a click on what another version of the bot has posted."""
        self.start_saying("chat.outdated", asked, outlet)

    def settings(self, channel: Channel | None, asker: Asker) -> ChannelSettings:
        """Return the channel's settings, or the defaults in the asker's language if the channel is new."""
        return settings_for(channel, asker, self._uses.defaults)


def key_of(asked: Asked) -> ChannelKey:
    return ChannelKey(NAME, f"{asked.team}/{asked.channel}")
