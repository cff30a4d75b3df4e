"""One call of a Web API method: its arguments, who calls, and what that one may see."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.slack_blocks import MOST_CHARACTERS, block_problems, decoded, texts
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Channel, Json, Message, SlackError, Workspace

SCOPE_PREFIX = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
MOST_TEXT = 40_000  # characters; what is longer is cut without a word
MOST_METADATA = 16_000  # characters of its JSON
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Method:
    """`scopes`: any of them will do; `token` says whose token it takes: bot, app, none."""

    act: Callable[[Call], Json]
    scopes: Sequence[str] = ()
    token: str = "bot"


@dataclass(frozen=True)
class Call:
    state: SlackState
    arguments: Json
    base: str  # the server's own URL
    token: str = ""
    workspace: Workspace | None = None

    @property
    def team(self) -> Workspace:
        assert self.workspace is not None
        return self.workspace

    def text(self, name: str) -> str:
        value = self.arguments.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "true")

    def need(self, scope: str) -> None:
        """Raises SlackError: `missing_scope`."""
        if scope not in self.team.scopes:
            provided = ",".join(sorted(self.team.scopes))
            raise SlackError("missing_scope", needed=scope, provided=provided)

    def channel(self, suffix: str = "", *, member: bool = False) -> Channel:
        """The channel of the arguments; `suffix` (read, history) names the scope that its kind needs.

        Raises SlackError: `channel_not_found`, `missing_scope`, `not_in_channel`.
        """
        channel = self.state.channels.get(self.text("channel"))
        if channel is None or channel.team != self.team.id:
            raise SlackError("channel_not_found")
        inside = self.team.bot.id in channel.members
        if channel.kind != "public" and not inside:
            raise SlackError("channel_not_found")
        if suffix:
            self.need(f"{SCOPE_PREFIX[channel.kind]}:{suffix}")
        if member and not inside:
            raise SlackError("not_in_channel")
        return channel

    def target(self) -> Channel:
        """Where a message goes: a channel, or the direct messages with a user. Raises SlackError as `channel`."""
        user = self.state.users.get(self.text("channel"))
        if user is not None and user.team == self.team.id and not user.is_bot:
            return self.state.dm(self.team, user.id)
        channel = self.channel()
        if self.team.bot.id not in channel.members and "chat:write.public" not in self.team.scopes:
            raise SlackError("not_in_channel")
        if channel.archived:
            raise SlackError("is_archived")
        return channel

    def message(self, channel: Channel, name: str) -> Message:
        """Raises SlackError: `message_not_found`."""
        found = channel.messages.get(self.text(name))
        if found is None:
            raise SlackError("message_not_found")
        return found

    def decoded(self, name: str, error: str) -> Any:
        """A list or object of the arguments, which a form carries as JSON text."""
        try:
            return decoded(self.arguments.get(name))
        except ValueError:
            raise SlackError(error) from None

    def blocks(self, prefix: str) -> list[Json] | None:
        """The message's blocks, each with a block_id; None where there are none in the arguments.

        Raises SlackError: `invalid_blocks_format`, `invalid_blocks`, `msg_blocks_too_long`.
        """
        blocks = self.decoded("blocks", "invalid_blocks_format")
        if blocks is None:
            return None
        if problems := block_problems(blocks):
            messages = [f"[ERROR] {one}" for one in problems]
            raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": messages})
        if sum(map(len, texts(blocks))) > MOST_CHARACTERS:
            raise SlackError("msg_blocks_too_long")
        return [{"block_id": f"{prefix}{index}", **one} for index, one in enumerate(blocks)]

    def metadata(self) -> Json | None:
        """Raises SlackError: `invalid_metadata_format`, `metadata_too_large`."""
        metadata = self.decoded("metadata", "invalid_metadata_format")
        if not metadata:
            return None
        known = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict)
        if not known or not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
            raise SlackError("invalid_metadata_format")
        if len(json.dumps(metadata)) > MOST_METADATA:
            raise SlackError("metadata_too_large")
        return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}

    def page(self, items: Sequence[_Item], most: int, default: int) -> tuple[list[_Item], Json]:
        """One page of the items, and what the answer says of the next. Raises SlackError: `invalid_limit`, …"""
        try:
            limit = int(self.text("limit") or default)
        except ValueError:
            raise SlackError("invalid_limit") from None
        cursor = self.text("cursor")
        if cursor and not cursor.removeprefix("next:").isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor.removeprefix("next:") or 0)
        end = start + min(limit if limit > 0 else default, most)
        more = end < len(items)
        return list(items[start:end]), {"response_metadata": {"next_cursor": f"next:{end}" if more else ""}}
