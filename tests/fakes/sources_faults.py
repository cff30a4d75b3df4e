"""What can go wrong with a source, on demand: `arxiv:503:3` (three times), `hf:slow=5`, `s2:429:always`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

SOURCES = ("arxiv", "hf", "s2")
FOR_EVER = 10**9
EMPTY = "empty"  # a good answer without content
_SPEC = re.compile(rf"({'|'.join(SOURCES)}):([a-z]+|[1-5][0-9][0-9])(?:=([0-9.]+))?(?::([0-9]+|always))?")
_MAINTENANCE = "<!DOCTYPE html><html><head><title>Back soon</title></head><body><h1>Maintenance</h1></body></html>"

Handler = Callable[[], Awaitable[web.Response]]


@dataclass(slots=True)
class Fault:
    """`kind` is a status, EMPTY, or one of KINDS; `left` counts the requests that it still meets."""

    source: str
    kind: str
    value: float
    left: int


def parse(spec: str) -> Fault:
    """Read a fault. Without a number of times it stays for ever. Raises ValueError."""
    match = _SPEC.fullmatch(spec)
    if not match or not (match[2].isdigit() or match[2] == EMPTY or match[2] in KINDS):
        raise ValueError(f"{spec!r} is no fault: write SOURCE:KIND[=VALUE][:TIMES|always]")
    times = FOR_EVER if match[4] in (None, "always") else int(match[4])
    return Fault(match[1], match[2], float(match[3] or 0), times)


def taken(faults: list[Fault], source: str) -> Fault | None:
    """Return the first fault in force for the source, counted down, or None."""
    for fault in faults:
        if fault.source == source and fault.left:
            fault.left -= 1
            return fault
    return None


async def suffer(fault: Fault, request: web.Request, handler: Handler, empty: web.Response) -> web.StreamResponse:
    """Answer the request under the fault. `empty` is a well-formed answer without content."""
    if fault.kind.isdigit():
        headers = {"Retry-After": "1"} if fault.kind in ("429", "503") else {}
        return web.Response(status=int(fault.kind), text="out of order\n", headers=headers)
    return empty if fault.kind == EMPTY else await KINDS[fault.kind](fault, request, handler)


async def _stall(_fault: Fault, _request: web.Request, handler: Handler) -> web.StreamResponse:
    await asyncio.Event().wait()  # until the client has had enough
    return await handler()


async def _dawdle(fault: Fault, _request: web.Request, handler: Handler) -> web.StreamResponse:
    await asyncio.sleep(fault.value)
    return await handler()


async def _babble(_fault: Fault, _request: web.Request, _handler: Handler) -> web.StreamResponse:
    return web.Response(text='{"data": [{"title": <', content_type="application/json")


async def _maintain(_fault: Fault, _request: web.Request, _handler: Handler) -> web.StreamResponse:
    return web.Response(text=_MAINTENANCE, content_type="text/html")


async def _halve(_fault: Fault, _request: web.Request, handler: Handler) -> web.StreamResponse:
    whole = await handler()
    body = _bytes(whole)
    return web.Response(body=body[: len(body) // 2], status=whole.status, content_type=whole.content_type)


async def _hang_up(_fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Announce the whole body, send half of it, and close the connection."""
    whole = await handler()
    body = _bytes(whole)
    answer = web.StreamResponse(status=whole.status, headers={"Content-Length": str(len(body))})
    answer.content_type = whole.content_type
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer


def _bytes(response: web.Response) -> bytes:
    assert isinstance(response.body, bytes)
    return response.body


KINDS: dict[str, Callable[[Fault, web.Request, Handler], Awaitable[web.StreamResponse]]] = {
    "timeout": _stall,
    "slow": _dawdle,
    "malformed": _babble,
    "html": _maintain,
    "truncated": _halve,
    "cut": _hang_up,
}
