"""The permissions that the bot needs in a channel to post digests there, and which of them are missing.

https://discord.com/developers/docs/topics/permissions
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from discord import ChannelType, Permissions

from adapters.discord.errors import MISSING_ACCESS, DiscordRefusal
from adapters.discord.rest import Json, Rest
from bot.models import Lacking, whole

VIEW, SEND, EMBED = "view_channel", "send_messages", "embed_links"
OPEN_THREADS, SEND_IN_THREADS = "create_public_threads", "send_messages_in_threads"
THREADS = (ChannelType.public_thread, ChannelType.private_thread, ChannelType.news_thread)
FORUMS = (ChannelType.forum, ChannelType.media)
_WITH_THREADS = (ChannelType.text, ChannelType.news)
_PATIENCE = 2.0  # seconds that a request may wait for its rate limit


def named(*permissions: str) -> tuple[str, ...]:
    """Return the permissions by the names of their catalogue entries."""
    return tuple(f"discord.{permission}" for permission in permissions)


def lacking(have: Permissions, kind: ChannelType) -> Lacking:
    """Return what is not among the bot's permissions in a channel of that kind.

    In a channel that it does not see it may do nothing else either, whatever it would be allowed otherwise.
    """
    if have.administrator:
        return Lacking()
    if not have.view_channel:
        return Lacking(named(VIEW))
    if kind in THREADS:
        return Lacking(_missing(have, (SEND_IN_THREADS, EMBED)))
    if kind in FORUMS:
        return Lacking(_missing(have, (SEND, SEND_IN_THREADS, EMBED)))
    threads = _missing(have, (OPEN_THREADS, SEND_IN_THREADS)) if kind in _WITH_THREADS else ()
    return Lacking(_missing(have, (SEND, EMBED)), threads)


async def asked(rest: Rest, guild: str, channel: str) -> Lacking:
    """Ask Discord what the bot lacks in a channel of a server. Raises PlatformError."""
    me = str(await rest.me())
    names = {"guild_id": guild, "channel_id": channel, "user_id": me}
    member = await rest.ask("GET", "/guilds/{guild_id}/members/{user_id}", names, patience=_PATIENCE)
    roles = await rest.ask("GET", "/guilds/{guild_id}/roles", names, patience=_PATIENCE)
    try:
        about = await _channel(rest, channel)
        parent = str(about.get("parent_id"))
        kind = _kind(about)
        if kind in THREADS:
            about = await _channel(rest, parent)
    except DiscordRefusal as refusal:
        if refusal.number == MISSING_ACCESS:
            return Lacking(named(VIEW))
        raise
    own = {guild, *(str(role) for role in _mapping(member).get("roles") or ())}
    base = [role for role in map(_mapping, roles or ()) if str(role.get("id")) in own]
    return lacking(_permissions(base, about, guild, own, me), kind)


async def _channel(rest: Rest, channel: str) -> Mapping[str, Any]:
    return _mapping(await rest.ask("GET", "/channels/{channel_id}", {"channel_id": channel}, patience=_PATIENCE))


def _permissions(
    roles: Iterable[Mapping[str, Any]], channel: Mapping[str, Any], guild: str, own: set[str], me: str
) -> Permissions:
    """Return the permissions of all roles together, after the channel's overwrites: everyone's, the roles', our own."""
    have = 0
    for role in roles:
        have |= _bits(role.get("permissions"))
    if Permissions(have).administrator:
        return Permissions.all()
    overwrites = [_mapping(one) for one in channel.get("permission_overwrites") or ()]
    layers = ({guild}, own - {guild}, {me})
    for layer in layers:
        matching = [one for one in overwrites if str(one.get("id")) in layer]
        for one in matching:
            have &= ~_bits(one.get("deny"))
        for one in matching:
            have |= _bits(one.get("allow"))
    return Permissions(have)


def _kind(channel: Mapping[str, Any]) -> ChannelType:
    try:
        return ChannelType(channel.get("type"))
    except ValueError:
        return ChannelType.text


def _bits(value: object) -> int:
    return whole(value) or 0


def _mapping(value: object) -> Json:
    return dict(value) if isinstance(value, Mapping) else {}


def _missing(have: Permissions, needed: Iterable[str]) -> tuple[str, ...]:
    return named(*(permission for permission in needed if not getattr(have, permission)))
