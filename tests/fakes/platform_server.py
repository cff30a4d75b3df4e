"""A chat platform of the tests' own over HTTP, with everything that goes wrong on a real one.

    python -m tests.fakes.platform_server [--port N] [--latency S] [--limited SHARE] [--lost SHARE] ...

The first line that it prints is its address. What it accepted stays in its books while the programs that talk to it
come and go. Every request is a POST with a JSON object; every answer is one:

| path | takes | answers |
|---|---|---|
| `/post` | channel, thread (id or null), key, text | id |
| `/edit` | channel, id, text | nothing |
| `/find` | channel, thread, key, since (seconds since 1970) | id, null where there is none |
| `/react` | channel, id, emoji | nothing; the same again changes nothing |
| `/reactions` | channel, id | reactions: emoji, count, users (perhaps fewer than count) |

A refusal is `{"error": …}` with one of `platform_state.Refusal` (400, 401, 403, 404). 429 names in `Retry-After`, in
seconds, when to come back, and `"global": true` where that holds for the whole app. 503 took nothing; another 5xx, an
answer that cannot be read or none at all may have. Paths that begin with `_` are the tests' own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from aiohttp import web

from tests.fakes.platform_state import BOT, Busiest, Message, PlatformState, Refusal, Refused

STATUS = {
    Refusal.CHANNEL_GONE: 404, Refusal.NOT_MEMBER: 403, Refusal.ARCHIVED: 403, Refusal.FORBIDDEN: 403,
    Refusal.TOKEN: 401, Refusal.MESSAGE_GONE: 404, Refusal.REJECTED: 400,
}  # fmt: skip


class Break(StrEnum):
    """What can happen to one request, beside a refusal."""

    LIMITED = "limited"
    LIMITED_EVERYWHERE = "limited_everywhere"
    UNAVAILABLE = "unavailable"  # 503: not taken
    SERVER_ERROR = "server_error"  # 500, after it was taken
    GARBLED = "garbled"  # taken, and the answer is HTML
    LOST_BEFORE = "lost_before"  # the connection ends, and nothing was taken
    LOST_AFTER = "lost_after"  # taken, and the connection ends
    STALLED = "stalled"  # taken, and the answer does not come
    EDGE = "edge"  # 403 with HTML: not taken


TAKEN_FIRST = {Break.SERVER_ERROR, Break.GARBLED, Break.LOST_AFTER, Break.STALLED}


@dataclass
class Behaviour:
    """How the platform behaves until told otherwise. Times are seconds, rates messages a second, 0 for none."""

    latency: float = 0.0
    limited: float = 0.0  # the share of posts that are answered 429
    retry_after: float = 0.2
    lost: float = 0.0  # the share of posts that are taken, and the answer lost
    lost_before: float = 0.0  # the share of posts that are lost on the way here
    rate: float = 0.0  # messages of the whole app
    channel_rate: float = 0.0
    lookups: str = "answer"  # or "refuse"
    lookup_latency: float = 0.0
    voters: int = 1_000_000  # the most users that `/reactions` names for one emoji


class FakePlatformServer:
    """The application and its state; `seed` decides which requests meet a share's fault."""

    def __init__(self, behaviour: Behaviour | None = None, seed: int = 1) -> None:
        self.behaviour = behaviour or Behaviour()
        self.state = PlatformState()
        self.breaks: deque[Break | Refusal] = deque()  # what happens to the next requests
        self._random = random.Random(seed)
        self._stalled = asyncio.Event()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=2**22)
        for path, act in {
            "/post": self._post, "/edit": self._edit, "/find": self._find, "/react": self._react,
            "/reactions": self._reactions,
        }.items():  # fmt: skip
            app.router.add_post(path, self._served(path, act))
        app.router.add_get("/_log", self._log)
        app.router.add_get("/_messages", self._messages)
        app.router.add_post("/_books", self._books)
        app.router.add_post("/_mode", self._mode)
        app.router.add_post("/_channel", self._channel)
        return app

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[str]:
        """Serve within the block; gives the base URL, without a slash at the end."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=1_000)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            self._stalled.set()
            await runner.cleanup()

    def _served(
        self, path: str, act: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            asked = await request.json()
            self.state.requests[path] += 1
            trouble = self._trouble(path, asked["channel"])
            if self.behaviour.latency:
                await asyncio.sleep(self.behaviour.latency / 2)
            answer: web.StreamResponse
            if trouble in TAKEN_FIRST or trouble is None:
                try:
                    answer = web.json_response(await act(asked))
                except Refused as refused:
                    answer = _refusal(refused.refusal)
            else:
                answer = web.Response()
            if self.behaviour.latency:
                await asyncio.sleep(self.behaviour.latency / 2)
            return answer if trouble is None else await self._spoilt(request, trouble)

        return serve

    def _trouble(self, path: str, channel: str) -> Break | Refusal | None:
        if self.breaks:
            return self.breaks.popleft()
        if path != "/post":
            return None
        how, now = self.behaviour, time.monotonic()
        by_channel = self.state.busiest_by_channel.setdefault(channel, Busiest())
        kept = not (how.rate and not self.state.busiest.room(now, how.rate))
        if not kept or (how.channel_rate and not by_channel.room(now, how.channel_rate)):
            return Break.LIMITED if kept else Break.LIMITED_EVERYWHERE
        self.state.busiest.add(now)
        by_channel.add(now)
        drawn = self._random.random()
        for share, trouble in (
            (how.limited, Break.LIMITED), (how.lost, Break.LOST_AFTER), (how.lost_before, Break.LOST_BEFORE),
        ):  # fmt: skip
            if drawn < share:
                return trouble
            drawn -= share
        return None

    async def _spoilt(self, request: web.Request, trouble: Break | Refusal) -> web.StreamResponse:
        """The answer to a request that something happens to."""
        match trouble:
            case Refusal():
                return _refusal(trouble)
            case Break.LIMITED | Break.LIMITED_EVERYWHERE:
                body = {"error": "rate_limited", "global": trouble is Break.LIMITED_EVERYWHERE}
                headers = {"Retry-After": f"{self.behaviour.retry_after:g}"}
                return web.json_response(body, status=429, headers=headers)
            case Break.UNAVAILABLE | Break.SERVER_ERROR:
                return web.Response(status=503 if trouble is Break.UNAVAILABLE else 500, text="<html>sorry</html>")
            case Break.EDGE:
                return web.Response(status=403, text="<html>no</html>", content_type="text/html")
            case Break.GARBLED:
                return web.Response(text="<html>fine</html>", content_type="text/html")
            case Break.STALLED:
                await self._stalled.wait()
        if request.transport:
            request.transport.abort()
        return web.Response()

    async def _post(self, asked: dict[str, Any]) -> dict[str, Any]:
        message = self.state.post(asked["channel"], asked["thread"], asked["key"], asked["text"], time.time())
        return {"id": message.id}

    async def _edit(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.state.edit(asked["channel"], asked["id"], asked["text"])
        return {}

    async def _find(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.behaviour.lookups == "refuse":
            raise Refused(Refusal.FORBIDDEN)
        if self.behaviour.lookup_latency:
            await asyncio.sleep(self.behaviour.lookup_latency)
        found = self.state.find(asked["channel"], asked["thread"], asked["key"], asked["since"])
        return {"id": found.id if found else None}

    async def _react(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.state.react(asked["channel"], asked["id"], asked["emoji"], [BOT])
        return {}

    async def _reactions(self, asked: dict[str, Any]) -> dict[str, Any]:
        there = self.state.message(asked["channel"], asked["id"]).reactions
        shown = self.behaviour.voters
        return {
            "reactions": [
                {"emoji": emoji, "count": len(users), "users": users[:shown]} for emoji, users in there.items()
            ]
        }

    async def _log(self, _request: web.Request) -> web.Response:
        """What was asked how often, and the most posts in any one second."""
        by_channel = max((one.most for one in self.state.busiest_by_channel.values()), default=0)
        busiest = {"busiest": self.state.busiest.most, "busiest_channel": by_channel}
        accepted = {"accepted": self.state.accepted.total()}
        return web.json_response({"requests": self.state.requests, **accepted, **busiest})

    async def _messages(self, request: web.Request) -> web.Response:
        return web.json_response([_as_json(one) for one in self.state.listed(request.query["channel"])])

    async def _books(self, request: web.Request) -> web.Response:
        """Of the `expected` keys, those never accepted, and all that were accepted more than once."""
        expected = (await request.json())["expected"]
        unexpected = sorted(self.state.accepted.keys() - set(expected))
        lost, duplicated = self.state.lost(expected), self.state.duplicated()
        return web.json_response({"lost": lost, "duplicated": duplicated, "unexpected": unexpected})

    async def _mode(self, request: web.Request) -> web.Response:
        """Change some of the behaviour's fields, or what happens to the `next` requests."""
        asked = await request.json()
        for name in asked.pop("next", ()):
            self.breaks.append(Break(name) if name in set(Break) else Refusal(name))
        for name, value in asked.items():
            setattr(self.behaviour, name, value)
        return web.json_response({})

    async def _channel(self, request: web.Request) -> web.Response:
        """Let a `channel` refuse everything from now on, or, with `refusal` null, nothing."""
        asked = await request.json()
        self.state.refusals.pop(asked["channel"], None)
        if asked["refusal"]:
            self.state.refusals[asked["channel"]] = Refusal(asked["refusal"])
        return web.json_response({})


def _refusal(refusal: Refusal) -> web.Response:
    return web.json_response({"error": refusal.value}, status=STATUS[refusal])


def _as_json(message: Message) -> dict[str, Any]:
    named = {"id": message.id, "thread": message.thread, "key": message.key, "edited": message.edited}
    return {**named, "text": message.visible, "mentions": message.mentions, "links": message.links}


async def serve(behaviour: Behaviour, port: int, seed: int) -> None:
    async with FakePlatformServer(behaviour, seed).running(port) as url:
        print(json.dumps({"url": url}), flush=True)  # noqa: T201 - whoever started the process reads it
        parent = os.getppid()
        while os.getppid() == parent:  # noqa: ASYNC110 - whoever started it may be killed, and nothing tells
            await asyncio.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description="A chat platform for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one (default)")
    parser.add_argument("--seed", type=int, default=1)
    for one in fields(Behaviour):
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=type(one.default), default=one.default)
    options = vars(parser.parse_args())
    port, seed = options.pop("port"), options.pop("seed")
    asyncio.run(serve(Behaviour(**options), port, seed))


if __name__ == "__main__":
    main()
