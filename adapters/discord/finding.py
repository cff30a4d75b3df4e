"""Look for a message of ours among those posted to a channel, thread or forum since an instant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from adapters.discord.buttons import keys_of
from adapters.discord.errors import NAME, NO_SUCH_CHANNEL, NO_SUCH_MESSAGE, DiscordRefusal
from adapters.discord.rest import Json, Query, Rest
from bot.errors import AmbiguousError
from bot.models import Absent, CannotTell, DeliveryKey, Found, MessageRef, whole

TOO_MUCH = "platform.too_much"  # the channel has more new messages than a look-up reads
_PAGE, _PAGES = 100, 20
_ARCHIVED_PAGE = 50
_EPOCH = 1_420_070_400_000  # milliseconds since 1970; the earliest instant of a snowflake
_FORUM_TYPES = (15, 16)
_PATIENCE = 2.0  # seconds that a page may wait for its rate limit


class Finder:
    """Finds messages without changing anything. Every method raises PlatformError."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def find(self, channel: str, thread: str | None, key: DeliveryKey, since: datetime) -> Found:
        """Search the thread, if any, and the channel: a digest's part may be in either."""
        if thread:
            result = await self._in_thread(thread, key, since)
            if not isinstance(result, Absent):
                return result
        about = await self._ask("/channels/{channel_id}", {"channel_id": channel})
        if not isinstance(about, Mapping):
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        if about.get("type") in _FORUM_TYPES:
            return await self._in_forum(about, key, since)
        return await self._in_channel(channel, key, since)

    async def _in_thread(self, thread: str, key: DeliveryKey, since: datetime) -> Found:
        try:
            return await self._in_channel(thread, key, since)
        except DiscordRefusal as refusal:
            if refusal.number == NO_SUCH_CHANNEL:  # not opened yet
                return Absent()
            raise

    async def _in_channel(self, channel: str, key: DeliveryKey, since: datetime) -> Found:
        after, empty = snowflake(since), True
        for _ in range(_PAGES):
            query = {"after": after, "limit": _PAGE}
            page = await self._list("/channels/{channel_id}/messages", {"channel_id": channel}, query)
            for message in page:
                if await self._is_ours(message, key):
                    return MessageRef(NAME, f"{channel}/{message['id']}")
            empty = empty and not page
            if len(page) < _PAGE:
                return await self._really_empty(channel) if empty else Absent()
            after = max(_number(message["id"]) for message in page)
        return CannotTell(TOO_MUCH)

    async def _really_empty(self, channel: str) -> Found:
        """Return Absent if the channel is really empty, rather than unreadable.

        Without permission to read the history, Discord reports it as empty; asking for a message reveals that.
        """
        path = "/channels/{channel_id}/messages/{message_id}"
        try:
            await self._ask(path, {"channel_id": channel, "message_id": "1"})
        except DiscordRefusal as refusal:
            if refusal.number != NO_SUCH_MESSAGE:
                raise
        return Absent()

    async def _in_forum(self, forum: Mapping[str, Any], key: DeliveryKey, since: datetime) -> Found:
        """Search a forum's posts: threads, each of which begins with the message of the same id."""
        earliest = snowflake(since)
        async for thread in self._posts(forum, earliest):
            channel = str(thread["id"])
            if _number(channel) < earliest or str(thread.get("owner_id")) != str(await self._rest.me()):
                continue
            path = "/channels/{channel_id}/messages/{message_id}"
            try:
                message = await self._ask(path, {"channel_id": channel, "message_id": channel})
            except DiscordRefusal as refusal:
                if refusal.number in (NO_SUCH_CHANNEL, NO_SUCH_MESSAGE):
                    continue
                raise
            if isinstance(message, Mapping) and await self._is_ours(message, key):
                return MessageRef(NAME, f"{channel}/{channel}")
        # As in a channel, an unreadable history looks empty.
        return await self._really_empty(str(forum["id"]))

    async def _posts(self, forum: Mapping[str, Any], earliest: int) -> AsyncIterator[Json]:
        active = await self._ask("/guilds/{guild_id}/threads/active", {"guild_id": str(forum.get("guild_id"))})
        for thread in _threads(active):
            if str(thread.get("parent_id")) == str(forum["id"]):
                yield thread
        query: dict[str, str | int] = {"limit": _ARCHIVED_PAGE}
        for _ in range(_PAGES):
            path = "/channels/{channel_id}/threads/archived/public"
            page = await self._ask(path, {"channel_id": str(forum["id"])}, query)
            threads = _threads(page)
            for thread in threads:
                yield thread
            # Pages are sorted by archiving time, which is later than the time of creation.
            archived = [str((one.get("thread_metadata") or {}).get("archive_timestamp") or "") for one in threads]
            if not archived or not page.get("has_more") or _before(archived[-1], earliest):
                return
            query["before"] = archived[-1]

    async def _is_ours(self, message: Mapping[str, Any], key: DeliveryKey) -> bool:
        author = message.get("author") or {}
        return str(author.get("id")) == str(await self._rest.me()) and key.value in keys_of(message.get("components"))

    async def _list(self, path: str, names: Mapping[str, str], query: Query) -> list[Json]:
        page = await self._ask(path, names, query)
        if page is None:
            return []
        if not isinstance(page, list) or not all(isinstance(one, dict) and "id" in one for one in page):
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        return page

    async def _ask(self, path: str, names: Mapping[str, str], query: Query | None = None) -> Any:
        return await self._rest.ask("GET", path, names, query=query, patience=_PATIENCE)


def snowflake(instant: datetime) -> int:
    """Return the smallest id of anything created at the instant or later."""
    return max(0, int(instant.timestamp() * 1000) - _EPOCH) << 22


def _threads(answer: object) -> list[Json]:
    threads = answer.get("threads") if isinstance(answer, Mapping) else None
    if not isinstance(threads, list):
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return threads


def _before(timestamp: str, earliest: int) -> bool:
    try:
        return snowflake(datetime.fromisoformat(timestamp)) < earliest
    except (ValueError, OverflowError):
        return True


def _number(snowflake: object) -> int:
    """Return an id as a number. Raises AmbiguousError if it is not one."""
    number = whole(snowflake)
    if number is None:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return number
