"""A server with a channel, somebody who may manage it, and the bot at work in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Guild, Permission, User
from tests.support.discord_bots import Bot, running


@pytest.fixture
def lab(discord_double: DiscordDouble) -> Guild:
    """Its first channel is the one in which the bot introduces itself."""
    lab = discord_double.state.add_guild("Lab", locale="ja")
    discord_double.state.add_channel(lab, "general")
    return lab


@pytest.fixture
def room(discord_double: DiscordDouble, lab: Guild) -> Channel:
    return discord_double.state.add_channel(lab, "papers")


@pytest.fixture
def ada(discord_double: DiscordDouble, lab: Guild) -> User:
    """May manage the server."""
    ada = discord_double.state.add_user("ada", lab, locale="ja")
    discord_double.state.add_role(lab, "staff", Permission.MANAGE_GUILD, ada)
    return ada


@pytest.fixture
async def kawaraban(discord_double: DiscordDouble, room: Channel, ada: User) -> AsyncIterator[Bot]:
    async with running(discord_double) as at_work:
        yield at_work
