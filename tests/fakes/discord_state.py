"""The Discord double's world: users, guilds, channels, who may do what in them, and what happened.

    guild = state.add_guild("Lab", locale="ja")          # the bot is in it
    papers = state.add_channel(guild, "papers")
    ada = state.add_user("ada", guild)

Everything that the gateway would tell is given to `listeners` as an Event, at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.discord_clock import Clock
from tests.fakes.discord_errors import Refused
from tests.fakes.discord_model import (
    EVERYTHING,
    NOTHING,
    READER,
    Channel,
    Guild,
    Json,
    Kind,
    Member,
    Overwrite,
    Permission,
    Role,
    Tag,
    ThreadFacts,
    User,
)
from tests.fakes.discord_wire import channel_json, guild_create_json

TOKEN = "MTIz.double.token"
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)  # intents: members, presences, message content


@dataclass(frozen=True, slots=True)
class Event:
    """What the gateway dispatches. `guild` is None for direct messages."""

    name: str
    body: Json
    guild: int | None = None


@dataclass
class Application:
    """The developer portal's page."""

    id: int
    name: str = "Kawaraban"
    privileged_intents: int = 0  # those that are switched on
    public: bool = True
    guild_install: bool = True
    user_install: bool = True


class DiscordState:
    """Everything that outlives a request, but for what is on its way."""

    def __init__(self, token: str = TOKEN, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.token = token
        self.bot = User(self.clock.snowflake(), "kawaraban", bot=True)
        self.application = Application(self.bot.id)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}  # those too that the bot has left
        self.channels: dict[int, Channel] = {}  # threads and direct messages included
        self.listeners: list[Callable[[Event], None]] = []

    def emit(self, name: str, body: Json, channel: Channel | None = None, guild: Guild | None = None) -> None:
        """Tell the listeners, if the bot is where it happened."""
        guild = guild or (channel.guild if channel else None)
        if guild and self.bot.id not in guild.members:
            return
        if channel and guild and not self.may(self.bot, channel, Permission.VIEW_CHANNEL):
            return
        placed = body | ({"guild_id": str(guild.id)} if channel and guild else {})
        event = Event(name, placed, guild.id if guild else None)
        for listen in self.listeners:
            listen(event)

    # People and places

    def add_user(self, name: str, *guilds: Guild, locale: str = "en-US") -> User:
        user = User(self.clock.snowflake(), name, locale=locale)
        self.users[user.id] = user
        for guild in guilds:
            self.join(guild, user)
        return user

    def add_guild(
        self, name: str, locale: str = "en-US", with_bot: bool = True, permissions: Permission = READER
    ) -> Guild:
        """A guild with an owner; `permissions` are those of everyone in it."""
        owner = User(self.clock.snowflake(), f"owner-of-{name}".lower().replace(" ", "-"), locale=locale)
        self.users[owner.id] = owner
        # Shards are told apart by the bits from 22 on: every further guild belongs to the next one.
        number = (((self.bot.id >> 22) + len(self.guilds)) << 22) | 1 << 21
        guild = Guild(number, name, owner, locale, roles={number: Role(number, "@everyone", permissions)})
        self.guilds[guild.id] = guild
        self.join(guild, owner)
        if with_bot:
            self.add_bot(guild)
        return guild

    def join(self, guild: Guild, user: User, *roles: Role) -> Member:
        guild.members[user.id] = Member(user, [role.id for role in roles], self.clock.now())
        return guild.members[user.id]

    def add_bot(self, guild: Guild) -> None:
        """Install the application there."""
        self.join(guild, self.bot)
        self.emit("GUILD_CREATE", self.guild_create(guild), guild=guild)

    def remove_bot(self, guild: Guild) -> None:
        """Somebody kicks it; the guild and its messages stay."""
        self.emit("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)  # no `unavailable`: it was removed
        guild.members.pop(self.bot.id, None)

    def guild_create(self, guild: Guild) -> Json:
        visible = [
            one
            for one in self.channels.values()
            if one.guild is guild and self.may(self.bot, one, Permission.VIEW_CHANNEL)
        ]
        return guild_create_json(guild, visible, self.bot)

    def add_role(self, guild: Guild, name: str, permissions: Permission, *members: User) -> Role:
        role = Role(self.clock.snowflake(), name, permissions)
        guild.roles[role.id] = role
        for one in members:
            guild.members[one.id].roles.append(role.id)
        return role

    def add_channel(self, guild: Guild, name: str, kind: Kind = Kind.TEXT, *tags: str) -> Channel:
        channel = Channel(self.clock.snowflake(), kind, name, guild)
        channel.tags = [Tag(self.clock.snowflake(), tag) for tag in tags]
        self.channels[channel.id] = channel
        self.emit("CHANNEL_CREATE", channel_json(channel), channel)
        return channel

    def delete_channel(self, channel: Channel) -> None:
        """A channel with its threads, or a thread."""
        name = "THREAD_DELETE" if channel.thread else "CHANNEL_DELETE"
        self.emit(name, channel_json(channel), channel)
        for one in list(self.channels.values()):
            if one is channel or one.parent is channel:
                del self.channels[one.id]
        if channel.thread and channel.parent and (starter := channel.parent.messages.get(channel.id)):
            starter.thread = None

    def allow(
        self, channel: Channel, who: User | Role, allow: Permission = NOTHING, deny: Permission = NOTHING
    ) -> None:
        """Set what a channel allows and denies to a role or a member, in place of what it did before."""
        channel.overwrites = [one for one in channel.overwrites if one.id != who.id]
        channel.overwrites.append(Overwrite(who.id, 0 if isinstance(who, Role) else 1, allow, deny))
        self.emit("CHANNEL_UPDATE", channel_json(channel), channel)

    def dm(self, user: User) -> Channel:
        """The bot's direct messages with somebody."""
        for one in self.channels.values():
            if one.recipient is user:
                return one
        channel = Channel(self.clock.snowflake(), Kind.DM, "", recipient=user)
        self.channels[channel.id] = channel
        return channel

    # Look-ups

    def bots_guilds(self) -> list[Guild]:
        return [guild for guild in self.guilds.values() if self.bot.id in guild.members]

    def guild(self, number: int) -> Guild:
        """A guild that the bot is in. Raises Refused."""
        found = self.guilds.get(number)
        if found is None or self.bot.id not in found.members:
            raise Refused(10004)
        return found

    def channel(self, number: int, *needed: Permission) -> Channel:
        """A channel that the bot sees, and where it may do what is `needed`. Raises Refused."""
        found = self.channels.get(number)
        if found is None:
            raise Refused(10003)
        if not self.may(self.bot, found, Permission.VIEW_CHANNEL):
            raise Refused(50001)
        if not self.may(self.bot, found, *needed):
            raise Refused(50013)
        self.settle(found)
        return found

    def settle(self, channel: Channel) -> None:
        """Archive a thread whose time has come."""
        facts = channel.thread
        if facts and not facts.archived and self.clock.now() - facts.since >= facts.auto_archive_minutes * 60:
            self.archive(channel)

    def archive(self, channel: Channel, archived: bool = True) -> None:
        assert isinstance(channel.thread, ThreadFacts)
        channel.thread.archived, channel.thread.since = archived, self.clock.now()
        self.emit("THREAD_UPDATE", channel_json(channel), channel)

    # Permissions

    def may(self, user: User, channel: Channel, *needed: Permission) -> bool:
        have = self.permissions(user, channel)
        return all(one in have for one in needed)

    def permissions(self, user: User, place: Channel | Guild) -> Permission:
        """What a user may do in a guild or channel (Discord: topics/permissions, "Permission Overwrites")."""
        if isinstance(place, Channel) and place.guild is None:
            return READER if user in (self.bot, place.recipient) else NOTHING
        guild = place if isinstance(place, Guild) else place.guild
        assert guild is not None
        member = guild.members.get(user.id)
        if member is None:
            return NOTHING
        roles = [guild.everyone, *(guild.roles[role] for role in member.roles)]
        have = NOTHING
        for role in roles:
            have |= role.permissions
        if guild.owner is user or Permission.ADMINISTRATOR in have:
            return EVERYTHING
        if isinstance(place, Guild):
            return have
        have = _overwritten(have, place.parent if place.thread and place.parent else place, member, guild.id)
        return have if Permission.VIEW_CHANNEL in have else NOTHING


def _overwritten(have: Permission, channel: Channel, member: Member, everyone: int) -> Permission:
    """Everyone's overwrite first, then those of all roles together, then the member's own."""
    layers = (
        [one for one in channel.overwrites if one.id == everyone],
        [one for one in channel.overwrites if one.kind == 0 and one.id in member.roles],
        [one for one in channel.overwrites if one.kind == 1 and one.id == member.user.id],
    )
    for layer in layers:
        for one in layer:
            have &= ~one.deny
        for one in layer:
            have |= one.allow
    return have
