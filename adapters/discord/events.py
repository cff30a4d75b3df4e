"""Events of Discord's gateway: reactions, servers and channels that come and go, questions."""

from __future__ import annotations

import asyncio
import logging

import discord
from discord.http import Route

from adapters.common.http import proxy_for
from adapters.common.tasks import Tasks
from adapters.discord.askers import language_of
from adapters.discord.asking import Asking
from adapters.discord.errors import NAME
from adapters.discord.reactions import Arrivals, DiscordReactions, emoji_name, message_of
from bot.chat.channels import GONE
from bot.chat.talk import talk_of
from bot.chat.uses import UseCases
from bot.errors import BotError
from bot.models import ChannelKey, MessageRef, Reaction

logger = logging.getLogger(__name__)

# Silence discord.py's warning at every start about packages for voice, which is not used here.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

# None of these is privileged. Without the message-content intent, only messages that mention the bot have text.
INTENTS = discord.Intents(guilds=True, guild_reactions=True, guild_messages=True, dm_messages=True, dm_reactions=True)


class Listener(discord.AutoShardedClient):
    """A client that passes events on. It uses only the ids in them, so nothing needs to be cached."""

    def __init__(
        self, uses: UseCases, asking: Asking, reactions: DiscordReactions, *, shards: int, patience: float
    ) -> None:
        """`patience` is how many seconds to wait for each next server when a session begins."""
        super().__init__(
            intents=INTENTS,
            shard_count=shards,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,
            guild_ready_timeout=patience,
            proxy=proxy_for(Route.BASE),
        )
        self._uses = uses
        self._asking = asking
        self._reactions = reactions
        self._arrivals = Arrivals(uses.clock)
        self._reading_back = asyncio.Lock()
        self._unheard = False
        self._resuming: asyncio.Task[None] | None = None
        self.tasks = Tasks(NAME)

    async def close(self) -> None:
        if self._resuming:
            self._resuming.cancel()
        await super().close()

    # --- reactions ------------------------------------------------------------------------------

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self._reacted(event, present=True)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self._reacted(event, present=False)

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self._cleared(event.channel_id, event.message_id, "")

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self._cleared(event.channel_id, event.message_id, _emoji(event.emoji))

    def _reacted(self, event: discord.RawReactionActionEvent, *, present: bool) -> None:
        at = self._arrivals.now()  # before any await, so that events keep their order
        if self.user and event.user_id == self.user.id:
            return
        message = _message(event.channel_id, event.message_id)
        reaction = Reaction(message, str(event.user_id), _emoji(event.emoji), present=present, at=at)
        self.tasks.start(self._uses.votes.record([reaction]), "a reaction")

    def _cleared(self, channel: int, message: int, emoji: str) -> None:
        at = self._arrivals.now()
        self.tasks.start(self._uses.votes.clear(_message(channel, message), at, emoji), "cleared reactions")

    async def on_ready(self) -> None:
        """Catch up on whatever happened since the previous session."""
        logger.info("connected to Discord, in %d servers", len(self.guilds))
        self.tasks.start(self._compare_guilds(), "comparing servers")
        if not self._resuming:
            self._resuming = asyncio.create_task(self._resume())
        self._unheard = True
        if not self._reading_back.locked():
            self.tasks.start(self._read_back(), "missed votes")

    async def _read_back(self) -> None:
        """Read votes back. If a new session begins meanwhile, repeat, because events before it may have been missed."""
        async with self._reading_back:
            while self._unheard:
                self._unheard = False
                await self._uses.votes.reconcile({NAME: self._reactions})

    async def _resume(self) -> None:
        """Look for a while for questions that a restart cut off; nothing waits for that when the bot stops."""
        try:
            await self._asking.resume(self.tasks.start)
        except BotError as error:
            logger.warning("questions that a restart cut off are not known: %s", error)

    # --- servers and channels -------------------------------------------------------------------

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.tasks.start(self._noted(guild), "a new server")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.tasks.start(self._uses.channels.forget_workspace(NAME, str(guild.id)), "a server that was left")

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self._gone(channel.guild.id, channel.id, channel.name)

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        self._gone(event.guild_id, event.thread_id, event.thread.name if event.thread else "")

    def _gone(self, guild: int, channel: int, name: str) -> None:
        key = ChannelKey(NAME, f"{guild}/{channel}")
        self.tasks.start(self._uses.channels.removed(key, GONE, name), "a deleted channel")

    async def _compare_guilds(self) -> None:
        """Greet new servers, and forget those that removed the bot while it was offline.

        Only servers recorded by this very app are forgotten: switching to another app's token must not delete anything.
        """
        here = {str(guild.id): guild for guild in self.guilds if not guild.unavailable}
        everywhere = {str(guild.id) for guild in self.guilds}
        noted = set(await self._uses.installations.workspaces(NAME))
        for workspace in sorted(here.keys() - noted):
            await self._noted(here[workspace])
        for workspace in sorted(noted - everywhere):
            if await self._uses.installations.get(NAME, workspace) == self._app:
                await self._uses.channels.forget_workspace(NAME, workspace)

    async def _noted(self, guild: discord.Guild) -> None:
        await self._uses.installations.save(NAME, str(guild.id), self._app)
        channel = _where_to_greet(guild)
        if channel is not None:
            await self._uses.channels.invited(ChannelKey(NAME, f"{guild.id}/{channel.id}"), language_of(guild))

    @property
    def _app(self) -> str:
        return str(self.application_id)

    # --- questions ------------------------------------------------------------------------------

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.tasks.start(self._asking.interaction(interaction), "an interaction")

    async def on_message(self, message: discord.Message) -> None:
        """Handle direct messages, mentions, and replies to the bot's messages.

        Without the message-content intent Discord sends no other text, nor that of a reply that does not ping the bot.
        """
        if message.author.bot or self.user is None:
            return
        text = message.content
        named = [f"<@{self.user.id}>", f"<@!{self.user.id}>"]
        if message.guild is not None and not any(name in text for name in named) and not self._is_asked(message):
            return
        for name in named:
            text = text.replace(name, " ")
        self.tasks.start(self._asking.message(message, " ".join(text.split())), "a message")

    def _is_asked(self, message: discord.Message) -> bool:
        """Return whether a reply asks the bot something: it pings the bot, and is not only thanks, say, or an emoji."""
        pings = message.reference is not None and self.user in message.mentions
        return pings and bool(message.content.strip()) and talk_of(message.content) is None


def _message(channel: int, message: int) -> MessageRef:
    return message_of({"channel_id": channel, "message_id": message})


def _emoji(emoji: discord.PartialEmoji) -> str:
    return emoji_name({"id": emoji.id, "name": emoji.name})


def _where_to_greet(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the system channel, or else the first channel, in which the bot may speak; None if there is none."""
    candidates = [guild.system_channel, *sorted(guild.text_channels, key=lambda one: (one.position, one.id))]
    for channel in candidates:
        if channel is None:
            continue
        may = channel.permissions_for(guild.me)
        if may.view_channel and may.send_messages and may.embed_links:
            return channel
    return None
