"""The Discord double's clock and its snowflakes."""

from __future__ import annotations

import time
from datetime import UTC, datetime

EPOCH = 1_420_070_400_000  # Discord's, in milliseconds since 1970


class Clock:
    """The world's time: this machine's, moved on by `advance`.

    Limits of seconds (an interaction's three) count what was advanced alone, so that no test depends on how busy the
    machine is; with `flows` they count real time too.
    """

    def __init__(self, flows: bool = False) -> None:
        self.flows = flows
        self._ahead = 0.0
        self._last_id = 0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def set(self, when: datetime) -> None:
        """Let it be that time now; it goes on from there."""
        self._ahead = when.timestamp() - time.time()

    def elapsed(self) -> float:
        """Seconds for limits: differences mean something, the number itself does not."""
        return self._ahead + (time.monotonic() if self.flows else 0.0)

    def snowflake(self) -> int:
        """A new id, greater than all before it, of now."""
        self._last_id = max(self._last_id + 1, (int(self.now() * 1000) - EPOCH) << 22)
        return self._last_id


def iso(seconds: float) -> str:
    """The form of Discord's timestamps."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def when(snowflake: int) -> float:
    """The time of an id, in seconds since 1970."""
    return ((snowflake >> 22) + EPOCH) / 1000
