"""What did not arrive can be seen in the channel, and is brought once the cause is gone: what is missing, no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.digests.parts import digest_parts
from bot.errors import InputError
from bot.models import DeliveryState, Headline, Layout, MessageRef, NewDelivery, RunState
from bot.ports import PlatformFacts, Platforms
from bot.store.outcomes import Again, Dead, Outcome, Sent
from bot.store.runs import MadeDigest
from bot.store.store import Store
from tests.chat.test_channels import HERE, Desk
from tests.support.clocks import NOON
from tests.support.stores import digest, paper

CHAT = (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)
PLATFORMS = Platforms([PlatformFacts("discord", layouts=CHAT)])
DAY = NOON.date()


@pytest.fixture
async def desk(sqlite_store: Store) -> Desk:
    desk = Desk(sqlite_store, platforms=PLATFORMS)
    await desk.subscribed()
    return desk


async def made(desk: Desk, cards: int = 2) -> str:
    """Have today's digest made, as a scheduled one is; the name of the worker that sends it."""
    owner = await desk.store.workers.join("one", timedelta(hours=1))
    papers = [paper(n) for n in range(cards)]
    await desk.store.papers.save(papers)
    todays = replace(digest(*papers, channel=HERE), date=DAY, due_at=NOON)
    await desk.ask("now")
    (run,) = await desk.store.runs.claim(owner, NOON, 1)
    await desk.store.digests.save(todays)
    channel = await desk.channels.get(HERE)
    assert channel
    items = digest_parts(todays, channel.settings)
    await desk.store.runs.finish(owner, run, NOON, MadeDigest(cards, items, "discord"))
    return owner


async def sent(desk: Desk, owner: str, *errors: str, whole: bool = False) -> Sequence[str]:
    """Send what is due, one message after the other; an error for each that is refused, "" for one that arrives."""
    parts = []
    for error in errors:
        (one,) = await desk.store.deliveries.claim(owner, 1, ["discord"], {})
        parts.append(one.part)
        outcome: Outcome = Dead(one.id, error, whole) if error else Sent(one.id, MessageRef("discord", f"1/{one.id}"))
        await desk.store.deliveries.settle(owner, [outcome])
    return parts


async def due(desk: Desk) -> set[str]:
    waiting = (DeliveryState.DUE, DeliveryState.WAITING)
    return {one.part for one in await desk.store.deliveries.listed(channel=HERE) if one.state in waiting}


async def test_a_layout_that_the_platform_cannot_post_is_refused_where_it_is_typed(desk: Desk) -> None:
    with pytest.raises(InputError) as refused:
        await desk.ask("layout page")
    assert refused.value.arguments["known"] == CHAT
    channel = await desk.channels.get(HERE)
    assert channel
    assert channel.settings.layout is Layout.THREAD
    assert "page" not in await desk.said("help")


async def test_a_dead_headline_is_seen_in_the_channel_and_made_again(desk: Desk) -> None:
    owner = await made(desk)
    assert await sent(desk, owner, "platform.rejected") == ["headline"]
    assert "could not be posted (rejected)" in await desk.said("status")
    assert "on its way" in await desk.said("now")
    (run,) = await desk.store.runs.claim(owner, NOON, 1)
    again = await desk.store.digests.get(HERE, DAY)
    assert again
    items = (NewDelivery("headline", Headline(again, Layout.COMPACT)),)
    await desk.store.runs.finish(owner, run, NOON, MadeDigest(2, items, "discord"))
    assert await sent(desk, owner, "") == ["headline"]
    assert [one.part for one in await desk.store.deliveries.listed(channel=HERE)] == ["headline"]
    assert "already sent" in await desk.said("now")


async def test_papers_of_a_digest_that_never_arrived_may_come_another_day(desk: Desk) -> None:
    owner = await made(desk)
    await sent(desk, owner, "platform.rejected")
    await desk.store.runs.release_unsent(HERE, DAY)
    assert len(await desk.store.digests.shown(HERE)) == 2  # today it may be had again
    await desk.store.runs.release_unsent(HERE, DAY + timedelta(days=1))
    assert await desk.store.digests.shown(HERE) == frozenset()
    (headline,) = [one for one in await desk.store.deliveries.listed(channel=HERE) if one.part == "headline"]
    assert not await desk.store.deliveries.retry(headline.id)


async def test_they_stay_shown_where_the_operator_sends_it_again(desk: Desk) -> None:
    owner = await made(desk)
    await sent(desk, owner, "platform.rejected")
    headline = (await desk.store.deliveries.listed(channel=HERE))[-1]
    assert await desk.store.deliveries.retry(headline.id)
    await desk.store.runs.release_unsent(HERE, DAY + timedelta(days=1))
    assert len(await desk.store.digests.shown(HERE)) == 2
    assert await sent(desk, owner, "", "", "") == ["headline", "card:1", "card:2"]


@pytest.mark.parametrize("asked", ["now", "subscribe"])
async def test_what_was_refused_after_the_first_card_is_brought_and_only_that(desk: Desk, asked: str) -> None:
    owner = await made(desk, cards=4)
    assert await sent(desk, owner, "", "", "platform.forbidden", whole=True) == ["headline", "card:1", "card:2"]
    await desk.channels.removed(HERE, "platform.forbidden")
    assert await sent(desk, owner, "") == [f"stopped:{HERE}"]
    assert await due(desk) == set()
    if asked == "now":
        await desk.subscribed()
        assert "3 messages" in await desk.said("status")
    assert "3 messages" in await desk.said(asked)
    assert await sent(desk, owner, "", "", "") == ["card:2", "card:3", "card:4"]
    assert await due(desk) == set()
    assert "already sent" in await desk.said("now")


async def test_a_new_subscription_brings_todays_digest_that_was_refused(desk: Desk) -> None:
    owner = await made(desk)
    await sent(desk, owner, "platform.forbidden", whole=True)
    await desk.channels.removed(HERE, "platform.forbidden")
    assert "on its way" in await desk.said("subscribe")
    run = await desk.store.runs.get(HERE, DAY)
    assert run is not None
    assert run.state is RunState.DUE


async def test_status_says_that_the_token_is_refused_and_what_to_do(desk: Desk) -> None:
    owner = await made(desk)
    (one,) = await desk.store.deliveries.claim(owner, 1, ["discord"], {})
    await desk.store.deliveries.settle(owner, [Again(one.id, 60.0, "platform.token", uncertain=False)])
    status = await desk.said("status")
    assert "cannot log in" in status
    assert "Tell whoever runs the bot" in status
