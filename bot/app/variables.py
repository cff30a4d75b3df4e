"""What the settings' own types cannot see: a misspelt variable, and a token in the place of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.settings import Configuration, Problem, Settings, Variables

# What each secret's value begins with: https://docs.slack.dev/authentication/tokens and the Claude API's keys.
_OWNERS: Mapping[str, str] = {
    "xoxb-": "SLACK_BOT_TOKEN",
    "xapp-": "SLACK_APP_TOKEN",
    "sk-ant-": "ANTHROPIC_API_KEY",
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
        for prefix, owner in _OWNERS.items()
        if value.get_secret_value().strip().startswith(prefix) and owner != name.upper()
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
