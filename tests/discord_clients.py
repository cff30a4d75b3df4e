"""The real discord.py clients of tests that talk to the Discord double."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord

    from tests.fakes.discord import DiscordDouble


@asynccontextmanager
async def logged_in(double: DiscordDouble, **options: object) -> AsyncIterator[discord.Client]:
    """A client that can send without a gateway, as any worker does."""
    import discord

    intents = discord.Intents(guilds=True, guild_reactions=True, guild_messages=True, dm_messages=True)
    nobody = discord.AllowedMentions.none()
    async with discord.Client(intents=intents, allowed_mentions=nobody, **options) as client:  # type: ignore[arg-type]  # a test's own options
        await client.login(double.state.token)
        yield client


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something that another task does. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)
