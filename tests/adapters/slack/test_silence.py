"""Slack that is gone, does not know the token any more, or sends what is not as documented: told, and lived through."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from adapters.slack import probe
from tests.fakes.slack import Channel, Fault, SlackDouble, User
from tests.support.slack_bots import Bot, running


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "EVERY", 0.05)


async def part(kawaraban: Bot, problem: str) -> dict[str, Any]:
    """Wait until `/readyz` names the problem of Slack ("" for none), and return what it tells of Slack."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(120):
        while True:
            async with session.get(f"{kawaraban.url}/readyz") as answer:
                slack: dict[str, Any] = (await answer.json())["parts"]["slack"]
            if slack.get("problem", "") == problem:
                return slack
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_slack_that_is_gone_shows_and_so_does_its_return(slack: SlackDouble, mode: str) -> None:
    async with running(slack, mode) as kawaraban:
        assert (await part(kawaraban, ""))["status"] == "ok"
        slack.faults.always(Fault.UNAVAILABLE)
        slack.socket.drop()
        assert (await part(kawaraban, "platform.unavailable"))["status"] in ("degraded", "down")
        slack.faults.clear()
        assert (await part(kawaraban, ""))["status"] == "ok"


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_token_that_slack_rejects_shows_before_anything_is_due(
    slack: SlackDouble, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(slack, mode) as kawaraban:
        slack.faults.always("token_revoked", "auth.test")
        assert await part(kawaraban, "platform.token")
        slack.faults.clear()
        assert await part(kawaraban, "")
    assert caplog.text.count("Slack rejects SLACK_BOT_TOKEN") == 1


async def test_a_rejected_token_stops_no_channel_and_asks_nobody_to_set_anything_up(
    slack: SlackDouble, ada: User, room: Channel
) -> None:
    async with running(slack) as kawaraban:
        await kawaraban.slash("/digest", "subscribe en", room, ada)
        slack.faults.always("invalid_auth", "chat.*")
        await kawaraban.slash("/digest", "now", room, ada)
        async with asyncio.timeout(120):
            while not await kawaraban.store.deliveries.held():  # noqa: ASYNC110 (a database tells nobody)
                await asyncio.sleep(0.05)
        assert "cannot log in" in await kawaraban.slash("/digest", "status", room, ada)
        assert (await kawaraban.channel(room)).state.value == "active"


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_scope_that_is_missing_shows_and_so_does_its_return(
    slack: SlackDouble, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    everything = set(slack.team.scopes)
    async with running(slack, mode) as kawaraban:
        slack.team.scopes.discard("files:write")
        assert (await part(kawaraban, "platform.scope"))["status"] == "degraded"
        slack.team.scopes |= everything
        assert (await part(kawaraban, ""))["status"] == "ok"
    assert caplog.text.count("the Slack app lacks the scopes files:write") == 1
    assert caplog.text.count("all its scopes again") == 1


async def test_a_missing_scope_stops_no_channel_and_the_digest_goes_out_once_it_is_there(
    slack: SlackDouble, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.attempt.TOKEN_PAUSE", 0.05)
    async with running(slack) as kawaraban:
        await kawaraban.slash("/digest", "subscribe en", room, ada)
        slack.team.scopes.discard("chat:write")
        await kawaraban.slash("/digest", "now", room, ada)
        async with asyncio.timeout(120):
            while set((await kawaraban.store.deliveries.refusals()).values()) != {"platform.scope"}:  # noqa: ASYNC110 (a database tells nobody)
                await asyncio.sleep(0.05)
        assert "to reinstall the app" in await kawaraban.slash("/digest", "status", room, ada)
        assert (await part(kawaraban, "platform.scope"))["status"] in ("degraded", "down")
        assert (await kawaraban.channel(room)).state.value == "active"
        slack.team.scopes.add("chat:write")
        await slack.until(lambda: len(room.messages) == 3)
        assert await kawaraban.store.deliveries.held() == {}


async def test_no_malformed_envelope_ends_the_connection_or_loses_the_next(
    slack: SlackDouble, ada: User, room: Channel
) -> None:
    wrong: list[Any] = [None, 1, "x", [], {}, {"type": None}, {"type": "events_api"}, {"type": "hello"}]
    payloads: list[Any] = [None, 1, "x", [], {}, {"type": None}, {"event": None}, {"event": {}}, {"team_id": 5}]
    for name in ("events_api", "slash_commands", "interactive"):
        for payload in payloads:
            wrong.append({"type": name, "envelope_id": "e", "payload": payload})
            wrong.append({"type": name, "envelope_id": None, "payload": payload})
    for event in ({"type": "reaction_added"}, {"type": "member_joined_channel"}, {"type": "channel_left"}, {"type": 7}):
        body = {"type": "event_callback", "team_id": room.team, "event": event}
        wrong.append({"type": "events_api", "envelope_id": "e", "payload": body})
    async with running(slack) as kawaraban:
        (connection,) = slack.socket.connections
        for envelope in wrong:
            await connection.socket.send_json(envelope)
        for text in ("", "{", "\x00", "[" * 50_000):
            await connection.socket.send_str(text)
        assert await kawaraban.slash("/digest", "status", room, ada)
        assert not kawaraban.work.done()
        assert slack.socket.opened == 1
