"""The tests' own platform as a world: its server runs in the test's event loop.

`FakeWorld` takes any adapter that speaks the server's protocol, such as the worked example of docs/adapters.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

import pytest

from bot.models import ChannelKey, MessageRef
from bot.ports import Platform, Reactions
from tests.conformance.world import Fault, Seen
from tests.fakes import platform_state, render
from tests.fakes.platform import NAME, FakePlatform
from tests.fakes.platform_server import Break, FakePlatformServer
from tests.fakes.platform_state import Message, Refusal

BOUNDLESS = 10**9  # characters
STALL = 1.0  # seconds that an answer which does not come costs a test

FAULTS: dict[Fault, Break | Refusal] = {
    Fault.RATE_LIMITED: Break.LIMITED,
    Fault.RATE_LIMITED_EVERYWHERE: Break.LIMITED_EVERYWHERE,
    Fault.UNAVAILABLE: Break.UNAVAILABLE,
    Fault.SERVER_ERROR: Break.SERVER_ERROR,
    Fault.GARBLED: Break.GARBLED,
    Fault.LOST_BEFORE: Break.LOST_BEFORE,
    Fault.LOST_AFTER: Break.LOST_AFTER,
    Fault.STALLED: Break.STALLED,
    Fault.EDGE: Break.EDGE,
    Fault.CHANNEL_GONE: Refusal.CHANNEL_GONE,
    Fault.NOT_MEMBER: Refusal.NOT_MEMBER,
    Fault.ARCHIVED: Refusal.ARCHIVED,
    Fault.FORBIDDEN: Refusal.FORBIDDEN,
    Fault.TOKEN: Refusal.TOKEN,
    Fault.REJECTED: Refusal.REJECTED,
}


class Speaker(Platform, Reactions, Protocol):
    """An adapter's platform that speaks the server's protocol. Its messages are written `<number>/<channel>`."""

    timeout: float  # seconds that the next request may take


class FakeWorld:
    """The server and an adapter for it; `name` is the adapter's."""

    def __init__(self, server: FakePlatformServer, platform: Speaker, name: str = NAME) -> None:
        self.server = server
        self.name = name
        self.platform = platform
        self.reactions = platform
        self._channels = 0

    async def channel(self) -> ChannelKey:
        self._channels += 1
        return ChannelKey(self.name, f"team/channel-{self._channels}")

    async def messages(self, channel: ChannelKey) -> Sequence[Seen]:
        return [self._seen(message) for message in self.server.state.listed(channel.name)]

    async def mentions(self) -> int:
        return sum(message.mentions for message in self.server.state.messages.values())

    async def break_next(self, fault: Fault, seconds: float = 1.0) -> None:
        self.server.behaviour.retry_after = seconds
        if fault is Fault.STALLED:
            self.platform.timeout = STALL
        self.server.breaks.append(FAULTS[fault])

    async def forbid_lookups(self) -> None:
        self.server.behaviour.lookups = "refuse"

    async def delete(self, ref: MessageRef) -> None:
        del self.server.state.messages[self._message(ref).id]

    async def react(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        message = self._message(ref)
        self.server.state.react(message.channel, message.id, emoji, people)

    async def unreact(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        there = self._message(ref).reactions[emoji]
        for user in people:
            there.remove(user)

    async def shown_reactions(self, ref: MessageRef) -> dict[str, int]:
        return {emoji: len(users) for emoji, users in self._message(ref).reactions.items()}

    async def hide_voters(self) -> None:
        self.server.behaviour.voters = 1

    def _message(self, ref: MessageRef) -> Message:
        return self.server.state.messages[int(ref.value.partition("/")[0])]

    def _seen(self, message: Message) -> Seen:
        thread = None if message.thread is None else self._ref(message.thread, message.channel)
        return Seen(self._ref(message.id, message.channel), message.visible, message.key, thread, message.links)

    def _ref(self, number: int, channel: str) -> MessageRef:
        return MessageRef(self.name, f"{number}/{channel}")


@asynccontextmanager
async def boundless_world() -> AsyncIterator[FakeWorld]:
    """The platform and its adapter, with nothing that is too long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platform_state, "LONGEST_TEXT", BOUNDLESS)
        for limit in ("LONGEST", "_LINE", "_LONGEST_LINK"):
            patch.setattr(render, limit, BOUNDLESS)
        async with fake_world() as world:
            yield world


@asynccontextmanager
async def fake_world() -> AsyncIterator[FakeWorld]:
    server = FakePlatformServer()
    async with server.running() as url, FakePlatform(url, timeout=30.0) as platform:
        yield FakeWorld(server, platform)
