"""A page on the way to Discord and a token that was reset: neither stops a channel, and nothing that is due is lost."""

from __future__ import annotations

import asyncio

import pytest

from bot.delivery import attempt as attempts
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Guild, Permission, User
from tests.support.discord_bots import digest_of, running

POST = "POST /channels/*/messages"


@pytest.fixture
def lab(discord_double: DiscordDouble) -> Guild:
    return discord_double.state.add_guild("Lab")


@pytest.fixture
def ada(discord_double: DiscordDouble, lab: Guild) -> User:
    ada = discord_double.state.add_user("ada", lab)
    discord_double.state.add_role(lab, "staff", Permission.MANAGE_GUILD, ada)
    return ada


@pytest.mark.parametrize("status", [401, 403, 404, 413])
async def test_a_page_on_the_way_costs_no_message(
    discord_double: DiscordDouble, room: Channel, ada: User, status: int
) -> None:
    async with running(discord_double) as kawaraban:
        await kawaraban.discord.until(lambda: room.shown)
        discord_double.faults.add("status", POST, status=status)
        assert len(await kawaraban.digest(room, ada)) == 3
        assert (await kawaraban.channel(room)).state.value == "active"


async def test_a_reset_token_holds_the_platform_and_nobody_has_to_subscribe_again(
    discord_double: DiscordDouble, room: Channel, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "TOKEN_PAUSE", 0.2)
    async with running(discord_double) as kawaraban:
        await kawaraban.discord.until(lambda: room.shown)
        await kawaraban.slash("digest subscribe", room, ada)
        fault = discord_double.faults.refuse(40001, POST)
        await kawaraban.slash("digest now", room, ada)
        async with asyncio.timeout(120):
            while not await kawaraban.store.deliveries.held():  # noqa: ASYNC110 (a database tells nobody)
                await asyncio.sleep(0.05)
        assert "cannot log in" in await kawaraban.slash("digest status", room, ada)
        fault.cancel()
        await kawaraban.discord.until(lambda: len(digest_of(room)) == 3, 60)
        assert (await kawaraban.channel(room)).state.value == "active"
        assert await kawaraban.store.deliveries.held() == {}
