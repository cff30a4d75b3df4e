"""Post, edit and find messages in Discord's channels, threads and forums.

A channel's name is `<guild>/<channel>`, or `@me/<user>` for direct messages. A message's reference is
`<channel>/<message>`, where the channel is the one named in its events: for a message in a thread, the thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.discord import render
from adapters.discord.errors import (
    FORUM,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NAME,
    NO_SUCH_CHANNEL,
    NO_THREADS_HERE,
    THREAD_EXISTS,
    DiscordRefusal,
)
from adapters.discord.finding import Finder
from adapters.discord.headlines import MESSAGE, Headlines
from adapters.discord.mentions import NO_IDS, Ids
from adapters.discord.rest import Json, Rest
from adapters.discord.rights import OPEN_THREADS, SEND_IN_THREADS, asked, named
from bot.common.caches import Cache
from bot.errors import AmbiguousError, PermanentError, PlatformError
from bot.models import (
    CannotTell,
    ChannelKey,
    DeliveryKey,
    Found,
    Headline,
    MessageRef,
    Page,
    Part,
    Place,
    whole,
)
from bot.words import Words, words_for

DIRECT = "@me"
WEEK = 10_080  # minutes; an archived thread accepts no votes, and votes count for a week
_REMEMBERED = 5_000
_FORUM_TYPES = (15, 16)  # forum, media
_REQUIRES_TAG = 1 << 4
_MOST_TAGS = 5


class DiscordPlatform:
    """`bot.ports.Platform` over HTTP, without the gateway."""

    def __init__(self, rest: Rest, ids: Ids = NO_IDS) -> None:
        """`ids` are those of the commands, which may become known later."""
        self._rest = rest
        self._ids = ids
        self._finder = Finder(rest)
        self._threads: Cache[str, bool] = Cache(_REMEMBERED)  # opened already
        self._forums: Cache[str, bool] = Cache(_REMEMBERED)
        self._directs: Cache[str, str] = Cache(_REMEMBERED)  # person -> the channel of their direct messages
        self.headlines = Headlines(rest)

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        """Create a message, or a post in a forum; open a thread before its first message. Raises as the port does.

        Where threads are not allowed, cards stand below their headline, which says so. The code of a refusal for want
        of a permission names the permission, if Discord tells it: `platform.forbidden.<permission>`.
        """
        channel = await self.channel(place.channel)
        try:
            return await self._post(place, channel, part, key)
        except DiscordRefusal as refusal:
            if refusal.number not in (MISSING_ACCESS, MISSING_PERMISSIONS):
                raise
            raise await self._named(refusal, place.channel) from refusal

    async def _post(self, place: Place, channel: str, part: Part, key: DeliveryKey) -> MessageRef:
        words = _words(part)
        if place.thread:
            sent = self._rendered(part, words, key)
            return await self._post_below(place.thread, channel, part, sent, key)
        unthreaded = await self.headlines.unthreaded(place.channel, part)
        sent = self._rendered(part, words, key, unthreaded)
        if channel in self._forums:
            return await self._post_in_forum(channel, part, words, sent)
        try:
            created = await self._create(channel, sent, key)
        except DiscordRefusal as refusal:
            if refusal.number not in FORUM:
                raise
            return await self._post_in_forum(channel, part, words, sent)
        if unthreaded:
            self.headlines.stand_alone(ids(created)[1])
        return created

    async def edit(self, ref: MessageRef, part: Part) -> None:
        """Replace the message's content, keeping its buttons and thereby its key. Raises as the port does."""
        channel, message = ids(ref)
        words = _words(part)
        try:
            body = render.edited(part, words)
        except ValueError:
            raise _no_place() from None
        names = {"channel_id": channel, "message_id": message}
        await self.headlines.keep_hint(names, part, body)
        await self._rest.ask("PATCH", MESSAGE, names, json=body)

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:
        """Look for our message with the key in its buttons. Raises TransientError and AmbiguousError."""
        try:
            channel = await self.channel(place.channel)
            thread = ids(place.thread)[1] if place.thread else None
            return await self._finder.find(channel, thread, key, since)
        except PermanentError as error:
            return CannotTell(error.code)

    async def channel(self, key: ChannelKey) -> str:
        """Return the id of Discord's channel. A direct-message channel is opened on first use."""
        workspace, _, name = key.name.partition("/")
        if workspace != DIRECT:
            return name
        direct = self._directs.get(name)
        if direct is None:
            opened = await self._rest.ask("POST", "/users/@me/channels", json={"recipient_id": name})
            direct = _id(opened)
            self._directs.put(name, direct)
        return direct

    async def _create(self, channel: str, sent: Json, key: DeliveryKey) -> MessageRef:
        body = {**sent, "nonce": nonce(key, channel), "enforce_nonce": True}
        answer = await self._rest.ask("POST", "/channels/{channel_id}/messages", {"channel_id": channel}, json=body)
        return MessageRef(NAME, f"{channel}/{_id(answer)}")

    async def _post_below(self, top: MessageRef, channel: str, part: Part, sent: Json, key: DeliveryKey) -> MessageRef:
        """Post in the headline's thread, or below the headline if the channel or the permissions allow no threads."""
        parent, message = ids(top)
        if self.headlines.is_alone(message):
            return await self._create(channel, sent, key)
        if parent != message and message not in self._threads:
            try:
                await self._open_thread(parent, message, render.name(part, _words(part)))
            except DiscordRefusal as refusal:
                if refusal.number not in (NO_THREADS_HERE, MISSING_PERMISSIONS):
                    raise
                created = await self._create(channel, sent, key)
                lacking = named(OPEN_THREADS) if refusal.number == MISSING_PERMISSIONS else ()
                await self.headlines.left_alone(parent, message, _words(part), lacking)
                return created
        try:
            return await self._create(message, sent, key)
        except DiscordRefusal as refusal:
            self._threads.forget(message)
            if refusal.number == MISSING_PERMISSIONS and parent != message:
                created = await self._create(channel, sent, key)
                await self.headlines.left_alone(parent, message, _words(part), named(SEND_IN_THREADS))
                return created
            if refusal.number == NO_SUCH_CHANNEL:
                raise PermanentError("platform.message_gone", whole_channel=False, platform=NAME) from refusal
            if refusal.code == "platform.archived":  # only this thread, not the channel
                raise PermanentError(refusal.code, whole_channel=False, platform=NAME) from refusal
            raise

    async def _named(self, refusal: DiscordRefusal, channel: ChannelKey) -> PermanentError:
        """Return the refusal with the permission for want of which it came, if Discord tells which."""
        guild, _, name = channel.name.partition("/")
        if guild == DIRECT:
            return refusal
        try:
            lacking = (await asked(self._rest, guild, name)).posting
        except PlatformError:
            return refusal
        if not lacking:
            return refusal
        return PermanentError(f"platform.forbidden.{lacking[0]}", whole_channel=True, platform=NAME)

    def _rendered(self, part: Part, words: Words, key: DeliveryKey, unthreaded: Sequence[str] = ()) -> Json:
        try:
            return render.message(part, words, key.value, self._ids, unthreaded)
        except ValueError:
            raise _no_place() from None

    async def _open_thread(self, channel: str, message: str, name: str) -> None:
        """Open the message's thread, which has the message's id, unless it exists already."""
        body = {"name": name, "auto_archive_duration": WEEK}
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        try:
            await self._rest.ask("POST", path, {"channel_id": channel, "message_id": message}, json=body)
        except DiscordRefusal as refusal:
            if refusal.number != THREAD_EXISTS:
                raise
        self._threads.put(message, True)

    async def _post_in_forum(self, channel: str, part: Part, words: Words, sent: Json) -> MessageRef:
        """Create a forum post, whose first message has the post's id. Forums accept no nonce."""
        forum = await self._rest.ask("GET", "/channels/{channel_id}", {"channel_id": channel})
        if not isinstance(forum, Mapping) or forum.get("type") not in _FORUM_TYPES:
            raise DiscordRefusal(50008)
        self._forums.put(channel, True)
        body: Json = {"name": render.name(part, words), "auto_archive_duration": WEEK, "message": sent}
        if tags := chosen_tags(forum, part, words):
            body["applied_tags"] = tags
        answer = await self._rest.ask("POST", "/channels/{channel_id}/threads", {"channel_id": channel}, json=body)
        thread = _id(answer)
        return MessageRef(NAME, f"{thread}/{thread}")


def nonce(key: DeliveryKey, channel: str) -> str:
    """Return the nonce by which Discord recognises a repeated message for some minutes, of at most 25 characters.

    Discord compares the nonces of one author across channels, so the channel is part of it.
    """
    return hashlib.sha256(f"{key.value}/{channel}".encode()).hexdigest()[:24]


def ids(ref: MessageRef) -> tuple[str, str]:
    """Return the ids of the channel and the message. Raises PermanentError for a malformed reference."""
    channel, _, message = ref.value.partition("/")
    if whole(channel) is None or whole(message) is None:
        raise PermanentError("platform.message_gone", whole_channel=False, platform=NAME)
    return channel, message


def chosen_tags(forum: Mapping[str, Any], part: Part, words: Words) -> list[str]:
    """Return the ids of the forum's tags for a post: those named after the papers' categories or the bot.

    If the forum requires a tag and none matches, its first is used.
    """
    offered = [tag for tag in forum.get("available_tags") or () if not tag.get("moderated")]
    wanted = {name.strip().casefold() for name in words.say("forum.tags").split(",")}
    if isinstance(part, Headline):
        wanted |= {topic.casefold() for entry in part.digest.entries for topic in entry.paper.categories}
    fitting = [str(tag["id"]) for tag in offered if str(tag.get("name", "")).casefold() in wanted][:_MOST_TAGS]
    if not fitting and (whole(forum.get("flags")) or 0) & _REQUIRES_TAG:
        return [str(tag["id"]) for tag in offered[:1]]
    return fitting


def _no_place() -> PermanentError:
    return PermanentError("platform.rejected", whole_channel=False, platform=NAME)


def _words(part: Part) -> Words:
    return words_for(part.digest.language if isinstance(part, Headline | Page) else part.language)


def _id(answer: object) -> str:
    """Return the id of what was created. Raises AmbiguousError if the answer has none."""
    created = answer.get("id") if isinstance(answer, Mapping) else None
    if not isinstance(created, str) or whole(created) is None:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return created
