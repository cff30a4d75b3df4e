"""Settings, read once from the environment, and from a `.env` file in the working directory for unset variables.

The core's variables are in `Settings`; each adapter declares its own in `adapters/<name>/settings.py` as a subclass of
`AdapterSettings`. One `SettingsError` reports all problems, by variable. Secrets are `SecretStr`, so that no log shows
them; other values, such as a URL with a password, are shown through `bot.common.masking`.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, LiteralString, TypeVar
from unicodedata import normalize
from zoneinfo import ZoneInfo

from dotenv.parser import Binding, parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.common.homes import at_home
from bot.common.masking import masked
from bot.common.network import network_problems
from bot.errors import SettingsError
from bot.models import ChannelSettings
from bot.models.categories import category, suggestion
from bot.ports import Adapter
from bot.words.languages import language_tag

_SQLITE = "sqlite+aiosqlite:///"
_POSTGRESQL = "postgresql+asyncpg://"
# As hosts print it: psql 'postgresql://…', "postgres://…", postgresql+psycopg2://….
_PASTED = re.compile(r"""(?:psql\s+)?["']?postgres(?:ql)?(?:\+\w+)?://([^"']+)["']?\s*""", re.IGNORECASE)
# Ways to write where a server is that would otherwise be taken for a file's name: `host=… password=…`,
# `Server=…;Pwd=…`, `user:password@host/db`, `jdbc:postgresql:…`, `postgres:db`.
_ELSEWHERE = re.compile(
    r"^[^/]*\b(?:host|hostaddr|server|data source|dbname|database|user|uid|password|pwd|service)\s*="
    r"|^[^/@]+:(?![/\\])[^@]*@|^[\"']?(?:jdbc|odbc|postgres(?:ql)?|mysql|mariadb|sqlite)[\w+.]*:(?!//)",
    re.IGNORECASE,
)


def _invalid(code: LiteralString, shown: str | None = None) -> PydanticCustomError:
    """Return a validation error whose type is the code of its sentence, which shows the value, or `shown` instead."""
    return PydanticCustomError(code, "invalid", None if shown is None else {"shown": shown})


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
    """Split `cs.CL, cs.AI` into categories and archives in arXiv's spelling. Values that are not text stay as is."""
    if not isinstance(value, str):
        return value
    typed = [topic for topic in re.split(r"[,;、，\s]+", value) if topic]
    known = {topic: category(topic) for topic in typed}
    unknown = [topic for topic, found in known.items() if found is None]
    meant = [found for topic in typed if (found := suggestion(topic))]
    if unknown and len(meant) == len(typed):
        raise _invalid("settings.topics_meant", ",".join(dict.fromkeys(meant)))
    if unknown or not typed:
        raise _invalid("settings.topics", " ".join(unknown) or None)
    return tuple(dict.fromkeys(found for found in known.values() if found))


def _database(text: str) -> str:
    """Return the URL with our driver in it. A bare path names a SQLite file.

    Hosts print a URL as part of a command, in quotes, with the driver of another client, or with a gap to fill in.
    """
    if pasted := _PASTED.fullmatch(text):
        text = f"{_POSTGRESQL}{pasted[1]}"
    if re.search(r"://[^/]*\[[A-Z][\w -]*\][^/]*@|<[\w -]+>", text):
        raise _invalid("settings.database_gap")
    for prefix, ours in (
        (_SQLITE, _SQLITE),
        ("sqlite:///", _SQLITE),
        (_POSTGRESQL, _POSTGRESQL),
        ("postgresql://", _POSTGRESQL),
        ("postgres://", _POSTGRESQL),
    ):
        if text.startswith(prefix) and len(text) > len(prefix):
            rest = text[len(prefix) :]
            if ours is _POSTGRESQL and rest.partition("?")[0].count("@") > int("@" in re.split("[/?#]", rest)[0]):
                raise _invalid("settings.database_password")
            return ours + rest
    if _ELSEWHERE.search(text):
        raise _invalid("settings.database_server")
    if "://" not in text and text.strip():
        return _SQLITE + text
    raise _invalid("settings.database")


def _name(text: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,60}", text):
        raise _invalid("settings.name")
    return text


def _stripped(secret: SecretStr) -> SecretStr:
    return SecretStr(secret.get_secret_value().strip())


Address = Annotated[str, AfterValidator(_web_address)]
# A secret as people paste it. Blanks alone become an empty secret: the variable is set, but its value is missing.
Secret = Annotated[SecretStr, AfterValidator(_stripped)]

Folder = Annotated[Path, AfterValidator(at_home)]

Problem = tuple[str, str, str]  # variable, code of its sentence, invalid value ("" for a secret)


class Variables(BaseSettings):
    """Environment variables; a field has the variable's name in lower case.

    `codes` maps a field to the sentence for a value that its type refuses; the default is `settings.number`.
    """

    model_config = SettingsConfigDict(env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _as_meant(cls, value: object, info: ValidationInfo) -> object:
        """Strip what a copied value ends with: a newline, a carriage return, blanks. Blanks alone stay as they are.

        Full-width digits, letters and signs count as their usual forms, except where they may be meant: in secrets,
        paths and addresses.
        """
        if not isinstance(value, str):
            return value
        name = info.field_name or ""
        literal = _is_secret(cls, name) or name.endswith(("_url", "_dir", "_name"))
        return (value.strip() if literal else normalize("NFKC", value).strip()) or value

    codes: ClassVar[Mapping[str, str]] = {}

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """What `repr` and `str` show, without passwords in URLs."""
        for name, value in super().__repr_args__():
            yield name, masked(value) if isinstance(value, str) else value


class AdapterSettings(Variables):
    """An adapter's environment variables, and the way to build the adapter.

    Subclasses are loaded with every command, so they must not import the vendor's packages. They may declare variables
    of the core that they need too.
    """

    @property
    def wanted(self) -> bool:
        """Whether any set variable asks for the platform. The remote's address alone does not."""
        raise NotImplementedError

    @property
    def missing(self) -> Sequence[Problem]:
        """The variables that the platform still needs; none if it is not wanted."""
        raise NotImplementedError

    def adapter(self) -> Adapter[Any]:
        """Build the adapter. This imports the vendor's package, so call it only for a wanted platform."""
        raise NotImplementedError


class Settings(Variables):
    """The core's settings, explained in `.env.example`."""

    codes: ClassVar[Mapping[str, str]] = {
        "digest_size": "settings.size",
        "http_port": "settings.port",
        "log_format": "settings.log_format",
        "markdown_math": "settings.markdown_math",
    }

    anthropic_api_key: Secret | None = None
    anthropic_base_url: Address = "https://api.anthropic.com"
    claude_model: str = "claude-haiku-5-5"
    claude_fallback_model: str = "claude-sonnet-5-5"
    claude_daily_budget_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    question_person_budget_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.2
    question_channel_budget_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.4
    question_daily_budget_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.6
    claude_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0

    semantic_scholar_api_key: Secret | None = None
    arxiv_api_url: Address = "https://export.arxiv.org"
    arxiv_interval_seconds: Annotated[float, Field(ge=0, le=600)] = 3.0
    huggingface_api_url: Address = "https://huggingface.co"
    semantic_scholar_api_url: Address = "https://api.semanticscholar.org"
    source_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0

    database_url: Annotated[str, AfterValidator(_database)] = _SQLITE + "kawaraban.sqlite3"

    digest_time: Annotated[time, BeforeValidator(_time_of_day)] = time(7, 0)
    digest_timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Tokyo"
    digest_language: Annotated[str, AfterValidator(_language)] = "ja"
    digest_size: Annotated[int, Field(ge=1, le=20)] = 5
    digest_topics: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_topics)] = ("cs.CL", "cs.AI", "cs.LG")

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    replica_name: Annotated[str, AfterValidator(_name)] = Field(default_factory=platform.node)
    secret_key: Secret | None = None

    public_url: Address | None = None
    log_format: Literal["console", "json"] = "console"
    markdown_math: Literal["text", "github"] = "text"

    @property
    def channel(self) -> ChannelSettings:
        """The settings of a channel without settings of its own."""
        return ChannelSettings(
            language=self.digest_language,
            size=self.digest_size,
            topics=self.digest_topics,
            time=self.digest_time,
            timezone=self.digest_timezone,
        )

    @property
    def arxiv_url(self) -> str:
        """Where arXiv's pages and PDFs are: on its website, or wherever its API was moved to."""
        usual = self.arxiv_api_url == Settings.model_fields["arxiv_api_url"].default
        return "https://arxiv.org" if usual else self.arxiv_api_url

    @property
    def database_path(self) -> Path | None:
        """The SQLite file, None with PostgreSQL."""
        if not self.database_url.startswith(_SQLITE):
            return None
        return at_home(Path(self.database_url.removeprefix(_SQLITE)))


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings: the core's, and those of every adapter."""

    core: Settings
    adapters: tuple[AdapterSettings, ...]


V = TypeVar("V", bound=Variables)


def load_log_format(dotenv: Path = Path(".env")) -> str:
    """Read LOG_FORMAT alone, whatever is wrong with the rest; "" if it cannot be read either."""

    class Form(Variables):
        log_format: str = ""

    for file in (dotenv, None):
        with suppress(ValidationError, OSError, UnicodeDecodeError):
            return Form(_env_file=file).log_format  # type: ignore[call-arg]  # BaseSettings' own argument
    return ""


def load_settings(dotenv: Path = Path(".env")) -> Settings:
    """Read only the core's settings. Raises SettingsError with all problems."""
    return load_configuration((), dotenv).core


def load_configuration(adapters: Sequence[type[AdapterSettings]], dotenv: Path = Path(".env")) -> Configuration:
    """Read the settings of the core and of the adapters from the environment and, for unset variables, the file.

    Raises SettingsError with all problems in any of them.
    """
    problems = _unreadable_lines(dotenv)
    # An unreadable file would make pydantic fail before it looks at the environment.
    readable = None if problems else dotenv
    problems += network_problems(os.environ)
    core = _read(Settings, readable, problems)
    others = [_read(kind, readable, problems) for kind in adapters]
    if core is None or problems:
        raise SettingsError([*dict.fromkeys(problems)])  # without repeating variables that several classes read
    return Configuration(core, tuple(one for one in others if one is not None))


def _read(kind: type[V], dotenv: Path | None, problems: list[Problem]) -> V | None:
    """Read one class of variables. Returns None, after adding to `problems`, if any are invalid."""
    try:
        return kind(_env_file=dotenv)  # type: ignore[call-arg]  # BaseSettings' own argument
    except ValidationError as error:
        problems += [
            _problem(kind, e["loc"], e["type"], e.get("ctx", {}).get("shown", e["input"])) for e in error.errors()
        ]
        return None


def _unreadable_lines(path: Path) -> list[Problem]:
    """Return a problem for each line that is not an assignment; none for a missing file."""
    try:
        with path.open(encoding="utf-8") as stream:
            return [(str(path), "settings.line", str(b.original.line)) for b in parse_stream(stream) if _is_strange(b)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, UnicodeDecodeError):
        return [(str(path), "settings.unreadable", "")]


def _is_strange(line: Binding) -> bool:
    """Return whether a line of `.env` assigns nothing: its text may be a secret, so it is nobody's name."""
    return line.error or (line.key is not None and (line.value is None or not line.key.isidentifier()))


def _problem(kind: type[Variables], location: tuple[int | str, ...], code: str, value: object) -> Problem:
    """Convert a refused value into a problem, without the value if it is a secret, and with passwords masked."""
    name = str(location[0])
    if not code.startswith("settings."):
        code = kind.codes.get(name, "settings.number")
    return name.upper(), code, "" if _is_secret(kind, name) else masked(str(value))[:80]


def _is_secret(kind: type[Variables], name: str) -> bool:
    return "SecretStr" in str(kind.model_fields[name].annotation)
