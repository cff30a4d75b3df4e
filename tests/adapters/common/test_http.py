"""A request leaves once, whatever becomes of its connection."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

import aiohttp
import pytest

from adapters.common.http import (
    LONGEST_WAIT,
    AlreadySentError,
    HttpSession,
    InFlight,
    wait_asked,
    without_answer,
)
from bot.errors import AmbiguousError, TransientError
from tests.support.needs import ROOT

OWN_SESSION = re.compile(r"\b(?:ClientSession|AsyncClient)\(")
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Server:
    """Reads requests with `Content-Length` bodies and answers each as its path says; remembers what arrived."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            while head := await self._head(reader):
                line, *headers = head.splitlines()
                sizes = [int(one.partition(":")[2]) for one in headers if one.lower().startswith("content-length:")]
                await reader.readexactly(sum(sizes))
                method, path, _ = line.split()
                self.arrived.append(f"{method} {path}")
                match path:
                    case "/answered":
                        writer.write(ANSWER)
                    case "/moved":
                        writer.write(ANSWER.replace(b"200 OK", b"307 Moved\r\nLocation: /answered"))
                    case "/endless":
                        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                        with suppress(ConnectionError):
                            while True:
                                writer.write(b"10000\r\n" + b" " * 2**16 + b"\r\n")
                                await writer.drain()
                        return
                    case "/cut":
                        writer.write(ANSWER[:20])
                        return
                    case _:
                        return

    async def _head(self, reader: asyncio.StreamReader) -> str:
        try:
            return (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            return ""


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running() as one:
        yield one


@pytest.fixture
async def http() -> AsyncIterator[HttpSession]:
    session = HttpSession("somewhere", timeout=20.0, connect=10.0)
    yield session
    await session.close(0.0)


async def ask(http: HttpSession, method: str, url: str) -> int:
    body = b"body" if method in ("PUT", "POST", "PATCH") else None
    async with http.get().request(method, url, data=body) as response:
        await response.read()
        return response.status


@pytest.mark.parametrize("path", ["/dropped", "/cut"])
@pytest.mark.parametrize("reused", [False, True], ids=["fresh connection", "kept connection"])
@pytest.mark.parametrize("method", METHODS)
async def test_a_request_whose_answer_is_lost_arrives_once(
    server: Server, http: HttpSession, method: str, reused: bool, path: str
) -> None:
    if reused:
        assert await ask(http, "GET", f"{server.url}/answered") == 200
    with pytest.raises(aiohttp.ClientError) as raised:
        await ask(http, method, server.url + path)

    assert server.arrived[int(reused) :] == [f"{method} {path}"]
    told = without_answer(raised.value, "somewhere", 2.0)
    assert isinstance(told, AmbiguousError)
    assert told.code == "platform.lost_answer"


@pytest.mark.parametrize("method", METHODS)
async def test_a_redirect_is_not_followed(server: Server, http: HttpSession, method: str) -> None:
    with pytest.raises(AlreadySentError):
        await ask(http, method, f"{server.url}/moved")

    assert server.arrived == [f"{method} /moved"]


@pytest.mark.parametrize("method", METHODS)
async def test_requests_that_are_answered_share_the_session(server: Server, http: HttpSession, method: str) -> None:
    assert [await ask(http, method, f"{server.url}/answered") for _ in range(3)] == [200] * 3
    assert server.arrived == [f"{method} /answered"] * 3


async def test_an_answer_without_an_end_is_not_read_to_it(server: Server, http: HttpSession) -> None:
    with pytest.raises(aiohttp.ClientPayloadError) as raised:
        await ask(http, "GET", f"{server.url}/endless")

    assert isinstance(without_answer(raised.value, "somewhere", 2.0), AmbiguousError)
    assert await ask(http, "GET", f"{server.url}/answered") == 200


async def test_a_body_is_read_once_and_kept(server: Server, http: HttpSession) -> None:
    async with http.get().get(f"{server.url}/answered") as response:
        assert (await response.read(), await response.text()) == (b"", "")


def test_no_adapter_makes_a_session_of_its_own() -> None:
    files = (ROOT / "adapters").rglob("*.py")

    assert [str(file.relative_to(ROOT)) for file in files if OWN_SESSION.search(file.read_text())] == [
        "adapters/common/http.py"
    ]


async def test_a_request_that_cannot_be_connected_never_left(http: HttpSession) -> None:
    async with running() as gone:
        pass
    with pytest.raises(aiohttp.ClientError) as raised:
        await ask(http, "GET", gone.url)

    told = without_answer(raised.value, "somewhere", 2.0)
    assert isinstance(told, TransientError)
    assert (told.code, told.seconds, told.arguments["platform"]) == ("platform.unreachable", 2.0, "somewhere")


async def test_nothing_leaves_after_the_end(server: Server, http: HttpSession) -> None:
    assert await ask(http, "GET", f"{server.url}/answered") == 200
    await http.close(1.0)
    with pytest.raises(TransientError) as refused:
        await ask(http, "GET", f"{server.url}/answered")
    assert refused.value.arguments["platform"] == "somewhere"
    assert len(server.arrived) == 1


async def test_what_is_in_flight_is_waited_for() -> None:
    flight, may_end = InFlight(), asyncio.Event()

    async def fly() -> None:
        with flight.one_more():
            await may_end.wait()

    assert await flight.landed(0.0)
    tasks = [asyncio.create_task(fly()) for _ in range(2)]
    await asyncio.sleep(0)
    assert not await flight.landed(0.0)
    may_end.set()
    assert await flight.landed(20.0)
    await asyncio.gather(*tasks)


async def test_what_failed_is_in_flight_no_longer() -> None:
    flight = InFlight()
    with pytest.raises(ValueError, match="failed"), flight.one_more():
        raise ValueError("failed")
    assert await flight.landed(0.0)


def test_an_answer_that_does_not_come_in_time_may_have_been_taken() -> None:
    told = without_answer(TimeoutError(), "somewhere", 2.0)

    assert isinstance(told, AmbiguousError)
    assert told.code == "platform.timeout"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3", 3.0),
        (2.5, 2.5),
        ("0", 0.0),
        (None, 7.0),
        ("", 7.0),
        ("soon", 7.0),
        ("-1", 7.0),
        ("nan", 7.0),
        ("inf", 7.0),
        ("9" * 400, 7.0),
        ("31536000", LONGEST_WAIT),
        ({"retry": 1}, 7.0),
    ],
)
def test_a_wait_that_is_asked_for_is_bounded(said: object, seconds: float) -> None:
    assert wait_asked(said, 7.0) == seconds
