"""Fixtures of all tests: no network, no settings from outside, the shared material, and the stand-in servers."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.needs import ROOT, NotRun, require, shared_folder
from tests.standins import Claude, Upstream

if TYPE_CHECKING:
    from bot.store.store import Store

OURS = re.compile(
    r"(ANTHROPIC|ARXIV|CLAUDE|DIGEST|DISCORD|HTTP_(HOST|PORT)|HUGGINGFACE|HUGO|SEMANTIC_SCHOLAR|SLACK)"
    r"|(DATABASE_URL|LOG_FORMAT|PUBLIC_URL|REPLICA_NAME|SECRET_KEY)$"
    r"|(?i:(all|http|https)_proxy)$"
)

# Hypothesis measures each example's time against a deadline, which a busy machine misses without any fault of ours.
hypothesis.settings.register_profile("kawaraban", deadline=None)
hypothesis.settings.load_profile("kawaraban")


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
    """The shared test material (recordings/, seeds/, tools/); the test is skipped, and counted, without it."""
    require("shared")
    folder = shared_folder()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def _upstream(shared: Path) -> Iterator[Upstream]:
    with Upstream.running(*_upstream_command(shared, interval=0)) as server:
        yield server


@pytest.fixture(scope="session")
def _polite_upstream(shared: Path) -> Iterator[Upstream]:
    with Upstream.running(*_upstream_command(shared, interval=0.2)) as server:
        yield server


@pytest.fixture(scope="session")
def _claude(shared: Path) -> Iterator[Claude]:
    script = shared / "tools" / "claude.py"
    folders = ("--recordings", str(shared / "recordings"), "--seeds", str(shared / "seeds"))
    with Claude.running(script, *folders) as server:
        yield server


@pytest.fixture
def upstream(_upstream: Upstream) -> Upstream:
    """The paper sources on the last recorded day; arXiv takes requests as fast as they come."""
    _upstream.reset()
    return _upstream


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


def _upstream_command(shared: Path, interval: float) -> tuple[Path, str, str, str, str]:
    recordings = str(shared / "recordings")
    return shared / "tools" / "upstream.py", "--recordings", recordings, "--arxiv-interval", str(interval)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout's root."""
    return ROOT


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store in a file of its own."""
    from bot.store.location import sqlite_url
    from bot.store.store import Store  # a second's work, which most tests do without

    async with Store.open(sqlite_url(tmp_path / "kawaraban.sqlite3")) as opened:
        yield opened
