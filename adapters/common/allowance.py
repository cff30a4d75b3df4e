"""How often something may be done that anybody can ask for and that costs something each time."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class Allowance:
    """`burst` times at once, and one more every `seconds` (a token bucket)."""

    def __init__(self, burst: int, seconds: float, *, now: Callable[[], float] = monotonic) -> None:
        self._burst = burst
        self._seconds = seconds
        self._now = now
        self._left = float(burst)
        self._counted_at = now()

    def take(self) -> float:
        """Take one. Returns 0 if there was one, else the seconds until there is."""
        now = self._now()
        self._left = min(self._burst, self._left + (now - self._counted_at) / self._seconds)
        self._counted_at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) * self._seconds
