"""Cards that went out without a summary are edited once there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from bot.digests.digest import Order
from bot.digests.repairs import REPAIR_EVERY, REPAIR_FOR, Repairs, repairable
from bot.errors import PermanentError, PlatformError, TransientError
from bot.models import (
    Card,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    DeliveryKey,
    Digest,
    Failure,
    Found,
    Headline,
    MessageRef,
    NewDelivery,
    Part,
    Place,
    PlannedRun,
)
from bot.store.engine import utc_now
from bot.store.outcomes import Again, Dead, Outcome, Sent
from bot.store.runs import MadeDigest
from bot.store.store import Store
from tests.support.clocks import StandingClock
from tests.support.stores import digest, paper, summary

HERE = ChannelKey("fake", "C1")
DAY = date(2031, 5, 14)


@dataclass
class Editable:
    """A platform that only edits."""

    edited: list[tuple[str, Part]] = field(default_factory=list)
    troubles: dict[str, PlatformError] = field(default_factory=dict)

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        raise NotImplementedError

    async def edit(self, ref: MessageRef, part: Part) -> None:
        if ref.value in self.troubles:
            raise self.troubles[ref.value]
        self.edited.append((ref.value, part))

    async def find(self, place: Place, key: DeliveryKey, since: object) -> Found:
        raise NotImplementedError


def made(*codes: str) -> Digest:
    """A digest whose papers have no summary for these reasons; "" has one."""
    bare = digest(*(paper(n) for n in range(1, len(codes) + 1)), channel=HERE)
    entries = tuple(
        replace(entry, failure=Failure(code)) if code else replace(entry, summary=summary())
        for entry, code in zip(bare.entries, codes, strict=True)
    )
    return replace(bare, entries=entries)


def parts(one: Digest, settings: ChannelSettings) -> Sequence[NewDelivery]:
    cards = (NewDelivery(f"card:{e.rank}", Card(e, one.date, one.language, len(one.entries))) for e in one.entries)
    return (NewDelivery("headline", Headline(one, settings.layout)), *cards)


@dataclass
class World:
    store: Store
    platform: Editable = field(default_factory=Editable)
    # The ledger is on the database's clock.
    clock: StandingClock = field(default_factory=lambda: StandingClock(utc_now()))
    now_made: Digest = field(default_factory=made)
    makes: int = 0

    def __post_init__(self) -> None:
        self.repairs = Repairs(self.store, self.make, parts, {"fake": self.platform}, self.clock)

    async def make(self, order: Order) -> Digest:
        self.makes += 1
        assert order.day == DAY
        return self.now_made

    async def sent(self, *codes: str, outcomes: Sequence[type[Outcome]] = (Sent,) * 9) -> None:
        """A digest that was made when these summaries were missing, with its messages M0, M1, …"""
        self.now_made = made(*codes)
        await self.store.channels.change(HERE, lambda _: Channel(HERE, next_run_at=self.clock()))
        owner = await self.store.workers.join("one", timedelta(days=1))
        later = self.clock() + timedelta(days=1)
        await self.store.runs.request(HERE, PlannedRun(DAY, self.clock(), later))
        (run,) = await self.store.runs.claim(owner, self.clock(), 1)
        ranks = repairable(self.now_made)
        items = parts(self.now_made, ChannelSettings())
        finished = MadeDigest(len(codes), items, "fake", unverified=ranks, repair_at=self.clock() + REPAIR_EVERY)
        await self.store.runs.finish(owner, run, self.clock(), finished)
        number = 0
        while claimed := await self.store.deliveries.claim(owner, 1, ("fake",), {}):
            (one,) = claimed
            settled: dict[type[Outcome], Outcome] = {
                Sent: Sent(one.id, MessageRef("fake", f"M{number}")),
                Dead: Dead(one.id, "platform.rejected"),
                Again: Again(one.id, 3600, "platform.unavailable", uncertain=False),
            }
            await self.store.deliveries.settle(owner, [settled[outcomes[number]]])
            number += 1

    async def repaired(self) -> int:
        self.clock.now += REPAIR_EVERY
        return await self.repairs.run()

    async def missing(self) -> tuple[int, ...]:
        run = await self.store.runs.get(HERE, DAY)
        assert run
        return run.unverified


@pytest.fixture
def world(sqlite_store: Store) -> World:
    return World(sqlite_store)


async def test_a_card_and_the_headline_are_edited_once_there_is_a_summary(world: World) -> None:
    await world.sent("", "model.overloaded")
    assert await world.repairs.run() == 0  # half an hour has not passed

    world.now_made = made("", "")
    assert await world.repaired() == 2

    assert [ref for ref, _ in world.platform.edited] == ["M0", "M2"]
    card = world.platform.edited[1][1]
    assert isinstance(card, Card)
    assert card.entry.summary == summary()
    assert await world.missing() == ()
    assert await world.repaired() == 0
    assert world.makes == 1


async def test_what_is_still_missing_is_looked_for_again(world: World) -> None:
    await world.sent("budget.day", "summary.unverified", "summary.withdrawn")

    assert await world.repaired() == 0
    assert await world.missing() == (1, 2)
    world.now_made = made("", "summary.unverified", "summary.withdrawn")
    assert await world.repaired() == 2
    assert await world.missing() == (2,)
    world.now_made = made("", "", "summary.withdrawn")
    assert await world.repaired() == 2
    assert [ref for ref, _ in world.platform.edited] == ["M0", "M1", "M0", "M2"]


async def test_what_will_never_have_one_is_given_up(world: World) -> None:
    await world.sent("model.overloaded", "")
    world.now_made = made("summary.withdrawn", "")

    assert await world.repaired() == 0
    assert await world.missing() == ()


async def test_nothing_is_edited_before_everything_is_out(world: World) -> None:
    await world.sent("model.overloaded", outcomes=(Sent, Again))
    world.now_made = made("")

    assert await world.repaired() == 0
    assert await world.missing() == (1,)


async def test_what_never_arrived_is_not_edited(world: World) -> None:
    await world.sent("model.overloaded", outcomes=(Sent, Dead))
    world.now_made = made("")

    assert await world.repaired() == 1
    assert await world.missing() == ()


async def test_a_message_that_is_gone_does_not_keep_the_others(world: World) -> None:
    await world.sent("model.overloaded")
    world.now_made = made("")
    world.platform.troubles = {"M0": PermanentError("platform.message_gone", platform="fake", whole_channel=False)}

    assert await world.repaired() == 1
    assert await world.missing() == ()


async def test_a_platform_that_is_down_is_tried_again(world: World) -> None:
    await world.sent("model.overloaded")
    world.now_made = made("")
    world.platform.troubles = {"M1": TransientError("platform.unavailable", platform="fake", seconds=5)}

    assert await world.repaired() == 0
    assert await world.missing() == (1,)
    world.platform.troubles = {}
    assert await world.repaired() == 2
    assert await world.missing() == ()


@pytest.mark.parametrize("state", [ChannelState.OFF, ChannelState.STOPPED])
async def test_a_channel_that_gets_nothing_more_is_left_alone(world: World, state: ChannelState) -> None:
    await world.sent("model.overloaded")
    world.now_made = made("")
    await world.store.channels.change(HERE, lambda c: c and replace(c, state=state))

    assert await world.repaired() == 0
    assert await world.missing() == ()


async def test_after_some_days_it_stays_as_it_is(world: World) -> None:
    await world.sent("model.overloaded")
    world.now_made = made("")
    world.clock.now += REPAIR_FOR

    assert await world.repaired() == 0
    assert (await world.missing(), world.makes) == ((), 0)


async def test_a_platform_that_is_not_here_is_left_to_others(world: World) -> None:
    await world.sent("model.overloaded")
    world.clock.now += REPAIR_EVERY

    assert await Repairs(world.store, world.make, parts, {}, world.clock).run() == 0
    assert await world.missing() == (1,)
