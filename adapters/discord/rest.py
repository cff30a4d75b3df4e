"""Requests to Discord's HTTP API: each is sent once, and fails with an error of ours.

discord.py's client sends them, with two of its features replaced. It must not retry: only the core may do that, after a
look-up. And it must not queue requests in its own rate limiter, where waiting uses up an attempt's time. Discord's
buckets are kept here instead, and a request that would wait longer than its patience fails at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from json import dumps
from types import MappingProxyType, SimpleNamespace
from typing import Any, Self

import aiohttp
import discord
from discord.http import HTTPClient, Route

from adapters.common.http import LONGEST_WAIT, InFlight, once, proxy_for
from adapters.discord.errors import NAME, from_answer, from_exception, is_discords_own
from bot.errors import AmbiguousError, TransientError
from bot.models import Document, finite, whole

Json = dict[str, Any]
Query = Mapping[str, str | int]

TIMEOUT = 10.0  # seconds for a request; less than half of the ledger's lease
_CLOSING = 15.0


@dataclass(frozen=True, slots=True)
class _Turn:
    """How many seconds this task's request may wait for its rate limit, and a callback for when the wait is over."""

    patience: float = 0.0
    begins: Callable[[], None] = lambda: None


_turn: ContextVar[_Turn] = ContextVar("turn", default=_Turn())  # noqa: B039  # frozen


class Bucket:
    """The rate limit of one route and channel, learned from the headers of Discord's answers."""

    def __init__(self) -> None:
        self.limit = 1
        self.remaining = 1
        self.outgoing = 0
        self._ends_at: float | None = None  # when `remaining` resets, by the event loop's clock
        self._used_at = _now()

    async def __aenter__(self) -> Self:
        turn = _turn.get()
        deadline = _now() + turn.patience
        while (wait := self._wait()) > 0:
            if _now() + wait > deadline:
                raise discord.RateLimited(wait)
            await asyncio.sleep(wait)
        turn.begins()
        self._used_at = _now()
        self.remaining -= 1
        self.outgoing += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self.outgoing -= 1

    def update(self, response: aiohttp.ClientResponse, *, use_clock: bool = False) -> None:  # noqa: ARG002  # discord.py's
        """Update the limit from an answer's headers; malformed headers are ignored."""
        headers = response.headers
        limit, remaining = whole(headers.get("X-RateLimit-Limit")), whole(headers.get("X-RateLimit-Remaining"))
        seconds = finite(headers.get("X-RateLimit-Reset-After"))
        if limit is None or remaining is None or seconds is None:
            return
        self.limit = limit
        # Answers may overtake each other, so within one period the smallest number is right.
        same_period = self._ends_at is not None and _now() < self._ends_at
        self.remaining = min(self.remaining, remaining) if same_period else remaining - (self.outgoing - 1)
        self._ends_at = _now() + min(seconds, LONGEST_WAIT)

    def is_inactive(self) -> bool:
        """Return whether discord.py may discard the bucket."""
        return self.outgoing == 0 and _now() - self._used_at > 300

    def _wait(self) -> float:
        """Return the seconds until the next request may be sent."""
        if self._ends_at is None:
            return 0.0
        left = self._ends_at - _now()
        if left <= 0:
            self.remaining, self._ends_at = max(self.limit - self.outgoing, 1), None
            return 0.0
        return left if self.remaining <= 0 else 0.0


class _OneTry(HTTPClient):
    """discord.py's client with our buckets instead of its own."""

    def get_ratelimit(self, key: str) -> Bucket:  # type: ignore[override]  # the same interface, another class
        if key not in self._buckets:
            self._try_clear_expired_ratelimits()
        return self._buckets.setdefault(key, Bucket())  # type: ignore[arg-type, return-value]  # Bucket has what is used of it


class Rest:
    """Requests with one token, each limited to `timeout` seconds. Logs in before the first."""

    def __init__(self, token: str, *, timeout: float = TIMEOUT) -> None:
        self._token = token
        self.timeout = timeout
        self._http: _OneTry | None = None
        self._me = 0
        self._login = asyncio.Lock()
        self._in_flight = InFlight()
        self._closed = False

    async def me(self) -> int:
        """Return the id of the bot's user. Raises PlatformError."""
        await self._connected()
        return self._me

    async def ask(
        self,
        method: str,
        path: str,
        names: Mapping[str, str] = MappingProxyType({}),
        *,
        json: Json | list[Json] | None = None,
        files: Sequence[Document] = (),
        query: Query | None = None,
        patience: float = 0.0,
    ) -> Any:
        """Send a request and return the answer's JSON, None if it has no body.

        `names` fill the placeholders of the path. `patience` is how many seconds the request may wait for its rate
        limit. Raises PlatformError.
        """
        http = await self._connected()
        given = _content(json, files)
        if query:
            given["params"] = {name: str(value) for name, value in query.items()}
        with self._in_flight.one_more():
            try:
                async with asyncio.timeout(self.timeout + patience) as timer:
                    _turn.set(_Turn(patience, lambda: timer.reschedule(_now() + self.timeout)))
                    answer = await http.request(Route(method, path, metadata=None, **names), **given)
            except Exception as error:  # noqa: BLE001 (every error is translated)
                ours = from_exception(error)
                raise ours from (None if ours is error else error)
        if isinstance(answer, str) and answer:
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        return answer or None

    async def close(self) -> None:
        """Wait for the requests in flight, then disconnect. Later requests fail."""
        self._closed = True
        await self._in_flight.landed(_CLOSING)
        if self._http:
            await self._http.close()

    async def _connected(self) -> _OneTry:
        """Return the client, logged in.

        Raises TransientError if Discord cannot be reached, and PermanentError if it refuses the token.
        """
        if self._closed:
            raise TransientError("platform.unreachable", seconds=1.0, platform=NAME)
        if self._http:
            return self._http
        async with self._login:
            if self._http is None:
                self._me, self._http = await self._logged_in()
        return self._http

    async def _logged_in(self) -> tuple[int, _OneTry]:
        http = _OneTry(
            asyncio.get_running_loop(),
            http_trace=_trace(),
            max_ratelimit_timeout=30.0,
            proxy=proxy_for(Route.BASE),
        )
        try:
            async with asyncio.timeout(self.timeout):
                user = await http.static_login(self._token.strip())
            return int(user["id"]), http
        except Exception as error:
            await http.close()
            ours = from_exception(error)
            if isinstance(ours, AmbiguousError):  # the request itself was not sent
                ours = TransientError("platform.unreachable", seconds=1.0, platform=NAME)
            raise ours from error


def _content(json: Json | list[Json] | None, files: Sequence[Document]) -> dict[str, Any]:
    """Return the request's body as arguments for discord.py."""
    if not files:
        return {"json": json} if json is not None else {}
    form: list[dict[str, Any]] = [{"name": "payload_json", "value": dumps(json)}]
    for number, one in enumerate(files):
        named = {"name": f"files[{number}]", "filename": one.name, "content_type": one.media_type}
        form.append({**named, "value": one.text.encode()})
    return {"form": form}


def _trace() -> aiohttp.TraceConfig:
    """Return a trace that raises in cases where discord.py or aiohttp would retry the request."""
    trace = once()
    trace.on_request_end.append(_look_at_answer)
    trace.on_request_exception.append(_look_at_exception)
    return trace


async def _look_at_answer(
    session: aiohttp.ClientSession,  # noqa: ARG001  # aiohttp's
    context: SimpleNamespace,  # noqa: ARG001 - aiohttp calls it with these
    seen: aiohttp.TraceRequestEndParams,
) -> None:
    response = seen.response
    if response.status < 400:
        return
    try:
        body = await response.json(content_type=None)
    except ValueError:
        body = None
    # Only what discord.py reads correctly is left to it, with the headers of the rate limits.
    if response.status == 429 or response.status >= 500 or not is_discords_own(response.status, body):
        raise from_answer(response.status, body, response.headers.get("Retry-After", ""))


async def _look_at_exception(
    session: aiohttp.ClientSession,  # noqa: ARG001  # aiohttp's
    context: SimpleNamespace,  # noqa: ARG001 - aiohttp calls it with these
    seen: aiohttp.TraceRequestExceptionParams,
) -> None:
    if isinstance(seen.exception, OSError):  # discord.py would retry some of these
        raise from_exception(seen.exception) from seen.exception


def _now() -> float:
    return asyncio.get_running_loop().time()
