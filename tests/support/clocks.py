"""A clock that stands still until it is told to move, and a sleep that ends when it is told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 2, 27, 3, tzinfo=UTC)  # in Tokyo


@dataclass
class StandingClock:
    """Give it where a clock is wanted; `pass_time` moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **much: float) -> None:
        self.now += timedelta(**much)


@dataclass
class SteppedSleep:
    """Give it where a `sleep` is wanted; each `step` ends the next one, and lets its seconds pass on the clock."""

    clock: StandingClock
    _asleep: asyncio.Queue[tuple[float, asyncio.Future[None]]] = field(default_factory=asyncio.Queue)

    async def __call__(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asleep.put_nowait((seconds, wake))
        await wake

    async def step(self) -> None:
        """End the next sleep, once it has begun."""
        seconds, wake = await self._asleep.get()
        self.clock.pass_time(seconds=seconds)
        wake.set_result(None)

    async def step_and_wait(self) -> None:
        """The same, and wait until the one after has begun."""
        await self.step()
        self._asleep.put_nowait(await self._asleep.get())
