"""What the settings' own types cannot see: a misspelt variable, and a token in the place of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.settings import Configuration, Problem, Settings, Variables

# What each secret's value looks like: https://docs.slack.dev/authentication/tokens, the Claude API's keys, and
# https://discord.com/developers/docs/reference#authentication.
_OWNERS: Mapping[str, str] = {
    r"xoxb-": "SLACK_BOT_TOKEN",
    r"xapp-": "SLACK_APP_TOKEN",
    r"sk-ant-": "ANTHROPIC_API_KEY",
    r"[\w-]{18,}\.[\w-]{6,7}\.[\w-]{20,}$": "DISCORD_TOKEN",
}
_TOKEN = re.compile(r"(?!.*\.\.\.)[!#-&(-;=?-_a-~]+")
# How each looks, what to tell of it, and the variable of its owner's address.
_FORMS: Mapping[str, tuple[str, str, str]] = {
    "SLACK_BOT_TOKEN": (r"xoxb-.+", "xoxb-…", ""),
    "SLACK_APP_TOKEN": (r"xapp-.+", "xapp-…", ""),
    "SLACK_SIGNING_SECRET": (r"[0-9a-f]{32}", "0123abc… (32)", "SLACK_API_URL"),
    "ANTHROPIC_API_KEY": (r"sk-ant-(?!admin).+", "sk-ant-api…", "ANTHROPIC_BASE_URL"),
    "DISCORD_TOKEN": (r"[\w-]+\.[\w-]+\.[\w-]+", "MTIz….….…", "DISCORD_API_URL"),
}
# Near enough to ours to be taken for a slip, but read by others: proxies, containers, the SDKs.
_OTHERS = frozenset(
    "ALL_PROXY HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR ANTHROPIC_AUTH_TOKEN ANTHROPIC_LOG "
    "KAWARABAN_SHARED".split()
)
_NEAR = 0.8  # how alike a name of the environment has to be, where most names belong to other programs
_IN_FILE = 0.7  # how alike in `.env`, which is ours
_SHORTEST = 6  # characters; shorter names are alike by chance


def misplaced(configuration: Configuration) -> list[Problem]:
    """Return each secret that holds another one's value, with the variable that it belongs to; values are not told."""
    everything: tuple[Variables, ...] = (configuration.core, *configuration.adapters)
    return [
        (name.upper(), "settings.misplaced", owner)
        for settings in everything
        for name, value in settings
        if isinstance(value, SecretStr)
        for form, owner in _OWNERS.items()
        if re.match(form, value.get_secret_value().strip()) and owner != name.upper()
    ]


def malformed(configuration: Configuration) -> list[Problem]:
    """Return each secret with a character that no token has: quotes, a line break, an invisible or full-width one, the
    dots of an example. SECRET_KEY is anybody's own text.
    """
    everything: tuple[Variables, ...] = (configuration.core, *configuration.adapters)
    return [
        (name.upper(), "settings.characters", "")
        for settings in everything
        for name, value in settings
        if isinstance(value, SecretStr) and name != "secret_key"
        if value.get_secret_value() and not _TOKEN.fullmatch(value.get_secret_value())
    ]


def unlikely(configuration: Configuration, environment: Mapping[str, str]) -> list[Problem]:
    """Return each secret that does not look as its owner makes them, with the form that it should have.

    Where a variable names another address than the owner's, its secrets may have any form, except Slack's tokens.
    """
    everything: tuple[Variables, ...] = (configuration.core, *configuration.adapters)
    elsewhere = {name for name in environment if name.endswith(("_API_URL", "_BASE_URL"))}
    return [
        (name.upper(), "settings.form", shown)
        for settings in everything
        for name, value in settings
        if isinstance(value, SecretStr) and (form := _FORMS.get(name.upper()))
        for pattern, shown, address in (form,)
        if address not in elsewhere
        if value.get_secret_value() and not re.fullmatch(pattern, value.get_secret_value())
    ]


def unknown(
    adapters: Sequence[type[Variables]], environment: Mapping[str, str], dotenv: Path = Path(".env")
) -> list[Problem]:
    """Return the variables that nobody reads although they look like ours, with the name that was probably meant.

    In `.env` also those that begin as ours do, with "" where no name is near.
    """
    kinds: tuple[type[Variables], ...] = (Settings, *adapters)
    names = {name.upper() for kind in kinds for name in kind.model_fields}
    beginnings = {name.partition("_")[0] for name in names if "_" in name} - {"HTTP", "LOG", "PUBLIC", "SECRET"}
    try:
        written = {name.upper() for name in dotenv_values(dotenv, interpolate=False)}
    except (OSError, UnicodeDecodeError):
        written = set()  # reported when the settings are read
    return [*dict.fromkeys(_unknown(names, beginnings, written, {name.upper() for name in environment} - written))]


def _unknown(names: set[str], beginnings: set[str], written: set[str], around: set[str]) -> Iterator[Problem]:
    for name in sorted(written - names - _OTHERS):
        near = _meant(name, names, _IN_FILE)
        if near:
            yield name, "settings.misspelt", near
        elif name.partition("_")[0] in beginnings:
            yield name, "settings.unknown_variable", ""
    for name in sorted(around - names - _OTHERS):
        if near := _meant(name, names, _NEAR):
            yield name, "settings.misspelt", near


def _meant(name: str, names: set[str], cutoff: float) -> str:
    if len(name) < _SHORTEST:
        return ""
    # Words in another order, or with one more between them, are the usual slips beside letters.
    return next(iter(get_close_matches(name, sorted(names), 1, cutoff)), "")
