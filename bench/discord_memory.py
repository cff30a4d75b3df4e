"""Measure the memory that Discord servers cost: the growth of a process when it connects to all of them.

python -m bench.discord_memory URL        # URL of the tests' Discord; prints the bytes
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.events import INTENTS
from bench.chat import resident
from tests.fakes.discord_process import DiscordProcess
from tests.fakes.discord_rest import BASE
from tests.fakes.discord_routes_places import GATEWAY


async def grown(token: str) -> int:
    """Return the bytes by which this process grows when it connects to the gateway as the bot does."""
    client = discord.AutoShardedClient(
        intents=INTENTS,
        shard_count=1,
        member_cache_flags=discord.MemberCacheFlags.none(),
        max_messages=None,
        chunk_guilds_at_startup=False,
    )
    ready = asyncio.Event()

    async def on_ready() -> None:
        ready.set()

    client.event(on_ready)
    gc.collect()
    async with client:
        await client.login(token)
        before = resident(os.getpid())
        running = asyncio.create_task(client.connect())
        await ready.wait()
        gc.collect()
        after = resident(os.getpid())
        await client.close()
        await asyncio.wait([running])
    return after - before


def main(url: str) -> None:
    Route.BASE = url + BASE
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1) + GATEWAY)
    print(asyncio.run(grown(DiscordProcess.token)))


if __name__ == "__main__":
    main(sys.argv[1])
