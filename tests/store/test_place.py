"""SQLite's files moved, deleted or replaced under an open store: told, and nothing that was written is lost."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.models import Channel, ChannelKey
from bot.store.location import sqlite_url
from bot.store.store import Store

KEYS = tuple(ChannelKey("slack", f"T1/C{number}") for number in range(3))


async def subscribe(store: Store, key: ChannelKey) -> None:
    await store.channels.change(key, lambda _: Channel(key))


def channels_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [str(row[0]) for row in connection.execute("SELECT key FROM channels ORDER BY key")]


def moved(path: Path) -> None:
    (path.parent / "away").mkdir()
    path.rename(path.parent / "away" / "elsewhere.sqlite3")


def deleted(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def folder_deleted(path: Path) -> None:
    shutil.rmtree(path.parent)


def replaced(path: Path) -> None:
    other = path.with_name("other.sqlite3")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    other.replace(path)


@pytest.mark.parametrize("displace", [moved, deleted, folder_deleted, replaced])
async def test_whatever_happens_to_the_file_is_told_and_its_data_kept(
    displace: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "data" / "kawaraban.sqlite3"
    async with Store.open(sqlite_url(path)) as store:
        await subscribe(store, KEYS[0])
        await store.check_place()
        displace(path)

        with pytest.raises(StoreError) as refused:
            await subscribe(store, KEYS[1])
        with pytest.raises(StoreError) as told:
            await store.check_place()
        with pytest.raises(StoreError) as again:
            await store.check_place()

    codes = {caught.value.code for caught in (refused, told, again)}
    assert codes == {"store.moved"}
    assert told.value.arguments["replaced"] == (displace is replaced)
    copy = Path(str(told.value.arguments["copy"]))
    assert again.value.arguments["copy"] == copy
    assert channels_in(copy) == [str(KEYS[0])]
    assert not copy.stat().st_mode & 0o077


async def test_a_file_that_comes_back_is_used_again(tmp_path: Path) -> None:
    path, away = tmp_path / "kawaraban.sqlite3", tmp_path / "away.sqlite3"
    async with Store.open(sqlite_url(path)) as store:
        await subscribe(store, KEYS[0])
        path.rename(away)
        with pytest.raises(StoreError):
            await store.check_place()
        away.rename(path)

        await store.check_place()
        await subscribe(store, KEYS[1])

    assert channels_in(path) == [str(KEYS[0]), str(KEYS[1])]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the path of a deleted file that is open")
async def test_a_log_that_is_deleted_is_begun_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "kawaraban.sqlite3"
    async with Store.open(sqlite_url(path)) as store:
        await subscribe(store, KEYS[0])
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink()
        await subscribe(store, KEYS[1])

        await store.check_place()

        assert "another one is begun" in caplog.text
        assert channels_in(path) == [str(KEYS[0]), str(KEYS[1])]
        await subscribe(store, KEYS[2])
        caplog.clear()
        await store.check_place()
        assert not caplog.text
    assert channels_in(path) == list(map(str, KEYS))
