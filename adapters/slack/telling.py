"""Show the core's replies one after the other: each takes the place of the one before, where it can."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from adapters.slack.answers import Outlet
from adapters.slack.replies import message, messages
from bot.errors import PlatformError
from bot.models import Reply

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds without an answer before people see that work is in progress
GAP = 1.5  # seconds between two states of an answer that grows
_MOST_INTERIM = 2  # of replies that are no such answers


@dataclass(frozen=True, slots=True)
class Manner:
    """What an answer offers: to share it, the form of a channel's settings (by id), a menu of a setting's values (by
    the command's name). A paper picked for a question is asked about in `thread`, where that is not empty.
    """

    share: bool = False
    settings: str = ""
    menu: str = ""
    thread: str = ""


PLAIN = Manner()


class Growing(Protocol):
    """Shows replies of which each takes the place of the one before."""

    def due(self, reply: Reply) -> float | None:
        """Return the seconds after which the reply is shown if no other has come; None: only as the last."""

    async def grow(self, reply: Reply) -> bool:
        """Show a reply that is not the last. Return whether that is done; if not, it is due again."""

    async def finish(self, reply: Reply) -> None:
        """Show the last reply. Raises PlatformError."""


class Alone:
    """Replies for the asker alone, by an outlet."""

    def __init__(self, outlet: Outlet, manner: Manner = PLAIN) -> None:
        self._outlet = outlet
        self._manner = manner
        self._interim = 0
        self._next = 0.0  # when an answer may change again

    def due(self, reply: Reply) -> float | None:
        if reply.answer is None:
            return PATIENCE if self._interim < _MOST_INTERIM else None
        if not reply.working:
            return None
        return max(self._next - asyncio.get_running_loop().time(), 0.0) if self._next else PATIENCE

    async def grow(self, reply: Reply) -> bool:
        if reply.answer is None:
            self._interim += 1
        try:
            await self._outlet.show(message(reply), final=False)
        except PlatformError as error:
            logger.info("an interim answer could not be shown: %s", error)
        self._next = asyncio.get_running_loop().time() + GAP
        return True

    async def finish(self, reply: Reply) -> None:
        manner = self._manner
        for shown in messages(
            reply, share=manner.share, settings=manner.settings, menu=manner.menu, thread=manner.thread
        ):
            await self._outlet.show(shown, final=True)


async def tell(
    replies: AsyncIterator[Reply], outlet: Outlet, language: str, timezone: str, manner: Manner = PLAIN
) -> None:
    """Show the replies to the asker alone; see `follow`."""
    await follow(replies, Alone(outlet, manner), language, timezone)


async def follow(replies: AsyncIterator[Reply], growing: Growing, language: str, timezone: str) -> None:
    """Show the last of the replies, and those before it as far as they are due.

    `language` and `timezone` are for an answer without any reply. Raises whatever `replies` raises, and PlatformError
    if the last reply could not be shown.
    """
    last = Reply(language, timezone)
    waiting = False  # whether the last reply has not been shown yet
    coming = asyncio.create_task(_next(replies))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=growing.due(last) if waiting else None)
            if not done:
                waiting = not await growing.grow(last)
                continue
            reply = coming.result()
            if reply is None:
                break
            last, waiting = reply, True
            coming = asyncio.create_task(_next(replies))
    finally:
        coming.cancel()
    await growing.finish(last)


async def _next(replies: AsyncIterator[Reply]) -> Reply | None:
    return await anext(replies, None)
