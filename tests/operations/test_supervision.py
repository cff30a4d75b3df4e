"""A part that fails is started again and tells so; the others notice nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.common.health import FAILED, Condition, Health, Monitor, worst
from bot.operations.supervision import Pauses, keep_running
from tests.support.clocks import StandingClock

AT_ONCE = Pauses(first=0.001, longest=0.002, steady=0.01)


async def test_what_fails_is_started_again_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    stop, begun = asyncio.Event(), asyncio.Event()
    monitor = Monitor(StandingClock())
    lives = 0

    async def work() -> None:
        nonlocal lives
        lives += 1
        if lives == 1:
            raise KeyError("a field")
        if lives == 2:
            return  # to end is to fail, too
        if lives == 3:
            raise ExceptionGroup("several", [ValueError("one")])
        begun.set()
        await stop.wait()

    async def other() -> None:
        await begun.wait()
        assert monitor.health.problem == FAILED
        await asyncio.sleep(5 * AT_ONCE.steady)
        stop.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(keep_running("slack", work, stop, monitor, AT_ONCE))
        group.create_task(other())
    assert lives == 4
    assert monitor.health.condition is Condition.OK
    assert caplog.text.count("slack failed") == 2
    assert caplog.text.count("slack ended by itself") == 1


async def test_the_end_of_everything_ends_the_work() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    keeping = asyncio.create_task(keep_running("x", work, asyncio.Event(), Monitor(StandingClock())))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert ended.is_set()


def test_trouble_is_degraded_at_first_and_down_when_it_lasts() -> None:
    clock = StandingClock()
    monitor = Monitor(clock, timedelta(seconds=20))
    assert monitor.health.condition is Condition.OK
    clock.pass_time(seconds=5)
    began = clock()
    monitor.fails("platform.unreachable")
    assert monitor.health == Health(Condition.DEGRADED, "platform.unreachable", began)
    clock.pass_time(seconds=20)
    monitor.fails("platform.timeout")
    assert monitor.health == Health(Condition.DOWN, "platform.timeout", began)
    monitor.works()
    assert monitor.health == Health(Condition.OK, "", clock(), clock())


def test_what_may_fail_is_never_down() -> None:
    clock = StandingClock()
    monitor = Monitor(clock, None)
    monitor.fails("model.overloaded")
    clock.pass_time(days=3)
    assert monitor.health.condition is Condition.DEGRADED


def test_the_worst_of_several_counts() -> None:
    degraded, down = Health(Condition.DEGRADED, "a"), Health(Condition.DOWN, "b")
    assert worst() == Health()
    assert worst(Health(), degraded, down, Health(Condition.DOWN, "c")) is down
