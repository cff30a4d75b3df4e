"""A polite HTTP client for web APIs: bounded in time, retries, waits and size, with an honest User-Agent.

Everything that httpx or a server can do wrong is raised as a SourceError.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Self, TypeVar

import httpx

from bot.common.wire import http_date, is_safely_packed, is_same_site
from bot.errors import SourceError
from bot.models import SourceName
from bot.ports import Pace

T = TypeVar("T")

_REDIRECTS = 3
Params = Mapping[str, str | int]
Parse = Callable[["Answer"], T]
Sleep = Callable[[float], Awaitable[None]]


class Malformed(ValueError):
    """Raised by a parser for an answer that is not in the documented form."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often a source may fail. All times are in seconds."""

    timeout: float = 30.0  # for one answer, to its last byte
    connect: float = 10.0
    retries: int = 2  # for one request
    retries_in_all: int = 4  # for one use, which may make many requests
    lost_in_all: float = 60.0  # lost in one use to failed attempts and waiting
    longest_wait: float = 30.0  # the longest Retry-After that is obeyed
    first_wait: float = 1.0  # doubled with each retry
    largest: int = 32 * 2**20  # bytes of one answer, decompressed


class Patience:
    """How much failure one use of a source may still take, shared by its requests so that a dead source ends soon."""

    def __init__(self, limits: Limits) -> None:
        self.seconds = limits.lost_in_all
        self.retries = limits.retries_in_all


class _Failure(Exception):
    """A failed attempt. `wait` is the delay that the server asked for, None if it gave none."""

    def __init__(self, error: SourceError, *, again: bool = True, wait: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.again = again
        self.wait = wait


def parse_json(answer: Answer) -> object:
    """Return the answer's JSON value. Raises Malformed."""
    try:
        value: object = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    return value


def bounded(items: Sequence[T], most: int) -> Sequence[T]:
    """Return the items of one answer. Raises Malformed if they are more than `most`.

    Each costs time to read, in which nothing else runs, and a few megabytes hold a million empty ones.
    """
    if len(items) > most:
        raise Malformed(f"{len(items)} items, not up to {most}")
    return items


def says_why(body: bytes) -> bool:
    """Return whether a refusal is a JSON object with an `error` or a `message`, as the sources themselves refuse.

    The page of a proxy or a captive portal with the same status says nothing about a key or a paper.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and any(isinstance(found.get(name), str) for name in ("error", "message"))


@cache
def _certificates() -> ssl.SSLContext:
    """Return one TLS context for all clients: loading the certificates is the slowest part of creating a client."""
    return httpx.create_ssl_context()


def user_agent(version: str, public_url: str | None) -> str:
    """Return the User-Agent that sources see, with an address for complaints if there is one."""
    return f"kawaraban/{version} (+{public_url or 'self-hosted'})"


@dataclass(frozen=True, slots=True)
class Pacing:
    """Every attempt waits for a turn under the source's name, `interval` seconds after the previous one."""

    pace: Pace
    interval: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How sources are asked: in whose name, within which limits, over which transport. `sleep` is how retries wait."""

    user_agent: str
    limits: Limits = Limits()
    transport: httpx.AsyncBaseTransport | None = None
    sleep: Sleep = asyncio.sleep


class Fetcher:
    """Makes requests to one source. `key` is an authentication header as (name, value)."""

    def __init__(
        self,
        source: SourceName,
        base_url: str,
        manner: Manner,
        *,
        key: tuple[str, str] | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        limits = manner.limits
        headers = {b"User-Agent": manner.user_agent.encode()}
        if key:
            headers[key[0].encode()] = key[1].strip().encode()
        self.limits = limits
        self.server_time: datetime | None = None  # the `Date` of the newest answer
        self._source = source
        self._base_url = base_url.rstrip("/")
        self._has_key = key is not None
        self._pacing = pacing
        self._sleep = manner.sleep
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(limits.timeout, connect=min(limits.connect, limits.timeout)),
            transport=manner.transport,
            verify=_certificates(),
            follow_redirects=False,  # httpx would follow to any host, and take a key along
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def get(
        self,
        path: str,
        params: Params,
        parse: Parse[T],
        *,
        patience: Patience | None = None,
        also: frozenset[int] = frozenset(),
    ) -> T:
        """Return what `parse` makes of the answer. Statuses other than 200 reach it only if they are in `also`.

        Raises SourceError when it gives up. After Malformed, one more answer is tried.
        """
        request = self._request("GET", path, params)
        return await self._ask(request, parse, patience, also)

    async def post(
        self,
        path: str,
        params: Params,
        body: object,
        parse: Parse[T],
        *,
        patience: Patience | None = None,
        also: frozenset[int] = frozenset(),
    ) -> T:
        """Send `body` as JSON; otherwise as `get`."""
        request = self._request("POST", path, params, body)
        return await self._ask(request, parse, patience, also)

    def _request(self, method: str, path: str, params: Params, body: object = None) -> Callable[[], httpx.Request]:
        def build() -> httpx.Request:
            return self._client.build_request(method, self._base_url + path, params=params, json=body)

        return build

    async def _ask(
        self,
        request: Callable[[], httpx.Request],
        parse: Parse[T],
        patience: Patience | None,
        also: frozenset[int],
    ) -> T:
        patience = patience or Patience(self.limits)
        attempt = malformed = 0
        while True:
            began = time.monotonic()
            try:
                async with self._turn():
                    began = time.monotonic()
                    answer = await self._attempt(request, also, patience)
                return parse(answer)
            except Malformed as error:
                malformed += 1
                failure = _Failure(self._error("source.malformed"), again=malformed < 2)
                failure.__cause__ = error
            except _Failure as caught:
                failure = caught
            patience.seconds -= time.monotonic() - began
            await self._before_next(failure, attempt, patience)
            attempt += 1

    def _turn(self) -> AbstractAsyncContextManager[None]:
        return self._pacing.pace.turn(self._source, self._pacing.interval) if self._pacing else nullcontext()

    async def _before_next(self, failure: _Failure, attempt: int, patience: Patience) -> None:
        """Wait before the next attempt, or raise the failure's error if no further attempt is allowed."""
        if not failure.again or attempt >= self.limits.retries or patience.retries <= 0:
            raise failure.error from failure.__cause__
        rate_limited = failure.error.code == "source.rate_limited"
        wait = self.limits.first_wait * 2 ** (attempt + rate_limited) if failure.wait is None else failure.wait
        if wait > self.limits.longest_wait:
            raise self._error("source.rate_limited", seconds=round(wait)) from failure.error
        if wait >= patience.seconds:
            raise failure.error from failure.__cause__
        patience.seconds -= wait
        patience.retries -= 1
        if rate_limited and self._pacing:
            await self._pacing.pace.pause(self._source, wait)
        else:
            await self._sleep(wait)

    async def _attempt(self, request: Callable[[], httpx.Request], also: frozenset[int], patience: Patience) -> Answer:
        seconds = min(self.limits.timeout, patience.seconds)
        if seconds <= 0:
            raise _Failure(self._error("source.timeout", seconds=0), again=False)
        try:
            async with asyncio.timeout(seconds):
                response = await self._send(request())
                try:
                    return await self._read(response, also)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _Failure(self._error("source.timeout", seconds=round(seconds))) from error
        except httpx.DecodingError as error:
            raise _Failure(self._error("source.malformed")) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Failure(self._error("source.unreachable", problem=str(error) or type(error).__name__)) from error

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and follow redirects within the source's own site; with a key, none."""
        for _ in range(_REDIRECTS + 1):
            response = await self._client.send(request, stream=True)
            following = response.next_request
            if self._has_key or following is None or not is_same_site(self._base_url, str(following.url)):
                return response
            await response.aclose()
            request = following
        raise httpx.TooManyRedirects("too many redirects", request=request)

    async def _read(self, response: httpx.Response, also: frozenset[int]) -> Answer:
        self.server_time = http_date(response.headers.get("Date", "")) or self.server_time
        if response.status_code != 200 and response.status_code not in also:
            if self._has_key and response.status_code in (401, 403) and says_why(await self._body(response)):
                raise _Failure(self._error("source.key"), again=False)
            raise self._refused(response)
        return Answer(response.status_code, await self._body(response))

    async def _body(self, response: httpx.Response) -> bytes:
        if not is_safely_packed(response.headers.get("Content-Encoding", "")):
            raise _Failure(self._error("source.malformed"), again=False)
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > self.limits.largest:
                raise _Failure(self._error("source.malformed"), again=False)
        return bytes(body)

    def _refused(self, response: httpx.Response) -> _Failure:
        status = response.status_code
        wait = _retry_after(response.headers.get("Retry-After", ""))
        if status == 429:
            return _Failure(self._error("source.rate_limited", seconds=round(wait or 0)), wait=wait)
        return _Failure(self._error("source.status", status=status), again=status >= 500 or status == 408, wait=wait)

    def _error(self, code: str, **arguments: object) -> SourceError:
        return SourceError(code, source=self._source.value, **arguments)


def _retry_after(text: str) -> float | None:
    """Return the seconds to wait, from either form of the header; None if it is absent or unreadable."""
    if re.fullmatch(r"[0-9]{1,9}", text.strip()):
        return float(text)
    until = http_date(text)
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until else None
