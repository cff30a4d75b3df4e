"""The connection over which Discord tells what happens: lost, refused, silent, taken over."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import cast

import pytest
from discord.gateway import DiscordWebSocket
from pydantic import SecretStr

from adapters.discord import gateway as connecting
from adapters.discord.rest import Rest
from bot.app.opening import open_demo
from bot.errors import AmbiguousError
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Guild, Message, Permission, User
from tests.support.discord_bots import (
    PULSE,
    Bot,
    at_work,
    connected,
    core_settings,
    digest_of,
    read_answer,
    running,
    settings_of,
)


@pytest.fixture
def lab(discord_double: DiscordDouble) -> Guild:
    return discord_double.state.add_guild("Lab")


@pytest.fixture
def ada(discord_double: DiscordDouble, lab: Guild) -> User:
    ada = discord_double.state.add_user("ada", lab)
    discord_double.state.add_role(lab, "staff", Permission.MANAGE_GUILD, ada)
    return ada


async def a_card(kawaraban: Bot, room: Channel, ada: User) -> Message:
    """A digest is there; gives one of its cards."""
    await kawaraban.discord.until(lambda: room.shown)  # the greeting: the bot knows its servers
    return (await kawaraban.digest(room, ada))[1]


async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(
    discord_double: DiscordDouble, room: Channel, ada: User
) -> None:
    async with running(discord_double) as kawaraban:
        card = await a_card(kawaraban, room, ada)
        gateway = discord_double.gateway
        gateway.drop()
        discord_double.people.react(card, "👍", ada)
        await discord_double.until(lambda: gateway.resumed == 1)
        gateway.reconnect()
        discord_double.people.react(card, "🔥", ada)
        await discord_double.until(lambda: gateway.resumed == 2)
        await kawaraban.voted(room, 2.0)
        assert discord_double.gateway.identified == 1


async def test_what_a_lost_session_did_not_tell_is_read_back(
    discord_double: DiscordDouble, room: Channel, ada: User
) -> None:
    async with running(discord_double) as kawaraban:
        card = await a_card(kawaraban, room, ada)
        discord_double.people.react(card, "👎", ada)
        await kawaraban.voted(room, -1.0)
        discord_double.gateway.invalidate()
        discord_double.people.unreact(card, "👎", ada)
        discord_double.people.react(card, "🎉", ada, burst=True)
        await discord_double.until(lambda: discord_double.gateway.identified == 2)
        await kawaraban.voted(room, 2.0)


async def test_a_session_that_falls_silent_is_made_anew(
    discord_double: DiscordDouble, room: Channel, ada: User
) -> None:
    async with running(discord_double, replace(PULSE, quiet=0.2, patience=1.0)) as kawaraban:
        card = await a_card(kawaraban, room, ada)
        before = discord_double.gateway.identified
        discord_double.gateway.silence()
        discord_double.people.react(card, "👍", ada)
        await discord_double.until(lambda: discord_double.gateway.identified > before)
        await kawaraban.voted(room, 1.0)
        await connected(discord_double)
        discord_double.people.react(card, "🔥", ada)
        await kawaraban.voted(room, 2.0)


async def test_a_quiet_session_that_answers_stays(discord_double: DiscordDouble, room: Channel) -> None:
    async with running(discord_double, replace(PULSE, quiet=0.05, patience=60.0)):
        await discord_double.until(lambda: room.shown)
        (session,) = discord_double.gateway.connected
        asked = session.sequence
        await discord_double.until(lambda: session.sequence >= asked + 3)  # three answers to three questions
        assert discord_double.gateway.identified == 1


async def test_another_process_takes_over_from_one_that_dies(
    discord_double: DiscordDouble, room: Channel, ada: User
) -> None:
    pulse = replace(PULSE, lease=6.0)
    settings = settings_of(discord_double)
    async with open_demo(core_settings()) as app, AsyncExitStack() as stack:
        first = await stack.enter_async_context(at_work(discord_double, app, settings, pulse))
        await connected(discord_double)
        second = await stack.enter_async_context(at_work(discord_double, app, settings, pulse))
        card = await a_card(first, room, ada)
        assert discord_double.gateway.identified == 1

        async def nothing(*_: object) -> None:
            """What a process does about its lease once it is killed."""

        first.uses.locks._give_up = nothing  # type: ignore[method-assign, assignment]  # killed: it gives nothing up
        first.ended = True
        first.work.cancel()
        await asyncio.wait([first.work])
        discord_double.people.react(card, "👍", ada)
        await connected(discord_double, 2)
        await second.voted(room, 1.0)
        assert discord_double.commands.overwrites == 1  # the commands were the same


async def test_a_process_that_stops_hands_over(discord_double: DiscordDouble, room: Channel) -> None:
    settings = settings_of(discord_double)
    pulse = replace(PULSE, lease=5.0)
    async with open_demo(core_settings()) as app, AsyncExitStack() as stack:
        first = await stack.enter_async_context(at_work(discord_double, app, settings, pulse))
        await connected(discord_double)
        await discord_double.until(lambda: room.shown)
        await stack.enter_async_context(at_work(discord_double, app, settings, pulse))
        await first.end()
        await connected(discord_double, 2)
        assert len(discord_double.gateway.connected) == 1
        assert len(room.shown) == 1  # nobody greets twice


async def test_buttons_work_after_a_restart(discord_double: DiscordDouble, room: Channel, ada: User) -> None:
    settings = settings_of(discord_double)
    async with open_demo(core_settings()) as app:
        async with at_work(discord_double, app, settings) as kawaraban:
            await connected(discord_double)
            await a_card(kawaraban, room, ada)
        async with at_work(discord_double, app, settings) as kawaraban:
            await connected(discord_double, 2)
            card = digest_of(room)[1]
            told = await kawaraban.settled(discord_double.people.click(card, card.custom_ids[0], ada))
            assert told.message
            assert told.message.embeds


async def test_commands_are_registered_again_only_when_they_changed(
    discord_double: DiscordDouble, room: Channel
) -> None:
    async with running(discord_double):
        pass
    async with running(discord_double):
        await connected(discord_double, 2)
    assert discord_double.commands.overwrites == 1
    discord_double.commands.registered[None][0]["description"] = "Something older"
    async with running(discord_double):
        await connected(discord_double, 3)
    assert discord_double.commands.overwrites == 2


async def test_many_servers_have_as_many_connections_as_discord_advises(
    discord_double: DiscordDouble, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "ONE_SHARD", 1)
    discord_double.gateway.advised_shards = 2
    discord_double.state.add_guild("Other")
    async with running(discord_double):
        await discord_double.ready(2)
        assert {one.shard for one in discord_double.gateway.connected} == {(0, 2), (1, 2)}


async def test_few_servers_have_one_connection(discord_double: DiscordDouble, room: Channel) -> None:
    discord_double.gateway.advised_shards = 2
    async with running(discord_double):
        assert {one.shard for one in discord_double.gateway.connected} == {(0, 1)}


async def test_a_wrong_token_stops_nothing_else(
    discord_double: DiscordDouble, room: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(discord_double, discord_token=SecretStr("MTIz.wrong.token"))
    async with open_demo(core_settings()) as app, at_work(discord_double, app, settings) as kawaraban:
        await discord_double.until(lambda: caplog.text.count("platform.token") >= 2)
        assert not kawaraban.work.done()
    assert "wrong" not in caplog.text


async def test_a_click_on_an_unknown_button_is_answered_and_stops_nothing(
    discord_double: DiscordDouble, room: Channel, ada: User
) -> None:
    async with running(discord_double) as kawaraban:
        card = await a_card(kawaraban, room, ada)
        card.components[0]["components"].append({"type": 2, "style": 2, "label": "x", "custom_id": "someone:else"})
        foreign = await kawaraban.settled(discord_double.people.click(card, "someone:else", ada))
        ours = await kawaraban.settled(discord_double.people.click(card, card.custom_ids[0], ada))
        assert read_answer(ours)
        assert "another version" in read_answer(foreign)


@pytest.mark.parametrize("shards", ["²", "many", -1, 0, 1.5, None, 10**400])
async def test_an_answer_without_a_number_of_connections(shards: object, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answers:
        async def ask(self, method: str, path: str, **_: object) -> dict[str, object]:
            return {"url": "wss://127.0.0.1", "shards": shards}

    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    gateway = connecting.Gateway.__new__(connecting.Gateway)
    gateway._rest = cast("Rest", Answers())

    with pytest.raises(AmbiguousError):
        await gateway._shards()
