"""Everything that runs concurrently in `kawaraban run`, from start to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.deliverer import Deliverer
from bot.digests.runs import Runs
from bot.errors import StoreError
from bot.operations.server import Server
from bot.operations.ticker import Job, tick
from bot.operations.upkeep import Upkeep
from bot.ports import Connection
from bot.store.store import Store

TICK_SECONDS = 2.0
LATE = timedelta(seconds=60)  # if the schedule was not checked for this long, the process is not ready

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running process. `connections` are keyed by platform; `address` is the web server's.

    `run` may be called once.
    """

    store: Store
    deliverer: Deliverer
    runs: Runs
    upkeep: Upkeep
    connections: Mapping[str, Connection]
    address: tuple[str, int]
    clock: Callable[[], datetime]

    async def run(self, stop: asyncio.Event, listening: Callable[[int], None] = lambda _: None) -> None:
        """Work until `stop`, then finish or release what is in flight. `listening` is called with the server's port.

        Raises BotError `server.address`, and any error that ends one of the parts.
        """
        watch = _Watch(self)
        connections = self.connections.values()
        routes = [route for connection in connections for route in connection.routes]
        reactions = {name: one.reactions for name, one in self.connections.items() if one.reactions}
        server = Server(*self.address, watch.parts, routes)
        listening(await server.start())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.deliverer.run(stop))
                jobs = [Job("runs", watch.tick, TICK_SECONDS), *self.upkeep.jobs(reactions)]
                group.create_task(tick(jobs, stop))
                for connection in connections:
                    if connection.run:
                        group.create_task(connection.run(stop))
        finally:
            await self.runs.close()
            await server.stop()


class _Watch:
    """Runs the schedule, and reports which parts work."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._looked_at = service.clock()

    async def tick(self) -> None:
        await self._service.runs.tick()
        self._looked_at = self._service.clock()

    async def parts(self) -> Mapping[str, str | None]:
        """Return, by name of part, None if it works or else the code of its problem."""
        service = self._service
        try:
            await service.store.channels.earliest()
        except StoreError as error:
            return {"database": error.code}
        late = service.clock() - self._looked_at > LATE
        return {
            "database": None,
            "deliveries": "delivery.stalled" if service.deliverer.stalled else None,
            "schedule": "schedule.late" if late else None,
        }


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
