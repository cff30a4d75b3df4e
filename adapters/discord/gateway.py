"""Discord's gateway connection: one for all processes, held under a lease, and watched.

discord.py keeps it alive, resumes it, and starts a new session if resuming is refused. It cannot detect a session that
stays connected but receives no more events (https://github.com/discord/discord-api-docs/issues/8162). Therefore, after
a silence, the watch requests something that Discord answers with an event, and reconnects if no event comes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket

from adapters.discord.commands import registered
from adapters.discord.errors import NAME, from_exception
from adapters.discord.events import Listener
from adapters.discord.rest import Rest
from adapters.discord.sync import synchronise
from adapters.discord.websocket import install
from bot.chat.locks import Locks
from bot.common.health import FAILED, Monitor
from bot.common.signals import StopSignal
from bot.common.waiting import wait_any
from bot.errors import AmbiguousError, PlatformError
from bot.models import finite, whole

logger = logging.getLogger(__name__)

LEASE = "discord.gateway"
ONE_SHARD = 2_000  # guilds; Discord demands more shards above 2,500, and its count of guilds is approximate
_LONGEST_PAUSE = 300.0
_CLOSING = 10.0
_DRAIN = 6.0
_A_DAY = 86_400.0
_MOST_SHARDS = 100_000
_STANDBY = 5.0  # seconds for a lease that nobody holds


@dataclass(frozen=True, slots=True)
class Pulse:
    """Timing, in seconds: the lease, the silence before a session is probed, the wait for its answer."""

    lease: float = 30.0
    quiet: float = 300.0
    patience: float = 30.0
    pause: float = 5.0  # before the next attempt, doubled each time
    guilds: float = 2.0  # wait for each next guild at the start


class Gateway:
    """The gateway for one token. `connect` builds an unconnected client for a number of shards."""

    def __init__(
        self,
        rest: Rest,
        token: str,
        locks: Locks,
        connect: Callable[[int], Listener],
        pulse: Pulse,
        monitor: Monitor,
        ids: dict[str, str] | None = None,
    ) -> None:
        """`ids` gets Discord's id of each command, by name, once it is registered."""
        self._ids = {} if ids is None else ids
        self.monitor = monitor
        self._lost: set[int] = set()  # shards that are not connected
        self._rest = rest
        self._token = token
        self._locks = locks
        self._connect = connect
        self._pulse = pulse

    async def run(self, stop: StopSignal) -> None:
        """Keep the connection while this process holds the lease, until `stop`.

        Refusals by Discord, such as of the token, are logged and retried later, so that other platforms keep running.
        """
        pause = self._pulse.pause
        while not stop.is_set():
            term = asyncio.create_task(self._term())
            ended = await _ends_before(term, stop)
            if not ended:
                return
            try:
                term.result()
                pause = self._pulse.pause
            except PlatformError as error:
                logger.error("not connected to Discord's gateway: %s; next attempt in %.0f s", error, pause)  # noqa: TRY400 - the cause is in the sentence
                self.monitor.fails(error.code)
            except Exception:
                logger.exception("the connection to Discord's gateway failed; next attempt in %.0f s", pause)
                self.monitor.fails(FAILED)
            await wait_any(stop, seconds=pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _term(self) -> None:
        """Hold the lease and listen until the lease is lost or the connection ends. Raises PlatformError."""
        # Nothing is wrong with a process that waits for another one to give up the connection.
        standby = asyncio.get_running_loop().call_later(_STANDBY, self.monitor.works)
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(standby.cancel)
            held = await stack.enter_async_context(self._locks.hold(LEASE, self._pulse.lease))
            standby.cancel()
            try:
                await self._listen(held.lost)
            except PlatformError:
                raise
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                raise from_exception(error) from error

    async def _listen(self, lost: asyncio.Event) -> None:
        install()
        client = self._connect(await self._shards())
        async with client, contextlib.AsyncExitStack() as stack:
            await client.login(self._token)
            self._ids.update(await synchronise(self._rest, str(client.application_id), registered()))
            self._report(client)
            connection = asyncio.create_task(client.connect())
            tasks = [connection, asyncio.create_task(lost.wait()), asyncio.create_task(self._watch(client))]
            stack.push_async_callback(_ended, tasks)
            # Answers go over HTTP, so they can be finished after the gateway is closed.
            stack.push_async_callback(client.tasks.drain, _DRAIN)
            stack.push_async_callback(client.close)
            logger.info("connecting to Discord's gateway")
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    def _report(self, client: discord.AutoShardedClient) -> None:
        """Let the client's events tell the monitor whether every shard is connected."""
        self._lost.clear()

        async def on_shard_connect(shard: int) -> None:
            self._lost.discard(shard)
            if not self._lost:
                self.monitor.works()

        async def on_shard_resumed(shard: int) -> None:
            await on_shard_connect(shard)

        async def on_shard_disconnect(shard: int) -> None:
            self._lost.add(shard)
            self.monitor.fails("platform.unreachable")

        for event in (on_shard_connect, on_shard_resumed, on_shard_disconnect):
            client.event(event)

    async def _shards(self) -> int:
        """Return the number of shards, after waiting if today's session limit is used up. Raises PlatformError."""
        gateway = await self._rest.ask("GET", "/gateway/bot", patience=5.0)
        about = await self._rest.ask("GET", "/applications/@me", patience=5.0)
        # discord.py connects to this address if a session cannot be resumed.
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(str(gateway["url"]))
        left = gateway.get("session_start_limit") or {}
        if left.get("remaining") == 0:
            wait = min((finite(left.get("reset_after")) or 0.0) / 1000, _A_DAY)
            logger.warning("Discord allows no further connection today; waiting %.0f s", wait)
            await asyncio.sleep(wait)
        guilds = about.get("approximate_guild_count")
        if isinstance(guilds, int) and guilds <= ONE_SHARD:
            return 1
        shards = whole(gateway.get("shards"), most=_MOST_SHARDS)
        if not shards:
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        return shards

    async def _watch(self, client: discord.AutoShardedClient) -> None:
        """Reconnect sessions that have gone silent, until cancelled."""
        heard = asyncio.Event()

        async def on_socket_event_type(_name: str) -> None:
            heard.set()

        client.event(on_socket_event_type)
        while True:
            if await wait_any(heard, seconds=self._pulse.quiet):
                heard.clear()
                await asyncio.sleep(min(self._pulse.quiet / 10, 1.0))
            elif client.is_ready():
                await self._ask(client)

    async def _ask(self, client: discord.AutoShardedClient) -> None:
        """Probe each session by asking for the bot's own member in one of its guilds, which any session can answer."""
        for number, shard in client.shards.items():
            guild = next((one for one in client.guilds if one.shard_id == number and not one.unavailable), None)
            if guild is None or client.user is None or shard.is_closed():
                continue
            try:
                async with asyncio.timeout(self._pulse.patience):
                    await guild.query_members(user_ids=[client.user.id], cache=False)
            except TimeoutError:
                logger.warning("Discord's session %d has gone silent; reconnecting", number)
                await shard.reconnect()
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                logger.info("Discord's session %d could not be probed: %s", number, error)


async def _ends_before(task: asyncio.Task[None], stop: StopSignal) -> bool:
    """Return whether the task ended before `stop`. If not, it is cancelled, and has ended on return."""
    stopping = asyncio.create_task(wait_any(stop))
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return task.done()
    finally:
        await _ended([stopping] if task.done() else [task, stopping])


async def _ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=_CLOSING)
