"""Where a database may be."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.models import Channel, ChannelKey
from bot.store import location
from bot.store.location import database_path, filesystem, postgresql_url, prepare, sqlite_url
from bot.store.store import Store

MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /srv/team\\040files rw - nfs4 files:/team rw
31 22 0:41 / /mnt/c rw - 9p drvfs rw
32 30 254:1 / /srv/team\\040files/local rw shared:1 - xfs /dev/vdb rw
33 22 0:42 / /over rw - tmpfs none rw
34 22 0:43 / /over rw - cifs //host/over rw
half a line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a/x.sqlite3", "ext4"),
        ("/srv/team files/x.sqlite3", "nfs4"),
        ("/srv/team files/local/x.sqlite3", "xfs"),
        ("/srv/team/x.sqlite3", "ext4"),
        ("/mnt/c/x.sqlite3", "9p"),
        ("/over/x.sqlite3", "cifs"),
    ],
)
def test_the_file_system_under_a_path(path: str, kind: str) -> None:
    assert filesystem(Path(path), MOUNTS) == kind


def test_no_mounts_no_answer() -> None:
    assert filesystem(Path("/x"), "") == ""


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(location, "_MOUNTS", tmp_path / "mountinfo")
    return tmp_path / "mountinfo"


def test_a_network_file_system_is_refused(mounts: Path, tmp_path: Path) -> None:
    mounts.write_text(f"30 22 0:40 / {tmp_path.resolve()} rw - nfs4 files:/team rw\n")
    with pytest.raises(StoreError) as refused:
        prepare(tmp_path / "x.sqlite3")
    assert refused.value.code == "store.network"
    assert refused.value.arguments["filesystem"] == "nfs4"


def test_a_link_to_a_network_file_system_is_refused(mounts: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    (tmp_path / "near").symlink_to(far)
    mounts.write_text(f"30 22 0:40 / {far.resolve()} rw - cifs files:/team rw\n")
    with pytest.raises(StoreError, match=r"store\.network"):
        prepare(tmp_path / "near" / "x.sqlite3")


@pytest.mark.parametrize(
    ("text", "level"), [("30 22 0:40 / / rw - 9p host rw\n", logging.WARNING), (None, logging.INFO)]
)
def test_what_cannot_be_told_is_logged(
    mounts: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str | None, level: int
) -> None:
    caplog.set_level(logging.INFO)
    if text:
        mounts.write_text(text)
    prepare(tmp_path / "x.sqlite3")
    assert [record.levelno for record in caplog.records] == [level]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "kawaraban.sqlite3",
        "sqlite+aiosqlite://",
        "sqlite:///:memory:",
        "sqlite:///x.sqlite3?mode=ro",
        "sqlite:///file:x.sqlite3",
        "mysql://root:secret@db/x",
    ],
)
def test_a_url_that_names_no_file(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        database_path(url)
    assert refused.value.code == "store.url"
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://u:hunter2@x@h:port/d", "postgresql+asyncpg://u:hunter2/d", "x hunter2@"]
)
def test_a_url_that_cannot_be_read_is_named_without_its_password(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        postgresql_url(url)
    assert "hunter2" not in str(refused.value)


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


@pytest.mark.usefixtures("usual_umask")
async def test_every_file_of_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    async with Store.open(sqlite_url(tmp_path / "k.sqlite3")) as store:
        await store.channels.change(ChannelKey("slack", "T1/C1"), lambda _: Channel(ChannelKey("slack", "T1/C1")))
        with store.hold_run():
            await store.backup(tmp_path / "backup.sqlite3")
            found = modes(tmp_path)
    assert {"k.sqlite3", "k.sqlite3-wal", "k.sqlite3-shm", "backup.sqlite3"} <= found.keys()
    assert set(found.values()) == {0o600}


@pytest.mark.usefixtures("usual_umask")
async def test_files_that_others_could_read_are_closed_to_them_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "k.sqlite3"
    async with Store.open(sqlite_url(path)) as store:
        await store.channels.change(ChannelKey("slack", "T1/C1"), lambda _: Channel(ChannelKey("slack", "T1/C1")))
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").chmod(0o644)
        async with Store.open(sqlite_url(path)):
            assert {mode for name, mode in modes(tmp_path).items() if not name.endswith("lock")} == {0o600}
        async with Store.open(sqlite_url(path)):
            pass
    named = [record.getMessage() for record in caplog.records if "could read" in record.getMessage()]
    assert len(named) == 3


@pytest.mark.usefixtures("usual_umask")
def test_a_file_that_is_no_database_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("somebody else's")
    (tmp_path / "notes.txt").chmod(0o644)
    prepare(tmp_path / "notes.txt")
    assert modes(tmp_path) == {"notes.txt": 0o644}


def test_the_plain_driver_and_relative_paths_will_do() -> None:
    assert database_path("sqlite:///some.sqlite3") == Path.cwd() / "some.sqlite3"
    assert database_path("sqlite:///~/some.sqlite3") == Path.home() / "some.sqlite3"


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00/"), min_size=1).filter(lambda s: s not in {".", ".."})
)
def test_any_name_makes_a_url(name: str) -> None:
    path = Path("/srv") / name
    assert database_path(sqlite_url(path)) == path
