"""Tell channels what became of papers that they were sent: once, in the paper's thread, from the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.delivery.outbox import Outbox
from bot.models import Channel, ChannelKey, ChannelState, Layout, NewDelivery, News, Paper, PaperEvent
from bot.store.claims import HEADLINE
from bot.store.store import Store

LATELY = timedelta(days=30)  # a channel that was sent the paper longer ago is not told


class Announcing:
    """The use case of telling news. An event counts as told once all its messages are in the ledger, so that a process
    that dies in between is followed up, and the ledger keeps what was told already from coming twice.
    """

    def __init__(self, store: Store, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock

    async def listeners(self) -> tuple[Channel, ...]:
        """Return the channels that want news. A blog has no threads to tell them in. Raises StoreError."""
        active = await self._store.channels.listed((ChannelState.ACTIVE,))
        return tuple(one for one in active if one.settings.news and one.settings.layout is not Layout.PAGE)

    async def run(self) -> int:
        """Put the messages about what was noticed into the ledger. Returns how many were new. Raises StoreError."""
        events = await self._store.news.untold()
        if not events:
            return 0
        listeners = {channel.key: channel for channel in await self.listeners()}
        count = 0
        for event in events:
            paper = await self._store.papers.get(event.paper)
            shown = await self._store.news.channels(event.paper, self._clock() - LATELY)
            for key in sorted(shown & listeners.keys(), key=str):
                if paper and await self._tell(listeners[key], paper, event):
                    count += 1
            await self._store.news.mark_told(event)
        return count

    async def _tell(self, channel: Channel, paper: Paper, event: PaperEvent) -> bool:
        part = f"news:{event.kind}:{event.version}:{event.paper}"
        if await self._store.deliveries.has(channel.key, part):
            return False
        top = await self._top(channel.key, paper)
        if top is None:
            return False
        day, thread_of = top
        news = News(replace(paper, abstract=""), event.kind, channel.settings.language, event.version, event.address)
        item = NewDelivery(part, news, in_thread=True, thread_of=thread_of)
        return await self._outbox.send(channel.key, item, day)

    async def _top(self, channel: ChannelKey, paper: Paper) -> tuple[date, str] | None:
        """Return the message below which the channel talks about the paper: its card's thread, or the headline that
        names it if it has no card; None if neither arrived.
        """
        since = self._clock() - LATELY
        top = await self._store.deliveries.thread_about(channel, paper.id, since)
        if top:
            return top
        for sent in await self._store.deliveries.sent_messages(channel, since):
            digest = await self._store.digests.get(channel, sent.day) if sent.part == HEADLINE else None
            ids = [entry.paper.id for entry in digest.entries] if digest else []
            if paper.id in {one.id for one in (await self._store.papers.get_many(ids)).values()}:
                return sent.day, sent.part
        return None
