"""Cards that had to go out without a summary get it later: the messages are edited once there is one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.digests.digest import Order
from bot.errors import BotError, PermanentError
from bot.models import Channel, ChannelSettings, ChannelState, DeliveryState, Digest, MessageRef, NewDelivery, Run
from bot.ports import Platform
from bot.store.store import Store

REPAIR_EVERY = timedelta(minutes=30)
REPAIR_FOR = timedelta(days=3)
_AT_ONCE = 50
# A summary that is missing for another reason may be had later.
_FOR_GOOD = ("summary.withdrawn", "summary.no_text")

logger = logging.getLogger(__name__)


def repairable(digest: Digest) -> tuple[int, ...]:
    """The ranks of papers whose summary is missing for a reason that may pass."""
    return tuple(e.rank for e in digest.entries if e.failure is not None and e.failure.code not in _FOR_GOOD)


@dataclass(frozen=True, slots=True)
class _Messages:
    """What of one digest is on the platform, by part, and whether more is yet to come."""

    sent: Mapping[str, MessageRef]
    open: bool


class Repairs:
    """The use case that looks for the missing summaries. `make` is `Digests.make`, which writes what it can."""

    def __init__(
        self,
        store: Store,
        make: Callable[[Order], Awaitable[Digest]],
        parts: Callable[[Digest, ChannelSettings], Sequence[NewDelivery]],
        platforms: Mapping[str, Platform],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._make = make
        self._parts = parts
        self._platforms = platforms
        self._clock = clock

    async def run(self) -> int:
        """Look at the digests whose turn it is; how many messages were edited.

        Raises StoreError where it cannot begin. What goes wrong with one digest is tried again next time.
        """
        now = self._clock()
        edited = 0
        for run in await self._store.runs.take_repairs(now, now + REPAIR_EVERY, _AT_ONCE):
            try:
                edited += await self._look_at(run, now)
            except BotError as error:
                logger.warning("the digest of %s for %s is repaired later: %s", run.channel, run.day, error)
        return edited

    async def _look_at(self, run: Run, now: datetime) -> int:
        channel = await self._store.channels.get(run.channel)
        platform = self._platforms.get(run.channel.platform)
        if channel is None or channel.state is not ChannelState.ACTIVE or now > run.due_at + REPAIR_FOR:
            await self._store.runs.repaired(run, ())
            return 0
        messages = await self._messages(run)
        if platform is None or messages.open:
            return 0  # what is yet to leave leaves as it is
        return await self._repair(run, channel, platform, messages.sent)

    async def _messages(self, run: Run) -> _Messages:
        """The parts of a digest are taken in at once, so they are among the newest of their channel."""
        newest = await self._store.deliveries.listed(channel=run.channel, since=run.due_at - REPAIR_FOR, limit=1000)
        parts = [one for one in newest if one.day == run.day]
        waiting = {DeliveryState.WAITING, DeliveryState.DUE, DeliveryState.CLAIMED}
        sent = {one.part: one.message for one in parts if one.message and one.state is DeliveryState.SENT}
        return _Messages(sent, any(one.state in waiting for one in parts))

    async def _repair(self, run: Run, channel: Channel, platform: Platform, sent: Mapping[str, MessageRef]) -> int:
        digest = await self._make(Order(channel, run.day, run.due_at))
        missing = set(run.unverified) & set(repairable(digest))
        found = {e.rank for e in digest.entries if e.verified and e.rank in run.unverified}
        contents = {item.part: item.content for item in self._parts(digest, channel.settings)}
        # The headline and the page tell of every paper.
        changed = ["headline", "page", *(f"card:{rank}" for rank in sorted(found))] if found else []
        edited = 0
        for part in changed:
            if part in sent and part in contents:
                try:
                    await platform.edit(sent[part], contents[part])
                    edited += 1
                except PermanentError as error:
                    logger.info("%s of %s for %s stays as it is: %s", part, run.channel, run.day, error)
        await self._store.runs.repaired(run, sorted(missing))
        return edited
