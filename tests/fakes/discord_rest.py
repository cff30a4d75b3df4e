"""The Discord double's HTTP side: what holds for every route. The routes are in `discord_routes_*.py`."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import hdrs, web

from tests.fakes.discord_contract import Contract
from tests.fakes.discord_errors import ERRORS, Form, Refused, unauthorized
from tests.fakes.discord_faults import Break, Fault, Faults
from tests.fakes.discord_model import Json
from tests.fakes.discord_rates import Limited, Rates

BASE = "/api/v10"
VIA = {"Via": "1.1 google"}  # Discord's own answers have it, Cloudflare's bans do not
PAGE = "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"
_UNKNOWN = "/{tail}"  # stands for every path that no table has
_UNBOUND = ("/interactions/", "/webhooks/")  # routes that need no bot token and do not count in its rate


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a route sees it."""

    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    host: str = ""

    def id(self, name: str) -> int:
        """A snowflake of the path."""
        return _snowflake(self.ids[name], name)

    def snowflake(self, name: str) -> int | None:
        """A snowflake of the query, where it is given."""
        return _snowflake(self.query[name], name) if name in self.query else None

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number of the query. Raises Refused outside its bounds."""
        text = self.query.get(name, str(default))
        if not text.lstrip("-").isdigit() or not least <= int(text) <= most:
            form = Form()
            code = "NUMBER_TYPE_MAX" if text.isdigit() else "NUMBER_TYPE_COERCE"
            form.wrong((name,), code, f"int value should be between {least} and {most}.")
            form.refuse()
        return int(text)


@dataclass(frozen=True, slots=True)
class Request:
    """What came in and how it was answered; `status` is 0 where no answer came."""

    method: str
    path: str
    body: Any
    status: int
    code: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """An answer with a status of its own; a plain value is 200, and None 204."""

    status: int
    body: Any = None


Route = Callable[[Call], Awaitable[Any]]
Table = dict[tuple[str, str], Route]


@dataclass
class Rest:
    """Serves the tables of routes, strictly."""

    token: str
    rates: Rates
    faults: Faults
    contract: Contract | None
    latency: float = 0.0  # seconds before every answer
    requests: deque[Request] = field(default_factory=lambda: deque(maxlen=20_000))
    counts: Counter[str] = field(default_factory=Counter)  # by `METHOD /template`, whatever came of them
    crashes: list[str] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, app: web.Application, table: Table) -> None:
        for (method, template), route in table.items():
            app.router.add_route(method, BASE + template, self._served(template, route))

    def add_unknown(self, app: web.Application) -> None:
        """Call last: what no table has."""

        async def unknown(_call: Call) -> None:
            refused = Refused(0, status=404)
            refused.body["message"] = "404: Not Found"
            raise refused

        app.router.add_route("*", BASE + "/{tail:.*}", self._served(_UNKNOWN, unknown))

    def _served(self, template: str, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            path = request.path.removeprefix(BASE)
            self.counts[f"{request.method} {template}"] += 1
            body, readable = await _body(request)
            if self.contract and readable:
                asked = request.raw_path.partition("?")[0].removeprefix(BASE)
                self.contract.check(request.method, asked, body)
                if template == _UNKNOWN:
                    self.contract.found(f"{request.method} {asked}: unknown operation")
            if self.latency:
                await asyncio.sleep(self.latency)
            fault = self.faults.take(request.method, path)
            if fault and not fault.taken:
                answer = self._faulty(fault)
            else:
                call = Call(request.match_info, request.query, body, request.host)
                answer = await self._answered(request, template, route, call, readable)
            lost = fault and fault.kind in {Break.LOST_BEFORE, Break.LOST_AFTER, Break.STALLED}
            status = 0 if lost else answer.status
            if fault and fault.taken:
                answer = self._faulty(fault)
            code = json.loads(answer.text or "{}").get("code", 0) if _is_error(answer) else 0
            self.requests.append(Request(request.method, path, body, status, code))
            self.rates.note(status, shared=answer.headers.get("X-RateLimit-Scope") == "shared")
            return await self._lose(request, fault) if fault and lost else answer

        return serve

    async def _answered(
        self, request: web.Request, template: str, route: Route, call: Call, readable: bool
    ) -> web.Response:
        if self.rates.banned:
            return web.Response(status=429, text="<html>error code: 1015</html>", content_type="text/html")
        bound = not template.startswith(_UNBOUND)
        headers: dict[str, str] = {}
        try:
            if bound and request.headers.get(hdrs.AUTHORIZATION) != f"Bot {self.token}":
                raise unauthorized()
            ids = call.ids
            major = ids.get("channel_id") or ids.get("guild_id") or ids.get("webhook_id") or ""
            admitted = self.rates.admit(request.method, template, major + ids.get("webhook_token", ""), bound)
            if isinstance(admitted, Limited):
                return _limited(admitted)
            headers = admitted
            if not readable:
                raise Refused(50109)
            found = await route(call)
        except Refused as refused:
            return as_json(refused.body, refused.status, headers)
        except Exception as error:  # noqa: BLE001 - a fault of the double's own fails the test, and is not tried again
            self.crashes.append(f"{request.method} {request.path}: {error!r}")
            return as_json({"message": "501: the double is broken", "code": 0}, 501)
        if isinstance(found, Status):
            return as_json(found.body, found.status, headers)
        return web.Response(status=204, headers=VIA | headers) if found is None else as_json(found, 200, headers)

    def _faulty(self, fault: Fault) -> web.Response:
        """What is sent to a request that something happens to."""
        match fault.kind:
            case Break.LIMITED if not fault.via:
                return web.Response(status=429, text="<html>error code: 1015</html>", content_type="text/html")
            case Break.LIMITED:
                scope = "global" if fault.everywhere else "user"
                headers = {"X-RateLimit-Scope": scope} | ({"X-RateLimit-Global": "true"} if fault.everywhere else {})
                return _limited(Limited(fault.retry_after, fault.everywhere, headers))
            case Break.REFUSED:
                status, text = ERRORS[fault.code]
                more = {"retry_after": fault.retry_after, "global": False} if status == 429 else {}
                return as_json({"message": text, "code": fault.code} | more, status)
            case Break.STATUS if fault.status == 500:
                return as_json({"message": "500: Internal Server Error", "code": 0}, 500)
            case Break.STATUS:
                return web.Response(status=fault.status, text=PAGE, content_type="text/html", headers=VIA)
            case Break.GARBLED:
                return web.Response(body=b'{"id": "12', content_type="application/json", headers=VIA)
        return web.Response(text=PAGE, content_type="text/html", headers=VIA)

    async def _lose(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind is Break.STALLED:
            await self.stopped.wait()
        if request.transport:
            request.transport.abort()
        return web.Response()


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Content-Type is exactly `application/json`: discord.py reads anything else as a text."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, content_type="application/json", headers=VIA | dict(headers or {}))


def _limited(limited: Limited) -> web.Response:
    headers = limited.headers | {"Retry-After": str(max(1, round(limited.retry_after)))}
    return as_json(limited.body, 429, headers)


def _is_error(answer: web.Response) -> bool:
    return answer.status >= 400 and answer.content_type == "application/json"


async def _body(request: web.Request) -> tuple[Any, bool]:
    """The JSON of a request, from its body or a form's `payload_json`, and whether it could be read."""
    try:
        if request.content_type.startswith("multipart/"):
            form = await request.post()
            payload = form.get("payload_json", "{}")
            return (json.loads(payload), True) if isinstance(payload, str | bytes | bytearray) else (None, False)
        raw = await request.read()
        return (json.loads(raw), True) if raw else (None, True)
    except ValueError:
        return None, False


def _snowflake(text: str, name: str) -> int:
    if not text.isdigit() or len(text) > 20:
        form = Form()
        form.wrong((name,), "NUMBER_TYPE_COERCE", f'Value "{text[:40]}" is not snowflake.')
        form.refuse()
    return int(text)


def form_of(body: Any) -> Json:
    """The object of a body. Raises Refused for another kind of value."""
    if not isinstance(body, dict):
        raise Refused(50109)
    return body
