"""What the tests' Slack knows: workspaces, people, channels, messages, reactions, views and tokens.

No I/O. The state tells `on_event` what happened; who may hear of it is decided in `slack_events`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_clock import Clock
from tests.fakes.slack_emoji import canonical
from tests.fakes.slack_values import (
    BOT_SCOPES,
    TRIGGER_SECONDS,
    App,
    Channel,
    Ephemeral,
    File,
    Grant,
    Json,
    Message,
    OpenView,
    ResponseUrl,
    SlackError,
    Status,
    Trigger,
    User,
    Workspace,
)


@dataclass
class SlackState:
    clock: Clock = field(default_factory=Clock)
    app: App = field(default_factory=App)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    ephemerals: list[Ephemeral] = field(default_factory=list)
    modals: dict[str, OpenView] = field(default_factory=dict)  # the topmost one, by user
    homes: dict[str, OpenView] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)  # by code
    tickets: dict[str, float] = field(default_factory=dict)  # of Socket Mode, and until when each may be used
    files: dict[str, File] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)  # ids of the files that are awaited, by the address's path
    statuses: dict[tuple[str, str], Status] = field(default_factory=dict)  # by channel and thread
    custom_emoji: set[str] = field(default_factory=set)
    most_listed: int = 999  # messages in one answer of history or replies
    voters_shown: int = 1_000_000  # the most users that `reactions.get` names for one emoji
    on_event: Callable[[Workspace, Json, Channel | None], None] = lambda team, event, channel: None
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _last_ts: tuple[int, int] = (0, 0)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):08d}"

    def new_ts(self) -> str:
        """A time stamp greater than every one before."""
        seconds, micros = divmod(int(self.clock.now() * 1_000_000), 1_000_000)
        last_seconds, last_micros = self._last_ts
        self._last_ts = max((seconds, micros), divmod(last_seconds * 1_000_000 + last_micros + 1, 1_000_000))
        return f"{self._last_ts[0]}.{self._last_ts[1]:06d}"

    def add_workspace(self, name: str, scopes: Collection[str] = BOT_SCOPES, *, installed: bool = True) -> Workspace:
        """A team with its bot user; where the app is installed it has a bot token."""
        team = self.new_id("T")
        bot_user = User(self.new_id("U"), team, "kawaraban", is_bot=True)
        self.users[bot_user.id] = bot_user
        workspace = Workspace(team, name, bot_user, self.new_id("B"), set(scopes), installed=installed)
        self.workspaces[team] = workspace
        if installed:
            self.new_token(workspace)
        return workspace

    def new_token(self, team: Workspace) -> str:
        token = self.new_id("xoxb-invented-")
        team.tokens[token] = team.installed = True
        return token

    def add_user(self, team: Workspace, name: str, **more: Any) -> User:
        """A person; `more` are fields of User. A locale of `en-US` comes with New York's time zone by default."""
        if more.get("locale") == "en-US":
            more = {"tz": "America/New_York", "tz_offset": -18_000, **more}
        user = User(self.new_id("U"), team.id, name, **more)
        self.users[user.id] = user
        return user

    def add_channel(
        self, team: Workspace, name: str, members: Collection[User] = (), *, kind: str = "public", bot: bool = True
    ) -> Channel:
        """A channel created by the first of its `members`; with `bot`, ours is one of them."""
        ids = [one.id for one in members]
        creator = ids[0] if ids else team.bot.id
        prefix = {"public": "C", "private": "C", "im": "D", "mpim": "C"}[kind]
        joined = ids + [team.bot.id] * bot
        channel = Channel(self.new_id(prefix), team.id, name, kind, creator, joined)
        self.channels[channel.id] = channel
        return channel

    def new_trigger(self, team: Workspace, user: str) -> str:
        """A trigger_id for what the person just did."""
        trigger = f"{self.new_id('')}.{team.id}"
        self.triggers[trigger] = Trigger(team.id, user, self.clock.now() + TRIGGER_SECONDS)
        return trigger

    def dm(self, team: Workspace, user: str) -> Channel:
        """The direct messages between the bot and a person, opened where they are not there yet."""
        there = (one for one in self.channels.values() if one.kind == "im" and one.team == team.id)
        found = next((one for one in there if user in one.members), None)
        return found or self.add_channel(team, "", [self.users[user]], kind="im")

    def status(self, channel: Channel | str, thread_ts: str) -> str:
        """What the bot is said to be doing in the thread; empty if nothing."""
        key = (channel if isinstance(channel, str) else channel.id, thread_ts)
        there = self.statuses.get(key)
        return there.text if there and self.clock.now() < there.until else ""

    def react(self, team: Workspace, message: Message, name: str, user: str) -> None:
        """Raises SlackError: `invalid_name`, `already_reacted`."""
        name = self._emoji(name)
        users = message.reactions.setdefault(name, [])
        if user in users:
            raise SlackError("already_reacted")
        users.append(user)
        self._reaction_event(team, "reaction_added", message, name, user)

    def unreact(self, team: Workspace, message: Message, name: str, user: str) -> None:
        """Raises SlackError: `invalid_name`, `no_reaction`."""
        name = self._emoji(name)
        users = message.reactions.get(name, [])
        if user not in users:
            raise SlackError("no_reaction")
        users.remove(user)
        if not users:
            del message.reactions[name]
        self._reaction_event(team, "reaction_removed", message, name, user)

    def _emoji(self, name: str) -> str:
        if (known := canonical(name, self.custom_emoji)) is None:
            raise SlackError("invalid_name")
        return known

    def _reaction_event(self, team: Workspace, kind: str, message: Message, name: str, user: str) -> None:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user}
        self.on_event(team, event, self.channels[message.channel])

    def say(self, place: ResponseUrl, body: Json) -> Message | Ephemeral | None:
        """Show what a response URL, or the acknowledgement of a command, was given; None where it deleted one."""
        channel, original = self.channels[place.channel], place.original
        if original is not None and body.get("delete_original"):
            if isinstance(original, Ephemeral):
                original.alive = False
            else:
                channel.messages.pop(original.ts, None)
            return None
        if body.get("delete_original"):
            return None
        text, blocks = body.get("text") or "", body.get("blocks") or []
        blocks = [{"block_id": f"r{index}", **one} for index, one in enumerate(blocks)]
        if original is not None and body.get("replace_original"):
            original.text, original.blocks = text, blocks
            return original
        thread = body.get("thread_ts")
        if body.get("response_type") != "in_channel":
            ephemeral = Ephemeral(self.new_ts(), channel.id, place.user, text, blocks, thread)
            self.ephemerals.append(ephemeral)
            return ephemeral
        team = self.workspaces[place.team]
        message = Message(self.new_ts(), channel.id, team.bot.id, text, blocks, thread, None, team.bot_id)
        message.by_response_url = True
        channel.messages[message.ts] = message
        return message
