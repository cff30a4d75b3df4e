"""What happens to a database or a clock while messages leave: delivering waits, goes on by itself, repeats nothing."""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.deliverer import Deliverer
from bot.models import DeliveryState, Part, Place
from bot.store.engine import utc_now
from bot.store.store import Store
from tests.delivery.test_deliverer import deliverer, running, until
from tests.support.ledger import enqueued, rows
from tests.support.platforms import MemoryPlatform
from tests.support.postgresql import Server

CHANNELS, CARDS = 12, 2


def after(count: int, platform: MemoryPlatform, do: Callable[[], object]) -> None:
    """Let something happen once, as soon as the platform has taken so many messages."""

    def once(*_: Place | Part) -> None:
        if len(platform.posted) == count:
            platform.on_post = lambda *_: None
            do()

    platform.on_post = once


async def all_left_once(store: Store, platform: MemoryPlatform) -> None:
    assert {one.state for one in await rows(store)} == {DeliveryState.SENT}
    assert set(platform.times_posted().values()) == {1}
    assert len(platform.posted) == CHANNELS * (1 + CARDS)


async def recovers(store: Store, platform: MemoryPlatform, made: Deliverer, mend: Callable[[], object]) -> None:
    """Deliver until the database fails, mend it, and deliver the rest."""
    await enqueued(store, *range(CHANNELS), cards=CARDS)
    async with running(made):
        await until(lambda: made.stalled)
        assert len(platform.posted) < CHANNELS * (1 + CARDS)
        await asyncio.to_thread(mend)
        await made.drain()
        assert not made.stalled
    await all_left_once(store, platform)


@pytest.mark.needs("postgresql")
async def test_postgresql_is_restarted_in_the_middle(
    own_server: Server, fleeting_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    platform = MemoryPlatform()
    after(10, platform, lambda: own_server.stop("immediate"))
    async with Store.open(fleeting_url, busy_seconds=0.2) as store:
        await recovers(store, platform, deliverer(store, platform, concurrency=5), own_server.start)
    said = [message for message in caplog.messages if message.startswith("deliveries wait for the database")]
    assert said
    assert all("store.unreachable" in one for one in said)


@pytest.fixture
def _no_larger_files() -> Iterator[None]:
    """The limit on the size of files is as before when the test is over."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("_no_larger_files")
async def test_a_quota_is_used_up_in_the_middle(
    sqlite_store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    platform = MemoryPlatform()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = tmp_path / "kawaraban.sqlite3-wal"

    def use_up() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, hard))

    after(10, platform, use_up)
    made = deliverer(sqlite_store, platform, concurrency=5)
    await recovers(sqlite_store, platform, made, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)))
    assert any(message.startswith("deliveries wait for the database: store.") for message in caplog.messages)


@pytest.mark.parametrize("hours", [1, -1])
async def test_the_clock_jumps_an_hour_and_back(
    sqlite_store: Store, hours: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    off = timedelta()

    def jump(to: int) -> None:
        nonlocal off
        off = timedelta(hours=to)
        after(20, platform, lambda: jump(0))

    platform = MemoryPlatform()
    sqlite_store._database.now = lambda: utc_now() + off
    after(10, platform, lambda: jump(hours))
    await enqueued(sqlite_store, *range(CHANNELS), cards=CARDS)
    async with running(deliverer(sqlite_store, platform, clock=lambda: utc_now() + off, concurrency=5)) as made:
        await made.drain()
    await all_left_once(sqlite_store, platform)
    assert caplog.messages == []
