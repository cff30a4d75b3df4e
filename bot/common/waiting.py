"""Wait for signals, and keep work going until something ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.common.signals import StopSignal

T = TypeVar("T")


async def wait_any(*signals: StopSignal, seconds: float | None = None) -> bool:
    """Wait at most `seconds` (None: without a limit) until one of the signals is set.

    Returns whether one is set. The signals themselves are not affected.
    """
    if not any(signal.is_set() for signal in signals):
        waiting = [asyncio.ensure_future(_wait(signal)) for signal in signals]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
    return any(signal.is_set() for signal in signals)


async def _wait(signal: StopSignal) -> None:
    await signal.wait()


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Run to completion; a cancellation is passed on only then."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


@asynccontextmanager
async def repeating(work: Callable[[], Awaitable[object]], seconds: float) -> AsyncIterator[None]:
    """Do `work` every `seconds` while the block runs. An error of `work` is raised at the end of the block."""
    over = asyncio.Event()

    async def repeat() -> None:
        while not over.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await over.wait()
            except TimeoutError:
                await work()

    repeated = asyncio.create_task(repeat())
    try:
        yield
    finally:
        over.set()
        await repeated
