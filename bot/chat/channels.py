"""Dispatch `/digest` commands by permission, and take reports about channels from adapters.

Everyone may read (`bot.chat.answers`). Changes (`bot.chat.subscriptions`) are for people who manage the channel on the
platform, subscribed it, or are named as managers; a refusal says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from bot.chat import commands
from bot.chat.answers import Answers
from bot.chat.language import own_language, settings_for
from bot.chat.permissions import cannot_post, cannot_thread, may_change, refusal
from bot.chat.subscriptions import Subscriptions
from bot.delivery.outbox import Outbox
from bot.models import (
    Asker,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Greeting,
    Layout,
    NewDelivery,
    Notice,
    Reply,
    Sentence,
    Term,
)
from bot.store.store import Store

GONE = "platform.channel_gone"


class Channels:
    """The use case behind `/digest`.

    `outbox` takes the messages that the bot sends unasked; `defaults` are the settings of a channel not subscribed yet.
    """

    def __init__(
        self, store: Store, answers: Answers, subscriptions: Subscriptions, outbox: Outbox, defaults: ChannelSettings
    ) -> None:
        self._store = store
        self._answers = answers
        self._subscriptions = subscriptions
        self._outbox = outbox
        self._defaults = defaults

    async def handle(self, asker: Asker, key: ChannelKey, command: commands.Command) -> AsyncIterator[Reply]:
        """Carry out the command, and yield replies for the asker alone, each of which replaces the one before.

        An interim reply announces one that takes time. Raises InputError for a command that cannot be carried out as
        typed, SourceError if a named paper cannot be looked up, and any error of making a digest or of the store.
        """
        channel = await self._store.channels.get(key)
        settings = settings_for(channel, asker, self._defaults)
        obstacle = cannot_post(asker.lacking)
        if isinstance(command, commands.Reading):
            here = channel or Channel(key, settings)
            replies = self._answers.answer(asker, here, command, known=bool(channel))
        elif not may_change(asker, channel):
            yield Reply.in_channel(settings, refusal(key, channel))
            return
        elif obstacle and isinstance(command, commands.Posting):
            yield Reply.in_channel(settings, *obstacle)
            return
        else:
            replies = self._subscriptions.change(asker, key, channel, command)
        async for reply in replies:
            yield reply if reply.working else await self._with_permissions(reply, asker, key, command)

    async def _with_permissions(self, reply: Reply, asker: Asker, key: ChannelKey, command: commands.Command) -> Reply:
        """Return the reply, with what the bot may not do in the channel if that bears on the command."""
        if isinstance(command, commands.Begin) or command == commands.Show():
            first = (*cannot_post(asker.lacking), *await self._without_threads(asker, key))
            return replace(reply, sentences=(*first, *reply.sentences))
        if isinstance(command, commands.Posting | commands.SetLayout):
            return replace(reply, sentences=(*reply.sentences, *await self._without_threads(asker, key)))
        return reply

    async def _without_threads(self, asker: Asker, key: ChannelKey) -> tuple[Sentence, ...]:
        if not asker.lacking.threads:
            return ()
        channel = await self._store.channels.get(key)
        wanted = channel and channel.settings.layout is Layout.THREAD
        return cannot_thread(asker.lacking) if wanted else ()

    # --- what adapters tell and ask -----------------------------------------------------------

    async def get(self, key: ChannelKey) -> Channel | None:
        """Return the channel, None if it was never subscribed. Raises StoreError."""
        return await self._store.channels.get(key)

    async def overview(self, platform: str, workspace: str) -> tuple[Channel, ...]:
        """Return the channels of a workspace that were ever subscribed, in any state. Raises StoreError."""
        return await self._store.channels.of_workspace(platform, workspace)

    async def invited(self, key: ChannelKey, language: str = "") -> None:
        """Greet a channel that invited the bot, once, unless digests are sent there already. Raises StoreError.

        `language` is the inviter's or the server's, empty if the platform does not report it.
        """
        channel = await self._store.channels.get(key)
        if channel is None or channel.state is not ChannelState.ACTIVE:
            greeting = Greeting(own_language(language) or self._defaults.language)
            await self._outbox.send_first(key, NewDelivery("greeting", greeting))

    async def removed(self, key: ChannelKey, code: str, name: str = "") -> None:
        """Stop a channel that is closed to the bot, for the reason `code`, and notify its subscriber once.

        `name` is what people called a channel that is gone, if the platform tells it. A channel that gets no digests
        anyway is left alone. Raises StoreError.
        """
        channel = await self._store.channels.get(key)
        if channel is None or channel.state is not ChannelState.ACTIVE:
            return
        notice = _end(channel, code, name)
        # The notice goes first: if it came second and failed, the stopped channel would be skipped next time.
        await self._outbox.tell(key, channel.subscribed_by, NewDelivery(f"stopped:{key}", notice))
        await self._store.channels.stop(key, code)

    async def forget_workspace(self, platform: str, workspace: str, at: datetime | None = None) -> None:
        """Delete everything about a workspace that uninstalled the app, including its tokens. Raises StoreError.

        `at` is the time of uninstalling, if the platform tells it: a workspace that has installed the app again since
        then keeps everything.
        """
        await self._store.forget_workspace(platform, workspace, at)


def _end(channel: Channel, code: str, name: str) -> Notice:
    """Return the notice that digests have stopped. Nothing can be fixed or subscribed in a channel that is gone."""
    language = channel.settings.language
    if code == GONE:
        return (
            Notice("channels.told.gone.named", language, (("name", name),))
            if name
            else Notice("channels.told.gone", language, about=channel.key)
        )
    problem = Term(f"problem.{code}", code)
    return Notice("channels.told.stopped", language, (("problem", problem),), about=channel.key)
