"""The lock of the one `run`, and the lock of opening."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.location import sqlite_url
from bot.store.lock import open_lock, run_lock
from bot.store.store import Store
from tests.support.stores import paper, start

HOLD = """
import sys
from pathlib import Path
from bot.store.lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def refusal(database: Path) -> StoreError:
    with pytest.raises(StoreError) as refused, run_lock(database):
        pass
    return refused.value


async def test_a_second_run_is_refused_and_other_work_goes_on(tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite3"
    with start(HOLD, database) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        async with Store.open(sqlite_url(database)) as store:
            with pytest.raises(StoreError) as refused, store.hold_run():
                pass
            await store.papers.save([paper(1)])
        assert refused.value.code == "store.running"
        assert refused.value.arguments == {"path": database, "pid": process.pid}
        process.send_signal(signal.SIGKILL)
    with run_lock(database):
        pass


def test_the_lock_is_free_after_use_and_after_an_error(tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite3"
    with run_lock(database):
        assert refusal(database).arguments["pid"] == os.getpid()
    with pytest.raises(RuntimeError), run_lock(database):
        raise RuntimeError
    with run_lock(database):
        pass


def test_a_holder_whose_number_cannot_be_read(tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite3"
    with run_lock(database):
        (tmp_path / "x.sqlite3.run.lock").write_text("somebody")
        assert refusal(database).arguments["pid"] == 0


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing" / "x.sqlite3").code == "store.path"


async def test_opening_waits_for_another_opening(tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite3"

    async def open_second() -> None:
        async with open_lock(database, 5):
            order.append("second")

    order: list[str] = []
    async with open_lock(database, 5):
        second = asyncio.create_task(open_second())
        await asyncio.sleep(0.1)
        order.append("first")
    await second
    assert order == ["first", "second"]


async def test_opening_does_not_wait_for_ever(tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite3"
    async with open_lock(database, 1):
        with pytest.raises(StoreError) as locked:
            async with Store.open(sqlite_url(database), busy_seconds=0.1):
                pass
    assert locked.value.code == "store.locked"
