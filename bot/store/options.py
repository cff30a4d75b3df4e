"""The options of a PostgreSQL URL, as hosts write them for libpq, JDBC, Prisma and others."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import URL

from bot.errors import StoreError

# asyncpg reads these from the URL itself: https://magicstack.github.io/asyncpg/current/api/index.html#connection
_ASYNCPG = frozenset(
    "sslmode sslcert sslkey sslrootcert sslcrl sslpassword sslnegotiation ssl_min_protocol_version "
    "ssl_max_protocol_version passfile host port user password database dbname target_session_attrs krbsrvname gsslib "
    "service servicefile".split()
)
# Of other clients' pools and protocols: here they change nothing. asyncpg has no channel binding, and needs none.
_IGNORED = frozenset(
    "channel_binding connection_limit pool_timeout socket_timeout statement_cache_size prepared_statement_cache_size "
    "sslaccept gssencmode keepalives keepalives_idle keepalives_interval keepalives_count fallback_application_name "
    "client_encoding prepareThreshold supa workaround uselibpqcompat".split()
)
_TRUE = frozenset({"", "1", "on", "true", "yes"})
# `no-verify` is Node's word, which Heroku prints: encrypted, by whatever certificate.
_SSL = {
    "no-verify": "require",
    "true": "require",
    "1": "require",
    "on": "require",
    "false": "disable",
    "0": "disable",
    "off": "disable",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What a URL asks for. `url` is for asyncpg; `settings` are the session's; `pooled` means behind PgBouncer."""

    url: URL
    pooled: bool = False
    connect_seconds: float | None = None
    settings: dict[str, str] = field(default_factory=dict)


def read_options(url: URL) -> Options:
    """Read the options. Raises StoreError `store.option` for one that is unknown or has an impossible value."""
    kept: dict[str, str | tuple[str, ...]] = {}
    settings: dict[str, str] = {}
    pooled, seconds = False, None
    for name, value in url.query.items():
        text = value if isinstance(value, str) else value[-1]
        match name:
            case "ssl" | "sslmode":
                kept["sslmode"] = _SSL.get(text.lower(), text)
            case "connect_timeout":
                seconds = _seconds(name, text)
            case "pgbouncer":
                pooled = text.lower() in _TRUE
            case "schema" | "currentSchema" | "search_path":
                settings["search_path"] = text
            case "options" | "application_name":
                settings[name] = text
            case _ if name in _ASYNCPG:
                kept[name] = value
            case _ if name not in _IGNORED:
                raise StoreError("store.option", option=name)
    return Options(url.set(drivername="postgresql", query=kept), pooled, seconds, settings)


def _seconds(name: str, text: str) -> float | None:
    """Read libpq's whole seconds; 0 or less means no limit of its own."""
    try:
        seconds = int(text)
    except ValueError:
        raise StoreError("store.option", option=name) from None
    return float(seconds) if seconds > 0 else None
