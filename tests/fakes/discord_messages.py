"""Messages and reactions of the Discord double: what is done to them, whoever does it, and the events it makes."""

from __future__ import annotations

import re

from tests.fakes.discord_errors import Refused
from tests.fakes.discord_limits import check_message
from tests.fakes.discord_model import (
    REPLY,
    Channel,
    Json,
    Message,
    MessageFlag,
    Permission,
    Reaction,
    User,
)
from tests.fakes.discord_state import DiscordState
from tests.fakes.discord_wire import emoji_json, member_json, message_json

NONCE_SECONDS = 300.0  # "the past few minutes" in which `enforce_nonce` looks
MOST_EMOJI = 20
SETTABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2
_MENTION = re.compile(r"<@!?(\d+)>")
_CUSTOM = re.compile(r"\w{2,32}:\d+")


class Messages:
    """Posting, editing, deleting, reacting. Permissions are the caller's business; what a message may be is not."""

    def __init__(self, state: DiscordState) -> None:
        self.state = state
        self.ever: list[Message] = []  # those deleted since included
        self._nonces: dict[tuple[int, str], Message] = {}

    def remembered(self, author: User, nonce: str | None) -> Message | None:
        """The author's message of that nonce, while it is remembered. Raises Refused where it was deleted since."""
        found = self._nonces.get((author.id, nonce or ""))
        if found is None or self.state.clock.now() - found.at > NONCE_SECONDS:
            return None
        if found.id not in found.channel.messages:
            raise Refused(10008)
        return found

    def post(self, channel: Channel, author: User, body: Json) -> Message:
        """Put a message into a channel; `body` is that of Discord's create request. Raises Refused."""
        message = self.compose(channel, author, body)
        self.add(message)
        return message

    def compose(self, channel: Channel, author: User, body: Json) -> Message:
        """A message that is nowhere yet. Raises Refused for a body that Discord would not take."""
        flags = MessageFlag(body.get("flags") or 0) & (SETTABLE | MessageFlag.EPHEMERAL)
        if author.bot:
            check_message(body, flags)
        message = Message(self.state.clock.snowflake(), channel, author, self.state.clock.now(), flags=flags)
        if nonce := body.get("nonce"):
            message.nonce = str(nonce)
        if about := body.get("message_reference"):
            message.reference = channel.messages.get(int(about["message_id"]))
            message.type = REPLY
        self._fill(message, body)
        return message

    def add(self, message: Message) -> None:
        """Let a composed message stand in its channel, where it is not for one person alone."""
        channel = message.channel
        channel.messages[message.id] = message
        self.ever.append(message)
        if message.nonce is not None:
            self._nonces[(message.author.id, message.nonce)] = message
        if channel.thread:
            channel.thread.sent += 1
            if channel.thread.archived:
                self.state.archive(channel, archived=False)
            channel.thread.since = message.at
        self.emit("MESSAGE_CREATE", message)

    def edit(self, message: Message, body: Json) -> None:
        """Change what the body names. Raises Refused."""
        flags = message.flags
        if body.get("flags") is not None:
            asked = MessageFlag(body["flags"])
            flags = (flags & ~MessageFlag.SUPPRESS_EMBEDS) | (asked & MessageFlag.SUPPRESS_EMBEDS)
            flags |= asked & MessageFlag.COMPONENTS_V2
        after: Json = {"content": message.content, "embeds": message.embeds, "components": message.components}
        after |= {name: value for name, value in body.items() if name in after}
        if flags & MessageFlag.COMPONENTS_V2:
            after = {name: value for name, value in after.items() if name in body or name == "components"}
        if after.get("allowed_mentions") is None:
            after["allowed_mentions"] = body.get("allowed_mentions")
        check_message(after | {"attachments": body.get("attachments", message.attachments)}, flags)
        message.flags = flags
        self._fill(message, body)
        if not message.ephemeral:
            message.edits.append(self.state.clock.now())
            self.emit("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        channel = message.channel
        del channel.messages[message.id]
        body = {"id": str(message.id), "channel_id": str(channel.id)}
        self.state.emit("MESSAGE_DELETE", body, channel)

    def find(self, channel: Channel, number: int) -> Message:
        """Raises Refused where the channel does not have it."""
        found = channel.messages.get(number)
        if found is None:
            raise Refused(10008)
        return found

    def emit(self, name: str, message: Message) -> None:
        body = message_json(message, self.state.bot)
        if (guild := message.channel.guild) and (member := guild.members.get(message.author.id)):
            body["member"] = member_json(member, with_user=False)
        self.state.emit(name, body | {"channel_type": int(message.channel.kind)}, message.channel)

    def _fill(self, message: Message, body: Json) -> None:
        if "content" in body:
            message.content = (body["content"] or "").strip()
        if "embeds" in body:
            message.embeds = [_settled(one) for one in body["embeds"] or []]
        if "components" in body:
            message.components = body["components"] or []
        if "attachments" in body:
            message.attachments = [
                {"id": str(one["id"]), "filename": one.get("filename", "file"), "size": 1, "url": "", "proxy_url": ""}
                for one in body["attachments"] or []
            ]
        if "allowed_mentions" in body or "content" in body:
            message.allowed_mentions = body.get("allowed_mentions")
            self._mention(message)

    def _mention(self, message: Message) -> None:
        """Who is notified: what the text names, as far as `allowed_mentions` lets it."""
        allowed = message.allowed_mentions
        kinds = ("users", "everyone") if allowed is None else allowed.get("parse") or []
        listed = {int(one) for one in (allowed or {}).get("users") or []}
        named = [int(one) for one in _MENTION.findall(message.content)]
        message.mentions = [
            self.state.users[one]
            for one in dict.fromkeys(named)
            if one in self.state.users and ("users" in kinds or one in listed)
        ]
        loud = self.state.may(message.author, message.channel, Permission.MENTION_EVERYONE)
        wanted = bool(re.search("@(everyone|here)", message.content))
        message.mentions_everyone = wanted and loud and "everyone" in kinds

    # Reactions

    def react(self, message: Message, emoji: str, user: User, burst: bool = False) -> None:
        """Put an emoji there; the same again changes nothing. Raises Refused."""
        self.check_emoji(emoji)
        found = message.reactions.get(emoji_key(emoji))
        if found is None:
            if len(message.reactions) >= MOST_EMOJI:
                raise Refused(30010)
            found = message.reactions[emoji_key(emoji)] = Reaction(emoji)
        users = found.burst if burst else found.normal
        if user in users:
            return
        users.append(user)
        body = self._reaction_event(message, found, user, burst)
        body["message_author_id"] = str(message.author.id)
        if (guild := message.channel.guild) and user.id in guild.members:
            body["member"] = member_json(guild.members[user.id])
        self.state.emit("MESSAGE_REACTION_ADD", body, message.channel)

    def unreact(self, message: Message, emoji: str, user: User, burst: bool = False) -> None:
        """Take an emoji away; where it is not, nothing changes. Raises Refused for what is no emoji."""
        found = self.reaction(message, emoji)
        users = [] if found is None else found.burst if burst else found.normal
        if found is None or user not in users:
            return
        users.remove(user)
        if not found.normal and not found.burst:
            del message.reactions[emoji_key(emoji)]
        body = self._reaction_event(message, found, user, burst)
        self.state.emit("MESSAGE_REACTION_REMOVE", body, message.channel)

    def clear(self, message: Message, emoji: str | None = None) -> None:
        """Take all reactions away, or all of one emoji."""
        body: Json = {"message_id": str(message.id), "channel_id": str(message.channel.id)}
        if emoji is None:
            message.reactions.clear()
            self.state.emit("MESSAGE_REACTION_REMOVE_ALL", body, message.channel)
        else:
            found = self.reaction(message, emoji)
            if found is None:
                raise Refused(10014)
            del message.reactions[emoji_key(emoji)]
            body |= {"emoji": emoji_json(found.emoji)}
            self.state.emit("MESSAGE_REACTION_REMOVE_EMOJI", body, message.channel)

    def reaction(self, message: Message, emoji: str) -> Reaction | None:
        """Raises Refused for what is no emoji."""
        self.check_emoji(emoji)
        return message.reactions.get(emoji_key(emoji))

    def check_emoji(self, emoji: str) -> None:
        """An emoji of Unicode, or `name:id` of a guild's own. Raises Refused."""
        if _CUSTOM.fullmatch(emoji):
            number = int(emoji.partition(":")[2])
            if any(number in guild.emojis for guild in self.state.guilds.values()):
                return
        elif emoji and not any(one.isalpha() or one.isspace() for one in emoji) and max(map(ord, emoji)) > 0xA8:
            return
        raise Refused(10014)

    def _reaction_event(self, message: Message, reaction: Reaction, user: User, burst: bool) -> Json:
        return {
            "user_id": str(user.id), "message_id": str(message.id), "channel_id": str(message.channel.id),
            "emoji": emoji_json(reaction.emoji), "burst": burst, "type": int(burst),
        }  # fmt: skip


def emoji_key(emoji: str) -> str:
    """Two spellings of an emoji, with and without its variation selector, are one."""
    return emoji.replace("\ufe0f", "")


def _settled(embed: Json) -> Json:
    """An embed as Discord gives it back: texts without the space around them, and a type."""
    found: Json = {"type": "rich"} | {name: value for name, value in embed.items() if value is not None}
    for name in ("title", "description"):
        if isinstance(found.get(name), str):
            found[name] = found[name].strip()
    if "timestamp" in found:
        found["timestamp"] = str(found["timestamp"])
    return found | {"content_scan_version": 0}
