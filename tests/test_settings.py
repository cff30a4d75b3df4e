"""The environment and `.env`, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from pydantic import Field, SecretStr

from bot.app.platforms import ADAPTERS
from bot.errors import SettingsError
from bot.settings import (
    AdapterSettings,
    Address,
    Secret,
    Settings,
    Variables,
    _problem,
    load_configuration,
    load_settings,
)
from bot.words import words_for


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {*Settings.model_fields, *FaxSettings.model_fields}:
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


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", " ", "\t \n", "\u3000"])
def test_what_is_copied_along_with_a_value_does_not_count(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "ANTHROPIC_API_KEY": "sk-1",
        "SEMANTIC_SCHOLAR_API_KEY": "s2",
        "SECRET_KEY": "sixteen characters",
        "ANTHROPIC_BASE_URL": "https://proxy.example.com",
        "DATABASE_URL": "postgresql://u:p@h/d",
        "CLAUDE_MODEL": "claude-x",
        "HTTP_HOST": "0.0.0.0",
        "HTTP_PORT": "81",
        "DIGEST_TIMEZONE": "Europe/Paris",
        "DIGEST_LANGUAGE": "en",
        "LOG_FORMAT": "json",
        "REPLICA_NAME": "one",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_SIGNING_SECRET": "signing",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "client",
        "SLACK_MODE": "http",
        "DISCORD_TOKEN": "token",
        "HUGO_CONTENT_DIR": "blog",
    }
    plain = load_as_shown(given, "", monkeypatch, tmp_path)

    assert load_as_shown(given, end, monkeypatch, tmp_path) == plain
    assert not any(value != value.strip() for value in plain)


def load_as_shown(given: Mapping[str, str], end: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Every setting's value as text, secrets included, with `end` after each given one."""
    for name, value in given.items():
        monkeypatch.setenv(name, value + end)
    configuration = load_configuration(ADAPTERS, tmp_path / ".env")
    return [
        value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for settings in (configuration.core, *configuration.adapters)
        for _, value in settings
    ]


def test_an_empty_variable_is_an_absent_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("ANTHROPIC_API_KEY=\nPUBLIC_URL=\n")
    monkeypatch.setenv("DIGEST_TIME", "")

    settings = load_settings(tmp_path / ".env")

    assert settings.anthropic_api_key is None
    assert settings.public_url is None
    assert settings.digest_time == time(7, 0)


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "DIGEST_TIME=25:00\nDIGEST_TIMEZONE=Asia/Nowhere\nDIGEST_LANGUAGE=klingonish\nDIGEST_SIZE=0\nDIGEST_TOPICS=%%\n"
        "DATABASE_URL=mysql://x/y\nARXIV_API_URL=ftp://x\nCLAUDE_DAILY_BUDGET_USD=nan\nLOG_FORMAT=xml\n"
        "MARKDOWN_MATH=katex\n"
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
        "MARKDOWN_MATH": ("settings.markdown_math", "katex"),
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
        # As Neon, Supabase, Heroku, RDS, Fly, Railway and Azure print them, with what is copied along.
        (
            "psql 'postgresql://u:p@ep.neon.tech/d?sslmode=require'",
            "postgresql+asyncpg://u:p@ep.neon.tech/d?sslmode=require",
        ),
        ('"postgres://u:p@h:5432/d"', "postgresql+asyncpg://u:p@h:5432/d"),
        ("postgresql+psycopg2://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql+asyncpg://u:p@[::1]:5432/d", "postgresql+asyncpg://u:p@[::1]:5432/d"),
        ("POSTGRES://u:p@h/d ", "postgresql+asyncpg://u:p@h/d"),
    ],
)
def test_database_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    monkeypatch.setenv("DATABASE_URL", given)

    assert load_settings(tmp_path / ".env").database_url == used


def test_full_width_forms_count_as_the_usual_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, given in (
        ("DIGEST_SIZE", "７"),
        ("DIGEST_TIME", "０８：３０"),
        ("DIGEST_TIMEZONE", "Ａｓｉａ／Ｔｏｋｙｏ"),
        ("CLAUDE_DAILY_BUDGET_USD", "２．５"),
        ("HTTP_PORT", "８０８１　"),
        ("SECRET_KEY", "ｓｅｃｒｅｔ－ｏｆ－ｍｉｎｅ"),
        ("DATABASE_URL", "ｋ.db"),
    ):
        monkeypatch.setenv(name, given)

    settings = load_settings(tmp_path / ".env")

    assert (settings.digest_size, settings.digest_time, settings.digest_timezone) == (7, time(8, 30), "Asia/Tokyo")
    assert (settings.claude_daily_budget_usd, settings.http_port) == (2.5, 8081)
    assert settings.secret_key
    assert settings.secret_key.get_secret_value() == "ｓｅｃｒｅｔ－ｏｆ－ｍｉｎｅ"
    assert settings.database_url.endswith("ｋ.db")


@pytest.mark.parametrize("line", ["DISCORD_TOKEN＝hunter2", "DISCORD_TOKEN", "DISCORD-TOKEN=hunter2", "hunter2"])
def test_a_line_that_assigns_nothing_is_named_by_its_number_alone(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"DIGEST_SIZE=3\n{line}\n")

    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env")

    assert caught.value.problems == ((str(tmp_path / ".env"), "settings.line", "2"),)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("CS.cl,ｃｓ．ＡＩ", ("cs.CL", "cs.AI")),
        ("cs.SY, eess.SY;cmp-lg", ("eess.SY", "cs.CL")),
        ("cs、stat.*", ("cs", "stat")),
        ("hep-th cond-mat.str-el", ("hep-th", "cond-mat.str-el")),
    ],
)
def test_topics_are_in_arxiv_s_spelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, used: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DIGEST_TOPICS", given)

    assert load_settings(tmp_path / ".env").digest_topics == used


@pytest.mark.parametrize(
    ("given", "code", "shown"),
    [
        ("AI", "settings.topics_meant", "cs.AI"),
        ("cs.CL,AI,csLG", "settings.topics_meant", "cs.CL,cs.AI,cs.LG"),
        ("cs.CL,cs.XX", "settings.topics", "cs.XX"),
        ("AI, xyzzy", "settings.topics", "AI xyzzy"),
        (",", "settings.topics", ","),
    ],
)
def test_topics_that_are_no_categories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, code: str, shown: str
) -> None:
    monkeypatch.setenv("DIGEST_TOPICS", given)

    assert problems(tmp_path / ".env") == {"DIGEST_TOPICS": (code, shown)}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("cockroachdb+psycopg2://u:hunter2@h/d", "settings.database"),
        ("postgresql://postgres:[YOUR-PASSWORD]@db.h.co:5432/d", "settings.database_gap"),
        ("postgres://u:<password>@h/d", "settings.database_gap"),
        ("psql 'postgresql://u:hunter2@[YOUR-HOST]@h/d'", "settings.database_gap"),
        ("mysql://u:hunter2@h/d", "settings.database"),
        ("jdbc:postgresql://h/d?user=u&password=hunter2", "settings.database_server"),
        ("jdbc:postgresql:d", "settings.database_server"),
        ("host=h dbname=d user=u password=hunter2", "settings.database_server"),
        ("dbname=d", "settings.database_server"),
        ("Server=h;Database=d;Uid=u;Pwd=hunter2", "settings.database_server"),
        ("u:hunter2@h:5432/d", "settings.database_server"),
        ("postgres:d", "settings.database_server"),
        ("sqlite:k.db", "settings.database_server"),
        ("postgresql://u:p@hunter2@h/d", "settings.database_password"),
        ("postgresql://u:p/hunter2@h/d", "settings.database_password"),
        ("postgresql://u:p#hunter2@h/d", "settings.database_password"),
    ],
)
def test_a_database_that_is_written_otherwise_is_refused_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, code: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)

    refused = problems(tmp_path / ".env")["DATABASE_URL"]

    assert refused[0] == code
    assert "hunter2" not in refused[1]
    assert "hunter2" not in words_for("en").error(SettingsError([("DATABASE_URL", *refused)]))


@pytest.mark.parametrize(
    "given", ["./k:1.db", "C:/k.db", "k.db", "/srv/a=b/k.db", "/srv/a@b/k.db", "sqlite:////srv/a@b/k"]
)
def test_a_path_may_hold_such_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DATABASE_URL", given)

    assert load_settings(tmp_path / ".env").database_path == Path(given.removeprefix("sqlite:///"))


KINDS: tuple[type[Variables], ...] = (Settings, *ADAPTERS)
ADDRESSES = [
    (kind, name)
    for kind in KINDS
    for name, one in kind.model_fields.items()
    if name.endswith("_url") and "Secret" not in str(one.annotation)
]


@pytest.mark.parametrize(("kind", "name"), ADDRESSES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_password_in_a_url_is_shown_nowhere(
    kind: type[Variables], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = "postgresql" if name == "database_url" else "https"
    monkeypatch.setenv(name.upper(), f"{scheme}://u:hunter2@h.example/d")
    taken = kind(_env_file=None)  # type: ignore[call-arg]  # BaseSettings' own argument
    assert "hunter2@h.example" in getattr(taken, name)
    assert "hunter2" not in f"{taken!r} {taken}"

    assert "hunter2" not in _problem(kind, (name,), "settings.url", f"ftp://u:hunter2@{'h' * 100}")[2]


def test_topics_are_a_list_with_commas_or_spaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_TOPICS", "cs.CL, cs.AI stat.ML,cs.CL")

    assert load_settings(tmp_path / ".env").digest_topics == ("cs.CL", "cs.AI", "stat.ML")


class FaxSettings(AdapterSettings):
    """What an invented adapter reads; PUBLIC_URL is the core's, too."""

    codes: ClassVar[Mapping[str, str]] = {"fax_speed": "settings.size"}

    fax_token: Secret | None = None
    fax_speed: Annotated[int, Field(ge=1)] = 1
    fax_limit: Annotated[int, Field(ge=1)] = 1
    public_url: Address | None = None


def test_an_adapter_reads_its_own_variables_beside_the_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(
        "FAX_TOKEN=from-the-file\nFAX_SPEED=7\nDIGEST_SIZE=3\nPUBLIC_URL=https://a.example/\n"
    )
    monkeypatch.setenv("FAX_TOKEN", "  pasted \n")

    configuration = load_configuration((FaxSettings,), tmp_path / ".env")
    (fax,) = configuration.adapters

    assert configuration.core.digest_size == 3
    assert isinstance(fax, FaxSettings)
    assert fax.fax_token is not None
    assert (fax.fax_token.get_secret_value(), fax.fax_speed) == ("pasted", 7)
    assert configuration.core.public_url == fax.public_url == "https://a.example"
    assert "pasted" not in f"{configuration!r} {fax}"


def test_the_problems_of_the_core_and_of_all_adapters_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DIGEST_SIZE=0\nFAX_SPEED=fast\nFAX_LIMIT=none\nPUBLIC_URL=here\n")

    with pytest.raises(SettingsError) as caught:
        load_configuration((FaxSettings,), tmp_path / ".env")

    assert sorted(caught.value.problems) == [
        ("DIGEST_SIZE", "settings.size", "0"),
        ("FAX_LIMIT", "settings.number", "none"),
        ("FAX_SPEED", "settings.size", "fast"),
        ("PUBLIC_URL", "settings.url", "here"),
    ]


def test_a_broken_line_is_one_problem_whoever_reads_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("'broken\n")

    with pytest.raises(SettingsError) as caught:
        load_configuration((FaxSettings,), tmp_path / ".env")

    assert caught.value.problems == ((str(tmp_path / ".env"), "settings.line", "1"),)


@pytest.mark.parametrize("kind", [Settings, *ADAPTERS], ids=lambda kind: kind.__name__)
def test_a_secrets_value_is_in_no_problem(kind: type[Variables]) -> None:
    secrets = [name for name in kind.model_fields if re.search("token|secret|key$", name)]

    assert [_problem(kind, (name,), "string_type", "very secret")[2] for name in secrets] == [""] * len(secrets)
