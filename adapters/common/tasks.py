"""Background work that continues after an event is acknowledged: referenced while it runs, awaited at shutdown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.common.caches import Cache
from bot.errors import BotError, InputError

logger = logging.getLogger(__name__)

_REMEMBERED = 5_000
_CANCELLED_WITHIN = 1.0  # seconds


class Tasks:
    """Background tasks of an adapter. Work started after `drain` does not run."""

    def __init__(self, platform: str) -> None:
        """`platform` is named in the log."""
        self._platform = platform
        self._running: set[asyncio.Task[None]] = set()
        self._over = False

    def start(self, work: Coroutine[Any, Any, object], what: str = "a question") -> asyncio.Task[None] | None:
        """Start the work and return its task. Its exceptions are logged, with `what` it was, and go no further."""
        if self._over:
            work.close()
            return None
        task = asyncio.create_task(self._logged(work, what))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _logged(self, work: Coroutine[Any, Any, object], what: str) -> None:
        try:
            await work
        except BotError as error:
            logger.warning("%s from %s was lost: %s", what, self._platform, error)
        except Exception:
            logger.exception("%s from %s was lost", what, self._platform)

    async def drain(self, seconds: float) -> None:
        """Wait at most `seconds` for the running tasks, then cancel the rest."""
        self._over = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_CANCELLED_WITHIN)


class Seen:
    """The ids of past events, for platforms that send some of them more than once."""

    def __init__(self) -> None:
        self._ids: Cache[str, bool] = Cache(_REMEMBERED)

    def again(self, identifier: str) -> bool:
        """Record the identifier and return whether it had been recorded before. An empty one never counts as seen."""
        seen = identifier in self._ids
        self._ids.put(identifier, True)
        return seen and bool(identifier)


async def explained(work: Awaitable[None], explain: Callable[[BotError], Awaitable[None]]) -> None:
    """Await the work, and have `explain` tell the asker why if it fails.

    Raises errors other than BotError, after they were explained as an unexpected one.
    """
    try:
        await work
    except Exception as error:
        if isinstance(error, BotError) and not isinstance(error, InputError):
            logger.warning("a question could not be answered: %s", error)
        ours = error if isinstance(error, BotError) else BotError(type(error).__name__)
        await explain(ours)
        if ours is not error:
            raise
