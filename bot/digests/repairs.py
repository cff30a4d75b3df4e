"""Add summaries later to cards that were sent without one, by editing their messages."""

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
# Summaries missing for any other reason may become available later.
_FOR_GOOD = ("summary.withdrawn", "summary.no_text")

logger = logging.getLogger(__name__)


def repairable(digest: Digest) -> tuple[int, ...]:
    """Return the ranks of papers whose summary is missing for a temporary reason."""
    return tuple(e.rank for e in digest.entries if e.failure is not None and e.failure.code not in _FOR_GOOD)


@dataclass(frozen=True, slots=True)
class _Messages:
    """One digest's sent messages, by part. `open` is set if others are still to be sent."""

    sent: Mapping[str, MessageRef]
    open: bool


class Repairs:
    """The use case that adds missing summaries. `make` is `Digests.make`, which tries to write them."""

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
        """Repair the digests that are due for it, and return how many messages were edited.

        Raises StoreError if it cannot begin. A digest that fails is retried next time.
        """
        now = self._clock()
        edited = 0
        for run in await self._store.runs.take_repairs(now, now + REPAIR_EVERY, _AT_ONCE):
            try:
                edited += await self._look_at(run, now)
            except BotError as error:
                title = await self._store.channels.title(run.channel)
                logger.warning("the digest of %s for %s will be repaired later: %s", title, run.day, error)
        return edited

    async def _look_at(self, run: Run, now: datetime) -> int:
        channel = await self._store.channels.get(run.channel)
        platform = self._platforms.get(run.channel.platform)
        if channel is None or channel.state is not ChannelState.ACTIVE or now > run.due_at + REPAIR_FOR:
            await self._store.runs.repaired(run, ())
            return 0
        messages = await self._messages(run)
        if platform is None or messages.open:
            return 0  # wait until all of it was sent
        return await self._repair(run, channel, platform, messages.sent)

    async def _messages(self, run: Run) -> _Messages:
        """Return the digest's messages. They are among the channel's newest, because they are stored all at once."""
        newest = await self._store.deliveries.listed(channel=run.channel, since=run.due_at - REPAIR_FOR, limit=1000)
        parts = [one for one in newest if one.day == run.day]
        waiting = {DeliveryState.WAITING, DeliveryState.DUE, DeliveryState.CLAIMED}
        sent = {one.part: one.message for one in parts if one.message and one.state is DeliveryState.SENT}
        return _Messages(sent, any(one.state in waiting for one in parts))

    async def _repair(self, run: Run, channel: Channel, platform: Platform, sent: Mapping[str, MessageRef]) -> int:
        digest = await self._make(Order(channel, run.day, run.due_at))
        missing = set(run.unverified) & set(repairable(digest))
        repaired = {e.rank for e in digest.entries if e.verified and e.rank in run.unverified}
        contents = {item.part: item.content for item in self._parts(digest, channel.settings)}
        # The headline and the page include every paper.
        changed = ["headline", "page", *(f"card:{rank}" for rank in sorted(repaired))] if repaired else []
        edited = 0
        for part in changed:
            if part in sent and part in contents:
                try:
                    await platform.edit(sent[part], contents[part])
                    edited += 1
                except PermanentError as error:
                    if error.is_operators:
                        raise  # looked at again once the token is good
                    title = await self._store.channels.title(run.channel)
                    logger.info("%s of %s for %s stays as it is: %s", part, title, run.day, error)
        await self._store.runs.repaired(run, sorted(missing))
        return edited
