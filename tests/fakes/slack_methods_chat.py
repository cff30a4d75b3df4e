"""The methods of the Web API for messages and reactions."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.slack_call import MOST_TEXT, Call, Method
from tests.fakes.slack_objects import message_object, permalink
from tests.fakes.slack_values import Channel, Ephemeral, Json, Message, SlackError

MOST_UPDATED_TEXT = 4_000  # characters
MOST_EMOJI = 23  # kinds of emoji that one person may leave on a message


def _content(call: Call) -> tuple[str, list[Json]]:
    """Raises SlackError: `no_text`, `markdown_text_conflict`, and what `Call.blocks` raises."""
    text, blocks = call.text("text"), call.blocks("b")
    markdown = call.text("markdown_text")
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if not text.strip() and not blocks and not markdown and not call.arguments.get("attachments"):
        raise SlackError("no_text")
    return (text or markdown)[:MOST_TEXT], blocks or []


def thread_of(call: Call, channel: Channel) -> str | None:
    """The thread's first message; a reply's own ts leads there too. Raises SlackError: `thread_not_found`."""
    asked = call.text("thread_ts")
    if not asked:
        return None
    parent = channel.messages.get(asked)
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def post(call: Call) -> Json:
    channel = call.target()
    text, blocks = _content(call)
    message = Message(
        call.state.new_ts(), channel.id, call.team.bot.id, text, blocks, thread_of(call, channel), call.metadata(),
        call.team.bot_id, broadcast=call.flag("reply_broadcast"),
        unfurls=call.text("unfurl_links").lower() != "false" or call.text("unfurl_media").lower() != "false",
    )  # fmt: skip
    channel.messages[message.ts] = message
    call.state.statuses.pop((channel.id, message.thread_ts or ""), None)
    announce(call, channel, message)
    shown = message_object(message, channel, call.team, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def announce(call: Call, channel: Channel, message: Message) -> None:
    """Tell of the bot's own message, as Slack does."""
    event = {**message_object(message, channel, call.team), "channel": channel.id, "channel_type": channel.kind}
    call.state.on_event(call.team, event, channel)


def _own(call: Call, error: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.user != call.team.bot.id:
        raise SlackError(error)
    return channel, message


def update(call: Call) -> Json:
    channel, message = _own(call, "cant_update_message")
    if channel.archived:
        raise SlackError("is_archived")
    if message.stream is not None:
        message.stream.expire(call.state.clock.now())
        if not message.stream.ended:
            raise SlackError("streaming_state_conflict")
    text, blocks = call.text("text"), call.blocks("b")
    if len(text) > MOST_UPDATED_TEXT:
        raise SlackError("msg_too_long")
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    metadata = call.metadata()
    message.text = text or message.text
    if blocks is not None:  # left out, the old ones stay
        message.blocks = blocks
    if "metadata" in call.arguments:
        message.metadata = metadata
    message.edits += 1
    shown = message_object(message, channel, call.team, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    channel, message = _own(call, "cant_delete_message")
    del channel.messages[message.ts]
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    channel = call.channel(member=True)
    if channel.archived:
        raise SlackError("is_archived")
    if call.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(call)
    thread = thread_of(call, channel)
    message = Ephemeral(call.state.new_ts(), channel.id, call.text("user"), text, blocks, thread)
    call.state.ephemerals.append(message)
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    return {
        "channel": channel.id,
        "permalink": permalink(call.team, channel, call.message(channel, "message_ts")),
    }


def _reacted(call: Call) -> tuple[Channel, Message]:
    if not call.text("channel") or not call.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = call.channel(member=True)
    return channel, call.message(channel, "timestamp")


def add_reaction(call: Call) -> Json:
    channel, message = _reacted(call)
    if channel.archived:
        raise SlackError("is_archived")
    mine = sum(call.team.bot.id in users for users in message.reactions.values())
    if mine >= MOST_EMOJI:
        raise SlackError("too_many_reactions")
    call.state.react(call.team, message, call.text("name"), call.team.bot.id)
    return {}


def remove_reaction(call: Call) -> Json:
    _, message = _reacted(call)
    call.state.unreact(call.team, message, call.text("name"), call.team.bot.id)
    return {}


def get_reactions(call: Call) -> Json:
    channel, message = _reacted(call)
    voters = call.state.voters_shown if call.flag("full") else min(call.state.voters_shown, 10)
    shown = message_object(message, channel, call.team, voters=voters)
    shown["permalink"] = permalink(call.team, channel, message)
    return {"type": "message", "channel": channel.id, "message": shown}


METHODS: Mapping[str, Method] = {
    "chat.postMessage": Method(post, ["chat:write"]),
    "chat.update": Method(update, ["chat:write"]),
    "chat.delete": Method(delete, ["chat:write"]),
    "chat.postEphemeral": Method(post_ephemeral, ["chat:write"]),
    "chat.getPermalink": Method(get_permalink),
    "reactions.add": Method(add_reaction, ["reactions:write"]),
    "reactions.remove": Method(remove_reaction, ["reactions:write"]),
    "reactions.get": Method(get_reactions, ["reactions:read"]),
}
