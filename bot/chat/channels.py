"""`/digest`: who may use a command, and where it is carried out; also what adapters report about channels.

Everyone may read (`bot.chat.answers`). To change something (`bot.chat.subscriptions`) one has to manage the channel on
the platform, have subscribed it, or be named as a manager; a refusal says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from bot.chat import commands
from bot.chat.answers import Answers
from bot.chat.permissions import may_change, refusal
from bot.chat.subscriptions import Subscriptions
from bot.delivery.outbox import Outbox
from bot.models import (
    Asker,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Greeting,
    NewDelivery,
    Notice,
    Reply,
    Term,
)
from bot.store.store import Store


class Channels:
    """The use case behind `/digest`.

    `outbox` takes what the bot says unasked, `defaults` are the settings of a channel that nobody subscribed yet.
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
        """Do what was asked, and tell the asker alone; each reply takes the place of the one before.

        A reply that takes time is announced by one that says so. Raises InputError for what cannot be done as it was
        typed, SourceError where a paper that is named cannot be looked for, and whatever making a digest and the store
        raise.
        """
        channel = await self._store.channels.get(key)
        settings = channel.settings if channel else self._defaults
        if isinstance(command, commands.Reading):
            here = channel or Channel(key, settings)
            replies = self._answers.answer(asker, here, command, known=bool(channel))
        elif may_change(asker, channel):
            replies = self._subscriptions.change(asker, key, channel, command)
        else:
            yield Reply.in_channel(settings, refusal(key, channel))
            return
        async for reply in replies:
            yield reply

    # --- what adapters tell and ask -----------------------------------------------------------

    async def get(self, key: ChannelKey) -> Channel | None:
        """The channel, if anybody ever subscribed it. Raises StoreError."""
        return await self._store.channels.get(key)

    async def overview(self, platform: str, workspace: str) -> tuple[Channel, ...]:
        """The channels of one workspace that anybody ever subscribed, in whatever state. Raises StoreError."""
        return await self._store.channels.of_workspace(platform, workspace)

    async def invited(self, key: ChannelKey, language: str) -> None:
        """The bot was invited into the channel: it greets, once, unless digests come there already."""
        channel = await self._store.channels.get(key)
        if channel is None or channel.state is not ChannelState.ACTIVE:
            await self._outbox.send_first(key, NewDelivery("greeting", Greeting(language)))

    async def removed(self, key: ChannelKey, code: str) -> None:
        """The channel is closed to the bot, for the reason of that code: nothing more is sent there.

        Whoever subscribed it is told, once. A channel that gets nothing anyway stays as it is.
        """
        channel = await self._store.channels.get(key)
        if channel is None or channel.state is not ChannelState.ACTIVE:
            return
        why = Term(f"problem.{code}", code)
        notice = Notice("channels.told.stopped", channel.settings.language, (("problem", why),), about=key)
        # The notice first: a channel that is stopped already is passed over, so nobody would ever be told.
        await self._outbox.tell(key, channel.subscribed_by, NewDelivery(f"stopped:{key}", notice))
        await self._store.channels.stop(key, code)

    async def forget_workspace(self, platform: str, workspace: str, at: datetime | None = None) -> None:
        """The app was uninstalled: everything of the workspace is deleted, its tokens included. Raises StoreError.

        `at` is when, where the platform says it: whoever installed the app again after that keeps everything.
        """
        await self._store.forget_workspace(platform, workspace, at)
