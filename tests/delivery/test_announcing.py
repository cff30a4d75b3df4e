"""News of a paper: told once in every channel that was sent it, below the message about it, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.delivery.announcing import Announcing
from bot.delivery.bell import Bell
from bot.delivery.deliverer import Deliverer, Destination
from bot.delivery.outbox import Outbox
from bot.delivery.worker import WorkerLease
from bot.digests.parts import digest_parts
from bot.errors import AmbiguousError, StoreError
from bot.models import (
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Layout,
    MessageRef,
    NewDelivery,
    News,
    NewsKind,
    PaperEvent,
    PaperView,
    Sighting,
    SourceName,
    Style,
)
from bot.store.engine import utc_now
from bot.store.outcomes import Dead
from bot.store.store import Store
from tests.support.platforms import Lost, MemoryPlatform
from tests.support.stores import digest, paper

DAY = date(2031, 5, 14)
ARXIV = SourceName.ARXIV
VERSION = PaperEvent(paper(1).id, NewsKind.VERSION, utc_now(), version=2)


def key(name: str) -> ChannelKey:
    return ChannelKey("fake", name)


class Town:
    """Channels that were sent the papers 1 and 2, and a platform that takes what the ledger has."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.platform = MemoryPlatform()
        self.announcing = Announcing(store, Outbox(store, utc_now), utc_now)

    async def subscribe(self, name: str, state: ChannelState = ChannelState.ACTIVE, **settings: object) -> ChannelKey:
        chosen = replace(ChannelSettings(), **settings)  # type: ignore[arg-type]  # its fields
        await self.store.channels.change(key(name), lambda _: Channel(key(name), chosen, state))
        return key(name)

    async def sent(self, name: str, layout: Layout = Layout.THREAD) -> None:
        """Send a digest of both papers to the channel."""
        made = replace(digest(paper(1), paper(2), channel=key(name)), date=DAY)
        made = replace(made, due_at=utc_now())
        await self.store.digests.save(made)
        await self.enqueue(name, *digest_parts(made, ChannelSettings(layout=layout)))

    async def enqueue(self, name: str, *parts: NewDelivery) -> None:
        await self.store.deliveries.enqueue(key(name), DAY, parts, "fake", utc_now())
        await self.deliver()

    async def deliver(self) -> None:
        """Send all that is due, as one life of a process."""
        lease = WorkerLease(self.store, "one", utc_now, Bell())
        async with running(Deliverer(self.store, {"fake": Destination(self.platform)}, lease)):
            async with asyncio.timeout(60):
                while await self.store.deliveries.any_open(["fake"]):  # noqa: ASYNC110 (a database tells nobody)
                    await asyncio.sleep(0.01)

    async def happens(self, *events: PaperEvent) -> None:
        seen = {event.paper: Sighting() for event in events}
        await self.store.news.note(ARXIV, seen, events, utc_now())

    async def told(self) -> list[tuple[str, MessageRef | None, News]]:
        """Announce and deliver, and return all the news that ever came: the channel, the thread, and what."""
        await self.announcing.run()
        await self.deliver()
        return [
            (p.place.channel.name, p.place.thread, p.part) for p in self.platform.posted if isinstance(p.part, News)
        ]

    def message(self, name: str, part: int) -> MessageRef:
        """Return the channel's message with that number, counted from 0."""
        return [one.ref for one in self.platform.posted if one.place.channel == key(name)][part]


@asynccontextmanager
async def running(deliverer: Deliverer) -> AsyncIterator[None]:
    stop = asyncio.Event()
    work = asyncio.create_task(deliverer.run(stop))
    try:
        yield
    finally:
        stop.set()
        await work


@pytest.fixture
async def town(store: Store) -> Town:
    await store.papers.save([paper(1), paper(2), paper(3)])
    return Town(store)


async def test_news_stands_below_what_it_is_about(town: Town) -> None:
    for name, layout in (("C1", Layout.THREAD), ("C2", Layout.CHANNEL), ("C3", Layout.COMPACT)):
        await town.subscribe(name, layout=layout, language="en")
        await town.sent(name, layout)
    await town.happens(VERSION)

    told = await town.told()
    assert sorted((name, thread) for name, thread, _ in told) == [
        ("C1", town.message("C1", 0)),  # the headline, in whose thread the card is
        ("C2", town.message("C2", 1)),  # the card
        ("C3", town.message("C3", 0)),  # the headline, which is all there is
    ]
    bare = replace(paper(1), abstract="")
    assert {(one.kind, one.version, one.language, one.paper) for _, _, one in told} == {
        (NewsKind.VERSION, 2, "en", replace(bare, signals=told[0][2].paper.signals))
    }


async def test_each_event_is_told_once_however_often_anybody_looks(town: Town) -> None:
    await town.subscribe("C1")
    await town.sent("C1")
    code = PaperEvent(paper(1).id, NewsKind.CODE, utc_now(), address="https://github.com/ada/x")
    await town.happens(VERSION, code)
    assert len(await town.told()) == 2
    await town.happens(VERSION, code)
    assert len(await town.told()) == 2
    await town.happens(replace(VERSION, version=3))
    assert [one.version for _, _, one in await town.told() if one.kind is NewsKind.VERSION] == [2, 3]


async def test_a_process_that_dies_after_half_of_it_is_followed_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("C1", "C2"):
        await town.subscribe(name)
        await town.sent(name)
    await town.happens(VERSION)
    enqueue, calls = town.store.deliveries.enqueue, 0

    async def dying(*given: object, **named: object) -> int:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreError("store.locked", path="x")
        return await enqueue(*given, **named)  # type: ignore[arg-type]  # as given

    with monkeypatch.context() as patch:
        patch.setattr(town.store.deliveries, "enqueue", dying)
        with pytest.raises(StoreError):
            await town.announcing.run()
    assert sorted(name for name, _, _ in await town.told()) == ["C1", "C2"]


async def test_one_that_dies_before_it_noted_that_it_told_does_not_tell_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.subscribe("C1")
    await town.sent("C1")
    await town.happens(VERSION)

    async def dying(_: PaperEvent) -> None:
        raise StoreError("store.locked", path="x")

    with monkeypatch.context() as patch:
        patch.setattr(town.store.news, "mark_told", dying)
        with pytest.raises(StoreError):
            await town.announcing.run()
    await town.deliver()
    assert len(await town.told()) == 1


async def test_an_answer_that_is_lost_does_not_double_it(town: Town) -> None:
    await town.subscribe("C1")
    await town.sent("C1")
    await town.happens(VERSION)
    town.platform.troubles.append(Lost(AmbiguousError("platform.timeout")))
    assert len(await town.told()) == 1


@pytest.mark.parametrize(
    ("state", "settings"),
    [
        (ChannelState.ACTIVE, {"news": False}),
        (ChannelState.OFF, {}),
        (ChannelState.STOPPED, {}),
        (ChannelState.ACTIVE, {"layout": Layout.PAGE}),
    ],
)
async def test_who_does_not_want_it_is_told_nothing(
    town: Town, state: ChannelState, settings: dict[str, object]
) -> None:
    await town.sent("C1")
    await town.subscribe("C1", state, **settings)
    await town.happens(VERSION)
    assert await town.told() == []
    # ... nor afterwards, when it is old.
    await town.subscribe("C1")
    assert await town.told() == []


async def test_only_channels_that_were_sent_the_paper_hear_of_it(town: Town) -> None:
    for name in ("C1", "C2"):
        await town.subscribe(name)
    await town.sent("C1")
    await town.store.digests.mark_shown(key("C2"), [paper(3).id], utc_now())  # of which no message arrived
    await town.happens(replace(VERSION, paper=paper(3).id), replace(VERSION, paper=paper(2).id))
    assert [(name, one.paper.id) for name, _, one in await town.told()] == [("C1", paper(2).id)]


async def test_a_shared_paper_has_its_news_below_it(town: Town) -> None:
    await town.subscribe("C1")
    view = PaperView(paper(3), "ja", Style.BRIEF)
    await town.store.digests.mark_shown(key("C1"), [paper(3).id], utc_now())
    await town.enqueue("C1", NewDelivery(f"share:{paper(3).id}:brief", view, paper=paper(3).id))
    await town.happens(replace(VERSION, paper=paper(3).id))
    assert [(name, thread) for name, thread, _ in await town.told()] == [("C1", town.message("C1", 0))]


async def test_what_was_sent_long_ago_is_left_alone(town: Town) -> None:
    await town.subscribe("C1")
    await town.sent("C1")
    await town.happens(VERSION)
    later = Announcing(town.store, Outbox(town.store, utc_now), lambda: utc_now() + timedelta(days=31))
    assert await later.run() == 0


async def test_news_that_was_refused_can_be_sent_again_below_its_card(town: Town) -> None:
    await town.subscribe("C1", layout=Layout.CHANNEL)
    await town.sent("C1", Layout.CHANNEL)
    await town.happens(VERSION)
    await town.announcing.run()
    (waiting,) = [one for one in await town.store.deliveries.listed() if one.part.startswith("news:")]
    owner = await town.store.workers.join("two", timedelta(minutes=5))
    await town.store.deliveries.claim(owner, 5, ["fake"], {})
    await town.store.deliveries.settle(owner, [Dead(waiting.id, "platform.rejected")])
    assert await town.store.deliveries.retry(waiting.id)
    assert [(name, thread) for name, thread, _ in await town.told()] == [("C1", town.message("C1", 1))]
