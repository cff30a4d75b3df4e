"""The bot's own emoji on its messages, one click away for people. Best effort, and after everything else."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence

from bot.errors import PlatformError, TransientError
from bot.models import MessageRef
from bot.ports import Reactions

logger = logging.getLogger(__name__)

_MOST = 20_000  # emoji that wait; the oldest are given up beyond that
_ATTEMPTS = 5
_LONGEST_WAIT = 60.0
_TIMEOUT = 10.0


class Seeder:
    """Puts emoji on messages one after the other, while `quiet` is set. What waits is lost at the end."""

    def __init__(self, reactions: Mapping[str, Reactions], quiet: asyncio.Event) -> None:
        self._reactions = reactions
        self._quiet = quiet
        self._queue: deque[tuple[MessageRef, str]] = deque(maxlen=_MOST)
        self._added = asyncio.Event()

    def add(self, message: MessageRef, seeds: Sequence[str]) -> None:
        """Take in emoji for a message; none where its platform has no reactions."""
        if message.platform in self._reactions:
            self._queue.extend((message, emoji) for emoji in seeds)
            self._added.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._queue:
                await self._quiet.wait()
                await self._seed(*self._queue.popleft())

    async def _seed(self, message: MessageRef, emoji: str) -> None:
        for _ in range(_ATTEMPTS):
            try:
                async with asyncio.timeout(_TIMEOUT):
                    await self._reactions[message.platform].seed(message, emoji)
            except TransientError as error:
                await asyncio.sleep(min(max(0.05, error.seconds), _LONGEST_WAIT))
                continue
            except (PlatformError, TimeoutError) as error:
                logger.info("no %s was put on %s: %s", emoji, message, error)
            except Exception:
                logger.exception("putting %s on %s failed", emoji, message)
            return
