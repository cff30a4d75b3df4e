"""Wait for the first of several signals, with a time limit."""

from __future__ import annotations

import asyncio

from bot.common.signals import StopSignal


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
