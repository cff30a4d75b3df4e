"""The time of the tests' Slack: it stands still until a test moves it, or runs with the real one."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970, and what is to happen later. `start` is the first instant (default: the real one).

    A standing clock is moved by `pass_time`; a running one goes with the real time, at the `pace` (0.1: ten times as
    slow, so that a busy machine misses no deadline), and needs `run` as a task.
    """

    def __init__(self, start: float | None = None, *, running: bool = False, pace: float = 1.0) -> None:
        self._began = time.time()
        self._pace = pace if running else 0.0
        self.running = running
        self._moved = self._began if start is None else start
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._moved + (time.time() - self._began) * self._pace

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Call `act` when the time has come."""
        heapq.heappush(self._agenda, (when, next(self._order), act))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.at(self.now() + seconds, act)

    def next_due(self) -> float | None:
        return self._agenda[0][0] if self._agenda else None

    def move_to(self, when: float) -> None:
        """Set the time forward and do what is due by then."""
        self._moved += max(0.0, when - self.now())
        while self._agenda and self._agenda[0][0] <= self.now():
            heapq.heappop(self._agenda)[2]()

    async def run(self, every: float = 0.02) -> None:
        """Do what falls due, for as long as this task lives."""
        while True:
            self.move_to(self.now())
            await asyncio.sleep(every)
