"""Everything that runs at once in `kawaraban run`, from its start until it is told to stop."""

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
LATE = timedelta(seconds=60)  # without a look at the schedule, the process is not ready

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """The parts; `run` is called once. `connections` are the platforms' by name, `address` is the web server's."""

    store: Store
    deliverer: Deliverer
    runs: Runs
    upkeep: Upkeep
    connections: Mapping[str, Connection]
    address: tuple[str, int]
    clock: Callable[[], datetime]

    async def run(self, stop: asyncio.Event, listening: Callable[[int], None] = lambda _: None) -> None:
        """Work until `stop`, then finish or give back what is in flight. `listening` is told the server's port.

        Raises BotError `server.address`, and whatever ends one of the parts for good.
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
    """Sees that the schedule is looked at, and tells what works."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._looked_at = service.clock()

    async def tick(self) -> None:
        await self._service.runs.tick()
        self._looked_at = self._service.clock()

    async def parts(self) -> Mapping[str, str | None]:
        """Each part's name, with the code of what is wrong with it."""
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
    """Do the work until one of the signals comes; a second one ends it at once."""
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
