"""The objects of Slack's answers and events, made from the state."""

from __future__ import annotations

import html
import re

from tests.fakes.slack_values import Channel, Ephemeral, Json, Message, User, Workspace


def message_object(
    message: Message, channel: Channel, team: Workspace, *, metadata: bool = False, voters: int | None = None
) -> Json:
    """A message as the API tells it; `voters` is the most users that are named for each emoji."""
    found: Json = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text, "team": team.id}
    if message.blocks:
        found["blocks"] = message.blocks
    if message.files:
        found |= {"subtype": "file_share", "files": [{"id": one} for one in message.files], "upload": False}
    if message.bot_id:
        found |= {"bot_id": message.bot_id, "app_id": "A00000001"}
    if message.edits:
        found["edited"] = {"user": message.user, "ts": message.ts}
    replies = channel.replies(message.ts)
    if replies:
        people = list(dict.fromkeys(one.user for one in replies))
        found |= {"thread_ts": message.ts, "reply_count": len(replies), "reply_users": people}
        found |= {"reply_users_count": len(people), "latest_reply": replies[-1].ts}
    if message.thread_ts:
        parent = channel.messages.get(message.thread_ts)
        found |= {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else "USLACKBOT"}
    if metadata and message.metadata:
        found["metadata"] = message.metadata
    if message.reactions:
        found["reactions"] = [
            {"name": name, "users": users[:voters], "count": len(users)} for name, users in message.reactions.items()
        ]
    return found


def ephemeral_object(message: Ephemeral, team: Workspace) -> Json:
    return {"type": "message", "ts": message.ts, "user": team.bot.id, "text": message.text, "blocks": message.blocks}


def channel_object(channel: Channel, team: Workspace) -> Json:
    shared = {"id": channel.id, "created": 1_700_000_000, "is_archived": channel.archived, "is_org_shared": False}
    if channel.kind == "im":
        other = next(one for one in channel.members if one != team.bot.id)
        return {**shared, "is_im": True, "user": other, "is_user_deleted": False, "priority": 0}
    private, group = channel.kind != "public", channel.kind == "mpim"
    return {
        **shared, "name": channel.name, "name_normalized": channel.name, "is_channel": not private,
        "is_group": private, "is_im": False, "is_mpim": group, "is_private": private, "is_general": False,
        "is_shared": False, "is_ext_shared": False, "creator": channel.creator, "context_team_id": team.id,
        "is_member": team.bot.id in channel.members, "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0}, "purpose": {"value": "", "creator": "", "last_set": 0},
    }  # fmt: skip


def user_object(user: User, *, locale: bool) -> Json:
    found = {
        "id": user.id, "team_id": user.team, "name": user.name, "real_name": user.name.title(), "deleted": False,
        "tz": user.tz, "tz_label": user.tz, "tz_offset": user.tz_offset, "is_admin": user.is_admin or user.is_owner,
        "is_owner": user.is_owner, "is_primary_owner": False, "is_restricted": user.is_restricted,
        "is_ultra_restricted": False, "is_bot": user.is_bot, "is_app_user": False, "updated": 1_700_000_000,
        "profile": {"real_name": user.name.title(), "display_name": user.name, "team": user.team},
    }  # fmt: skip
    return {**found, "locale": user.locale} if locale else found


_MARKUP = re.compile(r"<([^<>]*)>")


def visible(mrkdwn: str) -> str:
    """What people read of a text: links by their label, characters for their entities."""
    return html.unescape(_MARKUP.sub(lambda match: _shown(match[1]), mrkdwn))


def _shown(piece: str) -> str:
    address, _, label = piece.partition("|")
    if address.startswith(("@", "#", "!")):
        return label or "@" + address.lstrip("@#!")
    return label or address


def permalink(team: Workspace, channel: Channel, message: Message) -> str:
    link = f"https://{team.name}.slack.example/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else link


_TYPED = re.compile(r"<@[A-Z0-9]+>|https?://[^\s<>]+|[^<h]+|.", re.DOTALL)


def as_sent(typed: str) -> str:
    """What Slack makes of a message that somebody typed: links in angle brackets, `& < >` as entities.

    A mention is given as `<@USER>`: people pick it from a list.
    """
    return "".join(_sent(piece) for piece in _TYPED.findall(typed))


def _sent(piece: str) -> str:
    if piece.startswith("<@") and piece.endswith(">"):
        return piece
    escaped = html.escape(piece, quote=False)
    return f"<{escaped}>" if piece.startswith(("http://", "https://")) else escaped
