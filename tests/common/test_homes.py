"""`~` in a path that no shell has read."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.hugo.settings import HugoSettings
from bot.common.homes import at_home
from bot.settings import load_configuration
from bot.store.location import database_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("DATABASE_URL", "HUGO_CONTENT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_tilde_is_the_home_and_everything_else_stays(home: Path) -> None:
    assert at_home(Path("~/blog")) == home / "blog"
    for name in ("blog/~/post", "/srv/~x", "blog~", "~nobody-of-that-name/blog", ""):
        assert at_home(Path(name)) == Path(name)


@pytest.mark.parametrize("url", ["~/k.sqlite3", "sqlite:///~/k.sqlite3", "sqlite+aiosqlite:///~/k.sqlite3"])
def test_the_database_and_its_key_are_in_the_same_home(home: Path, url: str) -> None:
    (home / ".env").write_text(f"DATABASE_URL={url}\n")
    settings = load_configuration((), home / ".env").core
    assert settings.database_path == home / "k.sqlite3"
    assert database_path(settings.database_url) == home / "k.sqlite3"


def test_a_database_of_an_unknown_user_is_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert database_path("sqlite:///~nobody-of-that-name/k") == tmp_path / "~nobody-of-that-name" / "k"


def test_the_blog_is_in_the_home(home: Path) -> None:
    (home / ".env").write_text("HUGO_CONTENT_DIR=~/blog/content/post\n")
    (found,) = load_configuration((HugoSettings,), home / ".env").adapters
    assert isinstance(found, HugoSettings)
    assert found.hugo_content_dir == home / "blog" / "content" / "post"
