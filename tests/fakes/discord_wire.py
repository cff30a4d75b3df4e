"""The Discord double's objects as Discord's JSON. Pure."""

from __future__ import annotations

from tests.fakes.discord_clock import iso
from tests.fakes.discord_model import Channel, Guild, Json, Kind, Member, Message, Permission, Reaction, Role, Tag, User

FORUM_REQUIRES_TAG = 1 << 4


def user_json(user: User) -> Json:
    return {
        "id": str(user.id), "username": user.name, "global_name": None if user.bot else user.name.title(),
        "discriminator": "0", "avatar": None, "public_flags": 0, "flags": 0, "bot": user.bot, "primary_guild": None,
    }  # fmt: skip


def member_json(member: Member, with_user: bool = True) -> Json:
    found: Json = {
        "roles": [str(role) for role in member.roles], "joined_at": iso(member.joined), "nick": None, "avatar": None,
        "deaf": False, "mute": False, "flags": 0, "pending": False, "premium_since": None,
        "communication_disabled_until": None,
    }  # fmt: skip
    return found | ({"user": user_json(member.user)} if with_user else {})


def role_json(role: Role, position: int) -> Json:
    return {
        "id": str(role.id), "name": role.name, "permissions": str(int(role.permissions)), "position": position,
        "color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}, "hoist": False,
        "managed": False, "mentionable": False, "icon": None, "unicode_emoji": None, "flags": 0,
    }  # fmt: skip


def tag_json(tag: Tag) -> Json:
    return {"id": str(tag.id), "name": tag.name, "moderated": False, "emoji_id": None, "emoji_name": None}


def channel_json(channel: Channel) -> Json:
    last = str(max(channel.messages)) if channel.messages else None
    found: Json = {"id": str(channel.id), "type": int(channel.kind), "last_message_id": last, "flags": 0}
    if channel.recipient:
        return found | {"recipients": [user_json(channel.recipient)]}
    assert channel.guild is not None
    found |= {
        "guild_id": str(channel.guild.id), "name": channel.name, "rate_limit_per_user": 0,
        "parent_id": str(channel.parent.id) if channel.parent else None, "nsfw": False,
    }  # fmt: skip
    if channel.thread:
        return found | _thread_facts(channel)
    found |= {
        "position": 0, "topic": None,
        "permission_overwrites": [
            {"id": str(one.id), "type": one.kind, "allow": str(int(one.allow)), "deny": str(int(one.deny))}
            for one in channel.overwrites
        ],
    }  # fmt: skip
    if channel.default_auto_archive_minutes:
        found["default_auto_archive_duration"] = channel.default_auto_archive_minutes
    if channel.kind is Kind.FORUM:
        found |= {
            "available_tags": [tag_json(tag) for tag in channel.tags], "default_reaction_emoji": None,
            "default_sort_order": None, "default_forum_layout": 0,
            "flags": FORUM_REQUIRES_TAG if channel.require_tag else 0,
        }  # fmt: skip
    return found


def _thread_facts(channel: Channel) -> Json:
    facts = channel.thread
    assert facts is not None
    return {
        "owner_id": str(facts.owner.id), "member_count": 1, "message_count": facts.sent,
        "total_message_sent": facts.sent, "applied_tags": [str(tag) for tag in facts.tags],
        "thread_metadata": {
            "archived": facts.archived, "locked": facts.locked, "auto_archive_duration": facts.auto_archive_minutes,
            "archive_timestamp": iso(facts.since), "create_timestamp": iso(facts.created),
        },
    }  # fmt: skip


def guild_json(guild: Guild) -> Json:
    """A guild as GET tells it."""
    return {
        "id": str(guild.id), "name": guild.name, "owner_id": str(guild.owner.id), "preferred_locale": guild.locale,
        "roles": [role_json(role, position) for position, role in enumerate(guild.roles.values())],
        "emojis": [emoji_json(f"{name}:{number}") | {"available": True} for number, name in guild.emojis.items()],
        "icon": None, "splash": None, "discovery_splash": None, "description": None, "banner": None, "features": [],
        "stickers": [], "region": "deprecated", "afk_channel_id": None, "afk_timeout": 300, "verification_level": 0,
        "default_message_notifications": 1, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
        "nsfw": False, "application_id": None, "system_channel_id": None, "system_channel_flags": 0,
        "rules_channel_id": None, "vanity_url_code": None, "premium_tier": 0, "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False, "max_members": 500_000, "incidents_data": None, "home_header": None,
        "premium_subscription_count": 0, "widget_enabled": False, "widget_channel_id": None, "hub_type": None,
        "safety_alerts_channel_id": None, "max_video_channel_users": 25, "max_stage_video_channel_users": 50,
    }  # fmt: skip


def guild_create_json(guild: Guild, channels: list[Channel], ours: User) -> Json:
    """A guild as the gateway tells it, with what of it the bot may see."""
    return guild_json(guild) | {
        "joined_at": iso(guild.members[ours.id].joined), "large": False,
        "member_count": len(guild.members), "members": [member_json(guild.members[ours.id])], "presences": [],
        "voice_states": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        "channels": [channel_json(one) for one in channels if not one.thread],
        "threads": [channel_json(one) for one in channels if one.thread and not one.thread.archived],
    }  # fmt: skip


def emoji_json(emoji: str) -> Json:
    name, _, number = emoji.partition(":")
    return {"id": number, "name": name, "animated": False} if number else {"id": None, "name": emoji}


def reaction_json(reaction: Reaction, ours: User) -> Json:
    normal, burst = len(reaction.normal), len(reaction.burst)
    return {
        "emoji": emoji_json(reaction.emoji), "count": normal + burst, "me": ours in reaction.normal,
        "count_details": {"normal": normal, "burst": burst}, "me_burst": ours in reaction.burst, "burst_colors": [],
        "burst_me": ours in reaction.burst, "burst_count": burst,
    }  # fmt: skip


def message_json(message: Message, ours: User) -> Json:
    found: Json = {
        "id": str(message.id), "channel_id": str(message.channel.id), "author": user_json(message.author),
        "content": message.content, "timestamp": iso(message.at), "type": message.type, "tts": False, "pinned": False,
        "edited_timestamp": iso(message.edits[-1]) if message.edits else None, "flags": int(message.flags),
        "mention_everyone": message.mentions_everyone, "mentions": [user_json(one) for one in message.mentions],
        "mention_roles": [], "attachments": message.attachments, "embeds": message.embeds,
        "components": message.components, "reactions": [reaction_json(one, ours) for one in message.reactions.values()],
    }  # fmt: skip
    if not message.reactions:
        del found["reactions"]  # Discord leaves it out
    if message.nonce is not None:
        found["nonce"] = message.nonce
    if message.thread:
        found["thread"] = channel_json(message.thread)
    if message.interaction:
        found |= {
            "interaction_metadata": message.interaction,
            "application_id": str(ours.id),
            "webhook_id": str(ours.id),
        }
    if message.reference:
        about = message.reference
        found["message_reference"] = {"type": 0, "message_id": str(about.id), "channel_id": str(about.channel.id)}
        found["referenced_message"] = message_json(about, ours) if about.reference is None else None
    return found


def permission_bits(permission: Permission) -> str:
    return str(int(permission))
