"""What the doctor says of Slack."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from adapters.slack.checks import checks
from adapters.slack.scopes import BOT
from adapters.slack.settings import SlackSettings
from bot.operations.doctor import diagnose
from bot.words import words_for
from tests.fakes.slack import Fault, SlackDouble
from tests.support.slack_bots import settings_of


async def found(settings: SlackSettings) -> dict[str, str | None]:
    """Each check with the code of its problem, each of which has its sentence."""
    made = {one.name: one.problem for one in await diagnose(checks(settings))}
    for language in ("ja", "en"):
        words = words_for(language)
        for name, problem in made.items():
            assert words.say(f"cli.doctor.{name}")
            assert problem is None or "?" not in words.error(problem)
    return {name: problem.code if problem else None for name, problem in made.items()}


async def test_all_is_well(slack: SlackDouble) -> None:
    slack.add_channel("papers")
    assert await found(settings_of(slack)) == {"slack": None, "slack_channels": None, "slack_app_token": None}
    assert await found(settings_of(slack, "http")) == {"slack": None, "slack_channels": None}


async def test_each_thing_that_is_missing_is_named(slack: SlackDouble) -> None:
    slack.team.scopes.discard("reactions:read")
    wrong = settings_of(slack, slack_app_token=SecretStr("xapp-wrong"))
    assert await found(wrong) == {
        "slack": "slack.scopes",
        "slack_channels": "slack.nowhere",
        "slack_app_token": "slack.app_token",
    }
    none = settings_of(slack, "http", slack_bot_token=SecretStr("xoxb-wrong"), slack_signing_secret=None)
    assert (await found(none))["slack"] == "slack.token"


async def test_the_scopes_that_are_missing_are_named(slack: SlackDouble) -> None:
    slack.team.scopes.difference_update({"users:read", "channels:join"})
    (diagnosis, *_) = await diagnose(checks(settings_of(slack)))
    assert diagnosis.problem
    assert diagnosis.problem.arguments["scopes"] == ["channels:join", "users:read"]
    assert set(BOT) > set(diagnosis.problem.arguments["scopes"])


async def test_an_outage_is_no_wrong_token(slack: SlackDouble) -> None:
    slack.faults.always(Fault.UNAVAILABLE, "auth.test")
    assert (await found(settings_of(slack)))["slack"] == "platform.unavailable"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, None),
        ({"slack_client_secret": SecretStr("another")}, "slack.oauth"),
        ({"slack_client_id": "1.2"}, "slack.oauth"),
    ],
)
async def test_an_oauth_client_is_tried(slack: SlackDouble, given: dict[str, Any], problem: str | None) -> None:
    app = slack.state.app
    client = {"slack_client_id": app.client_id, "slack_client_secret": SecretStr(app.client_secret)}
    whole = {"slack_bot_token": None, "public_url": "https://bot.example.com", **client, **given}
    assert await found(settings_of(slack, **whole)) == {"slack": problem, "slack_app_token": None}


async def test_an_outage_is_no_wrong_client(slack: SlackDouble) -> None:
    slack.faults.always(Fault.UNAVAILABLE, "oauth.v2.access")
    client = settings_of(slack, slack_bot_token=None, slack_client_id="1.2", slack_client_secret=SecretStr("x"))
    assert (await found(client))["slack"] == "platform.unavailable"


def test_nothing_is_looked_at_without_settings() -> None:
    assert checks(SlackSettings(_env_file=None)) == []  # type: ignore[call-arg]  # BaseSettings' own argument
