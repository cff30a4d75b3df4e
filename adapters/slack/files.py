"""Post files on Slack: ask for an upload address, send the content there, then have Slack share it.

https://docs.slack.dev/messaging/working-with-files#upload. Only the last step is visible to people, so it is
taken at most once: if its answer is lost, the files are looked up, never shared again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.common.patience import patiently
from adapters.slack import blocks as b
from adapters.slack.errors import NAME
from adapters.slack.workspaces import Workspaces
from bot.errors import AmbiguousError, PlatformError, TransientError

MOST = 10  # files of one message
_LOOKS = (0.3, 1.0, 2.0)  # seconds before each look for files that Slack may be posting still
_LATEST, _IN_THREAD = 20, 200  # messages that are looked through: the newest, but a thread's from its beginning


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to post. `alt` describes an image to people who do not see it."""

    name: str
    content: bytes
    title: str = ""
    alt: str = ""


class Files:
    """Posts files to conversations that the bot is in. Needs the scope `files:write`."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def direct(self, team: str, user: str) -> str:
        """Return the id of the direct messages with the person. Raises PlatformError."""
        answer = await patiently(
            lambda: self._workspaces.ask(team, lambda client: client.conversations_open(users=user)), repeatable=True
        )
        return _named(answer.get("channel"), "id")

    async def post(
        self, team: str, channel: str, uploads: Sequence[Upload], *, comment: str = "", thread: str = ""
    ) -> None:
        """Post the files, at most `MOST`, as one message with the `comment` above them.

        `channel` is a conversation's id, and `thread` the timestamp of a thread's parent message. Raises
        AmbiguousError if the message may or may not be there, any other PlatformError if it certainly is not.
        """
        try:
            shared = [{"id": await self._uploaded(team, one), "title": one.title or one.name} for one in uploads]
        except AmbiguousError as error:  # whatever arrived, nobody sees it
            raise TransientError("platform.unavailable", seconds=1.0, platform=NAME) from error
        asked: dict[str, Any] = {"channel_id": channel, "files": json.dumps(shared)}
        if comment:
            asked["initial_comment"] = b.escaped(comment)
        if thread:
            asked["thread_ts"] = thread
        try:
            await patiently(
                lambda: self._workspaces.ask(
                    team, lambda client: client.api_call("files.completeUploadExternal", data=asked)
                )
            )
        except AmbiguousError:
            if not await self._is_there(team, channel, thread, {one["id"] for one in shared}):
                raise

    async def _uploaded(self, team: str, upload: Upload) -> str:
        """Send the content and return the file's id. Nobody sees the file yet, so all of it may be done again."""

        async def once() -> str:
            described = {"alt_txt": upload.alt} if upload.alt else {}
            asked = {"filename": upload.name, "length": len(upload.content), **described}
            answer = await self._workspaces.ask(
                team, lambda client: client.api_call("files.getUploadURLExternal", data=asked)
            )
            await self._workspaces.http.upload(_named(answer, "upload_url"), upload.content)
            return _named(answer, "file_id")

        return await patiently(once, repeatable=True)

    async def _is_there(self, team: str, channel: str, thread: str, files: set[str]) -> bool:
        """Return whether a message with the files can be found. Slack posts it a moment after it was asked to."""
        method = "conversations.replies" if thread else "conversations.history"
        asked = {"channel": channel, **({"ts": thread, "limit": _IN_THREAD} if thread else {"limit": _LATEST})}
        for seconds in _LOOKS:
            await asyncio.sleep(seconds)
            try:
                answer = await self._workspaces.ask(team, lambda client: client.api_call(method, data=asked))
            except PlatformError:
                continue
            messages = answer.get("messages")
            listed = messages if isinstance(messages, list) else []
            if any(files & _ids(one) for one in listed if isinstance(one, dict)):
                return True
        return False


def _ids(message: dict[str, Any]) -> set[str]:
    listed = message.get("files")
    return {str(one.get("id")) for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set()


def _named(answer: object, name: str) -> str:
    """Return a value of an answer. Raises AmbiguousError if it is missing."""
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return value
