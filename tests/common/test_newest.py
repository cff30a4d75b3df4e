"""Values that replace each other, followed at the pace of whoever looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.common.newest import newest


async def test_a_slow_reader_sees_the_latest_and_always_the_last() -> None:
    more = asyncio.Event()

    async def values() -> AsyncGenerator[int, None]:
        yield 0
        await more.wait()
        for number in range(1, 100):
            yield number

    seen = []
    async for value in newest(values(), asyncio.Event()):
        seen.append(value)
        more.set()
    assert seen == [0, 99]


async def test_an_error_comes_after_the_last_value() -> None:
    async def values() -> AsyncGenerator[int, None]:
        yield 1
        raise KeyError("broken")

    following = newest(values(), asyncio.Event())
    assert await anext(following) == 1
    with pytest.raises(KeyError):
        await anext(following)


async def test_no_values_at_all() -> None:
    async def values() -> AsyncGenerator[int, None]:
        for number in range(0):
            yield number

    assert [value async for value in newest(values(), asyncio.Event())] == []


@pytest.mark.parametrize("first", [True, False])
async def test_a_stop_cancels_the_source_where_it_stands(first: bool) -> None:
    stop, ended = asyncio.Event(), asyncio.Event()

    async def values() -> AsyncGenerator[int, None]:
        try:
            if first:
                yield 1
            else:
                stop.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    seen = []
    async for value in newest(values(), stop):
        seen.append(value)
        stop.set()
    assert (seen, ended.is_set()) == ([1] if first else [], True)


async def test_whoever_stops_looking_ends_the_source() -> None:
    ended = asyncio.Event()

    async def values() -> AsyncGenerator[int, None]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0)
        finally:
            ended.set()

    following = newest(values(), asyncio.Event())
    assert await anext(following) == 1
    await following.aclose()
    assert ended.is_set()
