"""Requests to Discord's HTTP interface: each is made once, and what goes wrong is ours.

discord.py's own client makes them. Of what it does by itself, two things are switched off: it repeats what failed,
which only the core may do, after it has looked; and it waits in line before and after a request, which uses up the time
of an attempt. Discord's buckets are kept here too: a request that has to wait longer than its patience is not made.
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

from adapters.common.http import LONGEST_WAIT, InFlight, once
from adapters.discord.errors import NAME, from_answer, from_exception
from bot.errors import AmbiguousError, TransientError
from bot.models import Document, finite, whole

Json = dict[str, Any]
Query = Mapping[str, str | int]

TIMEOUT = 10.0  # seconds for a request; less than half of the ledger's lease
_CLOSING = 15.0


@dataclass(frozen=True, slots=True)
class _Turn:
    """How long the request of this task may wait for its turn, and what is to be called when it has it."""

    patience: float = 0.0
    begins: Callable[[], None] = lambda: None


_turn: ContextVar[_Turn] = ContextVar("turn", default=_Turn())  # noqa: B039  # frozen


class Bucket:
    """What Discord lets through on one route of one channel, as its answers say; unknown until the first."""

    def __init__(self) -> None:
        self.limit = 1
        self.remaining = 1
        self.outgoing = 0
        self._ends_at: float | None = None  # of the present count, by the event loop's clock
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
        """Take over what the headers of an answer say; headers that cannot be read are passed over."""
        headers = response.headers
        limit, said = whole(headers.get("X-RateLimit-Limit")), whole(headers.get("X-RateLimit-Remaining"))
        seconds = finite(headers.get("X-RateLimit-Reset-After"))
        if limit is None or said is None or seconds is None:
            return
        self.limit = limit
        # Answers overtake each other: of one count, the least that was said is true.
        known = self._ends_at is not None and _now() < self._ends_at
        self.remaining = min(self.remaining, said) if known else said - (self.outgoing - 1)
        self._ends_at = _now() + min(seconds, LONGEST_WAIT)

    def is_inactive(self) -> bool:
        """Whether discord.py may forget it."""
        return self.outgoing == 0 and _now() - self._used_at > 300

    def _wait(self) -> float:
        """Seconds until the next request may leave; 0 for now."""
        if self._ends_at is None:
            return 0.0
        left = self._ends_at - _now()
        if left <= 0:
            self.remaining, self._ends_at = max(self.limit - self.outgoing, 1), None
            return 0.0
        return left if self.remaining <= 0 else 0.0


class _OneTry(HTTPClient):
    """discord.py's client with our buckets in the place of its own."""

    def get_ratelimit(self, key: str) -> Bucket:  # type: ignore[override]  # the same interface, another class
        if key not in self._buckets:
            self._try_clear_expired_ratelimits()
        return self._buckets.setdefault(key, Bucket())  # type: ignore[arg-type, return-value]


class Rest:
    """The requests of one token. `timeout` in seconds bounds each; nothing is connected before the first."""

    def __init__(self, token: str, *, timeout: float = TIMEOUT) -> None:
        self._token = token
        self.timeout = timeout
        self._http: _OneTry | None = None
        self._me = 0
        self._login = asyncio.Lock()
        self._in_flight = InFlight()
        self._closed = False

    async def me(self) -> int:
        """The id of the bot's user."""
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
        """The answer's JSON, None for one without a body. `names` fill the placeholders of the path.

        `patience` is how many seconds it may wait for its turn. Raises PlatformError.
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
            except Exception as error:  # noqa: BLE001 (whatever it is, the core is told)
                ours = from_exception(error)
                raise ours from (None if ours is error else error)
        if isinstance(answer, str) and answer:
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        return answer or None

    async def close(self) -> None:
        """Let what is under way end, then disconnect; nothing is asked any more after that."""
        self._closed = True
        await self._in_flight.landed(_CLOSING)
        if self._http:
            await self._http.close()

    async def _connected(self) -> _OneTry:
        """Raises TransientError where Discord cannot be reached, PermanentError for a token that it refuses."""
        if self._closed:
            raise TransientError("platform.unreachable", seconds=1.0, platform=NAME)
        if self._http:
            return self._http
        async with self._login:
            if self._http is None:
                self._me, self._http = await self._logged_in()
        return self._http

    async def _logged_in(self) -> tuple[int, _OneTry]:
        http = _OneTry(asyncio.get_running_loop(), http_trace=_trace(), max_ratelimit_timeout=30.0)
        try:
            async with asyncio.timeout(self.timeout):
                user = await http.static_login(self._token.strip())
            return int(user["id"]), http
        except Exception as error:
            await http.close()
            ours = from_exception(error)
            if isinstance(ours, AmbiguousError):  # nothing of what was wanted has left
                ours = TransientError("platform.unreachable", seconds=1.0, platform=NAME)
            raise ours from error


def _content(json: Json | list[Json] | None, files: Sequence[Document]) -> dict[str, Any]:
    """The request's body as discord.py takes it."""
    if not files:
        return {"json": json} if json is not None else {}
    form: list[dict[str, Any]] = [{"name": "payload_json", "value": dumps(json), "content_type": "application/json"}]
    for number, one in enumerate(files):
        named = {"name": f"files[{number}]", "filename": one.name, "content_type": one.media_type}
        form.append({**named, "value": one.text.encode()})
    return {"form": form}


def _trace() -> aiohttp.TraceConfig:
    """Return the trace that ends a request where discord.py or aiohttp would repeat it."""
    trace = once()
    trace.on_request_end.append(_look_at_answer)
    trace.on_request_exception.append(_look_at_exception)
    return trace


async def _look_at_answer(
    session: aiohttp.ClientSession,  # noqa: ARG001  # aiohttp's
    context: SimpleNamespace,  # noqa: ARG001
    seen: aiohttp.TraceRequestEndParams,
) -> None:
    response = seen.response
    if response.status != 429 and response.status < 500:
        return
    try:
        body = await response.json(content_type=None)
    except ValueError:
        body = None
    raise from_answer(response.status, body, response.headers.get("Retry-After", ""))


async def _look_at_exception(
    session: aiohttp.ClientSession,  # noqa: ARG001  # aiohttp's
    context: SimpleNamespace,  # noqa: ARG001
    seen: aiohttp.TraceRequestExceptionParams,
) -> None:
    if isinstance(seen.exception, OSError):  # some of which discord.py takes for a reason to send again
        raise from_exception(seen.exception) from seen.exception


def _now() -> float:
    return asyncio.get_running_loop().time()
