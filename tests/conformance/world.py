"""What the conformance suite needs of a platform under test: the adapter, and a view of it from the other side.

A world is usually the adapter against a local server that speaks the platform's protocol and can be told to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.models import ChannelKey, MessageRef, Part
from bot.ports import Platform, Reactions

LONG = 10_000  # characters of a text that is long where nothing is too long


class Fault(StrEnum):
    """What can happen to a request. A world names those that its platform knows."""

    # Nothing was taken, and the platform says so.
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_EVERYWHERE = "rate_limited_everywhere"  # the whole app is to be silent
    UNAVAILABLE = "unavailable"
    # Nobody can know.
    SERVER_ERROR = "server_error"
    GARBLED = "garbled"  # success, with an answer that cannot be read
    LOST_BEFORE = "lost_before"  # the connection ends before the platform has taken anything
    LOST_AFTER = "lost_after"  # the connection ends after it has
    STALLED = "stalled"  # taken, and the answer does not come in time
    EDGE = "edge"  # a page with status 403, from something on the way to the platform; nothing was taken
    # It never will be.
    CHANNEL_GONE = "channel_gone"
    NOT_MEMBER = "not_member"
    ARCHIVED = "archived"
    FORBIDDEN = "forbidden"
    TOKEN = "token"
    REJECTED = "rejected"  # this one message is refused, others pass


TRANSIENT = (Fault.RATE_LIMITED, Fault.RATE_LIMITED_EVERYWHERE, Fault.UNAVAILABLE)
AMBIGUOUS = (
    Fault.SERVER_ERROR, Fault.GARBLED, Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.STALLED, Fault.EDGE,
)  # fmt: skip
PERMANENT = (
    Fault.CHANNEL_GONE, Fault.NOT_MEMBER, Fault.ARCHIVED, Fault.FORBIDDEN, Fault.TOKEN, Fault.REJECTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as people see it.

    `text` is all that can be read in it, without markup; `links` are the addresses that a click would open; `thread` is
    the message that it stands under; `key` is the delivery key that travelled with it.
    """

    ref: MessageRef
    text: str
    key: str
    thread: MessageRef | None = None
    links: Sequence[str] = ()


class World(Protocol):
    """One platform under test, empty at the start of every test."""

    @property
    def platform(self) -> Platform: ...

    @property
    def reactions(self) -> Reactions: ...

    async def channel(self) -> ChannelKey:
        """A new channel that the bot may write to."""

    async def messages(self, channel: ChannelKey) -> Sequence[Seen]:
        """The bot's messages in the channel and its threads, in the order in which they came."""

    async def mentions(self) -> int:
        """How many people, roles or channels have been notified so far."""

    async def break_next(self, fault: Fault, seconds: float = 1.0) -> None:
        """Let the fault happen to the adapter's next request; `seconds` is when to come back, where it says so."""

    async def forbid_lookups(self) -> None:
        """From now on the bot may post, but not look at what is there."""

    async def delete(self, ref: MessageRef) -> None:
        """Somebody deletes a message."""

    async def react(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        """People put a Unicode emoji, perhaps with a skin tone, on a message. `people` are the platform's user ids."""

    async def unreact(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        """People take it away again."""

    async def shown_reactions(self, ref: MessageRef) -> dict[str, int]:
        """Each emoji on a message with how many have put it there, the bot included."""

    async def hide_voters(self) -> None:
        """From now on the platform names fewer people than it counts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message of a platform can hold; None where there is no limit.

    `text`: characters of everything in it that is read. Where a message has several places for text, each with a limit
    of its own (a title, embeds, blocks), it is that of all places together, so that more fits nowhere. `address`:
    characters of an address that a click can open.
    """

    text: int | None
    address: int | None

    def overlong_text(self, unit: str) -> str:
        """Return repetitions of `unit` that no message can hold; a long text where there is no limit."""
        return unit * ((self.text or LONG) // len(unit) + 1)

    def overlong_address(self, start: str) -> str:
        """Return an address that begins with `start` and that no link can have; a long one where there is no limit."""
        return start + "a" * ((self.address or LONG) + 1 - len(start))

    def room_for(self, sentence: str, most: int) -> int:
        """Return how many such sentences, at the most `most`, take up a quarter of a message."""
        return most if self.text is None else max(1, min(most, self.text // (4 * len(sentence))))


@dataclass(frozen=True, slots=True)
class WorldKind:
    """A platform that the suite runs against.

    `limits` is what its messages can hold, `parts` are the kinds that it takes (the others it must refuse), `reacts`
    is whether its messages can be voted on.
    """

    name: str
    open: Callable[[], AbstractAsyncContextManager[World]]
    limits: Limits
    faults: frozenset[Fault] = frozenset(Fault)
    parts: frozenset[type[Part]] = frozenset()
    reacts: bool = True
