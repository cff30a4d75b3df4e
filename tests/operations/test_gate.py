"""What strangers do to the web server: half of a request, too many connections, bytes that are no request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping

import pytest

from bot.common.health import Health
from bot.operations import gate, server
from bot.operations.server import Server
from bot.ports import HttpRequest, HttpResponse, Route


async def echo(request: HttpRequest) -> HttpResponse:
    "".join(request.headers.values()).encode()  # what an adapter may do with any of them
    return HttpResponse(200, request.body)


async def ready() -> Mapping[str, Health]:
    return {}


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server whose patience is short."""
    monkeypatch.setattr(gate.Gate.__init__, "__kwdefaults__", {"most": 8, "head_seconds": 0.3})
    monkeypatch.setattr(server, "BODY_SECONDS", 0.3)
    monkeypatch.setattr(server, "_LINGERING_SECONDS", 0.1)
    listening = Server("127.0.0.1", 0, ready, [Route("POST", "/echo", echo)])
    yield await listening.start()
    await listening.stop()


async def exchange(port: int, sent: bytes) -> bytes:
    """Send the bytes and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await exhausted(reader)
    finally:
        writer.close()


ASKED = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST",
        b"POST /echo HTTP/1.1\r\nHost: x\r\n",
    ],
)
async def test_a_request_that_does_not_arrive_is_ended(port: int, sent: bytes) -> None:
    async with asyncio.timeout(20):
        answer = await exchange(port, sent)
    assert answer == b""


async def test_half_a_request_after_a_whole_one_is_ended(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"}")
    writer.write(b"GET /hea")
    async with asyncio.timeout(20):
        assert await exhausted(reader) == b""
    writer.close()


async def exhausted(reader: asyncio.StreamReader) -> bytes:
    """The rest, until the server closes."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_a_body_that_does_not_arrive_is_ended(port: int) -> None:
    async with asyncio.timeout(20):
        answer = await exchange(port, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_many_half_requests_do_not_keep_others_out(port: int, caplog: pytest.LogCaptureFixture) -> None:
    halves = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
    for _, writer in halves:
        writer.write(b"POST /echo HTTP/1.1\r\n")
    assert b"200 OK" in await exchange(port, ASKED)
    for _, writer in halves:
        writer.close()
    assert len([one for one in caplog.records if "connections to the web server" in one.getMessage()]) == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
async def test_bytes_that_are_no_request_are_one_quiet_line(
    port: int, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(5):
        async with asyncio.timeout(20):
            answer = await exchange(port, sent)
        assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert len(caplog.records) <= 2
    assert not [one for one in caplog.records if one.exc_info or one.levelno > logging.WARNING]


async def test_a_header_that_is_no_text_reaches_an_adapter_as_text(port: int) -> None:
    sent = b"POST /echo HTTP/1.1\r\nHost: x\r\nCookie: a=\xff\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
    assert (await exchange(port, sent)).startswith(b"HTTP/1.1 200 ")


async def test_a_connection_serves_several_requests(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in await reader.readuntil(b"}")
    writer.close()
