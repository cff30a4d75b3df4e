"""Post messages to Slack exactly once, edit them, and look them up.

A message carries its delivery key twice, invisibly: in its metadata, for looking it up in the history, and as the id of
its first block, for when the history may not be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.common.emoji_names import name_of
from adapters.slack.blocks import Json
from adapters.slack.cards import Message
from adapters.slack.errors import NAME, code_of
from adapters.slack.reactions import tally
from adapters.slack.render import render
from adapters.slack.workspaces import Workspaces
from bot.common.caches import Cache
from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError
from bot.models import (
    Absent,
    CannotTell,
    ChannelKey,
    DeliveryKey,
    Found,
    Headline,
    MessageRef,
    Page,
    Part,
    Place,
    Tally,
    finite,
)
from bot.words import words_for

EVENT = "kawaraban_delivery"  # the metadata's event type
_PAGE = 100  # messages; distributed apps get at most 15
_MOST_PAGES = 20
_REMEMBERED = 5_000  # direct messages
# A wait this long, in seconds, means the limit of one request a minute for distributed apps: try another way instead.
# https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
_LONG_WAIT = 20.0


class SlackPlatform:
    """`bot.ports.Platform` and `bot.ports.Reactions` for all workspaces."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._conversations: Cache[ChannelKey, str] = Cache(_REMEMBERED)  # direct messages by the person's key

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        """Post the part by one `chat.postMessage` and return its reference. Raises PlatformError."""
        message = _rendered(part)
        team, channel = await self._address(place.channel)
        asked: Json = {
            "channel": channel,
            "text": message.text,
            "blocks": [{**message.blocks[0], "block_id": _block(key)}, *message.blocks[1:]],
            "metadata": {"event_type": EVENT, "event_payload": {"key": key.value}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if place.thread is not None:
            asked["thread_ts"] = split(place.thread)[2]
        answer = await self._workspaces.ask(team, lambda client: client.chat_postMessage(**asked))
        return _ref(team, str(answer.get("channel") or channel), answer.get("ts"))

    async def edit(self, ref: MessageRef, part: Part) -> None:
        """Replace the text and blocks, keeping the metadata. Raises PlatformError."""
        message = _rendered(part)
        team, channel, ts = split(ref)
        await self._workspaces.ask(
            team,
            lambda client: client.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks),
        )

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:
        """Look for the message in the channel's history or the thread's replies. Raises PlatformError.

        Where Slack refuses a thread's replies, the parent message's own record of its replies is read instead.
        """
        team, channel = await self._address(place.channel)
        oldest = f"{since.timestamp():.6f}"
        if place.thread is None:
            try:
                return await self._listed(team, channel, "", key, oldest)
            except PermanentError as error:
                return CannotTell(error.code)
        thread = split(place.thread)[2]
        try:
            return await self._listed(team, channel, thread, key, oldest)
        except PermanentError as error:
            if not error.whole_channel:
                raise
            return await self._counted(team, channel, thread, key, oldest, error)
        except TransientError as error:
            if error.code != "platform.rate_limited" or error.seconds < _LONG_WAIT:
                raise
            return await self._counted(team, channel, thread, key, oldest, error)

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        """Add the emoji to the message, if it is not there yet. Raises PlatformError."""
        name = name_of(emoji)
        if name is None:
            raise PermanentError("platform.rejected", whole_channel=False, platform=NAME)
        team, channel, ts = split(ref)
        try:
            await self._workspaces.ask(
                team, lambda client: client.reactions_add(channel=channel, timestamp=ts, name=name)
            )
        except PermanentError as error:
            if code_of(error.__cause__ or error) != "already_reacted":
                raise

    async def read(self, ref: MessageRef) -> Tally:
        """Return the reactions to the message, without the bot's own. Raises PlatformError."""
        team, channel, ts = split(ref)
        workspace = await self._workspaces.get(team)
        answer = await self._read(team, "reactions.get", channel=channel, timestamp=ts, full=1)
        try:
            return tally(answer["message"].get("reactions") or (), workspace.bot_user if workspace else "")
        except (KeyError, TypeError, AttributeError) as error:
            raise AmbiguousError("platform.lost_answer", platform=NAME) from error

    # --- looking up ---------------------------------------------------------------------------

    async def _listed(self, team: str, channel: str, thread: str, key: DeliveryKey, oldest: str) -> Found:
        """Search the messages since `oldest`, in the channel or, given `thread`, below that message."""
        method = "conversations.replies" if thread else "conversations.history"
        asked: Json = {"channel": channel, "oldest": oldest, "limit": _PAGE, "include_all_metadata": 1}
        if thread:
            asked["ts"] = thread
        for _ in range(_MOST_PAGES):
            answer = await self._read(team, method, **asked)
            try:
                for message in answer["messages"]:
                    if _has(message, key):
                        return _ref(team, channel, message["ts"])
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            except (KeyError, TypeError, AttributeError) as error:
                raise AmbiguousError("platform.lost_answer", platform=NAME) from error
            if not cursor:
                return Absent()
            asked["cursor"] = cursor
        return CannotTell("platform.too_much")

    async def _counted(
        self, team: str, channel: str, thread: str, key: DeliveryKey, oldest: str, refused: PlatformError
    ) -> Found:
        """Judge from the thread's parent message alone, when its replies may not be read.

        Returns Absent if it has no replies, no new ones or none of ours; Found if the newest reply is the one searched
        for; otherwise CannotTell with the code of `refused`.
        """
        try:
            answer = await self._read(
                team, "conversations.history", channel=channel, oldest=thread, latest=thread, inclusive=1, limit=1
            )
        except PermanentError:
            return CannotTell(refused.code)
        parent = next((one for one in answer.get("messages") or () if one.get("ts") == thread), None)
        if parent is None:
            raise PermanentError("platform.message_gone", whole_channel=False, platform=NAME)
        workspace = await self._workspaces.get(team)
        latest = str(parent.get("latest_reply") or "0")
        people = parent.get("reply_users") or ()
        all_named = len(people) == parent.get("reply_users_count")
        nothing_of_ours = workspace is not None and all_named and workspace.bot_user not in people
        replied_at = finite(latest)
        if replied_at is None:
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        if not parent.get("reply_count") or replied_at < float(oldest) or nothing_of_ours:
            return Absent()
        try:
            newest = await self._read(team, "reactions.get", channel=channel, timestamp=latest)
        except PermanentError:
            return CannotTell(refused.code)
        if _has(newest.get("message") or {}, key):
            return _ref(team, channel, latest)
        return CannotTell(refused.code)

    async def _read(self, team: str, method: str, **asked: str | int) -> dict[str, Any]:
        """Call a read-only method by POST: aiohttp would repeat a GET on a dropped connection."""
        return await self._workspaces.ask(team, lambda client: client.api_call(method, data=asked))

    async def _address(self, key: ChannelKey) -> tuple[str, str]:
        """Return the workspace and the conversation id. Direct messages are opened on first use."""
        team, _, channel = key.name.partition("/")
        if not channel.startswith(("U", "W")):
            return team, channel
        conversation = self._conversations.get(key)
        if conversation is None:
            answer = await self._workspaces.ask(team, lambda client: client.conversations_open(users=channel))
            try:
                conversation = str(answer["channel"]["id"])
            except (KeyError, TypeError) as error:
                raise TransientError("platform.unavailable", seconds=1.0, platform=NAME) from error
            self._conversations.put(key, conversation)
        return team, conversation


def split(ref: MessageRef) -> tuple[str, str, str]:
    """Return the team, channel and timestamp of a message."""
    team, channel, ts = ref.value.split("/")
    return team, channel, ts


def ref_of(team: str, channel: str, ts: str) -> MessageRef:
    return MessageRef(NAME, f"{team}/{channel}/{ts}")


def _ref(team: str, channel: str, ts: object) -> MessageRef:
    """Return the message's reference. Raises AmbiguousError if the answer names no message."""
    if not isinstance(ts, str) or not ts:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return ref_of(team, channel, ts)


def _rendered(part: Part) -> Message:
    if isinstance(part, Page):
        raise PermanentError("platform.rejected", whole_channel=False, platform=NAME)
    return render(part, words_for(part.digest.language if isinstance(part, Headline) else part.language))


def _block(key: DeliveryKey) -> str:
    return f"delivery.{key.value}"


def _has(message: Mapping[str, Any], key: DeliveryKey) -> bool:
    """Return whether the message carries the key. Only the app itself can write such a block id or event type."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == EVENT and (metadata.get("event_payload") or {}).get("key") == key.value:
        return True
    return any(block.get("block_id") == _block(key) for block in message.get("blocks") or ())
