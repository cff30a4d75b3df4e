"""The Discord double's rate limits: buckets of routes, requests a second of the bot, and refused requests.

The figures of buckets are Discord's as observed, not documented; headers tell them to the client. `pace` shortens every
window: at the default, five messages may be posted into a channel in 0.05 s instead of 5 s.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import deque
from dataclasses import dataclass

from tests.fakes.discord_clock import Clock
from tests.fakes.discord_model import Json
from tests.fakes.platform_state import Busiest

MESSAGES = "/channels/{channel_id}/messages"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
REACTION = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"
# Requests in so many seconds.
LIMITS: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", MESSAGES): (5, 5.0),
    ("PATCH", f"{MESSAGES}/{{message_id}}"): (5, 5.0),
    ("DELETE", f"{MESSAGES}/{{message_id}}"): (5, 1.0),
    ("PATCH", f"{WEBHOOK}/messages/{{message_id}}"): (5, 5.0),
    ("POST", WEBHOOK): (5, 5.0),
    ("PUT", REACTION): (1, 0.25),
    ("DELETE", REACTION): (1, 0.25),
}
SHARED = {("DELETE", REACTION): ("PUT", REACTION)}  # these count in another's bucket
USUAL = (50, 1.0)
INVALID = {401, 403, 429}
INVALID_SECONDS = 600.0


@dataclass
class Bucket:
    name: str
    limit: int
    seconds: float
    ends: float = 0.0
    used: int = 0

    def headers(self, now: float) -> dict[str, str]:
        left = max(0.0, self.ends - now)
        return {
            "X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Reset-After": f"{math.ceil(left * 1000) / 1000:.3f}",
            "X-RateLimit-Reset": f"{time.time() + left:.3f}", "X-RateLimit-Bucket": self.name,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limited:
    """A 429: when to come back in seconds, for whom it holds, and what its headers say."""

    retry_after: float
    everywhere: bool
    headers: dict[str, str]

    @property
    def body(self) -> Json:
        text = "You are being rate limited."
        return {"message": text, "retry_after": round(self.retry_after, 3), "global": self.everywhere}


class Rates:
    """Set `enforced` to False for a Discord that takes requests as fast as they come."""

    def __init__(self, clock: Clock, pace: float = 0.01) -> None:
        self.clock = clock
        self.pace = pace
        self.enforced = True
        self.a_second = 50  # requests of the bot, those for interactions aside
        self.most_invalid = 10_000
        self.busiest = Busiest()
        self.limited = 0  # requests that were answered 429
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._recent: deque[float] = deque()
        self._invalid: deque[float] = deque()

    def admit(self, method: str, template: str, major: str, counted: bool) -> Limited | dict[str, str]:
        """The headers of a request that may pass, or its refusal; `counted` in the bot's requests a second."""
        now = time.monotonic()
        if counted and (over := self._over(now)):
            return over
        key = SHARED.get((method, template), (method, template))
        limit, seconds = LIMITS.get(key, USUAL)
        bucket = self._buckets.get((" ".join(key), major))
        if bucket is None:
            name = hashlib.md5(" ".join(key).encode(), usedforsecurity=False).hexdigest()
            bucket = self._buckets[(" ".join(key), major)] = Bucket(name, limit, seconds * self.pace)
        if now >= bucket.ends:
            bucket.ends, bucket.used = now + bucket.seconds, 0
        if self.enforced and bucket.used >= bucket.limit:
            headers = bucket.headers(now) | {"X-RateLimit-Scope": "user"}
            return Limited(math.ceil((bucket.ends - now) * 1000) / 1000, False, headers)
        bucket.used += 1
        if counted:
            self._recent.append(now)
            self.busiest.add(now)
        return bucket.headers(now) if self.enforced else {}

    def _over(self, now: float) -> Limited | None:
        second = self.pace
        while self._recent and self._recent[0] <= now - second:
            self._recent.popleft()
        if not self.enforced or len(self._recent) < self.a_second:
            return None
        headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        return Limited(max(0.001, self._recent[0] + second - now), True, headers)

    def note(self, status: int, shared: bool = False) -> None:
        """Remember how a request was answered."""
        self.limited += status == 429
        if status in INVALID and not shared:
            self._invalid.append(self.clock.now())

    @property
    def invalid(self) -> int:
        """Requests of the last ten minutes that were refused with 401, 403 or 429."""
        while self._invalid and self._invalid[0] <= self.clock.now() - INVALID_SECONDS:
            self._invalid.popleft()
        return len(self._invalid)

    @property
    def banned(self) -> bool:
        """Whether Cloudflare lets nothing pass any more."""
        return self.invalid >= self.most_invalid
