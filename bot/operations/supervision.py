"""Keeps the parts of the process apart: one that fails is started again, and the others notice nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.common.health import FAILED, Monitor
from bot.common.waiting import wait_any

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds: before the first restart (doubled each time), at most, and after how many a restart has succeeded."""

    first: float = 1.0
    longest: float = 60.0
    steady: float = 30.0


async def keep_running(
    name: str,
    work: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    monitor: Monitor,
    pauses: Pauses = Pauses(),  # frozen
) -> None:
    """Do the work until `stop`; work that ends before is begun again after a pause.

    Whatever ends it is logged with its traceback. The monitor is told, and hears that the part works once that has
    lasted for a while.
    """
    pause = pauses.first
    while not stop.is_set():
        task = asyncio.ensure_future(work())
        try:
            await asyncio.wait({task}, timeout=pauses.steady)
            if not task.done():
                monitor.works()
                pause = pauses.first
            await task
            if stop.is_set():
                return
            logger.error("%s ended by itself, and starts again in %.0f s", name, pause)
        except Exception:
            logger.exception("%s failed, and starts again in %.0f s", name, pause)
        finally:
            await _ended(task)
        monitor.fails(FAILED)
        await wait_any(stop, seconds=pause)
        pause = min(2 * pause, pauses.longest)


async def _ended(task: asyncio.Future[None]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
