"""How the running process is: each part's own report beside what the database tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.common.health import Condition, Health, Monitor, worst
from bot.errors import StoreError
from bot.operations.supervision import keep_running
from bot.store.collects import Collect

if TYPE_CHECKING:
    from bot.operations.service import Service

LATE = timedelta(seconds=60)  # without a look at the schedule, the process is not ready
_COLLECTS = 50  # that are searched for a source's last success


class Watch:
    """Runs the parts of a service, and tells how they are."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._monitors = {name: Monitor(service.clock) for name in ("ledger", "schedule", *service.connections)}
        self._database = Monitor(service.clock, timedelta())
        self._looked_at = service.clock()

    async def keep(self, name: str, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        """Run a part until `stop`, and start it again if it fails."""
        await keep_running(name, work, stop, self._monitors[name])

    async def tick(self) -> None:
        """Look at the schedule."""
        await self._service.runs.tick()
        self._looked_at = self._service.clock()

    async def parts(self) -> Mapping[str, Health]:
        """Return how each part is, by name. What only the database can tell is left out while that does not answer."""
        service = self._service
        refused: Mapping[str, str] = {}
        collects: Sequence[Collect] = ()
        try:
            await service.store.channels.earliest()
            refused = await service.store.deliveries.refusals()
            collects = await service.store.collects.newest(_COLLECTS)
            self._database.works()
        except StoreError as error:
            self._database.fails(error.code)
        parts = {"database": self._database.health, "ledger": self._ledger(), "schedule": self._schedule()}
        parts |= {name: self._connection(name, refused) for name in service.connections}
        parts |= dict(sources(collects))
        if service.model:
            parts["model"] = service.model.health
        return parts

    def _ledger(self) -> Health:
        stalled = self._service.deliverer.stalled
        own = self._monitors["ledger"].health
        return worst(own, Health(Condition.DOWN, "delivery.stalled")) if stalled else own

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
