"""The methods of the Web API for an external upload: ask for an address, send the content there, and share the file.

https://docs.slack.dev/messaging/working-with-files#upload. A file that is completed twice is shared twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.slack_call import Call, Method
from tests.fakes.slack_methods_chat import announce, thread_of
from tests.fakes.slack_values import Channel, File, Json, Message, SlackError

LONGEST_NAME = 255  # characters
MOST_BYTES = 1_000_000_000
MOST_AT_ONCE = 10  # files of one message


def get_upload_url(call: Call) -> Json:
    """Raises SlackError: `invalid_arguments`."""
    name, length = call.text("filename"), call.text("length")
    if not 1 <= len(name) <= LONGEST_NAME or not length.isdigit() or not 1 <= int(length) <= MOST_BYTES:
        raise SlackError("invalid_arguments")
    file = File(call.state.new_id("F"), call.team.id, name, int(length))
    call.state.files[file.id] = file
    path = f"/upload/v1/{call.state.new_id('secret-')}"
    call.state.uploads[path] = file.id
    return {"upload_url": f"{call.base}{path}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """Raises SlackError: `invalid_arguments`, `file_not_found`, and as `Call.channel`."""
    asked = call.decoded("files", "invalid_arguments")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MOST_AT_ONCE:
        raise SlackError("invalid_arguments")
    files = [_uploaded(call, one) for one in asked]
    if len({one.id for one in files}) < len(files):
        raise SlackError("invalid_arguments")
    if call.text("channel_id"):
        _share(call, _place(call), files)
    for file, one in zip(files, asked, strict=True):
        file.title = str(one.get("title") or file.name)
    return {"files": [{"id": one.id, "title": one.title} for one in files]}


def _uploaded(call: Call, one: Any) -> File:
    file = call.state.files.get(one.get("id", "")) if isinstance(one, dict) else None
    if file is None or file.team != call.team.id or file.content is None:
        raise SlackError("file_not_found")
    return file


def _place(call: Call) -> Channel:
    """The channel, by its id: a person's id is none. Only a member may share files there."""
    place = Call(call.state, {**call.arguments, "channel": call.text("channel_id")}, call.base, call.token, call.team)
    channel = place.channel(member=True)
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def _share(call: Call, channel: Channel, files: list[File]) -> None:
    message = Message(
        call.state.new_ts(), channel.id, call.team.bot.id, call.text("initial_comment"), [],
        thread_of(call, channel), None, call.team.bot_id, files=[one.id for one in files],
    )  # fmt: skip
    channel.messages[message.ts] = message
    announce(call, channel, message)


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(get_upload_url, ["files:write"]),
    "files.completeUploadExternal": Method(complete_upload, ["files:write"]),
}
