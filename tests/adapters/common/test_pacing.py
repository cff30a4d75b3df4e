"""An answer that grows is shown at a pace of its own, and its end at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.common.pacing import paced
from bot.models import Reply, say
from tests.support import asked

LONG = 600.0  # seconds that no test waits


def reply(number: int, *, working: bool = True, answer: bool = True) -> Reply:
    sentences = (say("channels.set.keywords", names=str(number)),)
    return Reply("ja", "UTC", sentences, answer=asked.growing() if answer else None, working=working)


async def test_the_last_reply_never_waits_and_those_overtaken_are_left_out() -> None:
    async def replies() -> AsyncIterator[Reply]:
        yield reply(1)
        await asyncio.sleep(0)
        for number in range(2, 6):
            yield reply(number)
        yield reply(6, working=False)

    async with asyncio.timeout(30):
        assert [one async for one in paced(replies(), LONG)] == [reply(1), reply(6, working=False)]


async def test_a_reply_that_nothing_follows_for_long_is_shown_after_the_pause() -> None:
    shown = asyncio.Event()

    async def replies() -> AsyncIterator[Reply]:
        yield reply(1)
        await asyncio.sleep(0.01)
        yield reply(2)
        await shown.wait()
        yield reply(3, working=False)

    found = []
    async with asyncio.timeout(30):
        async for one in paced(replies(), 0.05):
            found.append(one)
            if one == reply(2):
                shown.set()
    assert found == [reply(1), reply(2), reply(3, working=False)]


async def test_interim_replies_without_an_answer_do_not_wait() -> None:
    async def replies() -> AsyncIterator[Reply]:
        for number in (1, 2):
            yield reply(number, answer=False)
            await asyncio.sleep(0.01)

    async with asyncio.timeout(30):
        assert len([one async for one in paced(replies(), LONG)]) == 2


async def test_an_error_comes_after_the_last_reply() -> None:
    async def replies() -> AsyncIterator[Reply]:
        yield reply(1)
        raise RuntimeError

    shown = paced(replies(), LONG)
    assert await anext(shown) == reply(1)
    with pytest.raises(RuntimeError):
        await anext(shown)


async def test_closing_ends_the_source() -> None:
    ended = asyncio.Event()

    async def replies() -> AsyncIterator[Reply]:
        try:
            yield reply(1)
            await asyncio.sleep(LONG)
        finally:
            ended.set()

    shown = paced(replies(), 0.0)
    assert await anext(shown) == reply(1)
    await shown.aclose()
    assert ended.is_set()
