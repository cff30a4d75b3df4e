"""Secrets that were copied with more than themselves, or from elsewhere."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from adapters.discord.settings import DiscordSettings
from adapters.slack.settings import SlackSettings
from bot.app.variables import malformed, misplaced, unlikely
from bot.settings import Configuration, Settings

OF_DISCORD = f"{'M' * 24}.GabcdE.{'x' * 38}"


def configured(**secrets: str) -> Configuration:
    """Return a configuration with these secrets and nothing of the environment."""
    given = {name: SecretStr(value) for name, value in secrets.items()}

    def built(kind: type[Settings | SlackSettings | DiscordSettings]) -> dict[str, SecretStr]:
        return {name: value for name, value in given.items() if name in kind.model_fields}

    return Configuration(
        Settings(_env_file=None, **built(Settings)),  # type: ignore[call-arg,arg-type]  # BaseSettings' own argument
        (
            SlackSettings(_env_file=None, **built(SlackSettings)),  # type: ignore[call-arg,arg-type]  # BaseSettings' own argument
            DiscordSettings(_env_file=None, **built(DiscordSettings)),  # type: ignore[call-arg,arg-type]  # BaseSettings' own argument
        ),
    )


@pytest.mark.parametrize(
    "token",
    [
        *(f"Bot {OF_DISCORD}", f"Bearer {OF_DISCORD}", f'"{OF_DISCORD}"', f"'{OF_DISCORD}'", f"“{OF_DISCORD}”"),
        *(f"\ufeff{OF_DISCORD}", f"`{OF_DISCORD}`", "MTIz\n.a.b", "MTIz.\u200ba.b", "MTIz.a\u00ad.b", "ＭＴＩｚ.a.b"),
        *("MTIz.…", "MTIz...", "<token>", "a\x7fb", "a\tb"),
    ],
)
@pytest.mark.parametrize("name", ["discord_token", "slack_bot_token", "slack_signing_secret", "anthropic_api_key"])
def test_a_character_that_no_token_has_is_named_without_the_value(name: str, token: str) -> None:
    assert malformed(configured(**{name: token})) == [(name.upper(), "settings.characters", "")]


@pytest.mark.parametrize("secret", [OF_DISCORD, "xoxb-1-2-aB", "sk-ant-api03-a_b-C", "0123456789abcdef" * 2, "a+/=="])
def test_usual_secrets_and_anybodys_own_are_fine(secret: str) -> None:
    assert malformed(configured(discord_token=secret, secret_key="「my own」 words\nin two lines")) == []


@pytest.mark.parametrize(
    ("name", "value", "owner"),
    [
        ("slack_bot_token", "xapp-1", "SLACK_APP_TOKEN"),
        ("slack_app_token", "xoxb-1", "SLACK_BOT_TOKEN"),
        ("slack_signing_secret", OF_DISCORD, "DISCORD_TOKEN"),
        ("slack_bot_token", OF_DISCORD, "DISCORD_TOKEN"),
        ("discord_token", "xoxb-1", "SLACK_BOT_TOKEN"),
        ("anthropic_api_key", OF_DISCORD, "DISCORD_TOKEN"),
        ("semantic_scholar_api_key", "sk-ant-1", "ANTHROPIC_API_KEY"),
    ],
)
def test_a_value_that_belongs_elsewhere(name: str, value: str, owner: str) -> None:
    assert misplaced(configured(**{name: value})) == [(name.upper(), "settings.misplaced", owner)]


@pytest.mark.parametrize(
    ("name", "value", "elsewhere"),
    [
        ("slack_bot_token", "xoxp-1-2", None),
        ("slack_app_token", "xoxe.xoxp-1", None),
        ("slack_signing_secret", "A01BCDE2FGH", "SLACK_API_URL"),
        ("discord_token", "123456789012345678", "DISCORD_API_URL"),
        ("discord_token", "x" * 32, "DISCORD_API_URL"),
        ("anthropic_api_key", "sk-proj-1", "ANTHROPIC_BASE_URL"),
        ("anthropic_api_key", "sk-ant-admin01-1", "ANTHROPIC_BASE_URL"),
    ],
)
def test_what_does_not_look_like_its_owners_is_noticed(name: str, value: str, elsewhere: str | None) -> None:
    found = unlikely(configured(**{name: value}), {})
    assert [(variable, code) for variable, code, _ in found] == [(name.upper(), "settings.form")]
    assert value not in found[0][2]
    if elsewhere:
        assert unlikely(configured(**{name: value}), {elsewhere: "http://127.0.0.1:9"}) == []


def test_what_looks_right_is_not_noticed() -> None:
    right = configured(
        slack_bot_token="xoxb-1-2",
        slack_app_token="xapp-1",
        discord_token=OF_DISCORD,
        anthropic_api_key="sk-ant-api03-1",
    )
    assert unlikely(right, {}) == []
