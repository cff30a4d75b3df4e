"""Backups of a database in use."""

import asyncio
import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import OutputError, StoreError
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.support.stores import files, paper


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


async def test_a_backup_is_a_database(store: Store, tmp_path: Path) -> None:
    await store.papers.save([paper(n) for n in range(50)])
    copy = tmp_path / "backups"
    copy.mkdir()

    await store.backup(copy / "it's a copy?.sqlite3")

    assert files(copy) == {"it's a copy?.sqlite3"}
    assert (copy / "it's a copy?.sqlite3").stat().st_mode & 0o077 == 0
    async with Store.open(sqlite_url(copy / "it's a copy?.sqlite3")) as restored:
        assert (await restored.counts()).papers == 50
        await restored.papers.save([paper(51)])


async def test_a_backup_while_others_write_is_one_state(store: Store, tmp_path: Path) -> None:
    pairs = [[paper(n), paper(n + 1000)] for n in range(60)]

    async def write() -> None:
        for pair in pairs:  # each pair is one transaction
            await store.papers.save(pair)

    writing = asyncio.create_task(write())
    for number in range(4):
        await store.backup(tmp_path / f"{number}.sqlite3")
    await writing

    for number in range(4):
        with closing(sqlite3.connect(tmp_path / f"{number}.sqlite3")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (count,) = copy.execute("SELECT count(*) FROM papers").fetchone()
            (first,) = copy.execute("SELECT count(*) FROM papers WHERE id < 'arxiv:3105.01'").fetchone()
            assert count == 2 * first


async def refused(store: Store, target: Path) -> OutputError:
    before = files(target.parent) if target.parent.is_dir() else None
    with pytest.raises(OutputError) as error:
        await store.backup(target)
    assert before is None or files(target.parent) == before
    assert error.value.arguments["path"] == target
    return error.value


async def test_nothing_is_overwritten(store: Store, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("there", "dangling", Path(store.location).name):
        assert (await refused(store, tmp_path / name)).code == "output.exists"
    assert (tmp_path / "there").read_text() == "precious"


async def test_a_place_that_cannot_be_written(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for target in (tmp_path / "missing" / "x", tmp_path / "file" / "x", tmp_path / ("long" * 100), Path("/proc/x")):
        assert (await refused(store, target)).code == "output.unwritable"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (sqlite3.SQLITE_FULL, "output.unwritable"),
        (sqlite3.SQLITE_CORRUPT, "store.broken"),
        (sqlite3.SQLITE_BUSY, "store.locked"),
    ],
)
async def test_what_can_go_wrong_on_the_way(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    class Failing(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            error = sqlite3.OperationalError("as said")
            error.sqlite_errorcode = number
            raise error

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options, factory=Failing))
    with pytest.raises((OutputError, StoreError)) as failed:
        await store.backup(tmp_path / "copy.sqlite3")
    assert failed.value.code == code
    assert "copy.sqlite3" not in "".join(files(tmp_path))


async def test_a_disk_that_fails_at_the_very_end(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    failed = await refused(store, tmp_path / "copy.sqlite3")
    assert failed.code == "output.unwritable"
    assert failed.arguments["problem"] == "Input/output error"
