"""Work that goes on after Slack has its acknowledgement: kept by a reference, and waited for at the end."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)

_REMEMBERED = 5_000


class Tasks:
    """`drain` ends it; what is started afterwards does not run."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._over = False

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """An exception of the work is logged."""
        if self._over:
            work.close()
            return
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("something that was asked for on Slack failed", exc_info=error)

    async def drain(self, seconds: float) -> None:
        """Wait for what is running, for so long at most; what takes longer is cancelled."""
        self._over = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)


class Seen:
    """Events that came already: Slack sends some more than once."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def again(self, identifier: str) -> bool:
        """Whether this one came before; from now on it has."""
        known = identifier in self._ids
        self._ids[identifier] = None
        while len(self._ids) > _REMEMBERED:
            self._ids.popitem(last=False)
        return known and bool(identifier)
