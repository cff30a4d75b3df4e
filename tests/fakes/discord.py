"""Discord as the tests' own, strict as the real one, for the real discord.py.

    double = DiscordDouble()
    guild = double.state.add_guild("Lab", locale="ja")
    papers = double.state.add_channel(guild, "papers")
    async with double.running() as url:                    # http://127.0.0.1:PORT/api/v10
        discord.http.Route.BASE = url                      # the fixture `discord_double` does this, and undoes it
        ...
        double.faults.add("lost_after", "POST /channels/*/messages")
        double.faults.refuse(50001, "GET /channels/*/messages")
        ada = double.state.add_user("ada", guild)
        await double.ready()                               # a bot is connected to the gateway
        double.people.react(card, "👍", ada, burst=True)
        asked = await double.people.slash("digest time", papers, guild.owner, at="07:00").answered()
        assert asked.ephemeral and asked.message.content == "…"
        double.gateway.drop()                              # also: reconnect, invalidate, silence, close, forget
    assert double.findings == []                           # requests against a careful bot's rules; the fixture does

`state` has the world (users, guilds, channels, permissions), `messages` and `threads` what is in it, `faults` what goes
wrong, `gateway` the sessions, `people` what others do, `rates` the limits, `rest.requests` every request with its
answer, `clock.advance(seconds)` moves time on: the window of nonces, an interaction's limits, the archiving of threads.
Windows of rate limits are real but a hundred times shorter; `DiscordDouble(pace=1.0)` has Discord's own.

This module is `tests.fakes.discord`; the vendor's package is `discord`, and nothing here imports it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from tests.fakes.discord_clock import Clock
from tests.fakes.discord_commands import Commands
from tests.fakes.discord_contract import Contract
from tests.fakes.discord_control import Control, keys_of
from tests.fakes.discord_faults import Faults
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_interactions import Interactions
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_people import People
from tests.fakes.discord_rates import Rates
from tests.fakes.discord_rest import BASE, Rest
from tests.fakes.discord_routes_interactions import InteractionRoutes
from tests.fakes.discord_routes_messages import MessageRoutes
from tests.fakes.discord_routes_places import GATEWAY, PlaceRoutes
from tests.fakes.discord_state import TOKEN, DiscordState
from tests.fakes.discord_threads import Threads


class DiscordDouble:
    """The whole of it; `contract` switches the check of every request."""

    def __init__(self, token: str = TOKEN, pace: float = 0.01, contract: bool = True, flows: bool = False) -> None:
        self.clock = Clock(flows)
        self.state = DiscordState(token, self.clock)
        self.messages = Messages(self.state)
        self.threads = Threads(self.messages)
        self.commands = Commands(self.state)
        self.interactions = Interactions(self.messages)
        self.faults = Faults()
        self.rates = Rates(self.clock, pace)
        self.contract = Contract()
        self.gateway = Gateway(self.state, pace)
        self.people = People(self.messages, self.commands, self.interactions)
        self.rest = Rest(token, self.rates, self.faults, self.contract if contract else None)
        self.url = ""

    @property
    def findings(self) -> list[str]:
        """What was wrong with the requests so far, by the rules of a careful bot, and where the double itself broke."""
        return [*self.contract.findings, *self.rest.crashes]

    @property
    def gateway_url(self) -> str:
        return self.url.removesuffix(BASE).replace("http", "ws", 1) + GATEWAY

    def application(self) -> web.Application:
        app = web.Application(client_max_size=2**25)
        self.rest.add(app, PlaceRoutes(self.messages, self.gateway.start).table())
        self.rest.add(app, MessageRoutes(self.messages, self.threads).table())
        self.rest.add(app, InteractionRoutes(self.interactions, self.commands).table())
        self.rest.add_unknown(app)
        for path in (GATEWAY, f"{GATEWAY}/", f"{GATEWAY}/resume", f"{GATEWAY}/resume/"):
            app.router.add_get(path, self.gateway.serve)
        app.router.add_post("/_control/{call}", Control(self).serve)
        return app

    def posted(self) -> Counter[str]:
        """How many messages the bot ever posted with each key: as a nonce, or as a word of a custom id."""
        return Counter(key for one in self.messages.ever if one.author is self.state.bot for key in keys_of(one))

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[str]:
        """Serve within the block; gives the API's address, which ends in `/api/v10`."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=1_000)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}{BASE}"
        try:
            yield self.url
        finally:
            self.rest.stopped.set()
            self.gateway.drop()
            await runner.cleanup()

    async def until(self, holds: Callable[[], object], within: float = 300.0) -> None:
        """Wait for something that the bot does. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():  # noqa: ASYNC110 - what changes is plain state, which tells nobody
                await asyncio.sleep(0.002)

    async def ready(self, shards: int = 1) -> None:
        """Wait until a bot is connected to the gateway with so many shards."""
        await self.until(lambda: len(self.gateway.connected) >= shards)
