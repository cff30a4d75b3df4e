"""How the running process is: each part's own report beside what the database tells of it."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.common.health import Condition, Health, Monitor, ProcessReport, worst
from bot.common.logstream import log_health
from bot.common.waiting import wait_any
from bot.errors import StoreError
from bot.operations.supervision import keep_running
from bot.store.collects import Collect
from bot.store.workers import Worker

if TYPE_CHECKING:
    from bot.operations.service import Service

logger = logging.getLogger(__name__)

GUARD_SECONDS = 2.0
LATE = timedelta(seconds=60)  # without a look at the schedule, the process is not ready
ANSWERS_WITHIN = 3.0  # seconds for the database; one that takes longer is as good as gone
_COLLECTS = 50  # that are searched for a source's last success


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the database tells; nothing where it does not answer."""

    workers: Sequence[Worker] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    collects: Sequence[Collect] = ()


class Watch:
    """Runs the parts of a service, and tells how they are."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._monitors = {name: Monitor(service.clock) for name in ("ledger", "schedule", *service.connections)}
        self._database = Monitor(service.clock, timedelta())
        self._looked_at = service.clock()
        self._address = ""
        self.displaced: StoreError | None = None  # says that the database is not where it was
        self._asking: asyncio.Task[_Stored] | None = None

    def listens(self, port: int) -> None:
        """Note on which port the web server listens."""
        self._address = f"{self._service.address[0]}:{port}"

    async def keep(self, name: str, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        """Run a part until `stop`, and start it again if it fails."""
        await keep_running(name, work, stop, self._monitors[name])

    async def tick(self) -> None:
        """Look at the schedule."""
        await self._service.runs.tick()
        self._looked_at = self._service.clock()

    async def guard(self, stop: asyncio.Event) -> None:
        """Look every few seconds whether the database is where it was, until `stop`.

        Where another file has its place, only a restart can open that: sets `stop`.
        """
        while not await wait_any(stop, seconds=GUARD_SECONDS):
            await self.look_for_database(stop)

    async def look_for_database(self, stop: asyncio.Event) -> None:
        """Look once; `displaced` has what was found."""
        try:
            await self._service.store.check_place()
        except StoreError as error:
            if error.code != "store.moved":
                return  # others find out, too
            if self.displaced is None:
                path, copy = error.arguments["path"], error.arguments["copy"]
                logger.error("%s was moved, deleted or replaced: nothing is sent now. The data is in %s", path, copy)  # noqa: TRY400 - the cause is in the sentence
            self.displaced = error
            self._database.fails(error.code)
            if error.arguments["replaced"]:
                stop.set()
            return
        if self.displaced:
            logger.warning("the database is in its place again, and everything goes on")
        self.displaced = None

    async def tell(self) -> None:
        """Store how this process is, for `status` in another one. Raises StoreError."""
        service = self._service
        if service.deliverer.owner:
            report = ProcessReport(
                host=platform.node(),
                pid=os.getpid(),
                address=self._address,
                platforms=tuple(service.connections),
                parts=await self.parts(),
                at=service.clock(),
            )
            await service.store.workers.tell(service.deliverer.owner, report)

    async def parts(self) -> Mapping[str, Health]:
        """Return how each part is, by name. What only the database can tell is left out while that does not answer."""
        service = self._service
        stored = await self._stored()
        ledger = self._ledger(stored.workers)
        parts = {"database": self._database.health, "ledger": ledger, "schedule": self._schedule(), "log": log_health()}
        parts |= {name: self._connection(name, stored.refused) for name in service.connections}
        parts |= dict(sources(stored.collects))
        if service.model:
            parts["model"] = service.model.health
        return parts

    async def close(self) -> None:
        """Stop waiting for a database that does not answer."""
        if self._asking and not self._asking.done():
            self._asking.cancel()
            await asyncio.wait({self._asking})

    async def _stored(self) -> _Stored:
        """Ask the database, and tell its monitor. Nothing is known from one that takes too long: it is not asked again
        before it has answered.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        asking = self._asking
        await asyncio.wait({asking}, timeout=ANSWERS_WITHIN)
        if not asking.done():
            self._database.fails("store.unreachable")
            return _Stored()
        try:
            stored = asking.result()
        except StoreError as error:
            self._database.fails(error.code)
            return _Stored()
        self._database.works()
        return stored

    async def _ask(self) -> _Stored:
        store = self._service.store
        return _Stored(
            await store.workers.listed(), await store.deliveries.refusals(), await store.collects.newest(_COLLECTS)
        )

    def _ledger(self, workers: Sequence[Worker]) -> Health:
        own = self._monitors["ledger"].health
        if self._service.deliverer.stalled:
            return worst(own, Health(Condition.DOWN, "delivery.stalled"))
        return worst(own, Health(Condition.DEGRADED, "delivery.replica_twice")) if self._has_twin(workers) else own

    def _has_twin(self, workers: Sequence[Worker]) -> bool:
        """Return whether another living process has this one's REPLICA_NAME: each takes the other's claims at its
        start.
        """
        names = {worker.owner: worker.replica for worker in workers if worker.expires_at > self._service.clock()}
        own = names.pop(self._service.deliverer.owner, None)
        return own is not None and own in names.values()

    def _schedule(self) -> Health:
        own = self._monitors["schedule"].health
        if self._service.clock() - self._looked_at <= LATE:
            return own
        return worst(own, Health(Condition.DOWN, "schedule.late", self._looked_at))

    def _connection(self, name: str, refused: Mapping[str, str]) -> Health:
        """Return a platform's state; a token that is refused in one of several workspaces leaves the others working."""
        connection = self._service.connections[name]
        states = [self._monitors[name].health]
        if connection.health:
            states.append(connection.health())
        if name in refused:
            states.append(Health(Condition.DOWN, refused[name]))
        elif elsewhere := [code for bucket, code in refused.items() if bucket.partition(":")[0] == name]:
            states.append(Health(Condition.DEGRADED, elsewhere[0]))
        return worst(*states)


def sources(collects: Sequence[Collect]) -> Iterator[tuple[str, Health]]:
    """Yield how each paper source is, by the last times that papers were collected, the newest first."""
    names = [report.source.value for report in collects[0].reports] if collects else []
    for name in names:
        said = [(one.at, report.error) for one in collects for report in one.reports if report.source.value == name]
        good = next((at for at, error in said if not error), None)
        problem = said[0][1] or ""
        if not problem:
            yield name, Health(last_success=good)
            continue
        failing = [at for at, _ in said if good is None or at > good]
        yield name, Health(Condition.DEGRADED, problem, failing[-1], good)
