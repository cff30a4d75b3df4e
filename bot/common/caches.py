"""A cache of bounded size and, optionally, bounded age."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Remembers at most `size` values, each for `seconds` after it was put there.

    What was neither put nor asked for since long ago goes first. Asking does not make a value younger, putting it
    again does. `now` gives seconds that never run backwards.
    """

    def __init__(self, size: int, seconds: float = math.inf, *, now: Callable[[], float] = monotonic) -> None:
        self._size = size
        self._seconds = seconds
        self._now = now
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return self.get(key) is not None

    def get(self, key: K) -> V | None:
        """Return the value; None where there is none, or where it is too old."""
        known = self._values.get(key)
        if known is None:
            return None
        put_at, value = known
        if self._now() - put_at >= self._seconds:
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Remember the value from now on, in the place of an earlier one."""
        self._values[key] = self._now(), value
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drop the value of the key, if there is one."""
        self._values.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self._values.clear()
