"""Work that goes on after a platform has its acknowledgement: kept by a reference, and waited for at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.caches import Cache
from bot.errors import BotError

logger = logging.getLogger(__name__)

_REMEMBERED = 5_000
_CANCELLED_WITHIN = 1.0  # seconds


class Tasks:
    """Runs what is started until `drain`; what is started afterwards does not run."""

    def __init__(self, platform: str) -> None:
        """`platform` is named in the log."""
        self._platform = platform
        self._running: set[asyncio.Task[None]] = set()
        self._over = False

    def start(self, work: Coroutine[Any, Any, object], what: str = "a question") -> None:
        """Begin the work and return. Its exceptions are logged, with `what` it was, and end nothing else."""
        if self._over:
            work.close()
            return
        task = asyncio.create_task(self._kept(work, what))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _kept(self, work: Coroutine[Any, Any, object], what: str) -> None:
        try:
            await work
        except BotError as error:
            logger.warning("%s from %s was lost: %s", what, self._platform, error)
        except Exception:
            logger.exception("%s from %s was lost", what, self._platform)

    async def drain(self, seconds: float) -> None:
        """Wait for what is running, for at most `seconds`; what takes longer is cancelled."""
        self._over = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_CANCELLED_WITHIN)


class Seen:
    """Events that came already, for platforms that send some of them more than once."""

    def __init__(self) -> None:
        self._ids: Cache[str, bool] = Cache(_REMEMBERED)

    def again(self, identifier: str) -> bool:
        """Return whether this one came before; from now on it has. An empty identifier never came before."""
        known = identifier in self._ids
        self._ids.put(identifier, True)
        return known and bool(identifier)
