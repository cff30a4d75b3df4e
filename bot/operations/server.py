"""The web server: health checks for monitoring, and the adapters' routes.

`/healthz` says that the process is alive, `/readyz` whether each of its parts works. Answers contain no secrets and no
details of errors. The size, duration and number of requests are bounded, and so is what they can add to the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import cast

from aiohttp import web

from bot.common.health import Condition, Health, worst
from bot.common.seldom import Seldom
from bot.errors import BotError
from bot.operations.gate import Gate
from bot.ports import HttpRequest, Route

LARGEST_BODY = 1024**2  # bytes, about ten times Slack's largest payloads
BODY_SECONDS = 10.0  # for a request's body to arrive
# Between two requests. Must outlast a proxy's idle timeout, or the proxy would send one into a closing connection.
_IDLE_SECONDS = 75.0
_LINGERING_SECONDS = 2.0  # for the rest of an unread body
_STOP_SECONDS = 3.0  # for requests in flight

Readiness = Callable[[], Awaitable[Mapping[str, Health]]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

logger = logging.getLogger(__name__)


class Server:
    """The web server, listening from `start` to `stop`. With `port` 0 the system chooses one."""

    def __init__(self, host: str, port: int, readiness: Readiness, routes: Sequence[Route] = ()) -> None:
        """`readiness` returns how each part is, by name."""
        self._host = host
        self._port = port
        self._readiness = readiness
        self._seldom = Seldom(logger)
        self._listening: asyncio.Server | None = None
        self._gate = Gate()
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._guard])
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._ready)
        for route in routes:
            app.router.add_route(route.method, route.path, self._handler(route))
        self._runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=_STOP_SECONDS,
            logger=self._seldom,
            keepalive_timeout=_IDLE_SECONDS,
            lingering_time=_LINGERING_SECONDS,
            auto_decompress=False,  # Slack signs the bytes that it sends, and compresses nothing
        )

    async def start(self) -> int:
        """Start listening and return the port. Raises BotError `server.address` if the address is unavailable."""
        await self._runner.setup()
        try:
            listening = await asyncio.get_running_loop().create_server(self._protocol, self._host, self._port)
        except OSError as error:
            await self._runner.cleanup()
            raise BotError("server.address", host=self._host, port=self._port, problem=error.strerror) from error
        self._listening = listening
        return int(listening.sockets[0].getsockname()[1])

    def _protocol(self) -> asyncio.Protocol:
        """Return the protocol of a new connection. The runner has its server while the address is open."""
        return self._gate.around(cast(web.Server, self._runner.server)())

    async def stop(self) -> None:
        """Wait a few seconds at most for the requests in flight, then close. Safe to call twice."""
        if self._listening is not None:
            self._listening.close()
        await self._runner.cleanup()

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _ready(self, _request: web.Request) -> web.Response:
        parts = await self._readiness()
        condition = worst(*parts.values()).condition
        ready = condition is not Condition.DOWN
        report = {
            "ready": ready,
            "status": condition.value,
            "parts": {name: _part(health) for name, health in parts.items()},
        }
        return web.json_response(report, status=200 if ready else 503)

    def _handler(self, route: Route) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await request.read()
            except TimeoutError:
                raise web.HTTPRequestTimeout from None
            self._gate.answers(request.transport)
            response = await route.handle(
                HttpRequest(
                    method=request.method,
                    path=request.path,
                    query=request.query_string,
                    headers={name.lower(): _text(value) for name, value in request.headers.items()},
                    body=body,
                    address=request.remote or "",
                )
            )
            answer = web.Response(status=response.status, body=response.body, headers=response.headers)
            if response.status == 429:
                answer.force_close()
            return answer

        return handle

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Log unexpected errors without revealing them, and set safe headers on every response."""
        transport = request.transport
        self._gate.begins(transport)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = _told(error.status, error.reason, _allowed(error))
            if error.status == 408:
                self._seldom.info("the body of a request did not arrive within %g s", BODY_SECONDS)
                response.force_close()
        except web.RequestPayloadError:
            response = _told(400, "Bad Request")
            response.force_close()
        except ConnectionError:
            raise  # whoever asked is gone
        except Exception:
            logger.exception("a request failed: %s %a", request.method, request.path)
            response = _told(500, "Internal Server Error")
        finally:
            self._gate.ends(transport)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Server"] = "kawaraban"  # aiohttp would name its own version and Python's
        return response


def _part(health: Health) -> dict[str, str]:
    """Return a part as JSON: its status and, where known, its problem, the start of that state and the last success."""
    times = {"since": health.since, "last_success": health.last_success}
    shown = {"status": health.condition.value, "problem": health.problem}
    shown |= {name: at.isoformat(timespec="seconds") for name, at in times.items() if at}
    return {name: text for name, text in shown.items() if text}


def _text(value: str) -> str:
    """Return a header's value as encodable text: aiohttp keeps bytes that are not UTF-8 as surrogates."""
    return value.encode(errors="surrogateescape").decode(errors="replace")


def _told(status: int, reason: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"error": reason}, status=status, headers=headers)


def _allowed(error: web.HTTPException) -> dict[str, str]:
    """Return the header of the allowed methods, which a 405 must have (RFC 9110, 15.5.6)."""
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
