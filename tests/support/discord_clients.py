"""Real discord.py clients for tests of the Discord double."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import discord

    from tests.fakes.discord import DiscordDouble


@asynccontextmanager
async def logged_in(double: DiscordDouble, **options: Any) -> AsyncIterator[discord.Client]:
    """Provide a client that can send without a gateway, like any worker."""
    import discord

    intents = discord.Intents(guilds=True, guild_reactions=True, guild_messages=True, dm_messages=True)
    nobody = discord.AllowedMentions.none()
    async with discord.Client(intents=intents, allowed_mentions=nobody, **options) as client:
        await client.login(double.state.token)
        yield client


@asynccontextmanager
async def connected(double: DiscordDouble, client: discord.Client, shards: int = 1) -> AsyncIterator[discord.Client]:
    """Provide the client connected to the gateway and ready."""
    async with client:
        running = asyncio.create_task(client.start(double.state.token))
        try:
            await double.until(lambda: client.is_ready() or running.done())
            if running.done():
                await running
            await double.ready(shards)
            yield client
        finally:
            await client.close()
            await asyncio.wait([running])


def at_once(**options: Any) -> dict[str, Any]:
    """Return options for a client that does not wait for further guilds when it connects."""
    import discord

    intents = discord.Intents(guilds=True, guild_reactions=True, guild_messages=True, dm_messages=True)
    return {
        "intents": intents,
        "guild_ready_timeout": 0.01,
        "allowed_mentions": discord.AllowedMentions.none(),
    } | options
