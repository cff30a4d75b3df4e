"""Threads of the Discord double: under a message, on their own, and as posts of a forum."""

from __future__ import annotations

from tests.fakes.discord_clock import when
from tests.fakes.discord_errors import Form, Refused
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_model import (
    THREAD_STARTER,
    Channel,
    Json,
    Kind,
    Message,
    MessageFlag,
    Permission,
    ThreadFacts,
    User,
)
from tests.fakes.discord_wire import channel_json

DURATIONS = (60, 1440, 4320, 10080)  # minutes without a message until a thread is archived
MOST_TAGS = 5
THREADED = {Kind.TEXT: Kind.THREAD, Kind.ANNOUNCEMENT: Kind.ANNOUNCEMENT_THREAD, Kind.FORUM: Kind.THREAD}


class Threads:
    """Opening and listing threads. What a message may be is checked by `messages`."""

    def __init__(self, messages: Messages) -> None:
        self.messages = messages
        self.state = messages.state

    def under(self, message: Message, owner: User, body: Json) -> Channel:
        """A thread whose id is the message's. Raises Refused, with 160004 where there is one."""
        minutes = _checked(body, message.channel)
        if message.channel.kind not in (Kind.TEXT, Kind.ANNOUNCEMENT):
            raise Refused(50024)
        if message.thread:
            raise Refused(160004)
        thread = self._open(message.id, message.channel, owner, body["name"], minutes)
        message.thread = thread
        message.flags |= MessageFlag.HAS_THREAD
        self._tell(thread)
        self.messages.emit("MESSAGE_UPDATE", message)
        starter = Message(self.state.clock.snowflake(), thread, message.author, self.state.clock.now())
        starter.type, starter.reference = THREAD_STARTER, message
        thread.messages[starter.id] = starter
        return thread

    def alone(self, channel: Channel, owner: User, body: Json) -> Channel:
        minutes = _checked(body, channel)
        if channel.kind not in (Kind.TEXT, Kind.ANNOUNCEMENT):
            raise Refused(50024)
        thread = self._open(self.state.clock.snowflake(), channel, owner, body["name"], minutes)
        self._tell(thread)
        return thread

    def in_forum(self, channel: Channel, owner: User, body: Json) -> tuple[Channel, Message]:
        """A post: a thread and its first message, of one id. Raises Refused."""
        minutes = _checked(body, channel)
        tags = [int(tag) for tag in body.get("applied_tags") or []]
        if len(tags) > MOST_TAGS:
            form = Form()
            form.length(tags, MOST_TAGS, "applied_tags")
            form.refuse()
        if any(tag not in {known.id for known in channel.tags} for tag in tags):
            raise Refused(10087)
        if channel.require_tag and not tags and not self.state.may(owner, channel, Permission.MANAGE_THREADS):
            raise Refused(40067)
        if not isinstance(body.get("message"), dict):
            form = Form()
            form.required("message")
            form.refuse()
        first = self.messages.compose(channel, owner, body["message"])  # refuses before anything is there
        thread = self._open(first.id, channel, owner, body["name"], minutes)
        assert thread.thread is not None
        thread.thread.tags = tags
        self._tell(thread)
        first.channel = thread
        self.messages.add(first)
        thread.thread.sent = 0  # the first message does not count
        return thread, first

    def active(self, guild_id: int) -> list[Channel]:
        """The guild's threads that are not archived and that the bot sees, newest first."""
        guild = self.state.guild(guild_id)
        return [one for one in self._visible() if one.guild is guild and one.thread and not one.thread.archived]

    def archived(self, parent: Channel, before: float | None, limit: int) -> tuple[list[Channel], bool]:
        """Those of a channel by when they were archived, newest first, and whether there are more."""
        found = [one for one in self._visible() if one.parent is parent and one.thread and one.thread.archived]
        found = [one for one in found if before is None or (one.thread and one.thread.since < before)]
        found.sort(key=lambda one: one.thread.since if one.thread else 0, reverse=True)
        return found[:limit], len(found) > limit

    def _visible(self) -> list[Channel]:
        threads = [one for one in self.state.channels.values() if one.thread]
        for one in threads:
            self.state.settle(one)
        seen = [one for one in threads if self.state.may(self.state.bot, one, Permission.VIEW_CHANNEL)]
        return sorted(seen, key=lambda one: one.id, reverse=True)

    def _open(self, number: int, parent: Channel, owner: User, name: str, minutes: int) -> Channel:
        now = max(self.state.clock.now(), when(number))
        thread = Channel(number, THREADED[parent.kind], name, parent.guild, parent)
        thread.thread = ThreadFacts(owner, now, now, minutes)
        self.state.channels[number] = thread
        return thread

    def _tell(self, thread: Channel) -> None:
        self.state.emit("THREAD_CREATE", channel_json(thread) | {"newly_created": True}, thread)


def _checked(body: Json, channel: Channel) -> int:
    """The minutes until it is archived. Raises Refused for a name or a time that does not do."""
    form = Form()
    if not body.get("name"):
        form.required("name")
    form.length(body.get("name") or "-", 100, "name", least=1)
    minutes = body.get("auto_archive_duration") or channel.default_auto_archive_minutes or DURATIONS[1]
    if minutes not in DURATIONS:
        form.wrong(("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Value must be one of {set(DURATIONS)}.")
    form.refuse()
    return int(minutes)
