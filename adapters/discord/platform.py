"""Messages in Discord's channels, threads and forums: posted, edited, found again.

A channel's name is `<guild>/<channel>`, a person's direct place `@me/<user>`. A message is `<channel>/<message>`, where
the channel is the one that its events name: for what stands in a thread, the thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.discord import render
from adapters.discord.errors import FORUM, NAME, NO_SUCH_CHANNEL, NO_THREADS_HERE, THREAD_EXISTS, DiscordRefusal
from adapters.discord.finding import Finder
from adapters.discord.rest import Json, Rest
from bot.caches import Cache
from bot.errors import AmbiguousError, PermanentError
from bot.models import CannotTell, ChannelKey, DeliveryKey, Found, Headline, MessageRef, Page, Part, Place, whole
from bot.words import Words, words_for

DIRECT = "@me"
WEEK = 10_080  # minutes; an archived thread takes no votes, and votes are looked for during a week
_REMEMBERED = 5_000
_FORUM_TYPES = (15, 16)  # forum, media
_REQUIRES_TAG = 1 << 4
_MOST_TAGS = 5


class DiscordPlatform:
    """The channels that a bot's token reaches, over HTTP alone: no gateway is needed."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._finder = Finder(rest)
        self._threads: Cache[str, bool] = Cache(_REMEMBERED)  # that are known to be open
        self._forums: Cache[str, bool] = Cache(_REMEMBERED)
        self._directs: Cache[str, str] = Cache(_REMEMBERED)  # person -> the channel of their direct messages

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        """Create one message, or one post of a forum; a thread is opened with its first message. Raises as the port."""
        words = _words(part)
        sent = _rendered(part, words, key)
        channel = await self.channel(place.channel)
        if place.thread:
            return await self._post_below(place.thread, channel, render.name(part, words), sent, key)
        if channel in self._forums:
            return await self._post_in_forum(channel, part, words, sent)
        try:
            return await self._create(channel, sent, key)
        except DiscordRefusal as refusal:
            if refusal.number not in FORUM:
                raise
        return await self._post_in_forum(channel, part, words, sent)

    async def edit(self, ref: MessageRef, part: Part) -> None:
        """Replace what the message says; its buttons, and with them its key, stay. Raises as the port."""
        channel, message = ids(ref)
        try:
            shown = render.edited(part, _words(part))
        except ValueError:
            raise _no_place() from None
        await self._rest.ask(
            "PATCH",
            "/channels/{channel_id}/messages/{message_id}",
            {"channel_id": channel, "message_id": message},
            json=shown,
        )

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:
        """Look for a message of ours with the key in its buttons. Raises TransientError and AmbiguousError."""
        try:
            channel = await self.channel(place.channel)
            thread = ids(place.thread)[1] if place.thread else None
            return await self._finder.find(channel, thread, key, since)
        except PermanentError as error:
            return CannotTell(error.code)

    async def channel(self, key: ChannelKey) -> str:
        """The id of Discord's channel behind the key; that of a person's direct messages is asked for once."""
        workspace, _, name = key.name.partition("/")
        if workspace != DIRECT:
            return name
        known = self._directs.get(name)
        if known is None:
            opened = await self._rest.ask("POST", "/users/@me/channels", json={"recipient_id": name})
            known = _id(opened)
            self._directs.put(name, known)
        return known

    async def _create(self, channel: str, sent: Json, key: DeliveryKey) -> MessageRef:
        body = {**sent, "nonce": nonce(key, channel), "enforce_nonce": True}
        answer = await self._rest.ask("POST", "/channels/{channel_id}/messages", {"channel_id": channel}, json=body)
        return MessageRef(NAME, f"{channel}/{_id(answer)}")

    async def _post_below(self, top: MessageRef, channel: str, name: str, sent: Json, key: DeliveryKey) -> MessageRef:
        """In the headline's thread; beside it, where a channel (of voice, or itself a thread) has no threads."""
        parent, message = ids(top)
        if parent != message and message not in self._threads:
            try:
                await self._open_thread(parent, message, name)
            except DiscordRefusal as refusal:
                if refusal.number != NO_THREADS_HERE:
                    raise
                return await self._create(channel, sent, key)
        try:
            return await self._create(message, sent, key)
        except DiscordRefusal as refusal:
            self._threads.forget(message)
            if refusal.number == NO_SUCH_CHANNEL:
                raise PermanentError("platform.message_gone", whole_channel=False, platform=NAME) from refusal
            if refusal.code == "platform.archived":  # this thread alone
                raise PermanentError(refusal.code, whole_channel=False, platform=NAME) from refusal
            raise

    async def _open_thread(self, channel: str, message: str, name: str) -> None:
        """The thread of a message has the message's id; there may be one already."""
        body = {"name": name, "auto_archive_duration": WEEK}
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        try:
            await self._rest.ask("POST", path, {"channel_id": channel, "message_id": message}, json=body)
        except DiscordRefusal as refusal:
            if refusal.number != THREAD_EXISTS:
                raise
        self._threads.put(message, True)

    async def _post_in_forum(self, channel: str, part: Part, words: Words, sent: Json) -> MessageRef:
        """A post of its own, whose first message has the post's id. Forums know no nonce."""
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
    """What Discord knows a message by for some minutes: for one author, so the channel is in it; 25 letters at most."""
    return hashlib.sha256(f"{key.value}/{channel}".encode()).hexdigest()[:24]


def ids(ref: MessageRef) -> tuple[str, str]:
    """The channel and the message. Raises PermanentError for a reference that is none of ours."""
    channel, _, message = ref.value.partition("/")
    if whole(channel) is None or whole(message) is None:
        raise PermanentError("platform.message_gone", whole_channel=False, platform=NAME)
    return channel, message


def chosen_tags(forum: Mapping[str, Any], part: Part, words: Words) -> list[str]:
    """The ids of the forum's tags that a post gets: those named like the papers' categories or like us.

    Where the forum demands one and none fits, its first.
    """
    offered = [tag for tag in forum.get("available_tags") or () if not tag.get("moderated")]
    wanted = {name.strip().casefold() for name in words.say("forum.tags").split(",")}
    if isinstance(part, Headline):
        wanted |= {topic.casefold() for entry in part.digest.entries for topic in entry.paper.categories}
    fitting = [str(tag["id"]) for tag in offered if str(tag.get("name", "")).casefold() in wanted][:_MOST_TAGS]
    if not fitting and (whole(forum.get("flags")) or 0) & _REQUIRES_TAG:
        return [str(tag["id"]) for tag in offered[:1]]
    return fitting


def _rendered(part: Part, words: Words, key: DeliveryKey) -> Json:
    try:
        return render.message(part, words, key.value)
    except ValueError:
        raise _no_place() from None


def _no_place() -> PermanentError:
    return PermanentError("platform.rejected", whole_channel=False, platform=NAME)


def _words(part: Part) -> Words:
    return words_for(part.digest.language if isinstance(part, Headline | Page) else part.language)


def _id(answer: object) -> str:
    """The id of what was created; an answer that names none counts as lost."""
    known = answer.get("id") if isinstance(answer, Mapping) else None
    if not isinstance(known, str) or whole(known) is None:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return known
