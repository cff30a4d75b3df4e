"""What the adapters send, against the platforms' own published descriptions, which the shared test material has."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.commands import registered
from bot.errors import PermanentError
from bot.models import Place
from tests.conformance.discord_world import DiscordWorld, discord_world
from tests.conformance.parts import key
from tests.conformance.slack_world import SlackWorld, slack_world
from tests.conformance.test_posts import PARTS
from tests.conformance.world import World

# discord.py 2.7's own, which no caller can change: `tts` in edits, and a user's id as a number. Discord takes both.
NOISE = re.compile(r"unknown field tts|recipient_id: \d+ is not valid under any of the given schemas")
ADDED_BY_BOLT = {"team_id"}  # the published argument lists do not have it, and Slack does not mind


@pytest.fixture
def described(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, Any], list[str]]:
    """What is wrong with a call by the description of a platform."""
    monkeypatch.syspath_prepend(str(shared / "tools"))
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    def problems(platform: str, call: str, payload: Any) -> list[str]:
        found: list[str] = importlib.import_module(f"contracts.{platform}").check(call, payload)
        return found

    return problems


async def post_everything(world: World) -> None:
    """Every part in a channel of its own, and each of them once more as a correction."""
    for part in PARTS:
        channel = await world.channel()
        try:
            ref = await world.platform.post(Place(channel), part, key("part"))
        except PermanentError:
            continue  # not a part for this platform
        await world.platform.edit(ref, part)


async def test_slack_describes_every_call(described: Callable[[str, str, Any], list[str]]) -> None:
    async with slack_world() as world:
        assert isinstance(world, SlackWorld)
        await post_everything(world)
        calls = world.double.api.calls
    assert {"chat.postMessage", "chat.update"} <= {call.method for call in calls}
    for call in calls:
        arguments = {name: value for name, value in call.arguments.items() if name not in ADDED_BY_BOLT}
        assert described("slack", call.method, arguments) == [], call


async def test_discord_describes_every_request(described: Callable[[str, str, Any], list[str]]) -> None:
    async with discord_world() as world:
        assert isinstance(world, DiscordWorld)
        await post_everything(world)
        requests = list(world.double.rest.requests)
    assert {"POST", "PATCH"} <= {request.method for request in requests}
    for request in requests:
        found = described("discord", f"{request.method} {request.path}", request.body)
        assert [one for one in found if not NOISE.fullmatch(one)] == [], request
    assert described("discord", "PUT /applications/1/commands", registered()) == []
