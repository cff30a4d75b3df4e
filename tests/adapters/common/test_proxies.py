"""Every connection goes through the proxy that the environment names, except where it names an exception."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp
import anthropic
import discord
import pytest
from discord.http import Route

from adapters.common.http import proxy_for
from adapters.discord.events import Listener
from adapters.discord.rest import Rest
from adapters.slack import socket as slack_socket
from adapters.slack.listening import bolt
from adapters.slack.socket import Socket
from adapters.slack.workspaces import Http, Workspaces
from bot.claude.client import Claude
from bot.common.health import Monitor
from bot.errors import BotError
from bot.models import SourceName
from bot.sources.http import Fetcher, Limits, Manner
from tests.support.clocks import StandingClock


@dataclass
class Proxy:
    """Counts what it is asked to connect to, and connects to nothing."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        with suppress(ConnectionError):
            while (await reader.readline()).strip():
                pass
        self.asked.append(line.decode().rpartition(" ")[0])
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    counting = Proxy()
    server = await asyncio.start_server(counting.answer, "127.0.0.1", 0)
    counting.port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{counting.port}")
    yield counting
    server.close()


async def source(host: str) -> None:
    manner = Manner("tests", Limits(timeout=5.0), sleep=_no_sleep)
    async with Fetcher(SourceName.ARXIV, f"https://{host}", manner) as fetcher:
        await fetcher.get("/x", {}, lambda answer: answer)


async def claude(host: str) -> None:
    async with Claude("sk-ant-invented", base_url=f"https://{host}", timeout=5.0, retries=0) as client:
        await client.check_model("claude-haiku-5-5")


async def slack_api(host: str) -> None:
    http = Http(f"https://{host}")
    try:
        await http.ask("xoxb-invented", lambda client: client.auth_test())
    finally:
        await http.close()


async def slack_response_url(host: str) -> None:
    http = Http("https://slack.invalid")
    try:
        await http.send(f"https://{host}/commands/1", {"text": "hello"})
    finally:
        await http.close()


async def slack_socket_mode(host: str) -> None:
    class Opened(Http):
        async def ask(self, token: str, call: object) -> dict[str, object]:
            return {"ok": True, "url": f"wss://{host}/link"}

    http = Opened(f"https://{host}")
    app = bolt(Workspaces(http, "xoxb-invented", None), "", "")  # type: ignore[arg-type]  # nothing is looked up
    try:
        await Socket(app, http, "xapp-invented", Monitor(StandingClock()))._open()
    finally:
        await http.close()


async def discord_rest(host: str) -> None:
    rest = Rest("an.invented.token", timeout=5.0)
    try:
        await rest.me()
    finally:
        await rest.close()


async def discord_gateway(host: str) -> None:
    uses = SimpleNamespace(clock=None)
    listener = Listener(uses, None, None, shards=1, patience=0.1)  # type: ignore[arg-type]  # nothing is heard
    async with aiohttp.ClientSession() as session:
        listener.http._HTTPClient__session = session  # type: ignore[attr-defined]  # that of a client that is logged in
        await listener.http.ws_connect(f"wss://{host}/")


CONNECTIONS: list[Callable[[str], Awaitable[None]]] = [
    source, claude, slack_api, slack_response_url, slack_socket_mode, discord_rest, discord_gateway,
]  # fmt: skip
TROUBLE = (BotError, discord.DiscordException, anthropic.APIError, aiohttp.ClientError, OSError)


async def _no_sleep(_: float) -> None:
    """Retries do not wait."""


async def tried(connect: Callable[[str], Awaitable[None]], host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", f"https://{host}/api/v10")
    monkeypatch.setattr(slack_socket, "OPEN_WITHIN", 1.0)
    with suppress(*TROUBLE):
        async with asyncio.timeout(20):
            await connect(host)


@pytest.mark.parametrize("connect", CONNECTIONS, ids=lambda one: one.__name__)
async def test_the_proxy_is_used(
    connect: Callable[[str], Awaitable[None]], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tried(connect, "service.invalid", monkeypatch)
    assert set(proxy.asked) == {"CONNECT service.invalid:443"}


@pytest.mark.parametrize("connect", CONNECTIONS, ids=lambda one: one.__name__)
async def test_an_exception_is_connected_to_directly(
    connect: Callable[[str], Awaitable[None]], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "other.example,127.0.0.1")
    await tried(connect, "127.0.0.1:9", monkeypatch)
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("environ", "url", "expected"),
    [
        ({}, "https://slack.com/api/", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://slack.com/api/", "http://p:1"),
        ({"https_proxy": "p:1"}, "wss://wss-primary.slack.com/link", "http://p:1"),
        ({"ALL_PROXY": "http://p:1"}, "https://slack.com/api/", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "https://slack.com/api/", None),
        ({"HTTP_PROXY": "http://p:1"}, "ws://localhost/link", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".slack.com"}, "https://hooks.slack.com/x", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "https://slack.com/x", None),
    ],
)
def test_which_proxy_a_url_gets(
    environ: dict[str, str], url: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == expected
