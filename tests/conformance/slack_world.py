"""Slack as a world: the adapter against the tests' Slack, whose server runs in the test's event loop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from adapters.common.emoji_names import emoji_of, name_of
from adapters.slack.platform import SlackPlatform
from adapters.slack.workspaces import Http, Workspaces
from bot.models import ChannelKey, MessageRef
from bot.taste.emoji import normalised
from tests.conformance.world import Fault, Seen
from tests.fakes import slack
from tests.fakes.slack_objects import visible

FAULTS = {
    Fault.RATE_LIMITED: slack.Fault.LIMITED,
    Fault.UNAVAILABLE: slack.Fault.UNAVAILABLE,
    Fault.SERVER_ERROR: slack.Fault.SERVER_ERROR,
    Fault.GARBLED: slack.Fault.HTML,
    Fault.LOST_BEFORE: slack.Fault.LOST_BEFORE,
    Fault.LOST_AFTER: slack.Fault.LOST_AFTER,
    Fault.STALLED: slack.Fault.STALLED,
    Fault.EDGE: slack.Fault.EDGE,
    Fault.CHANNEL_GONE: "channel_not_found",
    Fault.NOT_MEMBER: "not_in_channel",
    Fault.ARCHIVED: "is_archived",
    Fault.FORBIDDEN: "restricted_action",
    Fault.TOKEN: "invalid_auth",
    Fault.REJECTED: "msg_too_long",
}
TONES = {chr(0x1F3FB + number): f"::skin-tone-{number + 2}" for number in range(5)}
MENTIONING = {"user", "usergroup", "broadcast", "team"}  # elements of rich text that notify


class NoInstallations:
    """The conformance suite has the one workspace of a token."""

    async def get(self, platform: str, workspace: str) -> str | None:
        return None

    async def save(self, platform: str, workspace: str, record: str) -> None:
        raise AssertionError("nothing is installed here")


class SlackWorld:
    def __init__(self, double: slack.SlackDouble, platform: SlackPlatform) -> None:
        self.double = double
        self.platform = platform
        self.reactions = platform

    async def channel(self) -> ChannelKey:
        made = self.double.add_channel(f"channel-{len(self.double.state.channels)}")
        return ChannelKey("slack", f"{self.double.team.id}/{made.id}")

    async def messages(self, channel: ChannelKey) -> Sequence[Seen]:
        there = self.double.state.channels[channel.name.partition("/")[2]]
        return [self._seen(message) for message in there.messages.values()]

    async def mentions(self) -> int:
        return sum(
            mentions(message)
            for channel in self.double.state.channels.values()
            for message in channel.messages.values()
        )

    async def break_next(self, fault: Fault, seconds: float = 1.0) -> None:
        self.double.faults.next(FAULTS[fault], seconds=seconds)

    async def forbid_lookups(self) -> None:
        for method in ("conversations.history", "conversations.replies"):
            self.double.faults.always("missing_scope", method)

    async def delete(self, ref: MessageRef) -> None:
        message = self._message(ref)
        del self.double.state.channels[message.channel].messages[message.ts]

    async def react(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        for user in people:
            self.double.state.react(self.double.team, self._message(ref), reaction_name(emoji), user)

    async def unreact(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        for user in people:
            self.double.state.unreact(self.double.team, self._message(ref), reaction_name(emoji), user)

    async def shown_reactions(self, ref: MessageRef) -> dict[str, int]:
        shown = self._message(ref).reactions
        return {picture(emoji_of(name)): len(users) for name, users in shown.items()}

    async def hide_voters(self) -> None:
        self.double.state.voters_shown = 1

    def _message(self, ref: MessageRef) -> slack.Message:
        _, channel, ts = ref.value.split("/")
        return self.double.state.channels[channel].messages[ts]

    def _seen(self, message: slack.Message) -> Seen:
        thread = None if message.thread_ts is None else self._ref(message.channel, message.thread_ts)
        key = (message.metadata or {}).get("event_payload", {}).get("key", "")
        text = "\n".join(shown_texts(message.blocks))
        return Seen(self._ref(message.channel, message.ts), text, key, thread, links(message.blocks))

    def _ref(self, channel: str, ts: str) -> MessageRef:
        return MessageRef("slack", f"{self.double.team.id}/{channel}/{ts}")


def reaction_name(emoji: str) -> str:
    """As Slack names what a person picks, its skin tone included."""
    tone = next((TONES[character] for character in emoji if character in TONES), "")
    name = name_of(emoji)
    assert name
    return name + tone


def picture(emoji: str) -> str:
    """The emoji as people write it: keycaps with their variation selector."""
    return f"{emoji[0]}\ufe0f{emoji[1:]}" if emoji.endswith("\u20e3") else normalised(emoji)


def shown_texts(value: Any) -> Iterator[str]:
    """All that can be read in blocks: plain and rich text as it is, mrkdwn as Slack shows it.

    What is set as code has its backticks, as it has when people copy it.
    """
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            shown = visible(value["text"]) if value.get("type") == "mrkdwn" else value["text"]
            yield f"`{shown}`" if (value.get("style") or {}) == {"code": True} else shown
        for inner in value.values():
            yield from shown_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shown_texts(inner)


def links(value: Any) -> list[str]:
    """What a click would open, apart from the buttons that every paper on arXiv has for its PDF."""
    found = [] if not isinstance(value, dict) or "url" not in value else [str(value["url"])]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found += [address for inner in inside for address in links(inner)]
    return [address for address in found if not address.startswith("https://arxiv.org/pdf/")]


def mentions(message: slack.Message) -> int:
    """How many times a message would notify somebody: by elements of rich text, or by mrkdwn."""
    raw = json.dumps(message.blocks)
    elements = sum(raw.count(f'"type": "{kind}"') for kind in MENTIONING)
    return elements + sum(message.text.count(mark) for mark in ("<!", "<@"))


@asynccontextmanager
async def slack_world() -> AsyncIterator[SlackWorld]:
    double = slack.SlackDouble()
    # The time-out is what a stalled answer costs the test, and what a busy machine may take for any other one.
    async with double.running() as url:
        http = Http(url, timeout=3.0)
        workspaces = Workspaces(http, double.token, NoInstallations())
        await workspaces.own()  # so that the first fault meets what the test is about
        try:
            yield SlackWorld(double, SlackPlatform(workspaces))
        finally:
            await http.close()
    if double.findings:
        raise AssertionError(double.findings)
