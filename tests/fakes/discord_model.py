"""What the Discord double knows: users, guilds, channels, messages, reactions. Plain state, without rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

Json = dict[str, Any]


class Permission(IntFlag):
    """The bits that a bot of this kind meets (Discord: topics/permissions)."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


NOTHING = Permission(0)
EVERYTHING = Permission(sum(Permission))
READER = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)


class Kind(IntEnum):
    """A channel's type."""

    TEXT = 0
    DM = 1
    VOICE = 2
    GROUP = 3  # direct messages of several people
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    THREAD = 11
    FORUM = 15


class MessageFlag(IntFlag):
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)
DEFAULT, REPLY, CHAT_COMMAND, THREAD_STARTER, MENU_COMMAND = 0, 19, 20, 21, 23  # types of messages


@dataclass(eq=False)
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    dms_open: bool = True
    installed: bool = False  # has the application as a user install
    deleted: bool = False  # its reactions are counted, but not named any more

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: Permission


@dataclass(eq=False)
class Member:
    user: User
    roles: list[int]
    joined: float


@dataclass(eq=False)
class Overwrite:
    """What a channel allows and denies to one role (`kind` 0) or member (1)."""

    id: int
    kind: int
    allow: Permission = NOTHING
    deny: Permission = NOTHING


@dataclass(eq=False)
class Guild:
    id: int
    name: str
    owner: User
    locale: str
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    emojis: dict[int, str] = field(default_factory=dict)
    gone: bool = False

    @property
    def everyone(self) -> Role:
        return self.roles[self.id]


@dataclass(eq=False)
class Tag:
    id: int
    name: str


@dataclass(eq=False)
class ThreadFacts:
    """What a channel has that is a thread. `since` is when its time to be archived began, in seconds since 1970."""

    owner: User
    created: float
    since: float
    auto_archive_minutes: int = 1440
    archived: bool = False
    locked: bool = False
    tags: list[int] = field(default_factory=list)
    sent: int = 0


@dataclass(eq=False)
class Reaction:
    emoji: str  # Unicode, or `name:id`
    normal: list[User] = field(default_factory=list)
    burst: list[User] = field(default_factory=list)


@dataclass(eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    at: float  # seconds since 1970
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: MessageFlag = NO_FLAGS
    nonce: str | None = None
    allowed_mentions: Json | None = None
    mentions: list[User] = field(default_factory=list)
    mentions_everyone: bool = False
    type: int = DEFAULT
    reference: Message | None = None
    interaction: Json | None = None  # interaction_metadata
    edits: list[float] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    thread: Channel | None = None

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & MessageFlag.EPHEMERAL)

    @property
    def custom_ids(self) -> list[str]:
        """Of every button and menu, nested ones included."""
        return [one["custom_id"] for one in flattened(self.components) if "custom_id" in one]


@dataclass(eq=False)
class Channel:
    id: int
    kind: Kind
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    recipient: User | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    require_tag: bool = False
    thread: ThreadFacts | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    default_auto_archive_minutes: int | None = None

    @property
    def shown(self) -> list[Message]:
        """The messages that people see, oldest first."""
        return list(self.messages.values())


def flattened(components: list[Json]) -> list[Json]:
    """Every component, each before those inside it."""
    found: list[Json] = []
    for one in components:
        inside = [*(one.get("components") or []), *filter(None, (one.get("accessory"), one.get("component")))]
        found += [one, *flattened(inside)]
    return found
