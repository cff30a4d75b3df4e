"""What the doctor says of Slack, and what keeps the bot from starting at all."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from adapters.slack.adapter import build
from adapters.slack.checks import checks
from adapters.slack.scopes import BOT
from bot.app.opening import open_demo
from bot.chat.uses import UseCases
from bot.errors import SettingsError
from bot.operations.doctor import diagnose
from bot.settings import Settings
from bot.words import words_for
from tests.fakes.slack import Fault, SlackDouble
from tests.support.slack_bots import settings_of


async def found(settings: Settings) -> dict[str, str | None]:
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
    assert (await found(settings_of(slack, "http")))["slack_signing_secret"] is None


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
    assert (await found(none))["slack_signing_secret"] == "slack.signing_secret"
    assert await found(settings_of(slack, slack_bot_token=None)) == {}


async def test_the_scopes_that_are_missing_are_named(slack: SlackDouble) -> None:
    slack.team.scopes.difference_update({"users:read", "channels:join"})
    (diagnosis, *_) = await diagnose(checks(settings_of(slack)))
    assert diagnosis.problem
    assert diagnosis.problem.arguments["scopes"] == ["channels:join", "users:read"]
    assert set(BOT) > set(diagnosis.problem.arguments["scopes"])


async def test_an_outage_is_no_wrong_token(slack: SlackDouble) -> None:
    slack.faults.always(Fault.UNAVAILABLE, "auth.test")
    assert (await found(settings_of(slack)))["slack"] == "platform.unavailable"


async def test_oauth_needs_its_settings(slack: SlackDouble) -> None:
    half = settings_of(slack, slack_bot_token=None, slack_client_id="1.2")
    assert (await found(half))["slack"] == "slack.oauth"
    whole = settings_of(
        slack,
        slack_bot_token=None,
        slack_client_id="1.2",
        slack_client_secret=SecretStr("x"),
        public_url="https://bot.example.com",
    )
    assert (await found(whole))["slack"] is None


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"slack_app_token": None}, ["SLACK_APP_TOKEN"]),
        ({"slack_mode": "http"}, ["SLACK_SIGNING_SECRET"]),
        ({"slack_mode": "http", "slack_signing_secret": SecretStr(" ")}, ["SLACK_SIGNING_SECRET"]),
        (
            {"slack_bot_token": None, "slack_client_id": "1.2", "slack_client_secret": SecretStr("x")},
            ["PUBLIC_URL"],
        ),
    ],
)
async def test_what_is_missing_is_refused_at_the_start(
    slack: SlackDouble, given: dict[str, Any], missing: list[str]
) -> None:
    uses = await some_uses(slack)
    with pytest.raises(SettingsError) as raised:
        build(settings_of(slack, **given), uses)
    assert [name for name, _, _ in raised.value.problems] == missing
    assert missing[0] in words_for("ja").error(raised.value)


async def test_without_a_token_there_is_no_adapter(slack: SlackDouble) -> None:
    assert build(settings_of(slack, slack_bot_token=None), await some_uses(slack)) is None


async def some_uses(slack: SlackDouble) -> UseCases:
    """What `build` is given; nothing of it is used before the bot runs."""
    from bot.app.wiring import service

    kept: list[UseCases] = []

    def made(uses: UseCases) -> list[Any]:
        kept.append(uses)
        adapter = build(settings_of(slack), uses)
        assert adapter
        return [adapter]

    async with open_demo(settings_of(slack)) as app:
        service(app, b"an invented secret of some length", made)
    return kept[0]
