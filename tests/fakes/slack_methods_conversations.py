"""The methods of the Web API for channels, their history, people and teams."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.slack_call import SCOPE_PREFIX, Call, Method
from tests.fakes.slack_objects import channel_object, message_object, user_object
from tests.fakes.slack_values import Channel, Json, Message, SlackError, User

_KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_READ = [f"{prefix}:read" for prefix in SCOPE_PREFIX.values()]
_HISTORY = [f"{prefix}:history" for prefix in SCOPE_PREFIX.values()]


def info(call: Call) -> Json:
    channel = call.channel("read")
    shown = channel_object(channel, call.team)
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def _listed(call: Call, *, mine: bool) -> list[Channel]:
    kinds = []
    for name in (call.text("types") or "public_channel").split(","):
        if name.strip() not in _KINDS:
            raise SlackError("invalid_types")
        kinds.append(_KINDS[name.strip()])
        call.need(f"{SCOPE_PREFIX[kinds[-1]]}:read")
    return [
        one
        for one in call.state.channels.values()
        if one.team == call.team.id and one.kind in kinds
        if call.team.bot.id in one.members or (one.kind == "public" and not mine)
        if not (one.archived and call.flag("exclude_archived"))
    ]


def list_channels(call: Call) -> Json:
    page, more = call.page(_listed(call, mine=False), 1_000, 100)
    return {"channels": [channel_object(one, call.team) for one in page], **more}


def users_conversations(call: Call) -> Json:
    """Those that the person, or the bot where no one is named, is in: private ones only where the bot is in, too."""
    member = call.text("user") or call.team.bot.id
    if member != call.team.bot.id:
        _person(call, member)
    listed = [one for one in _listed(call, mine=member == call.team.bot.id) if member in one.members]
    page, more = call.page(listed, 1_000, 100)
    return {"channels": [channel_object(one, call.team) for one in page], **more}


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if call.team.bot.id in channel.members:
        return {"channel": channel_object(channel, call.team), "warning": "already_in_channel"}
    channel.members.append(call.team.bot.id)
    event = {"type": "member_joined_channel", "user": call.team.bot.id, "channel": channel.id}
    call.state.on_event(call.team, {**event, "channel_type": "C", "team": call.team.id}, channel)
    return {"channel": channel_object(channel, call.team)}


def members(call: Call) -> Json:
    page, more = call.page(call.channel("read").members, 1_000, 100)
    return {"members": page, **more}


def open_dm(call: Call) -> Json:
    ids = [one for one in call.text("users").split(",") if one]
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    if len(ids) != 1:
        raise SlackError("users_list_not_supplied" if not ids else "method_not_supported_for_channel_type")
    channel = call.state.dm(call.team, _person(call, ids[0]).id)
    return {"channel": channel_object(channel, call.team) if call.flag("return_im") else {"id": channel.id}}


def _between(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = call.text("oldest") or "0", call.text("latest")
    bounds = []
    for name, value in (("oldest", oldest), ("latest", latest or "99999999999")):
        try:
            bounds.append(float(value))
        except ValueError:
            raise SlackError(f"invalid_ts_{name}") from None
    inclusive = call.flag("inclusive")
    return [one for one in messages if bounds[0] < float(one.ts) < bounds[1] or (inclusive and float(one.ts) in bounds)]


def history(call: Call) -> Json:
    channel = call.channel("history", member=True)
    newest_first = _between(call, channel.top_level)[::-1]
    page, more = call.page(newest_first, call.state.most_listed, 100)
    metadata = call.flag("include_all_metadata")
    shown = [message_object(one, channel, call.team, metadata=metadata) for one in page]
    return {"messages": shown, "has_more": bool(more["response_metadata"]["next_cursor"]), **more}


def replies(call: Call) -> Json:
    channel = call.channel("history", member=True)
    asked = channel.messages.get(call.text("ts"))
    if asked is None:
        raise SlackError("thread_not_found")
    parent = channel.messages.get(asked.thread_ts or asked.ts)
    under = _between(call, channel.replies(asked.thread_ts or asked.ts))
    page, more = call.page(under, call.state.most_listed, 1_000)
    metadata = call.flag("include_all_metadata")
    shown = [
        message_object(one, channel, call.team, metadata=metadata) for one in [*([parent] if parent else ()), *page]
    ]
    return {"messages": shown, "has_more": bool(more["response_metadata"]["next_cursor"]), **more}


def _person(call: Call, user: str) -> User:
    """Raises SlackError: `user_not_found`."""
    found = call.state.users.get(user)
    if found is None or found.team != call.team.id:
        raise SlackError("user_not_found")
    return found


def user_info(call: Call) -> Json:
    return {"user": user_object(_person(call, call.text("user")), locale=call.flag("include_locale"))}


def team_info(call: Call) -> Json:
    team = call.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.name, "email_domain": ""}}


def bot_info(call: Call) -> Json:
    if call.text("bot") != call.team.bot_id:
        raise SlackError("bot_not_found")
    member = {"id": call.team.bot_id, "deleted": False, "name": call.team.bot.name, "user_id": call.team.bot.id}
    return {"bot": {**member, "app_id": call.state.app.id}}


METHODS: Mapping[str, Method] = {
    "conversations.info": Method(info, _READ),
    "conversations.list": Method(list_channels, _READ),
    "conversations.join": Method(join, ["channels:join"]),
    "conversations.members": Method(members, _READ),
    "conversations.open": Method(open_dm, ["im:write"]),
    "conversations.history": Method(history, _HISTORY),
    "conversations.replies": Method(replies, _HISTORY),
    "users.conversations": Method(users_conversations, _READ),
    "users.info": Method(user_info, ["users:read"]),
    "team.info": Method(team_info, ["team:read"]),
    "bots.info": Method(bot_info, ["users:read"]),
}
