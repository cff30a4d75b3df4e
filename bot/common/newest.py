"""Follow values that replace each other, at the pace of whoever looks at them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def newest(values: AsyncGenerator[T, None], stop: asyncio.Event) -> AsyncGenerator[T, None]:
    """Yield the values as they come, leaving out those that were replaced before anybody looked.

    Once `stop` is set, the source is cancelled where it stands, and nothing more comes. The whole source runs in one
    task. An error of the source is raised after its last value.
    """
    latest: list[T] = []
    changed = asyncio.Event()

    async def follow() -> None:
        try:
            async with aclosing(values):
                async for value in values:
                    latest[:] = [value]
                    changed.set()
        finally:
            changed.set()

    following = asyncio.create_task(follow())
    stopping = asyncio.create_task(_end(stop, following))
    try:
        while not (following.done() and not latest):
            await changed.wait()
            changed.clear()
            if latest and not stop.is_set():
                yield latest.pop()
            elif following.done() or stop.is_set():
                break
        await asyncio.wait({following})
        if not following.cancelled() and (error := following.exception()) and not stop.is_set():
            raise error
    finally:
        stopping.cancel()
        following.cancel()
        await asyncio.wait({following, stopping})
        if not following.cancelled():
            following.exception()  # an error while it was being stopped concerns nobody


async def _end(stop: asyncio.Event, task: asyncio.Task[None]) -> None:
    await stop.wait()
    task.cancel()
