"""The parts of `kawaraban run` around one chat adapter: what it is given, and what the core takes from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.dates import utc_now
from bot.app.opening import open_demo
from bot.app.wiring import service
from bot.chat.commands import (
    ChangeLikes,
    Command,
    Configure,
    Export,
    LookUp,
    Now,
    PaperCommand,
    Search,
    SetLayout,
    SetSize,
    Share,
    Top,
    Why,
)
from bot.chat.uses import UseCases
from bot.errors import BotError, PermanentError
from bot.models import (
    Asker,
    Card,
    ChannelKey,
    ChannelState,
    DeliveryState,
    Greeting,
    Headline,
    Layout,
    Notice,
    PaperId,
    PaperRef,
    PaperView,
    Part,
    Reaction,
    RefKind,
    Reply,
)
from bot.ports import Adapter, Connection, PlatformFacts, Platforms
from bot.settings import load_settings
from bot.store.store import Store
from tests.support.adapters import Watch
from tests.support.platforms import MemoryPlatform, Posted

HERE = ChannelKey("fake", "T1/C1")
OWNER_DIRECTLY = ChannelKey("fake", "T1/U1")
OWNER = Asker("U1", may_subscribe=True, language="en")
SECRET = b"an invented secret of some length"


@dataclass
class Chat:
    """A chat adapter in memory, with what it was given."""

    platform: MemoryPlatform = field(default_factory=MemoryPlatform)
    watch: Watch = field(default_factory=Watch)

    @property
    def adapter(self) -> Adapter[UseCases]:
        facts = PlatformFacts(
            "fake",
            rates={"fake:T1": 50.0},
            bucket=lambda channel: f"fake:{channel.name.partition('/')[0]}",
            spacing=0.1,
            direct=lambda channel, user: ChannelKey("fake", f"{channel.name.partition('/')[0]}/{user}"),
        )
        return self.watch.over(Adapter(facts, lambda _: Connection(self.platform, self.platform)))

    @property
    def uses(self) -> UseCases:
        return self.watch.given[0]

    def posted(self, kind: type[Part], key: ChannelKey = HERE) -> list[Posted]:
        return [one for one in self.platform.posted if isinstance(one.part, kind) and one.place.channel == key]

    async def ask(self, command: Command) -> Reply:
        return [reply async for reply in self.uses.channels.handle(OWNER, HERE, command)][-1]

    async def ask_for_a_paper(self, command: PaperCommand) -> Reply:
        return [reply async for reply in self.uses.papers.handle(OWNER, HERE, command)][-1]

    async def vote(self, message: Posted) -> None:
        await self.uses.votes.record([Reaction(message.ref, "U2", "👍", present=True, at=utc_now())])

    async def liked(self) -> set[PaperId]:
        return {*await self.uses.votes.of_channel(HERE, utc_now() - timedelta(days=1))}


@pytest.fixture
async def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Chat, Store]]:
    """The service over the invented sample, at work, and its store."""
    monkeypatch.setenv("HTTP_PORT", "0")
    chat, stop = Chat(), asyncio.Event()
    async with open_demo(load_settings(tmp_path / ".env")) as app:
        work = asyncio.create_task(service(app, SECRET, [chat.adapter]).run(stop))
        yield chat, app.store
        stop.set()
        await work


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.02)


async def recorded(store: Store) -> None:
    """Wait until every message is known: a vote on one that is not yet would be on no paper."""
    async with asyncio.timeout(120):
        while set(await store.deliveries.counts()) != {DeliveryState.SENT}:  # noqa: ASYNC110 (a database tells nobody)
            await asyncio.sleep(0.02)


async def test_a_channel_lives_from_the_invitation_to_its_end(running: tuple[Chat, Store]) -> None:
    chat, store = running
    await chat.uses.channels.invited(HERE, "en")
    await until(lambda: chat.posted(Greeting))

    subscribed = await chat.ask(Configure((SetSize(2), SetLayout(Layout.CHANNEL)), subscribe=True))
    assert subscribed.sentences[0].key == "channels.subscribed"
    await chat.ask(Now())
    await until(lambda: len(chat.posted(Card)) == 2)
    assert len(chat.posted(Headline)) == 1

    # Both cards and what is shared can be voted on.
    digest = await store.digests.latest(1)
    titles = {entry.paper.title for entry in digest[0].entries}
    looked_up = await chat.ask_for_a_paper(LookUp(min(titles)))
    (sheet,) = looked_up.parts
    assert isinstance(sheet, PaperView)
    assert sheet.summary
    await chat.ask_for_a_paper(Share(sheet.paper.id))
    await until(lambda: chat.posted(PaperView))
    await recorded(store)
    await chat.vote(chat.posted(Card)[0])
    await chat.vote(chat.posted(PaperView)[0])
    assert await chat.liked() == {digest[0].entries[0].paper.id, sheet.paper.id}

    rows = await store.deliveries.listed()
    assert {row.channel for row in rows} == {HERE}
    async with store._database.reading() as connection:
        buckets = await connection.exec_driver_sql("SELECT DISTINCT bucket, spacing FROM deliveries ORDER BY spacing")
        assert [*buckets] == [("fake:T1", 0.0), ("fake:T1", 0.1)]

    # What was liked and shown can be asked for, and counts.
    shared = sheet.paper.title.split()[0]
    assert sheet.paper.id in {one.id for one in (await chat.ask(Search(shared))).choices}
    assert {one.id for one in (await chat.ask(Top())).choices} == await chat.liked()
    assert len((await chat.ask(Export())).documents) == 3
    await chat.ask(ChangeLikes((PaperRef(RefKind.TITLE, sheet.paper.title),), description="ink"))
    changed = await chat.uses.channels.get(HERE)
    assert changed
    assert (changed.settings.likes, changed.settings.description) == ((sheet.paper.id,), "ink")
    why = [sentence.key for sentence in (await chat.ask(Why(PaperRef(RefKind.TITLE, sheet.paper.title)))).sentences]
    assert why[:2] == ["channels.why.paper", "channels.why.shown"]
    assert "channels.why.score" in why

    # The platform refuses the channel for good: whoever subscribed it is told.
    chat.platform.troubles.append(PermanentError("platform.archived", platform="fake"))
    other = next(entry.paper.id for entry in digest[0].entries if entry.paper.id != sheet.paper.id)
    await chat.ask_for_a_paper(Share(other))
    await until(lambda: chat.posted(Notice, OWNER_DIRECTLY))
    (told,) = chat.posted(Notice, OWNER_DIRECTLY)
    assert isinstance(told.part, Notice)
    assert (told.part.about, told.part.key) == (HERE, "channels.told.stopped")
    stopped = await chat.uses.channels.get(HERE)
    assert stopped
    assert (stopped.state, stopped.problem) == (ChannelState.STOPPED, "platform.archived")

    await chat.uses.channels.forget_workspace("fake", "T1")
    assert await store.deliveries.listed() == ()
    assert await chat.liked() == set()


async def test_without_an_adapter_there_is_nothing_to_run(tmp_path: Path) -> None:
    async with open_demo(load_settings(tmp_path / ".env")) as app:
        with pytest.raises(BotError) as raised:
            service(app, SECRET, [])

    assert raised.value.code == "run.nothing"


def test_a_platform_that_is_not_set_up_has_no_limits_and_no_places() -> None:
    platforms = Platforms([Chat().adapter.facts])
    gone = ChannelKey("gone", "T1/C1")

    assert (platforms.bucket(HERE), platforms.direct(HERE, "U1"), platforms.of(HERE).spacing) == (
        "fake:T1",
        OWNER_DIRECTLY,
        0.1,
    )
    assert (platforms.bucket(gone), platforms.direct(gone, "U1"), platforms.of(gone).spacing) == ("gone", None, 0.0)
