"""A clock that stands still until moved, and a sleep that ends on demand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 2, 27, 3, tzinfo=UTC)  # in Tokyo


@dataclass
class StandingClock:
    """A clock moved by `pass_time`."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **much: float) -> None:
        self.now += timedelta(**much)


@dataclass
class SteppedSleep:
    """A `sleep` of which each `step` ends the next call, moving the clock by its seconds."""

    clock: StandingClock
    _asleep: asyncio.Queue[tuple[float, asyncio.Future[None]]] = field(default_factory=asyncio.Queue)

    async def __call__(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asleep.put_nowait((seconds, wake))
        await wake

    async def step(self) -> None:
        """Wait until the next sleep has begun, and end it."""
        seconds, wake = await self._asleep.get()
        self.clock.pass_time(seconds=seconds)
        wake.set_result(None)

    async def step_and_wait(self) -> None:
        """End the next sleep, and wait until the one after it has begun."""
        await self.step()
        self._asleep.put_nowait(await self._asleep.get())
