"""Single messages apart from digests. They go through the ledger too, so that each is sent once and found again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from bot.models import ChannelKey, NewDelivery, PaperId
from bot.store.store import Store

Direct = Callable[[ChannelKey, str], ChannelKey | None]


class Outbox:
    """Accepts messages for sending. `bucket` returns a channel's rate-limit bucket; `wake` is called for new messages.

    `direct` returns the place of direct messages to a person, given a channel of the same workspace and the person's
    id, or None if the platform has none.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        bucket: Callable[[ChannelKey], str] = lambda channel: channel.platform,
        wake: Callable[[], None] = lambda: None,
        direct: Direct = lambda channel, user: None,  # noqa: ARG005 (the signature is given)
    ) -> None:
        self._store = store
        self._clock = clock
        self._bucket = bucket
        self._wake = wake
        self._direct = direct

    async def send(
        self, channel: ChannelKey, item: NewDelivery, day: date | None = None, *, showing: Collection[PaperId] = ()
    ) -> bool:
        """Send the message there, unless the channel has a part of that name for the day; False where it has.

        The day is today's in UTC where none is given. The papers in `showing` count as shown in the channel as soon as
        the message is in the ledger, and never without it. Raises StoreError.
        """
        now = self._clock()
        added = await self._store.deliveries.enqueue(
            channel, day or now.date(), (item,), self._bucket(channel), now, showing=showing
        )
        if added:
            self._wake()
        return bool(added)

    async def send_first(self, channel: ChannelKey, item: NewDelivery) -> bool:
        """Send the message as `send` does, unless the channel has ever had a part of that name."""
        return not await self._store.deliveries.has(channel, item.part) and await self.send(channel, item)

    async def tell(self, channel: ChannelKey, user: str, item: NewDelivery) -> bool:
        """Send the message to one person of the channel's workspace. Returns False if impossible or already done.

        What is to be told of direct messages with that person cannot be told there.
        """
        place = self._direct(channel, user) if user else None
        return place is not None and place != channel and await self.send(place, item)
