"""Send HTTP requests exactly once, and read answers within bounds.

The core decides whether to send anything again, after looking it up. By default aiohttp resends GET, PUT, DELETE and
other methods when a kept-alive connection was dropped, and follows redirects
(https://docs.aiohttp.org/en/stable/client_reference.html). Both are refused here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from bot.common.waiting import wait_any
from bot.errors import AmbiguousError, PlatformError, TransientError
from bot.models import finite

# Raised by a request without a readable answer; `without_answer` says what that means.
NO_ANSWER = (aiohttp.ClientError, TimeoutError)
LARGEST_ANSWER = 16 * 2**20  # bytes, unpacked; the largest lists of a platform have one
_SWITCHED = 101  # to a WebSocket, whose frames have limits of their own
LONGEST_WAIT = 3600.0  # seconds; a longer wait asked for by a platform is not believed


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for the URL (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), if any.

    aiohttp's own `trust_env` would also send what a `.netrc` has for the host.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get({"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)) or proxies.get("all")
    if not proxy or (parts.hostname and proxy_bypass(parts.netloc.rpartition("@")[2])):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


class AlreadySentError(aiohttp.ClientError):
    """The request was sent and got no answer. It may have arrived, so the core sees an AmbiguousError."""


def once() -> aiohttp.TraceConfig:
    """Return a trace that makes a session raise AlreadySentError instead of sending a request a second time.

    It also raises ClientPayloadError for an answer of more than `LARGEST_ANSWER` bytes. Meant for sessions created by a
    vendor's client; `HttpSession` already uses it.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_refuse_second_departure)
    trace.on_request_end.append(_read_within_bounds)
    return trace


async def _refuse_second_departure(
    session: aiohttp.ClientSession,  # noqa: ARG001  # aiohttp's signature
    context: SimpleNamespace,
    params: aiohttp.TraceRequestHeadersSentParams,  # noqa: ARG001 - aiohttp calls it with these
) -> None:
    """Stop aiohttp just before it sends the headers of a second attempt. Each request has one `context`."""
    if getattr(context, "departed", False):
        raise AlreadySentError("not sent a second time")
    context.departed = True


async def _read_within_bounds(
    session: aiohttp.ClientSession,  # noqa: ARG001  # aiohttp's signature
    context: SimpleNamespace,  # noqa: ARG001 - aiohttp calls it with these
    seen: aiohttp.TraceRequestEndParams,
) -> None:
    """Read an answer's body before anybody else does, since aiohttp and the vendors' clients read any size."""
    response = seen.response
    if response.status == _SWITCHED:
        return
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > LARGEST_ANSWER:
            response.close()
            raise aiohttp.ClientPayloadError(f"an answer of more than {LARGEST_ANSWER} bytes")
    response._body = bytes(body)  # noqa: SLF001  # where `read`, `text` and `json` look first; there is no other way in


class InFlight:
    """Counts the operations in flight, so that they can be waited for."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count the block as an operation in flight."""
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def landed(self, seconds: float) -> bool:
        """Wait at most `seconds` until nothing is in flight. Return whether that was reached."""
        return await wait_any(self._idle, seconds=seconds)


class HttpSession:
    """An adapter's aiohttp session, opened by its first request."""

    def __init__(self, platform: str, *, timeout: float, connect: float) -> None:
        """`platform` is named in errors. `timeout` limits a whole request, `connect` its connection, in seconds."""
        self._platform = platform
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(connect, timeout))
        self._session: aiohttp.ClientSession | None = None
        self._closed = False
        self.in_flight = InFlight()

    def get(self) -> aiohttp.ClientSession:
        """Return the open session. Raises TransientError after `close`: nothing can have been sent."""
        if self._closed:
            raise TransientError("platform.unreachable", seconds=1.0, platform=self._platform)
        if self._session is None:
            # Callers limit concurrency; a queue in here would use up the timeout of the requests waiting in it.
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(timeout=self._timeout, connector=connector, trace_configs=[once()])
        return self._session

    async def close(self, seconds: float) -> None:
        """Wait at most `seconds` for the requests in flight, then close."""
        await self.in_flight.landed(seconds)
        self._closed = True
        if self._session is not None:
            await self._session.close()


def without_answer(error: BaseException, platform: str, comes_back_in: float) -> PlatformError:
    """Return our error for a request without a readable answer.

    Only without a connection is it certain that nothing arrived: that is a TransientError, for `comes_back_in` seconds.
    Any other request may have arrived: that is an AmbiguousError.
    """
    match error:
        # TLS trouble is a ClientConnectorError too.
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return TransientError("platform.unreachable", seconds=comes_back_in, platform=platform)
        case TimeoutError():
            return AmbiguousError("platform.timeout", platform=platform)
    return AmbiguousError("platform.lost_answer", platform=platform)


def wait_asked(said: object, otherwise: float) -> float:
    """Return the seconds to wait according to a `Retry-After`, at most LONGEST_WAIT.

    Returns `otherwise` if the value, which is untrusted, is missing, negative or not a finite number.
    """
    seconds = finite(said)
    return min(seconds, LONGEST_WAIT) if seconds is not None and seconds >= 0 else otherwise
