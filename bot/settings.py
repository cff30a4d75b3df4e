"""The environment, read once: variables and, below them, a `.env` file in the working directory.

Every problem is reported at once, by variable, as one `SettingsError`. Secrets are `SecretStr`: they show in no log.
"""

from __future__ import annotations

import platform
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, LiteralString
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError
from bot.models import ChannelSettings
from bot.words.languages import language_tag

_SECRETS = frozenset(
    "ANTHROPIC_API_KEY DISCORD_TOKEN SECRET_KEY SEMANTIC_SCHOLAR_API_KEY SLACK_APP_TOKEN SLACK_BOT_TOKEN"
    " SLACK_CLIENT_SECRET SLACK_SIGNING_SECRET".split()
)
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]+)?")
_SQLITE = "sqlite+aiosqlite:///"
_POSTGRESQL = "postgresql+asyncpg://"


def _invalid(code: LiteralString) -> PydanticCustomError:
    """A validation error whose type is the code of its sentence."""
    return PydanticCustomError(code, "invalid")


def _web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(?:/\S*)?", text):
        raise _invalid("settings.url")
    return text.rstrip("/")


def _language(text: str) -> str:
    try:
        return language_tag(text)
    except ValueError:
        raise _invalid("settings.language") from None


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise _invalid("settings.timezone") from None
    return text


def _time_of_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value.strip())
    if not match:
        raise _invalid("settings.time")
    return time(int(match[1]), int(match[2]))


def _topics(value: object) -> object:
    """`cs.CL, cs.AI` -> categories; other kinds of values are left to pydantic."""
    if not isinstance(value, str):
        return value
    found = tuple(dict.fromkeys(topic for topic in re.split(r"[,\s]+", value.strip()) if topic))
    if not found or not all(_CATEGORY.fullmatch(topic) for topic in found):
        raise _invalid("settings.topics")
    return found


def _database(text: str) -> str:
    """The URL with the driver that we use; a bare path is a SQLite file."""
    for known, ours in (
        (_SQLITE, _SQLITE),
        ("sqlite:///", _SQLITE),
        (_POSTGRESQL, _POSTGRESQL),
        ("postgresql://", _POSTGRESQL),
        ("postgres://", _POSTGRESQL),
    ):
        if text.startswith(known) and len(text) > len(known):
            return ours + text[len(known) :]
    if "://" not in text and text.strip():
        return _SQLITE + text
    raise _invalid("settings.database")


def _name(text: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,60}", text):
        raise _invalid("settings.name")
    return text


Address = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """All settings, as `.env.example` explains them; names are the variables' in lower case."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True)

    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: Address = "https://api.anthropic.com"
    claude_model: str = "claude-haiku-5-5"
    claude_fallback_model: str = "claude-sonnet-5-5"
    claude_daily_budget_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    claude_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0

    semantic_scholar_api_key: SecretStr | None = None
    arxiv_api_url: Address = "https://export.arxiv.org"
    arxiv_interval_seconds: Annotated[float, Field(ge=0, le=600)] = 3.0
    huggingface_api_url: Address = "https://huggingface.co"
    semantic_scholar_api_url: Address = "https://api.semanticscholar.org"
    source_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_mode: Literal["socket", "http"] = "socket"
    slack_api_url: Address = "https://slack.com"

    discord_token: SecretStr | None = None
    discord_api_url: Address = "https://discord.com/api/v10"

    database_url: Annotated[str, AfterValidator(_database)] = _SQLITE + "kawaraban.sqlite3"

    digest_time: Annotated[time, BeforeValidator(_time_of_day)] = time(7, 0)
    digest_timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Tokyo"
    digest_language: Annotated[str, AfterValidator(_language)] = "ja"
    digest_size: Annotated[int, Field(ge=1, le=20)] = 5
    digest_topics: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_topics)] = ("cs.CL", "cs.AI", "cs.LG")

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    replica_name: Annotated[str, AfterValidator(_name)] = Field(default_factory=platform.node)
    secret_key: SecretStr | None = None

    hugo_content_dir: Path | None = None
    public_url: Address | None = None
    log_format: Literal["console", "json"] = "console"

    @property
    def channel(self) -> ChannelSettings:
        """What a channel that says nothing of its own gets."""
        return ChannelSettings(
            language=self.digest_language,
            size=self.digest_size,
            topics=self.digest_topics,
            time=self.digest_time,
            timezone=self.digest_timezone,
        )

    @property
    def database_path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(self.database_url.removeprefix(_SQLITE)) if self.database_url.startswith(_SQLITE) else None


def load_settings(dotenv: Path = Path(".env")) -> Settings:
    """The settings from the environment and, below it, the file. Raises SettingsError with every problem found."""
    problems = _unreadable_lines(dotenv)
    try:
        # A file that cannot be read as text would fail as a whole, before the environment is looked at.
        settings = Settings(_env_file=None if problems else dotenv)  # type: ignore[call-arg]  # BaseSettings' own argument
    except ValidationError as error:
        raise SettingsError(problems + [_problem(e["loc"], e["type"], e["input"]) for e in error.errors()]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _unreadable_lines(path: Path) -> list[tuple[str, str, str]]:
    """One problem for each line that is no assignment; a missing file has none."""
    try:
        with path.open(encoding="utf-8") as stream:
            return [(str(path), "settings.line", str(b.original.line)) for b in parse_stream(stream) if b.error]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, UnicodeDecodeError):
        return [(str(path), "settings.unreadable", "")]


def _problem(location: tuple[int | str, ...], kind: str, value: object) -> tuple[str, str, str]:
    """(variable, code, offending value); a secret's value is never repeated."""
    name = str(location[0]).upper()
    code = kind if kind.startswith("settings.") else _CODES.get(name, "settings.number")
    return name, code, "" if name in _SECRETS else str(value)[:80]


_CODES = {
    "DIGEST_SIZE": "settings.size",
    "HTTP_PORT": "settings.port",
    "LOG_FORMAT": "settings.log_format",
    "SLACK_MODE": "settings.slack_mode",
}
