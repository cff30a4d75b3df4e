"""Everything that runs at once in `kawaraban run`, from its start until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.deliverer import Deliverer
from bot.digests.repairs import Repairs
from bot.digests.runs import Runs
from bot.digests.window import LOOK_BACK
from bot.errors import StoreError
from bot.operations.server import Server
from bot.operations.ticker import Job, tick
from bot.papers.collect import SharedCollector
from bot.ports import Adapter, Route
from bot.store.store import Store
from bot.taste.placement import Placement
from bot.taste.votes import Votes

TICK_SECONDS = 2.0
LOOK_AHEAD_SECONDS = 60.0
REPAIR_SECONDS = 300.0
PLACE_SECONDS = 60.0
DAY_SECONDS = 86_400.0
KEEP_DELIVERIES = timedelta(days=400)
READ_BACK_AT_MOST = timedelta(minutes=1)  # short, so that a quick restart misses no vote either
LATE = timedelta(seconds=60)  # without a look at the schedule, the process is not ready

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """The parts; `run` is called once."""

    store: Store
    deliverer: Deliverer
    runs: Runs
    collector: SharedCollector
    repairs: Repairs
    votes: Votes
    placement: Placement
    adapters: Sequence[Adapter]
    address: tuple[str, int]
    clock: Callable[[], datetime]

    async def run(self, stop: asyncio.Event, listening: Callable[[int], None] = lambda _: None) -> None:
        """Work until `stop`, then finish or give back what is in flight. `listening` is told the server's port.

        Raises BotError `server.address`, and whatever ends one of the parts for good.
        """
        watch = _Watch(self)
        server = Server(*self.address, watch.parts, self._routes())
        listening(await server.start())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.deliverer.run(stop))
                group.create_task(tick(self._jobs(watch), stop))
                for adapter in self.adapters:
                    if adapter.run:
                        group.create_task(adapter.run(stop))
        finally:
            await self.runs.close()
            await server.stop()

    def _routes(self) -> list[Route]:
        return [route for adapter in self.adapters for route in adapter.routes]

    def _jobs(self, watch: _Watch) -> list[Job]:
        return [
            Job("runs", watch.tick, TICK_SECONDS),
            Job("collect", lambda: self.collector.collect_ahead(LOOK_BACK), LOOK_AHEAD_SECONDS),
            Job("repair", self.repairs.run, REPAIR_SECONDS),
            Job("votes", self._read_votes_back, DAY_SECONDS),
            Job("vectors", self._place, PLACE_SECONDS),
            Job("forget", self._forget, DAY_SECONDS),
        ]

    async def _read_votes_back(self) -> None:
        reactions = {adapter.name: adapter.reactions for adapter in self.adapters if adapter.reactions}
        # Replicas that start together need not all read the same.
        await self.votes.reconcile(reactions, unless_within=READ_BACK_AT_MOST)

    async def _place(self) -> None:
        # Replicas share the work: what one is placing, the others need not.
        async with self.store.pace.turn("vectors", 0):
            await self.placement.run()

    async def _forget(self) -> None:
        await self.votes.forget_old()
        await self.store.deliveries.forget((self.clock() - KEEP_DELIVERIES).date())
        # Two days, because the day of a cap may end later than the one of UTC.
        await self.store.spend.forget_askers((self.clock() - 2 * timedelta(seconds=DAY_SECONDS)).date())


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
