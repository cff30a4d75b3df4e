"""Map an interaction to its asker and to a channel of the core. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from adapters.discord.errors import NAME
from adapters.discord.platform import DIRECT
from bot.models import Asker, ChannelKey, MessageRef

_USUAL_LOCALE = "en-US"  # a server's locale unless set


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, and where. `key` is None where the bot cannot post unasked: where it is not, and in group messages."""

    asker: Asker
    key: ChannelKey | None

    @property
    def shares(self) -> bool:
        """Whether there is a channel of several people in which an answer could be shared."""
        return self.key is not None and not is_direct(self.key)


def asker_of(given: discord.Interaction) -> Asker:
    """Return the person behind an interaction, who may manage the server that it comes from."""
    may = given.permissions
    admin = given.guild_id is not None and (may.manage_guild or may.administrator)
    return Asker(str(given.user.id), is_admin=admin, language=str(given.locale))


def language_of(guild: discord.Guild | None) -> str:
    """Return a server's language, "" if it never chose one: only servers with community features can."""
    locale = str(guild.preferred_locale) if guild else _USUAL_LOCALE
    return "" if locale == _USUAL_LOCALE and not (guild and "COMMUNITY" in guild.features) else locale


def direct(asker: Asker) -> ChannelKey:
    """Return the key of somebody's direct messages with the bot."""
    return ChannelKey(NAME, f"{DIRECT}/{asker.user}")


def is_direct(key: ChannelKey) -> bool:
    return key.name.startswith(f"{DIRECT}/")


def about(given: discord.Message) -> MessageRef | None:
    """Return the message that a message is about: the one that it replies to, or the head of its thread."""
    if given.reference and given.reference.message_id:
        return MessageRef(NAME, f"{given.reference.channel_id}/{given.reference.message_id}")
    thread = given.channel
    if not isinstance(thread, discord.Thread):
        return None
    # A thread has the id of its first message, which a forum's has inside.
    inside = isinstance(thread.parent, discord.ForumChannel)
    return MessageRef(NAME, f"{thread.id if inside else thread.parent_id}/{thread.id}")


def source(given: discord.Interaction) -> MessageRef | None:
    """Return the message with the button that was clicked, None if there is none that everybody sees."""
    message = given.message
    here = given.is_guild_integration() if given.guild_id else given.context.dm_channel
    if message is None or message.flags.ephemeral or not here:
        return None
    return MessageRef(NAME, f"{message.channel.id}/{message.id}")


def kind_of(channel: discord.abc.Snowflake, key: ChannelKey) -> discord.ChannelType:
    """Return the kind of the channel that the key names: the one given, or the parent of a thread."""
    if isinstance(channel, discord.Thread) and not key.name.endswith(f"/{channel.id}"):
        channel = channel.parent or channel
        if isinstance(channel, discord.Thread):  # the parent is not known
            return discord.ChannelType.text
    return getattr(channel, "type", discord.ChannelType.text)
