"""Locks for work that only one of all processes may do at a time, such as holding a platform's connection."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from bot.errors import StoreError
from bot.store.store import Store

logger = logging.getLogger(__name__)

# Fractions of the lease. Less than the whole is granted, so that a dead holder is replaced within one lease, including
# the time between two polls; the holder trusts it for even less, to stop before another one begins.
_GRANTED = 0.75
_TRUSTED = 0.65
_RENEW = 0.2
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class Held:
    """A lease held by this process. Once `lost` is set, another process may hold it."""

    name: str
    lost: asyncio.Event = field(default_factory=asyncio.Event)


class Locks:
    """Locks in the database, shared by all processes. `now` returns seconds of a monotonic clock."""

    def __init__(
        self,
        store: Store,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._sleep = sleep
        self._now = now

    @asynccontextmanager
    async def hold(self, name: str, seconds: float = 30.0) -> AsyncIterator[Held]:
        """Wait until this process is the only holder of the name, and hold it until the block ends.

        The lease is renewed in the background, and given up at the end. A holder that dies is replaced within
        `seconds`. Database failures are waited out; if one lasts too long, `Held.lost` is set.
        """
        holder, held = uuid4().hex, Held(name)
        renewing: asyncio.Task[None] | None = None
        try:
            until = await self._take(name, holder, seconds)
            renewing = asyncio.create_task(self._keep(held, holder, seconds, until))
            yield held
        finally:
            if renewing:
                renewing.cancel()
                await asyncio.wait({renewing})
            # Also after a cancelled attempt, which may have reached the database nevertheless.
            await asyncio.shield(self._give_up(name, holder))

    async def _take(self, name: str, holder: str, seconds: float) -> float:
        """Wait for the lease, and return until when it can be trusted, on the clock of `now`."""
        while True:
            begun = self._now()
            try:
                if await self._store.leases.take(name, holder, timedelta(seconds=_GRANTED * seconds)):
                    return begun + _TRUSTED * seconds
            except StoreError as error:
                logger.warning("the lease %s waits for the database: %s", name, error)
            await self._sleep(_LOOK * seconds)

    async def _keep(self, held: Held, holder: str, seconds: float, until: float) -> None:
        """Renew the lease until that fails, then set `held.lost`."""
        while True:
            await self._sleep(max(0.0, min(_RENEW * seconds, until - self._now())))
            begun = self._now()
            if begun >= until:
                break
            try:
                async with asyncio.timeout(until - begun):
                    renewed = await self._store.leases.renew(held.name, holder, timedelta(seconds=_GRANTED * seconds))
            except (StoreError, TimeoutError) as error:
                logger.warning("the lease %s was not renewed: %s", held.name, error or "no answer in time")
                continue
            if not renewed:
                break
            until = begun + _TRUSTED * seconds
        logger.warning("the lease %s is lost", held.name)
        held.lost.set()

    async def _give_up(self, name: str, holder: str) -> None:
        try:
            await self._store.leases.give_up(name, holder)
        except StoreError as error:
            logger.warning("the lease %s could not be given up and will expire: %s", name, error)
