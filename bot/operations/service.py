"""Everything that runs concurrently in `kawaraban run`, from start to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.common.health import Monitor
from bot.delivery.deliverer import Deliverer
from bot.digests.runs import Runs
from bot.operations.server import Server
from bot.operations.ticker import Job, tick
from bot.operations.upkeep import Upkeep
from bot.operations.watch import Watch
from bot.ports import Connection
from bot.store.store import Store

TICK_SECONDS = 2.0
TELL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running process. `connections` are keyed by platform; `address` is the web server's.
    `model` has how the language model is, None without one.

    `run` may be called once.
    """

    store: Store
    deliverer: Deliverer
    runs: Runs
    upkeep: Upkeep
    connections: Mapping[str, Connection]
    address: tuple[str, int]
    clock: Callable[[], datetime]
    model: Monitor | None = None

    async def run(self, stop: asyncio.Event, listening: Callable[[int], None] = lambda _: None) -> None:
        """Work until `stop`, then finish or release what is in flight. `listening` is called with the server's port.

        A part that fails is started again, and the others go on. Raises BotError `server.address`, and at the end
        StoreError `store.moved` for a database that is no longer in its place.
        """
        watch = Watch(self)
        reactions = {name: one.reactions for name, one in self.connections.items() if one.reactions}
        routes = [route for connection in self.connections.values() for route in connection.routes]
        names = {name: one.name_of for name, one in self.connections.items() if one.name_of}
        jobs = [
            Job("runs", watch.tick, TICK_SECONDS),
            Job("report", watch.tell, TELL_SECONDS),
            *self.upkeep.jobs(reactions, names),
        ]
        server = Server(*self.address, watch.parts, routes)
        port = await server.start()
        watch.listens(port)
        listening(port)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(watch.guard(stop))
                group.create_task(watch.keep("ledger", lambda: self.deliverer.run(stop), stop))
                group.create_task(watch.keep("schedule", lambda: tick(jobs, stop), stop))
                for name, connection in self.connections.items():
                    group.create_task(_connected(watch, name, connection, stop))
        finally:
            await watch.close()
            await self.runs.close()
            await server.stop()
        await watch.look_for_database(stop)
        if watch.displaced:
            raise watch.displaced


async def _connected(watch: Watch, name: str, connection: Connection, stop: asyncio.Event) -> None:
    run = connection.run
    try:
        if run:
            await watch.keep(name, lambda: run(stop), stop)
    finally:
        if connection.close:
            await connection.close()


async def until_stopped(work: Callable[[asyncio.Event], Awaitable[None]], signals: Sequence[int]) -> None:
    """Do the work until one of the signals arrives. A second signal cancels it."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(work(stop))
    loop = asyncio.get_running_loop()

    def end() -> None:
        if stop.is_set():
            task.cancel()
        stop.set()

    for number in signals:
        loop.add_signal_handler(number, end)
    try:
        await task
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
