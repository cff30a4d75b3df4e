"""Dispatch `/digest` commands by permission, and take reports about channels from adapters.

Everyone may read (`bot.chat.answers`). Changes (`bot.chat.subscriptions`) are for people who manage the channel on the
platform, subscribed it, or are named as managers; a refusal says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from bot.chat import commands
from bot.chat.answers import Answers
from bot.chat.language import own_language, settings_for
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

    async def removed(self, key: ChannelKey, code: str) -> None:
        """Stop a channel that is closed to the bot, for the reason `code`, and notify its subscriber once.

        A channel that gets no digests anyway is left alone. Raises StoreError.
        """
        channel = await self._store.channels.get(key)
        if channel is None or channel.state is not ChannelState.ACTIVE:
            return
        why = Term(f"problem.{code}", code)
        notice = Notice("channels.told.stopped", channel.settings.language, (("problem", why),), about=key)
        # The notice goes first: if it came second and failed, the stopped channel would be skipped next time.
        await self._outbox.tell(key, channel.subscribed_by, NewDelivery(f"stopped:{key}", notice))
        await self._store.channels.stop(key, code)

    async def forget_workspace(self, platform: str, workspace: str, at: datetime | None = None) -> None:
        """Delete everything about a workspace that uninstalled the app, including its tokens. Raises StoreError.

        `at` is the time of uninstalling, if the platform tells it: a workspace that has installed the app again since
        then keeps everything.
        """
        await self._store.forget_workspace(platform, workspace, at)
