"""Show an answer while it grows, without an edit for each of its steps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from bot.models import Reply


@dataclass(slots=True)
class _Latest:
    """The newest reply that was not taken yet."""

    reply: Reply | None = None
    over: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, reply: Reply) -> None:
        self.reply = reply
        self._changed.set()

    def end(self) -> None:
        self.over = True
        self._changed.set()

    async def take(self) -> Reply | None:
        """Wait for a reply; None if there are no more."""
        while self.reply is None and not self.over:
            await self._change()
        reply, self.reply = self.reply, None
        return reply

    async def settle(self, seconds: float) -> None:
        """Wait for that long, or until there is the last reply."""
        try:
            async with asyncio.timeout(seconds):
                while not (self.over or (self.reply and not self.reply.working)):
                    await self._change()
        except TimeoutError:
            return

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


async def paced(replies: AsyncIterator[Reply], seconds: float) -> AsyncGenerator[Reply, None]:
    """Yield replies of which each replaces the one before, at least `seconds` apart while an answer grows.

    Of those that come meanwhile, or while the caller is busy with one, only the newest is yielded; the last reply never
    waits. Raises whatever `replies` raises, after its last reply. Closing this one ends `replies`.
    """
    latest = _Latest()

    async def read() -> None:
        try:
            async for reply in replies:
                latest.put(reply)
        finally:
            latest.end()

    reading = asyncio.create_task(read())
    try:
        while reply := await latest.take():
            yield reply
            if reply.working and reply.answer:
                await latest.settle(seconds)
        await reading
    finally:
        reading.cancel()
        await asyncio.wait({reading})
