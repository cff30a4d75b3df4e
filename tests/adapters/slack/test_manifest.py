"""The manifest that makes the app in one paste: what it asks for is what the adapter uses, each with its reason."""

from __future__ import annotations

import copy
import os
import re
from typing import Any

import jsonschema
import pytest

from adapters.slack.listening import PATH, bolt
from adapters.slack.scopes import BOT
from adapters.slack.workspaces import Http, Workspaces
from tests.conformance.slack_world import NoInstallations
from tests.fakes.slack_api import METHODS
from tests.fakes.slack_values import BOT_SCOPES, SUBSCRIPTIONS
from tests.support import slack_manifest
from tests.support.slack_manifest import FILE, SCHEMA


@pytest.fixture
def manifest() -> dict[str, Any]:
    return slack_manifest.manifest()


def test_slack_takes_it(manifest: dict[str, Any]) -> None:
    jsonschema.validate(manifest, SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("features.slash_commands.0.usage_hint", 2602.21548),
        ("features.slash_commands.0.command", "paper"),
        ("features.shortcuts.0.name", "Summarise the paper of this message"),
        ("features.shortcuts.0.type", "channel"),
        ("settings.socket_mode_enabled", "true"),
        ("settings.event_subscriptions.bot_events", ["app_mention", "app_mention"]),
        ("oauth_config.scopes.bot", "chat:write"),
        ("display_information.name", ""),
        ("display_information.colour", "#fff"),
    ],
)
def test_slack_takes_no_other(manifest: dict[str, Any], path: str, value: object) -> None:
    place: Any = copy.deepcopy(manifest)
    whole = place
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(whole, SCHEMA)


def test_it_asks_for_the_scopes_that_are_used(manifest: dict[str, Any]) -> None:
    assert manifest["oauth_config"]["scopes"]["bot"] == list(BOT)


def test_every_method_that_is_called_is_allowed_by_a_scope() -> None:
    """What the adapter calls is what the tests' Slack knows, and each method has one of the scopes that it takes."""
    source = "".join(path.read_text(encoding="utf-8") for path in FILE.parent.glob("*.py"))
    named = {name for name in METHODS if f'"{name}"' in source or f"client.{name.replace('.', '_')}(" in source}
    by_sdk = {name.replace("_", ".", 1) for name in re.findall(r"client\.([a-z]+_[A-Za-z]+)\(", source)}

    assert by_sdk - {"api.call", "oauth.v2_access", "apps.connections_open"} <= named
    assert {"files.completeUploadExternal", "views.push", "reactions.remove", "conversations.open"} <= named
    for name in named:
        needed = set(METHODS[name].scopes)
        assert not needed or needed & slack_manifest.scopes(), name


def test_the_tests_slack_takes_its_scopes_from_the_manifest() -> None:
    assert slack_manifest.scopes() == BOT_SCOPES == set(BOT)
    assert slack_manifest.events() == SUBSCRIPTIONS


def test_every_scope_and_event_says_what_it_is_for() -> None:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if re.match(r"\s+- [a-z_:.]+", line)]
    lines = [line for line in lines if not re.search("command:|name:|https:", line)]

    assert len(lines) > 20
    assert [line for line in lines if "#" not in line] == []


def test_every_event_is_taken_and_every_command_is_there(manifest: dict[str, Any]) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in FILE.parent.glob("*.py"))
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        assert f'"{event.partition(".")[0]}"' in source, event
    for command in manifest["features"]["slash_commands"]:
        assert f'"{command["command"]}"' in source
        assert command["should_escape"] is True
    for shortcut in manifest["features"]["shortcuts"]:
        assert f'"{shortcut["callback_id"]}"' in source


def test_http_mode_needs_one_address(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["socket_mode_enabled"] is True
    text = FILE.read_text(encoding="utf-8")
    assert set(re.findall(r"https://bot\.example\.com(/\S*)", text)) == {PATH, "/slack/oauth_redirect"}


async def test_the_environment_makes_bolt_no_oauth_app(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, "from the environment")
    http = Http("http://127.0.0.1:9")
    app = bolt(Workspaces(http, "", NoInstallations()), "", "sorry")

    assert app.oauth_flow is None
    assert app._token is None
    assert os.environ["SLACK_CLIENT_ID"] == "from the environment"
