"""The health of the parts of a running process, and since when; each part reports to its own monitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FAILED = "part.failed"  # an error of ours ended the part, and it is started again
STARTING = "part.starting"
GRACE = timedelta(seconds=20)


class Condition(StrEnum):
    """`DEGRADED`: the process does its work, if less well. `DOWN`: part of its work is not done."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


_SEVERITY = {Condition.OK: 0, Condition.DEGRADED: 1, Condition.DOWN: 2}


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one part. `problem` is the code of what is wrong, and `since` is when that began."""

    condition: Condition = Condition.OK
    problem: str = ""
    since: datetime | None = None
    last_success: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """What a running process tells of itself, for others to read: where it is, and how each of its parts was `at` then.

    `address` is its web server's, `platforms` are those that it posts to.
    """

    host: str
    pid: int
    address: str
    platforms: tuple[str, ...]
    parts: Mapping[str, Health]
    at: datetime


def worst(*states: Health) -> Health:
    """Return the most severe of the states, the first of those that are equally severe."""
    return max(states, key=lambda state: _SEVERITY[state.condition], default=Health())


class Monitor:
    """What a part has reported about itself.

    A part that fails is degraded for the first `grace`, in which most trouble ends by itself, and down after that; it
    is never down where `grace` is None. A part begins without a problem unless one is named.
    """

    def __init__(self, clock: Callable[[], datetime], grace: timedelta | None = GRACE, problem: str = "") -> None:
        self._clock = clock
        self._grace = grace
        self._problem = problem
        self._since = clock()
        self._last_success: datetime | None = None

    def works(self) -> None:
        """Note that the part works."""
        self._last_success = self._clock()
        if self._problem:
            self._problem, self._since = "", self._last_success

    def fails(self, problem: str) -> None:
        """Note what is wrong, by its code. The time counts from the first of several failures in a row."""
        if not self._problem:
            self._since = self._clock()
        self._problem = problem

    @property
    def health(self) -> Health:
        condition = Condition.OK
        if self._problem:
            lasting = self._grace is not None and self._clock() - self._since >= self._grace
            condition = Condition.DOWN if lasting else Condition.DEGRADED
        return Health(condition, self._problem, self._since, self._last_success)
