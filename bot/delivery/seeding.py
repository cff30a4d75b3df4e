"""The bot's own emoji on its messages, so that people can vote with one click. Best effort, lowest priority."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence

from bot.errors import PlatformError, TransientError
from bot.models import MessageRef
from bot.ports import Reactions

logger = logging.getLogger(__name__)

_MOST = 20_000  # queued emoji; beyond that the oldest are dropped
_ATTEMPTS = 5
_LONGEST_WAIT = 60.0
_TIMEOUT = 10.0


class Seeder:
    """Adds emoji to messages one by one while `quiet` is set. Pending ones are lost when the process ends."""

    def __init__(self, reactions: Mapping[str, Reactions], quiet: asyncio.Event) -> None:
        self._reactions = reactions
        self._quiet = quiet
        self._queue: deque[tuple[MessageRef, str]] = deque(maxlen=_MOST)
        self._added = asyncio.Event()

    def add(self, message: MessageRef, seeds: Sequence[str]) -> None:
        """Queue emoji for a message, if its platform has reactions."""
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
                logger.info("could not add %s to %s: %s", emoji, message, error)
            except Exception:
                logger.exception("adding %s to %s failed", emoji, message)
            return
