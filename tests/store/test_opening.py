"""Opening a store: everything a file can be instead of our database, and what a user is told then."""

import asyncio
import errno
import gc
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreError
from bot.store.faults import from_os_error, from_sqlite, translated
from bot.store.location import sqlite_url
from bot.store.migrate import REVISIONS
from bot.store.spend import Cause
from bot.store.store import Store, upgrade
from tests.support.stores import NOW, digest, files, listed, paper, summary


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


async def problem(path: Path, busy_seconds: float = 0.2) -> StoreError:
    with pytest.raises(StoreError) as failed:
        async with Store.open(sqlite_url(path), busy_seconds=busy_seconds) as store:
            await store.papers.save([paper(1)])
    return failed.value


async def made(path: Path) -> Path:
    async with Store.open(sqlite_url(path)) as store:
        await store.papers.save([paper(n) for n in range(300)])
    return path


async def test_folders_are_made_and_nothing_but_the_database_stays(tmp_path: Path) -> None:
    path = await made(tmp_path / "some" / "folder" / "a b?#%瓦版.sqlite3")
    assert files(path.parent) == {path.name, f"{path.name}.lock"}


async def test_it_is_there_after_opening_again(tmp_path: Path) -> None:
    path = await made(tmp_path / "x.sqlite3")
    async with Store.open(sqlite_url(path)) as store:
        assert store.location == str(path)
        assert await store.papers.get(paper(7).id) == paper(7)


async def test_closing_leaves_no_thread_and_no_connection(tmp_path: Path) -> None:
    before = threading.active_count()
    async with Store.open(sqlite_url(tmp_path / "x.sqlite3")) as store:
        await store.papers.save([paper(1)])
        await store.papers.get(paper(1).id)
        assert threading.active_count() > before
    await store.close()
    async with asyncio.timeout(300):
        # A thread ends a moment after its connection, and tells nobody.
        while threading.active_count() > before:  # noqa: ASYNC110 - threads set no event when they end
            await asyncio.sleep(0.01)
    gc.collect()  # an unclosed connection would warn now


async def test_the_connections_are_set_up(store: Store) -> None:
    async def pragma(name: str, *, writer: bool) -> object:
        database = store._database
        async with database.writing() if writer else database.reading() as connection:
            return (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()

    for writer in (True, False):
        assert await pragma("journal_mode", writer=writer) == "wal"
        assert await pragma("synchronous", writer=writer) == 2
        assert await pragma("foreign_keys", writer=writer) == 1
        assert await pragma("busy_timeout", writer=writer) == 10_000
        assert await pragma("query_only", writer=writer) == (0 if writer else 1)


async def test_an_exception_undoes_the_transaction(store: Store) -> None:
    async def write_half() -> None:
        async with store._database.writing() as connection:
            await connection.execute(text("INSERT INTO rates (key, next_at) VALUES ('x', '2031-05-14 07:00:00')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_half()
    async with store._database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM rates"))).scalar_one() == 0


@pytest.mark.parametrize(
    "content", [b"not a database", b"not a database\n" * 500, b"SQLite format 3\x00" + b"x" * 5000]
)
async def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(content)
    assert (await problem(path)).code == "store.broken"
    assert path.read_bytes() == content


async def test_an_empty_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    path.touch()
    await made(path)


async def test_a_damaged_database(tmp_path: Path) -> None:
    path = await made(tmp_path / "x.sqlite3")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    damaged = await problem(path)
    assert damaged.code == "store.broken"
    assert damaged.arguments["path"] == path


async def test_a_database_that_lost_a_table(tmp_path: Path) -> None:
    path = await made(tmp_path / "x.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE signals")
    assert (await problem(path)).code == "store.broken"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE papers SET record = '{'",
        "UPDATE papers SET record = '{}'",
        "UPDATE signals SET kind = 'applause'",
        "UPDATE signals SET seen_at = 'yesterday'",
    ],
)
async def test_a_row_that_nobody_of_ours_wrote(tmp_path: Path, damage: str) -> None:
    path = await made(tmp_path / "x.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(damage)
        connection.commit()
    async with Store.open(sqlite_url(path)) as store:
        with pytest.raises(StoreError) as failed:
            await store.papers.get(paper(1).id)
    assert failed.value.code == "store.broken"


async def test_a_folder_in_its_place(tmp_path: Path) -> None:
    assert (await problem(tmp_path)).code == "store.path"


async def test_a_file_in_place_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert (await problem(tmp_path / "file" / "x.sqlite3")).code == "store.path"


async def test_a_newer_database(tmp_path: Path) -> None:
    path = await made(tmp_path / "x.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    newer = await problem(path)
    assert newer.code == "store.newer"
    assert newer.arguments["revision"] == "9999"


@pytest.mark.parametrize("script", ["CREATE TABLE recipes (name)", "CREATE TABLE alembic_version (version_num)"])
async def test_another_programs_database_stays_as_it_is(tmp_path: Path, script: str) -> None:
    path = tmp_path / "x.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(script)
    content = path.read_bytes()
    assert (await problem(path)).code == "store.foreign"
    assert path.read_bytes() == content


async def test_a_writer_that_does_not_finish(tmp_path: Path) -> None:
    path = await made(tmp_path / "x.sqlite3")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        async with Store.open(sqlite_url(path), busy_seconds=0.1) as store:
            assert await store.papers.get(paper(1).id) == paper(1)  # reading goes on
            with pytest.raises(StoreError) as failed:
                await store.papers.save([paper(1)])
    assert failed.value.code == "store.locked"


async def test_a_full_database(store: Store) -> None:
    await fill(store, "PRAGMA max_page_count=60")
    async with store._database.writing() as connection:
        await connection.execute(text("PRAGMA max_page_count=100000"))
    await store.papers.save([paper(2)])


async def fill(store: Store, limit: str = "SELECT 1") -> None:
    async with store._database.writing() as connection:
        await connection.execute(text(limit))  # holds for the one writing connection
    await store.papers.save([paper(1)])
    with pytest.raises(StoreError) as failed:
        await store.papers.save([paper(n) for n in range(5000)])
    assert failed.value.code == "store.full"
    assert await store.papers.get(paper(1).id) == paper(1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A disk of a megabyte; None where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk(small_disk: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small_disk or tmp_path
    async with Store.open(sqlite_url(folder / "x.sqlite3")) as store:
        await fill(store, "SELECT 1" if small_disk else "PRAGMA max_page_count=60")
    if small_disk:
        (folder / "filler").write_bytes(b"x" * shutil.disk_usage(folder).free)
        assert (await problem(folder / "new.sqlite3")).code == "store.full"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    assert from_sqlite(error, tmp_path / "x.sqlite3").code == "store.full"


@pytest.fixture
async def unprivileged() -> AsyncIterator[Path]:
    """A database of one's own, and no more rights than the user `nobody` while the test runs: root may do anything."""
    nobody = 65534
    with TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        path = await made(folder / "x.sqlite3")
        if os.geteuid():
            yield path
            return
        for owned in (folder, *folder.iterdir()):
            os.chown(owned, nobody, nobody)
        os.seteuid(nobody)
        try:
            yield path
        finally:
            os.seteuid(0)


async def test_a_read_only_file(unprivileged: Path) -> None:
    unprivileged.chmod(0o444)
    readonly = await problem(unprivileged)
    assert readonly.code == "store.readonly"
    assert readonly.arguments["path"] == unprivileged


async def test_a_read_only_folder(unprivileged: Path) -> None:
    folder = unprivileged.parent
    folder.chmod(0o555)
    try:
        assert (await problem(unprivileged)).code == "store.readonly"
        assert (await problem(folder / "new.sqlite3")).code == "store.readonly"
        assert (await problem(folder / "folder" / "new.sqlite3")).code == "store.readonly"
    finally:
        folder.chmod(0o755)


async def test_upgrade_tells_the_revisions(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "x.sqlite3")
    assert await upgrade(url) == (None, REVISIONS[-1])
    assert await upgrade(url) == (REVISIONS[-1], REVISIONS[-1])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "store.readonly"),
        (errno.EROFS, "store.readonly"),
        (errno.ENOSPC, "store.full"),
        (errno.ENAMETOOLONG, "store.path"),
    ],
)
def test_errors_of_the_system(number: int, code: str) -> None:
    assert from_os_error(OSError(number, "as said"), Path("/x")).code == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "store.locked"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "store.readonly"),
        (sqlite3.SQLITE_IOERR_WRITE, "store.path"),
        (sqlite3.SQLITE_CANTOPEN, "store.path"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "store.broken"),
        (sqlite3.SQLITE_MISUSE, "store.broken"),
    ],
)
@pytest.mark.parametrize("folder", ["", "missing"])
def test_errors_of_sqlite(tmp_path: Path, number: int, code: str, folder: str) -> None:
    error = sqlite3.OperationalError("as said")
    error.sqlite_errorcode = number
    assert from_sqlite(error, tmp_path / folder / "x.sqlite3").code == code


@pytest.mark.parametrize(
    "mistake", [StatementError("as said", None, None, None), IntegrityError("as said", None, ValueError())]
)
def test_mistakes_of_the_caller_stay_what_they_are(mistake: Exception) -> None:
    with pytest.raises(type(mistake)) as raised, translated(Path("/x"), from_sqlite):
        raise mistake
    assert raised.value is mistake


def test_a_task_that_never_gets_the_writer() -> None:
    with pytest.raises(StoreError, match=r"store\.locked"), translated(Path("/x"), from_sqlite):
        raise PoolTimeout


async def test_everything_in_one_life(store: Store) -> None:
    await store.papers.save([paper(1, listed()), paper(2)])
    await store.digests.save(digest(paper(1), paper(2)))
    await store.summaries.put(paper(1).id, summary())
    await store.spend.reserve(NOW.date(), 0.5, (), Cause(NOW, "m", "p", "c"))
    assert (await store.counts()).digests == 1


async def test_several_new_databases_open_at_once_in_one_process(tmp_path: Path) -> None:
    async def papers(name: str) -> int:
        async with Store.open(sqlite_url(tmp_path / name)) as store:
            return (await store.counts()).papers

    assert await asyncio.gather(*map(papers, ("a", "b", "c"))) == [0, 0, 0]
