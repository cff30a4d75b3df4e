"""Repeat a call for somebody who waits for the answer; scheduled messages are repeated by the ledger instead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import AmbiguousError, TransientError

T = TypeVar("T")

_TRIES = 3
_LONGEST_WAIT = 5.0  # seconds
_AFTER_LOSS = 0.3  # seconds to wait after a lost answer


async def patiently(call: Callable[[], Awaitable[T]], *, repeatable: bool = False) -> T:
    """Make the call, retrying after short waits if the platform took nothing. Raises PlatformError.

    A call that does no harm when made twice is `repeatable`: it is retried after a lost answer as well.
    """
    for _ in range(_TRIES - 1):
        try:
            return await call()
        except TransientError as error:
            if error.seconds > _LONGEST_WAIT:
                raise
            await asyncio.sleep(error.seconds)
        except AmbiguousError:
            if not repeatable:
                raise
            await asyncio.sleep(_AFTER_LOSS)
    return await call()
