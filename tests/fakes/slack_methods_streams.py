"""The methods of the Web API for messages that grow while one person reads them, and for what the bot is doing.

https://docs.slack.dev/reference/methods/chat.startStream, chat.appendStream, chat.stopStream and
assistant.threads.setStatus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.fakes.slack_blocks import MOST_BLOCKS, MOST_CHARACTERS, block_problems, texts
from tests.fakes.slack_call import Call, Method
from tests.fakes.slack_methods_chat import announce, thread_of
from tests.fakes.slack_values import (
    STATUS_SECONDS,
    Channel,
    Json,
    Message,
    SlackError,
    Status,
    Stream,
)

MOST_APPENDED = 12_000  # characters of one call
MOST_LOADING = 10  # texts that take turns
_TASK_STATES = ("pending", "in_progress", "complete", "error")


def set_status(call: Call) -> Json:
    channel = call.state.channels.get(call.text("channel_id"))
    if channel is None or channel.team != call.team.id:
        raise SlackError("channel_not_found")
    if call.team.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    if call.text("thread_ts") not in channel.messages:
        raise SlackError("invalid_thread_ts")
    loading = call.decoded("loading_messages", "invalid_arguments") or []
    if not isinstance(loading, list) or len(loading) > MOST_LOADING:
        raise SlackError("invalid_arguments")
    key = (channel.id, call.text("thread_ts"))
    call.state.statuses.pop(key, None)
    if call.text("status"):
        until = call.state.clock.now() + STATUS_SECONDS
        call.state.statuses[key] = Status(call.text("status"), loading, until)
    return {}


def start(call: Call) -> Json:
    channel = call.channel(member=True)
    if channel.archived:
        raise SlackError("is_archived")
    thread = thread_of(call, channel)
    if thread is None and channel.kind in ("im", "mpim"):
        raise SlackError("invalid_thread_ts")
    for name in ("recipient_user_id", "recipient_team_id"):
        if not call.text(name):
            raise SlackError(f"missing_{name}")
    if call.text("recipient_user_id") not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(call, 0)
    now = call.state.clock.now()
    message = Message(call.state.new_ts(), channel.id, call.team.bot.id, text, blocks, thread, bot_id=call.team.bot_id)
    message.stream = Stream(call.text("recipient_user_id"), now, now, text, list(blocks))
    channel.messages[message.ts] = message
    call.state.statuses.pop((channel.id, thread or ""), None)
    announce(call, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    channel, message, stream = _going_on(call)
    text, blocks = _content(call, len(message.blocks))
    if not text and not blocks:
        raise SlackError("no_text")
    message.text += text
    message.blocks += blocks
    stream.latest = call.state.clock.now()
    return {"channel": channel.id, "ts": message.ts}


def stop(call: Call) -> Json:
    channel, message, stream = _going_on(call)
    text, blocks = _content(call, len(message.blocks))
    below = call.blocks("e") or []
    whole = [*message.blocks, *blocks, *below]
    if sum(map(len, texts(whole))) > MOST_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    if block_problems(whole, 2 * MOST_BLOCKS):
        raise SlackError("invalid_blocks")
    message.text, message.blocks, message.metadata = message.text + text, whole, call.metadata()
    stream.ended = "stopped"
    return {"channel": channel.id, "ts": message.ts, "message": {"text": message.text, "blocks": whole}}


def _going_on(call: Call) -> tuple[Channel, Message, Stream]:
    """Raises SlackError: `message_not_found`, `message_not_owned_by_app`, `message_not_in_streaming_state`, …"""
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.user != call.team.bot.id:
        raise SlackError("message_not_owned_by_app")
    if message.stream is None:
        raise SlackError("message_not_in_streaming_state")
    message.stream.expire(call.state.clock.now())
    if message.stream.ended:
        by_user = message.stream.ended == "stopped_by_user"
        raise SlackError("stopped_by_user" if by_user else "message_not_in_streaming_state")
    return channel, message, message.stream


def _content(call: Call, before: int) -> tuple[str, list[Json]]:
    """The text and the blocks of one call; `before` is how many blocks the message has.

    Raises SlackError: `invalid_chunks`, `invalid_blocks`, `msg_too_long`.
    """
    chunks = call.decoded("chunks", "invalid_chunks") or []
    if not isinstance(chunks, list) or not all(isinstance(one, dict) for one in chunks):
        raise SlackError("invalid_chunks")
    text = call.text("markdown_text")
    blocks: list[Json] = []
    for chunk in chunks:
        match chunk.get("type"):
            case "markdown_text" if isinstance(chunk.get("text"), str):
                text += chunk["text"]
            case "blocks" if isinstance(chunk.get("blocks"), list):
                blocks += chunk["blocks"]
            case "task_update" if chunk.get("id") and chunk.get("title") and chunk.get("status") in _TASK_STATES:
                pass
            case "plan_update" if chunk.get("title"):
                pass
            case _:
                raise SlackError("invalid_chunks")
    if len(text) > MOST_APPENDED or sum(map(len, texts(blocks))) > MOST_APPENDED:
        raise SlackError("msg_too_long")
    if block_problems(blocks, MOST_BLOCKS - before):
        raise SlackError("invalid_blocks")
    return text, list(_numbered(blocks, before))


def _numbered(blocks: list[Json], before: int) -> Iterator[Json]:
    yield from ({"block_id": f"s{before + index}", **one} for index, one in enumerate(blocks))


METHODS: Mapping[str, Method] = {
    "assistant.threads.setStatus": Method(set_status, ["chat:write", "assistant:write"]),
    "chat.startStream": Method(start, ["chat:write"]),
    "chat.appendStream": Method(append, ["chat:write"]),
    "chat.stopStream": Method(stop, ["chat:write"]),
}
