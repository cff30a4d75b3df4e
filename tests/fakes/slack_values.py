"""The values of the tests' Slack: workspaces, people, channels, messages, views, and the errors of its answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.support import slack_manifest

Json = dict[str, Any]

# What an installation of the app gives, and what it hears of: as its manifest asks for it.
BOT_SCOPES = slack_manifest.scopes()
SUBSCRIPTIONS = slack_manifest.events()
SHORTCUTS = slack_manifest.shortcuts()
RESPONSE_URL_USES, RESPONSE_URL_SECONDS = 5, 1_800
TRIGGER_SECONDS = 3
# Slack does not document how long a stream lives. One ended after 306 seconds, whatever was appended
# (NousResearch/hermes-agent#59010), others after gaps without anything (vercel/chat#607).
STREAM_SECONDS, STREAM_IDLE_SECONDS = 300, 120
STATUS_SECONDS = 120


class SlackError(Exception):
    """An answer with `ok: false`; `more` are further fields of it."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


@dataclass
class User:
    id: str
    team: str
    name: str
    is_admin: bool = False
    is_owner: bool = False
    locale: str = "ja-JP"
    tz: str = "Asia/Tokyo"
    tz_offset: int = 32_400
    is_bot: bool = False
    is_restricted: bool = False  # a guest


@dataclass
class Workspace:
    """A team in which the app is installed, or was; `tokens` maps each bot token to whether it still holds."""

    id: str
    name: str
    bot: User
    bot_id: str
    scopes: set[str]
    tokens: dict[str, bool] = field(default_factory=dict)
    installed: bool = True

    @property
    def token(self) -> str:
        """The newest bot token."""
        return list(self.tokens)[-1]


@dataclass
class Stream:
    """How a message came to be that its `recipient` could watch being written.

    The other members see `first`, the blocks that it began with, until it is over. `ended` says how: `stopped`,
    `expired`, `stopped_by_user`; empty while it goes on.
    """

    recipient: str
    began: float
    latest: float
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    ended: str = ""

    def expire(self, now: float) -> None:
        """End it where its time is over; what it has by then stays."""
        if not self.ended and (now - self.began > STREAM_SECONDS or now - self.latest > STREAM_IDLE_SECONDS):
            self.ended = "expired"


@dataclass
class Message:
    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    bot_id: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    unfurls: bool = True
    edits: int = 0
    broadcast: bool = False
    by_response_url: bool = False
    files: list[str] = field(default_factory=list)  # their ids
    stream: Stream | None = None

    def seen_by(self, user: str) -> tuple[str, list[Json]]:
        """The text and the blocks that this member sees."""
        stream = self.stream
        if stream is None or stream.ended or stream.recipient == user:
            return self.text, self.blocks
        return stream.text, stream.blocks


@dataclass
class Status:
    """What the bot is said to be doing in a thread, below its messages."""

    text: str
    loading: list[str]
    until: float


@dataclass
class File:
    """A file of an external upload: first only announced, then with its content, then shared by a message."""

    id: str
    team: str
    name: str
    length: int
    content: bytes | None = None
    title: str = ""


@dataclass
class Ephemeral:
    """A message that one person sees; `alive` ends with `delete_original`."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    alive: bool = True


@dataclass
class Channel:
    id: str
    team: str
    name: str
    kind: str  # public, private, im, mpim
    creator: str
    members: list[str] = field(default_factory=list)
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def top_level(self) -> list[Message]:
        """What stands in the channel itself, oldest first."""
        return [one for one in self.messages.values() if one.thread_ts is None or one.broadcast]

    def replies(self, ts: str) -> list[Message]:
        return [one for one in self.messages.values() if one.thread_ts == ts]


@dataclass
class OpenView:
    """A modal or home tab as its user sees it; `view` is the object that the API answers with."""

    user: str
    view: Json
    previous: OpenView | None = None


@dataclass
class ResponseUrl:
    team: str
    channel: str
    user: str
    until: float
    original: Message | Ephemeral | None = None
    uses: int = 0
    posts: list[Json] = field(default_factory=list)
    made: float = field(default_factory=time.monotonic)
    posted_in_ms: list[float] = field(default_factory=list)  # real milliseconds since it was made, by post


@dataclass
class Trigger:
    team: str
    user: str
    until: float
    used: bool = False


@dataclass
class Grant:
    """What somebody agreed to on the authorise page; its code is good once, until then."""

    team: Workspace
    user: str
    scopes: set[str]
    redirect_uri: str
    until: float
    used: bool = False


@dataclass
class App:
    """The app as its settings page has it."""

    id: str = "A00000001"
    client_id: str = "1000.2000"
    client_secret: str = "client-secret"
    signing_secret: str = "signing-secret"
    redirect_uris: list[str] = field(default_factory=list)
    app_tokens: set[str] = field(default_factory=lambda: {"xapp-1-A00000001-1-invented"})
    subscriptions: set[str] = field(default_factory=lambda: set(SUBSCRIPTIONS))
    delayed_events: bool = False  # the setting that adds hourly retries for a day
