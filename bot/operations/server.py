"""The web server: health checks for monitoring, and the adapters' routes.

`/healthz` says that the process is alive, `/readyz` whether each of its parts works. Answers contain no secrets and no
details of errors.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from bot.errors import BotError
from bot.health import Condition, Health, worst
from bot.ports import HttpRequest, Route

LARGEST_BODY = 1024**2  # bytes, about ten times Slack's largest payloads
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
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_guard])
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._ready)
        for route in routes:
            app.router.add_route(route.method, route.path, _handler(route))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)

    async def start(self) -> int:
        """Start listening and return the port. Raises BotError `server.address` if the address is unavailable."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise BotError("server.address", host=self._host, port=self._port, problem=error.strerror) from error
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Wait a few seconds at most for the requests in flight, then close. Safe to call twice."""
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


def _part(health: Health) -> dict[str, str]:
    """Return a part as JSON: its status and, where known, its problem, the start of that state and the last success."""
    times = {"since": health.since, "last_success": health.last_success}
    shown = {"status": health.condition.value, "problem": health.problem}
    shown |= {name: at.isoformat(timespec="seconds") for name, at in times.items() if at}
    return {name: text for name, text in shown.items() if text}


def _handler(route: Route) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        response = await route.handle(
            HttpRequest(
                method=request.method,
                path=request.path,
                query=request.query_string,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.read(),
            )
        )
        return web.Response(status=response.status, body=response.body, headers=response.headers)

    return handle


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log unexpected errors without revealing them, and set safe headers on every response."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = web.Response(status=error.status, text=json.dumps({"error": error.reason}), headers=_allowed(error))
        response.content_type = "application/json"
    except Exception:
        logger.exception("a request failed: %s %s", request.method, request.path)
        response = web.json_response({"error": "Internal Server Error"}, status=500)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _allowed(error: web.HTTPException) -> dict[str, str]:
    """Return the header of the allowed methods, which a 405 must have (RFC 9110, 15.5.6)."""
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
