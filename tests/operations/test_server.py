"""The web server: health, readiness, and the adapters' routes."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.common.health import Condition, Health
from bot.errors import BotError
from bot.operations.server import LARGEST_BODY, Server
from bot.ports import HttpRequest, HttpResponse, Route

SEEN: list[HttpRequest] = []


async def echo(request: HttpRequest) -> HttpResponse:
    SEEN.append(request)
    return HttpResponse(201, request.body, {"X-Answer": "yes"})


async def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret is swordfish")


@asynccontextmanager
async def serving(parts: Mapping[str, Health]) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    async def readiness() -> Mapping[str, Health]:
        return parts

    server = Server("127.0.0.1", 0, readiness, [Route("POST", "/echo", echo), Route("GET", "/fails", fails)])
    port = await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield session, f"http://127.0.0.1:{port}"
    finally:
        await server.stop()
        await server.stop()


async def test_health_says_that_the_process_lives() -> None:
    async with serving({}) as (session, url), session.get(f"{url}/healthz") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})


NOON = datetime(2026, 2, 27, 12, tzinfo=UTC)
FINE = Health(since=NOON)
SLOW = Health(Condition.DEGRADED, "source.timeout", NOON, NOON - timedelta(hours=1))
GONE = Health(Condition.DOWN, "platform.unreachable", NOON)


@pytest.mark.parametrize(
    ("parts", "status", "condition"),
    [
        ({}, 200, "ok"),
        ({"database": FINE, "ledger": FINE}, 200, "ok"),
        ({"database": FINE, "arxiv": SLOW}, 200, "degraded"),
        ({"slack": GONE, "arxiv": SLOW}, 503, "down"),
    ],
)
async def test_readiness_is_503_only_if_a_part_is_down(parts: dict[str, Health], status: int, condition: str) -> None:
    async with serving(parts) as (session, url), session.get(f"{url}/readyz") as response:
        shown = await response.json()

    assert (response.status, shown["ready"], shown["status"]) == (status, status == 200, condition)
    assert set(shown["parts"]) == set(parts)


async def test_readiness_tells_each_parts_problem_and_since_when() -> None:
    async with serving({"arxiv": SLOW, "ledger": FINE}) as (session, url), session.get(f"{url}/readyz") as response:
        shown = await response.json()

    assert shown["parts"] == {
        "arxiv": {
            "status": "degraded",
            "problem": "source.timeout",
            "since": "2026-02-27T12:00:00+00:00",
            "last_success": "2026-02-27T11:00:00+00:00",
        },
        "ledger": {"status": "ok", "since": "2026-02-27T12:00:00+00:00"},
    }


async def test_a_route_gets_the_request_as_it_came() -> None:
    SEEN.clear()
    async with (
        serving({}) as (session, url),
        session.post(f"{url}/echo?a=1", data=b"\x00raw", headers={"X-Signature": "v0=1"}) as response,
    ):
        assert (response.status, await response.read(), response.headers["X-Answer"]) == (201, b"\x00raw", "yes")

    request = SEEN[0]
    assert (request.method, request.path, request.query) == ("POST", "/echo", "a=1")
    assert (request.headers["x-signature"], request.body) == ("v0=1", b"\x00raw")


async def test_an_unexpected_error_tells_nothing_outside(caplog: pytest.LogCaptureFixture) -> None:
    async with serving({}) as (session, url), session.get(f"{url}/fails") as response:
        text = await response.text()

    assert response.status == 500
    assert "swordfish" not in text
    assert "a request failed" in caplog.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/echo", 405)])
async def test_what_is_not_there(method: str, path: str, status: int) -> None:
    async with serving({}) as (session, url), session.request(method, url + path) as response:
        assert response.status == status
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Server"] == "kawaraban"
        assert "error" in await response.json()


async def test_a_body_that_is_too_large_is_refused() -> None:
    async with (
        serving({}) as (session, url),
        session.post(f"{url}/echo", data=io.BytesIO(bytes(LARGEST_BODY + 1))) as response,
    ):
        assert response.status == 413


async def test_an_address_that_is_taken_is_a_clear_error() -> None:
    async def readiness() -> Mapping[str, Health]:
        return {}

    first = Server("127.0.0.1", 0, readiness)
    port = await first.start()
    try:
        with pytest.raises(BotError) as caught:
            await Server("127.0.0.1", port, readiness).start()
    finally:
        await first.stop()

    assert caught.value.code == "server.address"
    assert caught.value.arguments["port"] == port
