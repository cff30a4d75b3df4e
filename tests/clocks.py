"""A clock that stands still until it is told to move."""

from __future__ import annotations

from dataclasses import dataclass
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
