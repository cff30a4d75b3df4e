"""Waiting ends with the first signal, or with the time."""

from __future__ import annotations

import asyncio

import pytest

from bot.common.waiting import wait_any


@pytest.mark.parametrize("which", [0, 1])
async def test_the_first_signal_ends_the_waiting(which: int) -> None:
    signals = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().call_soon(signals[which].set)

    assert await wait_any(*signals, seconds=20.0)
    assert [one.is_set() for one in signals] == [which == 0, which == 1]


async def test_a_signal_that_is_set_already_costs_no_time() -> None:
    quiet, over = asyncio.Event(), asyncio.Event()
    over.set()

    assert await wait_any(quiet, over, seconds=0.0)


async def test_the_time_ends_the_waiting() -> None:
    assert not await wait_any(asyncio.Event(), asyncio.Event(), seconds=0.0)


async def test_whoever_waits_can_be_cancelled_and_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    task = asyncio.create_task(wait_any(asyncio.Event(), asyncio.Event()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)

    assert asyncio.all_tasks() == before
