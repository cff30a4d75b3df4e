"""Routes of the Discord double: messages, reactions, threads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fakes.discord_clock import when
from tests.fakes.discord_errors import Form, Refused
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_model import DEFAULT, REPLY, Channel, Json, Kind, Message, Permission
from tests.fakes.discord_rest import Call, Status, Table, form_of
from tests.fakes.discord_threads import Threads
from tests.fakes.discord_wire import channel_json, message_json, user_json

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"
REACTIONS = f"{MESSAGE}/reactions"
WRITABLE = {Kind.TEXT, Kind.DM, Kind.ANNOUNCEMENT, Kind.THREAD, Kind.ANNOUNCEMENT_THREAD}


class MessageRoutes:
    def __init__(self, messages: Messages, threads: Threads) -> None:
        self.messages = messages
        self.threads = threads
        self.state = messages.state

    def table(self) -> Table:
        return {
            ("GET", MESSAGES): self._history,
            ("POST", MESSAGES): self._create,
            ("GET", MESSAGE): self._get,
            ("PATCH", MESSAGE): self._edit,
            ("DELETE", MESSAGE): self._delete,
            ("POST", f"{MESSAGE}/threads"): self._thread_under,
            ("POST", "/channels/{channel_id}/threads"): self._thread,
            ("GET", "/channels/{channel_id}/threads/archived/public"): self._archived,
            ("GET", "/guilds/{guild_id}/threads/active"): self._active,
            ("GET", f"{REACTIONS}/{{emoji}}"): self._voters,
            ("PUT", f"{REACTIONS}/{{emoji}}/@me"): self._react,
            ("DELETE", f"{REACTIONS}/{{emoji}}/@me"): self._unreact,
            ("DELETE", f"{REACTIONS}/{{emoji}}/{{user_id}}"): self._unreact_other,
            ("DELETE", f"{REACTIONS}/{{emoji}}"): self._clear,
            ("DELETE", REACTIONS): self._clear,
        }

    async def _history(self, call: Call) -> list[Json]:
        channel = self.state.channel(call.id("channel_id"))
        limit = call.number("limit", 50, 1, 100)
        if len({"before", "after", "around"} & call.query.keys()) > 1:
            form = Form()
            form.wrong(("after",), "MUTUALLY_EXCLUSIVE", "before, after and around are mutually exclusive")
            form.refuse()
        if not self.state.may(self.state.bot, channel, Permission.READ_MESSAGE_HISTORY):
            return []  # documented: no refusal, but nothing either
        found = sorted(channel.messages.values(), key=lambda one: one.id)
        if (after := call.snowflake("after")) is not None:
            found = [one for one in found if one.id > after][:limit]
        elif (around := call.snowflake("around")) is not None:
            older = [one for one in found if one.id < around][-(limit // 2) :]
            found = older + [one for one in found if one.id >= around][: limit - len(older)]
        else:
            before = call.snowflake("before")
            found = [one for one in found if before is None or one.id < before][-limit:]
        return [self._seen(one) for one in reversed(found)]

    async def _get(self, call: Call) -> Json:
        return self._seen(self._message(call, Permission.READ_MESSAGE_HISTORY))

    async def _create(self, call: Call) -> Json:
        body = form_of(call.body)
        channel = self.state.channel(call.id("channel_id"))
        self._check_writable(channel, body)
        if body.get("enforce_nonce") and (known := self.messages.remembered(self.state.bot, body.get("nonce"))):
            return message_json(known, self.state.bot)
        return message_json(self.messages.post(channel, self.state.bot, body), self.state.bot)

    async def _edit(self, call: Call) -> Json:
        message = self._message(call)
        self._check_open(message.channel)
        if message.author is not self.state.bot:
            raise Refused(50005)
        if message.type not in (DEFAULT, REPLY) and message.interaction is None:
            raise Refused(50021)
        body = form_of(call.body)
        self._check_embeds(message.channel, body)
        self.messages.edit(message, body)
        return message_json(message, self.state.bot)

    async def _delete(self, call: Call) -> None:
        message = self._message(call)
        if message.author is not self.state.bot:
            self.state.channel(message.channel.id, Permission.MANAGE_MESSAGES)
        self._check_open(message.channel)
        self.messages.delete(message)

    async def _thread_under(self, call: Call) -> Status:
        message = self._message(call)
        self.state.channel(message.channel.id, Permission.CREATE_PUBLIC_THREADS)
        return Status(201, channel_json(self.threads.under(message, self.state.bot, form_of(call.body))))

    async def _thread(self, call: Call) -> Status:
        channel = self.state.channel(call.id("channel_id"))
        body = form_of(call.body)
        if channel.kind is not Kind.FORUM:
            self.state.channel(channel.id, Permission.CREATE_PUBLIC_THREADS)
            return Status(201, channel_json(self.threads.alone(channel, self.state.bot, body)))
        self.state.channel(channel.id, Permission.SEND_MESSAGES)
        self._check_embeds(channel, body.get("message") or {})
        thread, first = self.threads.in_forum(channel, self.state.bot, body)
        return Status(201, channel_json(thread) | {"message": message_json(first, self.state.bot)})

    async def _archived(self, call: Call) -> Json:
        channel = self.state.channel(call.id("channel_id"), Permission.READ_MESSAGE_HISTORY)
        limit = call.number("limit", 50, 1, 100)
        text = call.query.get("before")
        before = None if text is None else when(int(text)) if text.isdigit() else _seconds(text)
        found, more = self.threads.archived(channel, before, limit)
        return {"threads": [channel_json(one) for one in found], "members": [], "has_more": more}

    async def _active(self, call: Call) -> Json:
        return {"threads": [channel_json(one) for one in self.threads.active(call.id("guild_id"))], "members": []}

    async def _voters(self, call: Call) -> list[Json]:
        message = self._message(call, Permission.READ_MESSAGE_HISTORY)
        limit, after = call.number("limit", 25, 1, 100), call.snowflake("after") or 0
        kind = call.number("type", 0, 0, 1)
        reaction = self.messages.reaction(message, call.ids["emoji"])
        found = [] if reaction is None else reaction.burst if kind else reaction.normal
        users = sorted(found, key=lambda one: one.id)
        return [user_json(one) for one in users if one.id > after and not one.deleted][:limit]

    async def _react(self, call: Call) -> None:
        message = self._message(call, Permission.READ_MESSAGE_HISTORY)
        self._check_open(message.channel)
        emoji = call.ids["emoji"]
        if emoji.replace("\ufe0f", "") not in message.reactions:
            self.state.channel(message.channel.id, Permission.ADD_REACTIONS)
            own = message.channel.guild.emojis if message.channel.guild else {}
            _, _, custom = emoji.partition(":")
            strange = custom.isdigit() and int(custom) not in own
            if strange and not self.state.may(self.state.bot, message.channel, Permission.USE_EXTERNAL_EMOJIS):
                raise Refused(10014)
        self.messages.react(message, emoji, self.state.bot)

    async def _unreact(self, call: Call) -> None:
        message = self._message(call, Permission.READ_MESSAGE_HISTORY)
        self._check_open(message.channel)
        self.messages.unreact(message, call.ids["emoji"], self.state.bot)

    async def _unreact_other(self, call: Call) -> None:
        message = self._message(call, Permission.MANAGE_MESSAGES)
        user = self.state.users.get(call.id("user_id"))
        if user is None:
            raise Refused(10013)
        self.messages.unreact(message, call.ids["emoji"], user)

    async def _clear(self, call: Call) -> None:
        message = self._message(call, Permission.MANAGE_MESSAGES)
        self.messages.clear(message, call.ids.get("emoji"))

    def _message(self, call: Call, *needed: Permission) -> Message:
        channel = self.state.channel(call.id("channel_id"), *needed)
        return self.messages.find(channel, call.id("message_id"))

    def _seen(self, message: Message) -> Json:
        return message_json(message, self.state.bot) | hidden(message, self.state.bot.id, self._reads_everything)

    @property
    def _reads_everything(self) -> bool:
        return bool(self.state.application.privileged_intents & (1 << 15))

    def _check_writable(self, channel: Channel, body: Json) -> None:
        if channel.kind is Kind.FORUM:
            raise Refused(40058)
        if channel.kind not in WRITABLE:
            raise Refused(50008)
        if channel.recipient and not channel.recipient.dms_open:
            raise Refused(50007)
        needed = Permission.SEND_MESSAGES_IN_THREADS if channel.thread else Permission.SEND_MESSAGES
        self.state.channel(channel.id, needed)
        locked = channel.thread and channel.thread.locked
        if locked and not self.state.may(self.state.bot, channel, Permission.MANAGE_THREADS):
            raise Refused(160005)
        self._check_embeds(channel, body)

    def _check_embeds(self, channel: Channel, body: Json) -> None:
        if body.get("embeds"):
            self.state.channel(channel.id, Permission.EMBED_LINKS)

    def _check_open(self, channel: Channel) -> None:
        if channel.thread and channel.thread.archived:
            raise Refused(50083)


def hidden(message: Message, bot_id: int, everything: bool) -> dict[str, Any]:
    """What a bot without the message content intent sees instead: nothing but where it wrote, is meant, or in a DM."""
    meant = message.author.id == bot_id or any(one.id == bot_id for one in message.mentions)
    if everything or meant or message.channel.guild is None:
        return {}
    return {"content": "", "embeds": [], "components": [], "attachments": []}


def _seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise Refused(50035) from None
