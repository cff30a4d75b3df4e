"""Work beside the receiving: it ends, it is waited for, and one piece's trouble is not another's."""

from __future__ import annotations

import asyncio

import pytest

from adapters.common.tasks import Seen, Tasks
from bot.errors import BotError, InputError


async def test_what_is_running_is_waited_for() -> None:
    tasks, may_end = Tasks("somewhere"), asyncio.Event()
    done: list[str] = []

    async def work(name: str) -> None:
        await may_end.wait()
        done.append(name)

    tasks.start(work("a"))
    tasks.start(work("b"))
    asyncio.get_running_loop().call_soon(may_end.set)
    await tasks.drain(20.0)

    assert sorted(done) == ["a", "b"]


async def test_what_takes_too_long_is_cancelled() -> None:
    tasks = Tasks("somewhere")
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    tasks.start(work())
    await asyncio.sleep(0)
    await tasks.drain(0.0)

    assert ended == ["cancelled"]


async def test_nothing_begins_after_the_end() -> None:
    tasks = Tasks("somewhere")
    begun: list[str] = []

    async def work() -> None:
        begun.append("work")

    await tasks.drain(20.0)
    tasks.start(work())
    await asyncio.sleep(0)

    assert begun == []


@pytest.mark.parametrize(
    ("error", "level"),
    [(InputError("input.command"), "WARNING"), (KeyError("a fault"), "ERROR")],
    ids=["ours", "other"],
)
async def test_trouble_is_logged_and_ends_nothing_else(
    error: Exception, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    tasks = Tasks("somewhere")
    done: list[str] = []

    async def fail() -> None:
        raise error

    async def work() -> None:
        done.append("work")

    tasks.start(fail(), "a message")
    tasks.start(work())
    await tasks.drain(20.0)

    assert done == ["work"]
    (record,) = caplog.records
    assert record.levelname == level
    assert record.getMessage().startswith("a message from somewhere was lost")
    assert (record.exc_info is None) == isinstance(error, BotError)


def test_an_event_is_known_the_second_time() -> None:
    seen = Seen()

    assert [seen.again(one) for one in ("a", "b", "a", "", "")] == [False, False, True, False, False]


def test_only_the_newest_events_are_remembered() -> None:
    seen = Seen()
    for number in range(5_001):
        seen.again(str(number))

    assert not seen.again("0")
    assert seen.again("5000")
