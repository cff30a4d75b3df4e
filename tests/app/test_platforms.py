"""Which platforms the settings set up, and what of those that they set up in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.platforms import ADAPTERS, adapters_of, checks_of, configured
from bot.errors import BotError, SettingsError
from bot.settings import Configuration
from bot.words import words_for

OAUTH = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "PUBLIC_URL": "https://bot.example.com"}

# What is set, and what is then missing.
HALVES = [
    ({"SLACK_CLIENT_ID": "1.2"}, ["SLACK_CLIENT_SECRET", "PUBLIC_URL", "SLACK_APP_TOKEN"]),
    ({"SLACK_CLIENT_SECRET": "s"}, ["SLACK_CLIENT_ID", "PUBLIC_URL", "SLACK_APP_TOKEN"]),
    ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1"}, ["PUBLIC_URL"]),
    (OAUTH, ["SLACK_APP_TOKEN"]),
    (OAUTH | {"SLACK_MODE": "http"}, ["SLACK_SIGNING_SECRET"]),
    (OAUTH | {"SLACK_CLIENT_ID": " ", "SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_CLIENT_ID"]),
    ({"SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN"]),
    ({"SLACK_SIGNING_SECRET": "s"}, ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]),
    ({"SLACK_BOT_TOKEN": "xoxb-1"}, ["SLACK_APP_TOKEN"]),
    ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, ["SLACK_APP_TOKEN"]),
    ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_MODE": "http"}, ["SLACK_SIGNING_SECRET"]),
    ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_MODE": "http", "SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_SIGNING_SECRET"]),
    ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_MODE": "http", "SLACK_SIGNING_SECRET": " "}, ["SLACK_SIGNING_SECRET"]),
    ({"SLACK_BOT_TOKEN": " ", "SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN"]),
    ({"SLACK_MODE": "http"}, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
    ({"SLACK_MODE": "http", "SLACK_SIGNING_SECRET": "s"}, ["SLACK_BOT_TOKEN"]),
    ({"DISCORD_TOKEN": " "}, ["DISCORD_TOKEN"]),
    ({"HUGO_CONTENT_DIR": " "}, ["HUGO_CONTENT_DIR"]),
    # One that is whole does not hide the other.
    ({"HUGO_CONTENT_DIR": "blog", "SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN"]),
    ({"DISCORD_TOKEN": " ", "SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN", "DISCORD_TOKEN"]),
]
WHOLES = [
    ({"HUGO_CONTENT_DIR": "blog"}, ["hugo"]),
    ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, ["slack"]),
    ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_MODE": "http", "SLACK_SIGNING_SECRET": "s"}, ["slack"]),
    # With the token of one workspace, nobody installs by OAuth.
    ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_CLIENT_ID": "1.2"}, ["slack"]),
    (OAUTH | {"SLACK_APP_TOKEN": "xapp-1"}, ["slack"]),
    (OAUTH | {"SLACK_MODE": "http", "SLACK_SIGNING_SECRET": "s"}, ["slack"]),
    ({"DISCORD_TOKEN": "t"}, ["discord"]),
    ({"DISCORD_TOKEN": "t", "HUGO_CONTENT_DIR": "blog"}, ["hugo", "discord"]),
    ({}, []),
    # Where a remote is asks for nothing by itself.
    ({"SLACK_API_URL": "http://127.0.0.1:9", "DISCORD_API_URL": "http://127.0.0.1:9", "SLACK_MODE": "socket"}, []),
]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ADAPTERS:
        for name in kind.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)


def given(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Configuration:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return configured(Path("absent"))


def ids(case: object) -> str:
    return " ".join(case) or "nothing" if isinstance(case, dict | list) else ""


@pytest.mark.parametrize(("variables", "missing"), HALVES, ids=ids)
async def test_a_platform_that_is_set_up_in_part_is_no_silence(
    variables: dict[str, str], missing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = given(variables, monkeypatch)

    with pytest.raises(SettingsError) as refused:
        adapters_of(configuration)
    first = checks_of(configuration)[0]
    with pytest.raises(BotError) as diagnosed:
        await first.run()

    assert [name for name, _, _ in refused.value.problems] == missing
    assert (first.name, first.required, str(diagnosed.value)) == ("settings", True, str(refused.value))
    for language in ("ja", "en"):
        heading, *lines = words_for(language).error(refused.value).splitlines()
        assert heading
        assert all(line.startswith(f"- {name}") for line, name in zip(lines, missing, strict=True))
        assert not any("?" in line for line in lines)


@pytest.mark.parametrize(("variables", "names"), WHOLES, ids=ids)
def test_a_platform_that_is_whole_is_built(
    variables: dict[str, str], names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = given(variables, monkeypatch)

    assert [adapter.facts.name for adapter in adapters_of(configuration)] == names
    assert "settings" not in {check.name for check in checks_of(configuration)}


def test_what_there_is_of_a_half_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = given({"SLACK_BOT_TOKEN": "xoxb-1"}, monkeypatch)

    assert [check.name for check in checks_of(configuration)] == ["settings", "slack", "slack_channels"]


def test_each_adapter_has_variables_of_its_own() -> None:
    """Beside those of the core that several may need."""
    fields = [name for kind in ADAPTERS for name in kind.model_fields if name != "public_url"]

    assert len(fields) == len({*fields})
