"""What can go wrong with a request to the tests' Slack, and when."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from tests.fakes.slack_clock import Clock


class Fault(StrEnum):
    """What can happen to one request, beside an error by name."""

    LIMITED = "limited"  # 429 with Retry-After; not taken
    LIMITED_BODY = "limited_body"  # 200 with `ratelimited` in the body; not taken
    UNAVAILABLE = "unavailable"  # 503 with HTML; not taken
    EDGE = "edge"  # 403 with HTML, from something on the way to Slack; not taken
    SERVER_ERROR = "server_error"  # 500 with HTML, after it was taken
    HTML = "html"  # taken, and the answer is HTML with status 200
    HALF = "half"  # taken, and the answer ends in the middle of the JSON
    LOST_BEFORE = "lost_before"  # the connection ends, and nothing was taken
    LOST_AFTER = "lost_after"  # taken, and the connection ends
    STALLED = "stalled"  # taken, and the answer does not come


TAKEN_FIRST = {Fault.SERVER_ERROR, Fault.HTML, Fault.HALF, Fault.LOST_AFTER, Fault.STALLED}


@dataclass(frozen=True)
class Trouble:
    """One fault, or an error by its name (`missing_scope`), for the calls that fit: a method (`chat.*`), arguments."""

    what: str
    method: str = "*"
    seconds: float = 1.0  # Retry-After
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, method: str, arguments: Mapping[str, Any]) -> bool:
        named = all(str(arguments.get(name)) == str(value) for name, value in self.arguments.items())
        return fnmatchcase(method, self.method) and named


# Calls a minute of a method, workspace and app. A channel takes about one message a second, in short bursts.
TIERS = {
    "conversations.list": 20, "chat.update": 50, "chat.delete": 50, "reactions.add": 50, "reactions.remove": 50,
    "reactions.get": 50, "conversations.history": 50, "conversations.replies": 50, "conversations.join": 50,
    "conversations.info": 50, "conversations.open": 50, "users.conversations": 50, "chat.postEphemeral": 100,
    "conversations.members": 100, "views.open": 100, "views.update": 100, "views.push": 100, "users.info": 100,
    "chat.startStream": 20, "chat.appendStream": 100, "chat.stopStream": 20, "assistant.threads.setStatus": 600,
    "auth.test": 600, "files.getUploadURLExternal": 100, "files.completeUploadExternal": 100,
}  # fmt: skip
BURST, BURST_SECONDS = 10, 10.0


@dataclass
class Rate:
    """At most `times` calls of a method and workspace in any `seconds` of the clock, in all or for each channel."""

    times: int
    seconds: float
    by_channel: bool
    taken: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, now: float, team: str, channel: str) -> float:
        """Seconds until there is room, 0 where there is; then the call counts."""
        recent = self.taken.setdefault(channel if self.by_channel else team, deque())
        while recent and recent[0] <= now - self.seconds:
            recent.popleft()
        if len(recent) >= self.times:
            return recent[0] + self.seconds - now
        recent.append(now)
        return 0.0


class Faults:
    """The faults that are waiting for their request, and the rules that hold until `clear`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: list[Trouble] = []
        self._always: list[Trouble] = []
        self._rates: dict[str, Rate] = {}

    def next(self, what: str, method: str = "*", *, times: int = 1, seconds: float = 1.0, **arguments: Any) -> None:
        """Let it happen to the next `times` calls that fit; what was asked for first comes first."""
        self._next += [Trouble(what, method, seconds, arguments)] * times

    def always(self, what: str, method: str = "*", *, seconds: float = 1.0, **arguments: Any) -> None:
        """Let it happen to every call that fits: `always("missing_scope", "conversations.replies")`."""
        self._always.append(Trouble(what, method, seconds, arguments))

    def rate(self, method: str, times: int, seconds: float = 60.0, *, by_channel: bool = False) -> None:
        """Answer 429 to what is more; `rate("conversations.replies", 1)` is the rule for distributed apps."""
        self._rates[method] = Rate(times, seconds, by_channel)

    def keep_tiers(self) -> None:
        """Have all the limits that Slack publishes; on a standing clock they stand still too."""
        for method, times in TIERS.items():
            self.rate(method, times)
        self.rate("chat.postMessage", BURST, BURST_SECONDS, by_channel=True)

    def clear(self) -> None:
        self._next.clear()
        self._always.clear()
        self._rates.clear()

    @property
    def waiting(self) -> int:
        """How many of the next faults have not met their call yet."""
        return len(self._next)

    def meet(self, method: str, arguments: Mapping[str, Any], team: str = "") -> Trouble | None:
        """What happens to this call."""
        for index, trouble in enumerate(self._next):
            if trouble.fits(method, arguments):
                return self._next.pop(index)
        for trouble in self._always:
            if trouble.fits(method, arguments):
                return trouble
        rate = self._rates.get(method)
        wait = rate.wait(self._clock.now(), team, str(arguments.get("channel"))) if rate else 0.0
        return Trouble(Fault.LIMITED, method, wait) if wait else None
