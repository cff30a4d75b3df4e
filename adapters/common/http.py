"""HTTP requests that leave exactly once. Whether to send anything again is for the core to decide, after a look-up.

aiohttp by itself sends GET, PUT, DELETE and other methods a second time when a connection that was kept open has ended,
and follows redirects (https://docs.aiohttp.org/en/stable/client_reference.html). Both are refused here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import aiohttp

from bot.errors import AmbiguousError, PlatformError, TransientError
from bot.models import finite
from bot.waiting import wait_any

LONGEST_WAIT = 3600.0  # seconds; what a platform asks for beyond that is not believed


class AlreadySentError(aiohttp.ClientError):
    """The request has left and got no answer of its own. It may have arrived: an AmbiguousError of the core's."""


def once() -> aiohttp.TraceConfig:
    """Return the trace under which a session raises AlreadySentError instead of sending a request a second time.

    For a session that a vendor's client makes; `HttpSession` has it.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_refuse_second_departure)
    return trace


async def _refuse_second_departure(
    session: aiohttp.ClientSession,  # noqa: ARG001  # aiohttp's signature
    context: SimpleNamespace,
    params: aiohttp.TraceRequestHeadersSentParams,  # noqa: ARG001
) -> None:
    """Stop aiohttp just before the headers of a second attempt go into a connection; each request has one context."""
    if getattr(context, "departed", False):
        raise AlreadySentError("not sent a second time")
    context.departed = True


class InFlight:
    """Counts what is under way, so that it can be waited for."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count what happens in the block as under way."""
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def landed(self, seconds: float) -> bool:
        """Wait until nothing is under way, for at most `seconds`. Returns whether that came about."""
        return await wait_any(self._idle, seconds=seconds)


class HttpSession:
    """One aiohttp session for all requests of an adapter. It is opened by the first of them."""

    def __init__(self, platform: str, *, timeout: float, connect: float) -> None:
        """`platform` is named in errors; `timeout` bounds a whole request, `connect` its connection, in seconds."""
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
            # Whoever calls bounds how much runs at once; a queue in here would use up the time of what waits in it.
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(timeout=self._timeout, connector=connector, trace_configs=[once()])
        return self._session

    async def close(self, seconds: float) -> None:
        """Wait for the requests that are under way, for at most `seconds`, and close."""
        await self.in_flight.landed(seconds)
        self._closed = True
        if self._session is not None:
            await self._session.close()


def without_answer(error: BaseException, platform: str, comes_back_in: float) -> PlatformError:
    """Return our error for a request that got no answer which can be read.

    Only where no connection came about is it certain that nothing was taken: TransientError, for `comes_back_in`
    seconds. Anything else may have arrived: AmbiguousError.
    """
    match error:
        # TLS trouble is a ClientConnectorError too.
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return TransientError("platform.unreachable", seconds=comes_back_in, platform=platform)
        case TimeoutError():
            return AmbiguousError("platform.timeout", platform=platform)
    return AmbiguousError("platform.lost_answer", platform=platform)


def wait_asked(said: object, otherwise: float) -> float:
    """Return the seconds that a `Retry-After` asks to wait, at most LONGEST_WAIT.

    It comes from outside: where it is missing, a word, negative or no finite number, `otherwise` is returned.
    """
    seconds = finite(said)
    return min(seconds, LONGEST_WAIT) if seconds is not None and seconds >= 0 else otherwise
