"""How often something may be done that anybody can ask for and that costs something each time."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from time import monotonic

from bot.common.caches import Cache

_ADDRESSES = 2_000  # that are counted at once; one that is forgotten begins with a whole burst
_NETWORK = 64  # bits: whoever has one address of IPv6 has all of such a network


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


class Allowances:
    """An allowance for each address, so that nobody uses up another one's, and `whole` for all of them together.

    Requests through a proxy have the proxy's address.
    """

    def __init__(
        self, burst: int, seconds: float, whole: Allowance | None = None, *, now: Callable[[], float] = monotonic
    ) -> None:
        self._burst = burst
        self._seconds = seconds
        self._whole = whole
        self._now = now
        self._by_address: Cache[str, Allowance] = Cache(_ADDRESSES)

    def take(self, address: str) -> float:
        """Take one for the address. Returns 0 if there was one, else the seconds until there is."""
        key = _counted(address)
        own = self._by_address.get(key)
        if own is None:
            own = Allowance(self._burst, self._seconds, now=self._now)
            self._by_address.put(key, own)
        wait = own.take()
        return wait or (self._whole.take() if self._whole else 0.0)


def _counted(address: str) -> str:
    """Return the address, or for IPv6 its network; what is no address is counted as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, _NETWORK), strict=False))
    return str(parsed)
