"""Fixtures of all tests: no network, no settings from outside, the shared material, and the stand-in servers."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import profiles
from tests.support.needs import ROOT, NotRun, require, shared_folder
from tests.support.postgresql import TEMPLATE, Server
from tests.support.standins import Claude, Upstream

if TYPE_CHECKING:
    from bot.store.store import Store
    from tests.fakes.discord import DiscordDouble
    from tests.fakes.slack import SlackDouble

OURS = re.compile(
    r"(ANTHROPIC|ARXIV|CLAUDE|DIGEST|DISCORD|HTTP_(HOST|PORT)|HUGGINGFACE|HUGO|SEMANTIC_SCHOLAR|SLACK)"
    r"|PG[A-Z]+$"  # libpq's, which PostgreSQL's programs and drivers read
    r"|(DATABASE_URL|LOG_FORMAT|PUBLIC_URL|REPLICA_NAME|SECRET_KEY)$"
    r"|(?i:(all|http|https|no)_proxy)$|SSL_CERT_(DIR|FILE)$"
)

# The same examples on every run, so that a red run is about the change; `make fuzz` looks for others.
profiles.register()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(NotRun(config), "not-run")


@pytest.fixture(autouse=True)
def _outside_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own tokens and databases stay out of the tests."""
    for name in os.environ:
        if OURS.match(name):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _network_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection from the tests' own process to anything but this machine fails, as it would offline."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: tuple[str, int] | str) -> None:
        if isinstance(address, tuple) and not _is_this_machine(address[0]):
            raise OSError(f"tests use no network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared test material (recordings/, seeds/); the test is skipped, and counted, without it."""
    require("shared")
    folder = shared_folder()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def _upstream() -> Iterator[Upstream]:
    with Upstream.running("tests.fakes.sources_process", "--interval=0") as server:
        yield server


@pytest.fixture(scope="session")
def _polite_upstream() -> Iterator[Upstream]:
    with Upstream.running("tests.fakes.sources_process", "--interval=0.2") as server:
        yield server


@pytest.fixture(scope="session")
def _real_upstream(shared: Path) -> Iterator[Upstream]:
    recordings = f"--recordings={shared / 'recordings'}"
    with Upstream.running("tests.fakes.sources_process", "--interval=0", recordings) as server:
        yield server


@pytest.fixture(scope="session")
def _claude() -> Iterator[Claude]:
    with Claude.running("tests.fakes.claude_process") as server:
        yield server


@pytest.fixture
def upstream(_upstream: Upstream) -> Upstream:
    """The paper sources on the last of the invented days; arXiv takes requests as fast as they come."""
    _upstream.reset()
    return _upstream


@pytest.fixture
def real_upstream(_real_upstream: Upstream) -> Upstream:
    """The paper sources on the last of the days that were really recorded."""
    _real_upstream.reset()
    return _real_upstream


@pytest.fixture
def polite_upstream(_polite_upstream: Upstream) -> Upstream:
    """The paper sources with an arXiv that refuses two requests within 0.2 seconds, or at once."""
    _polite_upstream.reset()
    return _polite_upstream


@pytest.fixture
def claude(_claude: Claude) -> Claude:
    """The Claude API, in its normal mode."""
    _claude.reset()
    return _claude


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout's root."""
    return ROOT


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server of this process's own, with one database whose tables are made."""
    require("postgresql")
    from bot.store.store import upgrade

    with Server.running() as server:
        server.do(f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(upgrade(server.url(TEMPLATE)))
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """An empty database on PostgreSQL, whose tables are made."""
    with postgresql_server.database(f"TEMPLATE {TEMPLATE}") as url:
        yield url


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server]:
    """A PostgreSQL server that a test may stop, and then starts again."""
    require("postgresql")
    with Server.running() as server:
        yield server


@pytest.fixture
def fleeting_url(own_server: Server) -> Iterator[str]:
    """A database there without tables."""
    with own_server.database() as url:
        yield url


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    """The URL of an SQLite file that is not there yet."""
    from bot.store.location import sqlite_url

    return sqlite_url(tmp_path / "kawaraban.sqlite3")


@pytest.fixture(scope="session")
def _sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with its tables made, to be copied: making them takes longer than most tests."""
    from bot.store.location import sqlite_url
    from bot.store.store import upgrade

    file = tmp_path_factory.mktemp("tables") / "empty.sqlite3"
    asyncio.run(upgrade(sqlite_url(file)))
    return file


@pytest.fixture
def empty_sqlite(sqlite_database: str, _sqlite_tables: Path, tmp_path: Path) -> str:
    """The URL of an SQLite file whose tables are made."""
    shutil.copyfile(_sqlite_tables, tmp_path / "kawaraban.sqlite3")
    return sqlite_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    name = {"sqlite": "empty_sqlite", "postgresql": "postgresql_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def new_database(request: pytest.FixtureRequest, sqlite_database: str) -> Iterator[str]:
    """A database without tables, once of each kind: a file that is not there, or a new one of a server's."""
    if request.param == "sqlite":
        yield sqlite_database
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store, once on each kind of database."""
    from bot.store.store import Store  # a second's work, which most tests do without

    async with Store.open(database_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_store(empty_sqlite: str) -> AsyncIterator[Store]:
    """An empty store in a file of its own."""
    from bot.store.store import Store

    async with Store.open(empty_sqlite) as opened:
        yield opened


@pytest.fixture
async def postgresql_store(postgresql_url: str) -> AsyncIterator[Store]:
    """An empty store on PostgreSQL."""
    from bot.store.store import Store

    async with Store.open(postgresql_url) as opened:
        yield opened


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    """A running Slack (`slack.url`); the test fails where the contract finds anything wrong with the bot's calls."""
    from tests.fakes.slack import SlackDouble  # slack_sdk takes a while

    double = SlackDouble()
    async with double.running():
        yield double
    assert double.findings == []


@pytest.fixture
async def discord_double(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordDouble]:
    """A running Discord that discord.py talks to; no request of the test may break the rules of a careful bot."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    from tests.fakes.discord import DiscordDouble

    double = DiscordDouble()
    async with double.running() as url:
        monkeypatch.setattr(Route, "BASE", url)
        # After a session that cannot be resumed, discord.py does not ask for the address again.
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(double.gateway_url))
        yield double
    assert double.findings == []
