"""The environment and `.env`, read once."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def problems(dotenv: Path) -> dict[str, tuple[str, str]]:
    with pytest.raises(SettingsError) as caught:
        load_settings(dotenv)
    return {name: (code, value) for name, code, value in caught.value.problems}


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / ".env")

    assert settings.channel.language == "ja"
    assert settings.channel.time == time(7, 0)
    assert settings.database_path == Path("kawaraban.sqlite3")
    assert settings.anthropic_api_key is None


def test_the_environment_stands_above_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("DIGEST_SIZE=3\nDIGEST_LANGUAGE=en\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("DIGEST_SIZE", "7")

    settings = load_settings(tmp_path / ".env")

    assert (settings.digest_size, settings.digest_language) == (7, "en")


def test_an_empty_variable_is_an_absent_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("ANTHROPIC_API_KEY=\nHUGO_CONTENT_DIR=\n")
    monkeypatch.setenv("DIGEST_TIME", "")

    settings = load_settings(tmp_path / ".env")

    assert settings.anthropic_api_key is None
    assert settings.hugo_content_dir is None
    assert settings.digest_time == time(7, 0)


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "DIGEST_TIME=25:00\nDIGEST_TIMEZONE=Asia/Nowhere\nDIGEST_LANGUAGE=klingonish\nDIGEST_SIZE=0\nDIGEST_TOPICS=%%\n"
        "DATABASE_URL=mysql://x/y\nARXIV_API_URL=ftp://x\nCLAUDE_DAILY_BUDGET_USD=nan\nLOG_FORMAT=xml\n"
    )

    assert problems(tmp_path / ".env") == {
        "DIGEST_TIME": ("settings.time", "25:00"),
        "DIGEST_TIMEZONE": ("settings.timezone", "Asia/Nowhere"),
        "DIGEST_LANGUAGE": ("settings.language", "klingonish"),
        "DIGEST_SIZE": ("settings.size", "0"),
        "DIGEST_TOPICS": ("settings.topics", "%%"),
        "DATABASE_URL": ("settings.database", "mysql://x/y"),
        "ARXIV_API_URL": ("settings.url", "ftp://x"),
        "CLAUDE_DAILY_BUDGET_USD": ("settings.number", "nan"),
        "LOG_FORMAT": ("settings.log_format", "xml"),
    }


def test_a_broken_file_names_its_line_and_the_environment_is_checked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("DIGEST_SIZE=3\n'broken\nDIGEST_LANGUAGE=ja\n")
    monkeypatch.setenv("DIGEST_TIME", "noon")

    assert problems(dotenv) == {str(dotenv): ("settings.line", "2"), "DIGEST_TIME": ("settings.time", "noon")}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"DIGEST_SIZE=\xff"])
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(content)

    assert problems(dotenv) == {str(dotenv): ("settings.unreadable", "")}


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    assert problems(tmp_path) == {str(tmp_path): ("settings.unreadable", "")}


def test_a_secret_shows_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-very-secret")

    settings = load_settings(tmp_path / ".env")

    assert "sk-very-secret" not in f"{settings!r} {settings}"
    assert settings.anthropic_api_key is not None
    assert settings.anthropic_api_key.get_secret_value() == "sk-very-secret"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("digest.db", "sqlite+aiosqlite:///digest.db"),
        ("/srv/k.db", "sqlite+aiosqlite:////srv/k.db"),
        ("sqlite:////srv/k.db", "sqlite+aiosqlite:////srv/k.db"),
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
    ],
)
def test_database_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    monkeypatch.setenv("DATABASE_URL", given)

    assert load_settings(tmp_path / ".env").database_url == used


def test_topics_are_a_list_with_commas_or_spaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_TOPICS", "cs.CL, cs.AI stat.ML,cs.CL")

    assert load_settings(tmp_path / ".env").digest_topics == ("cs.CL", "cs.AI", "stat.ML")
