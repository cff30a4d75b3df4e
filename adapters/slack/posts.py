"""Answers as messages that everybody reads: posted once, edited, streamed to one reader.

Somebody waits for them, so they do not go through the ledger; but a lost answer of Slack's posts no second message here
either. A message carries its key as the id of its first block, by which it is looked for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from adapters.common.patience import patiently
from adapters.slack.blocks import Json
from adapters.slack.cards import Message
from adapters.slack.errors import NAME, code_of
from adapters.slack.workspaces import Workspaces
from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError

logger = logging.getLogger(__name__)

T = TypeVar("T")

# https://docs.slack.dev/reference/methods/chat.appendStream#errors
OVER = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
STOPPED = "stopped_by_user"
_CONFLICT = "streaming_state_conflict"  # chat.update while the message is still streamed
_LOOKS = (0.3, 1.0, 2.0)  # seconds before each look for a message that Slack may be posting still
_IN_THREAD = 200  # messages of a thread that are looked through
_LONGEST = 75.0  # seconds in which a whole answer is sent again while Slack takes none


class Posts:
    """Posts, edits and streams messages in threads."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def doing(self, team: str, channel: str, thread: str, status: str) -> None:
        """Say below the thread what the bot is doing; an empty status says nothing. Raises PlatformError.

        Slack takes it away after two minutes, or with the bot's next message there.
        """
        asked = {"channel_id": channel, "thread_ts": thread, "status": status}
        await self._ask(team, "assistant.threads.setStatus", asked)

    async def post(self, team: str, channel: str, thread: str, shown: Message, key: str) -> str:
        """Post the message in the thread and return its timestamp.

        If Slack's answer is lost, the message is looked for, and posted again only if it is certainly not there. Raises
        PlatformError, AmbiguousError if it may or may not be there.
        """
        body = {
            "channel": channel,
            "thread_ts": thread,
            "text": shown.text,
            "blocks": keyed(shown.blocks, key),
            "unfurl_links": False,
            "unfurl_media": False,
        }

        async def once() -> str:
            return _ts(await self._ask(team, "chat.postMessage", body))

        return await self._certainly(once, team, channel, thread, key)

    async def begin(self, team: str, channel: str, thread: str, user: str, blocks: list[Json], key: str) -> str:
        """Begin a message that `user` may watch being written, and return its timestamp. Raises as `post` does."""
        body = {
            "channel": channel,
            "thread_ts": thread,
            "recipient_team_id": team,
            "recipient_user_id": user,
            "chunks": [{"type": "blocks", "blocks": keyed(blocks, key)}],
        }

        async def once() -> str:
            return _ts(await self._ask(team, "chat.startStream", body))

        return await self._certainly(once, team, channel, thread, key)

    async def append(self, team: str, channel: str, ts: str, blocks: list[Json]) -> None:
        """Add blocks to a message that is being written. Raises PlatformError; see `ended`."""
        chunks = [{"type": "blocks", "blocks": blocks}]
        await self._ask(team, "chat.appendStream", {"channel": channel, "ts": ts, "chunks": chunks})

    async def end(self, team: str, channel: str, ts: str, written: list[Json], below: list[Json]) -> None:
        """Add the last blocks and end the writing. Raises PlatformError; see `ended`."""
        body: dict[str, Any] = {"channel": channel, "ts": ts}
        if written:
            body["chunks"] = [{"type": "blocks", "blocks": written}]
        if below:
            body["blocks"] = below
        await until_taken(lambda: self._ask(team, "chat.stopStream", body), repeatable=False)

    async def edit(self, team: str, channel: str, ts: str, shown: Message) -> None:
        """Replace what the message says, once. Raises PlatformError."""
        body = {"channel": channel, "ts": ts, "text": shown.text, "blocks": shown.blocks}
        await self._ask(team, "chat.update", body)

    async def rewrite(self, team: str, channel: str, ts: str, shown: Message) -> None:
        """Replace what the message says, whatever its state, and keep trying for a while. Raises PlatformError."""

        async def once() -> None:
            try:
                await self.edit(team, channel, ts, shown)
            except PermanentError as error:
                if refusal(error) != _CONFLICT:
                    raise
                await self._stopped(team, channel, ts)
                await self.edit(team, channel, ts, shown)

        await until_taken(once, repeatable=True)

    async def _stopped(self, team: str, channel: str, ts: str) -> None:
        try:
            await self._ask(team, "chat.stopStream", {"channel": channel, "ts": ts})
        except PermanentError as error:
            if refusal(error) not in OVER:
                raise

    async def _certainly(
        self, once: Callable[[], Awaitable[str]], team: str, channel: str, thread: str, key: str
    ) -> str:
        try:
            return await patiently(once)
        except AmbiguousError:
            found = await self._found(team, channel, thread, key)
            return found or await once()

    async def _found(self, team: str, channel: str, thread: str, key: str) -> str:
        """Return the timestamp of the thread's message with the key, empty if there is certainly none.

        Raises AmbiguousError if that cannot be told.
        """
        asked = {"channel": channel, "ts": thread, "oldest": thread, "limit": _IN_THREAD}
        looked = False
        for seconds in _LOOKS:
            await asyncio.sleep(seconds)
            try:
                answer = await self._ask(team, "conversations.replies", asked)
            except PlatformError:
                continue
            messages = answer.get("messages")
            listed = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
            looked = not answer.get("has_more")
            if there := next((one for one in listed if _has(one, key)), None):
                return _ts(there)
        if not looked:
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        return ""

    async def _ask(self, team: str, method: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._workspaces.ask(team, lambda client: client.api_call(method, json=body))


def keyed(blocks: list[Json], key: str) -> list[Json]:
    """Return the blocks, of which the first carries the key."""
    return [{**blocks[0], "block_id": _block(key)}, *blocks[1:]]


def refusal(error: PlatformError) -> str:
    """Return Slack's own code of a refusal, empty if there is none."""
    return code_of(error.__cause__ or error)


async def until_taken(call: Callable[[], Awaitable[T]], *, repeatable: bool) -> T:
    """Make the call until Slack takes it, for a while: what somebody waited for is not lost to a rate limit.

    Raises PlatformError.
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + _LONGEST
    while True:
        try:
            return await patiently(call, repeatable=repeatable)
        except TransientError as error:
            if loop.time() + error.seconds > ends:
                raise
            await asyncio.sleep(error.seconds)


def _block(key: str) -> str:
    return f"answer.{key}"


def _has(message: Json, key: str) -> bool:
    blocks = message.get("blocks")
    return any(isinstance(one, dict) and one.get("block_id") == _block(key) for one in blocks or ())


def _ts(answer: dict[str, Any]) -> str:
    """Return the timestamp in an answer. Raises AmbiguousError if there is none."""
    ts = answer.get("ts")
    if not isinstance(ts, str) or not ts:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return ts
