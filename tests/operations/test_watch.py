"""How the running process sees itself: within how many seconds something that never answers is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from adapters.slack import probe
from adapters.slack.probe import Probe
from adapters.slack.workspaces import Http
from bot.common.health import GRACE, Condition, Health
from bot.operations import watch as watching
from bot.operations.service import Service
from bot.operations.watch import Watch
from bot.store.workers import Worker
from tests.support.clocks import StandingClock


@pytest.fixture
async def black_hole() -> AsyncIterator[str]:
    """The address of a listener that takes every connection and never answers."""
    held: list[asyncio.StreamWriter] = []

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)
        await reader.read()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for writer in held:
        writer.close()


async def test_a_platform_that_never_answers_is_degraded_after_one_question_and_down_after_the_grace(
    black_hole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert probe.EVERY + probe.WITHIN + GRACE.total_seconds() == 35  # as the README promises
    monkeypatch.setattr(probe, "EVERY", 0.01)
    monkeypatch.setattr(probe, "WITHIN", 0.1)
    clock, stop = StandingClock(), asyncio.Event()
    http = Http(black_hole)
    probing = Probe(http, "xoxb-1", clock)
    asking = asyncio.create_task(probing.run(stop))

    def health() -> tuple[Condition, str]:
        return probing.health.condition, probing.health.problem

    async with asyncio.timeout(60):
        while not probing.health.problem:  # noqa: ASYNC110 - a monitor tells nobody
            await asyncio.sleep(0.01)
    assert health() == (Condition.DEGRADED, "platform.timeout")
    clock.pass_time(seconds=19)
    assert health() == (Condition.DEGRADED, "platform.timeout")
    clock.pass_time(seconds=1)
    assert health() == (Condition.DOWN, "platform.timeout")
    stop.set()
    await asking
    await http.close()


class SilentWorkers:
    """Workers of a database that answers only when `there` is set."""

    def __init__(self) -> None:
        self.there = asyncio.Event()
        self.asked = 0

    async def listed(self) -> Sequence[Worker]:
        self.asked += 1
        await self.there.wait()
        return ()


async def nothing(*_: object) -> dict[str, object]:
    return {}


async def test_a_database_that_never_answers_is_down_within_seconds_and_is_not_asked_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert watching.ANSWERS_WITHIN <= 3
    monkeypatch.setattr(watching, "ANSWERS_WITHIN", 0.05)
    clock, workers = StandingClock(), SilentWorkers()
    store = SimpleNamespace(
        workers=workers, deliveries=SimpleNamespace(refusals=nothing), collects=SimpleNamespace(newest=nothing)
    )
    deliverer = SimpleNamespace(stalled=False, owner="attic:1")
    service = SimpleNamespace(store=store, deliverer=deliverer, connections={}, model=None, clock=clock)
    watch = Watch(cast(Service, service))

    reports = [await watch.parts() for _ in range(3)]

    assert {report["database"] for report in reports} == {
        Health(Condition.DOWN, "store.unreachable", clock.now, None),
    }
    assert workers.asked == 1
    workers.there.set()
    await asyncio.sleep(0)
    clock.pass_time(seconds=5)
    assert (await watch.parts())["database"].condition is Condition.OK
    workers.there.clear()
    await watch.parts()
    await watch.close()


async def test_a_schedule_that_nobody_looks_at_is_down_after_a_minute() -> None:
    clock = StandingClock()
    store = SimpleNamespace(
        workers=SimpleNamespace(listed=nothing),
        deliveries=SimpleNamespace(refusals=nothing),
        collects=SimpleNamespace(newest=nothing),
    )
    runs = SimpleNamespace(tick=nothing)
    deliverer = SimpleNamespace(stalled=False, owner="")
    service = SimpleNamespace(store=store, deliverer=deliverer, connections={}, model=None, clock=clock, runs=runs)
    watch = Watch(cast(Service, service))

    await watch.tick()
    clock.pass_time(seconds=60)
    assert (await watch.parts())["schedule"].condition is Condition.OK
    clock.pass_time(seconds=1)
    assert (await watch.parts())["schedule"] == Health(
        Condition.DOWN, "schedule.late", clock.now - timedelta(seconds=61)
    )
