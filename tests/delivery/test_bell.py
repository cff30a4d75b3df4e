"""The signs between the deliverer and those who fill its ledger."""

from __future__ import annotations

import asyncio

from bot.delivery.bell import Bell


async def test_what_can_wait_goes_on_as_soon_as_it_is_quiet() -> None:
    bell = Bell()
    waiting = asyncio.create_task(bell.until_quiet(300))
    await asyncio.sleep(0)
    assert not waiting.done()

    bell.quiet.set()
    async with asyncio.timeout(100):
        await waiting


async def test_it_goes_on_after_a_while_all_the_same() -> None:
    bell = Bell()
    await bell.until_quiet(0.01)
    assert not bell.quiet.is_set()


def test_ringing_is_news() -> None:
    bell = Bell()
    assert not bell.news.is_set()
    bell.ring()
    assert bell.news.is_set()
