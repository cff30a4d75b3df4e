"""The installation's secret: given, kept, made once, refused."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.app.secret import FILE, secret_key
from bot.errors import OutputError, SettingsError

GIVEN = "an invented secret of some length"


def test_what_is_given_counts(tmp_path: Path) -> None:
    assert secret_key(f" {GIVEN}\n", tmp_path / "kawaraban.sqlite3") == GIVEN.encode()
    assert list(tmp_path.iterdir()) == []


def test_one_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    database = tmp_path / "new" / "kawaraban.sqlite3"

    made = secret_key(None, database)

    (kept,) = database.parent.iterdir()
    assert kept.name == FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(made) >= 32
    assert secret_key(None, database) == made


def test_processes_that_begin_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(None, tmp_path / "db"), range(32)))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_two_installations_have_different_ones(tmp_path: Path) -> None:
    assert secret_key(None, tmp_path / "a" / "db") != secret_key(None, tmp_path / "b" / "db")


def test_postgresql_needs_one() -> None:
    with pytest.raises(SettingsError) as raised:
        secret_key(None, None)

    assert raised.value.problems == (("SECRET_KEY", "settings.secret_required", ""),)


@pytest.mark.parametrize("short", ["x", " " * 40, "fifteen letters"])
def test_a_short_one_is_refused_without_being_shown(short: str) -> None:
    with pytest.raises(SettingsError) as raised:
        secret_key(short, None)

    assert raised.value.problems == (("SECRET_KEY", "settings.secret_short", ""),)


@pytest.mark.parametrize("content", [b"", b"short\n"])
def test_a_file_that_lost_its_content_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(SettingsError) as raised:
        secret_key(None, tmp_path / "db")

    assert raised.value.problems == ((str(tmp_path / FILE), "settings.secret_short", ""),)


def test_a_file_that_is_no_text_and_a_folder_in_its_place_are_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff" * 40)
    with pytest.raises(OutputError) as raised:
        secret_key(None, tmp_path / "db")
    assert raised.value.arguments["path"] == tmp_path / FILE

    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with pytest.raises(OutputError) as raised:
        secret_key(None, tmp_path / "db")
    assert raised.value.code == "output.unwritable"
