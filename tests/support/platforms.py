"""A chat platform in memory, for tests of the core's reactions to a platform's answers."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.models import Absent, CannotTell, DeliveryKey, Found, MessageRef, Part, Place, Tally


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that the platform accepted."""

    place: Place
    part: Part
    key: DeliveryKey
    ref: MessageRef


@dataclass
class MemoryPlatform:
    """A Platform and Reactions in memory.

    Each of `troubles` happens to one of the next posts: exceptions are raised before the message is accepted, `Lost`
    after it.
    """

    name: str = "fake"
    latency: float = 0.0
    posted: list[Posted] = field(default_factory=list)
    asked: list[DeliveryKey] = field(default_factory=list)  # by `find`
    seeded: list[tuple[MessageRef, str]] = field(default_factory=list)
    begun_at: list[float] = field(default_factory=list)
    troubles: deque[Exception | None] = field(default_factory=deque)
    find_troubles: deque[Exception] = field(default_factory=deque)
    seed_troubles: deque[Exception] = field(default_factory=deque)
    refuses_lookups: str = ""
    on_post: Callable[[Place, Part], None] = lambda place, part: None

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        self.begun_at.append(asyncio.get_running_loop().time())
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble is not None and not isinstance(trouble, Lost):
            raise trouble
        self.on_post(place, part)
        ref = MessageRef(self.name, f"{len(self.posted) + 1}")
        self.posted.append(Posted(place, part, key, ref))
        await asyncio.sleep(self.latency)
        if isinstance(trouble, Lost):
            raise trouble.error
        return ref

    async def edit(self, ref: MessageRef, part: Part) -> None:
        raise NotImplementedError

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:
        self.asked.append(key)
        if self.find_troubles:
            raise self.find_troubles.popleft()
        if self.refuses_lookups:
            return CannotTell(self.refuses_lookups)
        return next((one.ref for one in self.posted if (one.key, one.place) == (key, place)), Absent())

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        if self.seed_troubles:
            raise self.seed_troubles.popleft()
        self.seeded.append((ref, emoji))

    async def read(self, ref: MessageRef) -> Tally:
        raise NotImplementedError

    def times_posted(self) -> Counter[DeliveryKey]:
        return Counter(one.key for one in self.posted)


class Lost(Exception):
    """The message is accepted, but the caller gets `error` instead of an answer."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error
