"""Whether a part is there: the look-up that keeps a message from being sent twice."""

from __future__ import annotations

import pytest

from bot.errors import PlatformError
from bot.models import Absent, CannotTell, Layout, MessageRef, Place
from tests.conformance.parts import card, entry, headline, just_now, key, notice, post
from tests.conformance.world import Fault, World


async def test_what_was_posted_is_found(world: World) -> None:
    since, channel = just_now(), await world.channel()
    ref = await post(world, channel, headline(), "headline")
    assert await world.platform.find(Place(channel), key("headline"), since) == ref


async def test_what_was_not_posted_is_absent(world: World) -> None:
    since, channel = just_now(), await world.channel()
    assert await world.platform.find(Place(channel), key("headline"), since) == Absent()
    await post(world, channel, headline(), "headline")
    assert await world.platform.find(Place(channel), key("card:1"), since) == Absent()


async def test_a_card_is_found_in_its_thread(world: World) -> None:
    since, channel = just_now(), await world.channel()
    top = await post(world, channel, headline(), "headline")
    place = Place(channel, top)
    assert await world.platform.find(place, key("card:1"), since) == Absent()  # a thread that nobody has opened
    await world.platform.post(place, card(entry()), key("card:1"))
    second = await world.platform.post(place, card(entry(number=2)), key("card:2"))
    assert await world.platform.find(place, key("card:2"), since) == second
    assert await world.platform.find(place, key("card:3"), since) == Absent()


async def test_the_same_key_is_found_in_each_channel(world: World) -> None:
    since, one, other = just_now(), await world.channel(), await world.channel()
    first = await post(world, one, notice(), "same")
    assert await world.platform.find(Place(other), key("same"), since) == Absent()
    second = await post(world, other, notice(), "same")
    assert await world.platform.find(Place(one), key("same"), since) == first
    assert await world.platform.find(Place(other), key("same"), since) == second


async def test_an_edited_message_is_still_found(world: World) -> None:
    since, channel = just_now(), await world.channel()
    ref = await post(world, channel, headline(layout=Layout.CHANNEL), "headline")
    await world.platform.edit(ref, headline("en", Layout.CHANNEL))
    assert await world.platform.find(Place(channel), key("headline"), since) == ref


async def test_a_message_is_found_below_many_later_ones(world: World) -> None:
    since, channel = just_now(), await world.channel()
    ref = await post(world, channel, headline(), "headline")
    for number in range(40):
        await post(world, channel, notice(), f"later:{number}")
    assert await world.platform.find(Place(channel), key("headline"), since) == ref


async def test_nobody_can_tell_where_looking_is_not_allowed(world: World) -> None:
    since, channel = just_now(), await world.channel()
    ref = await post(world, channel, headline(), "headline")
    await world.forbid_lookups()
    for place in (Place(channel), Place(channel, ref)):
        for name in ("headline", "card:1"):
            found = await world.platform.find(place, key(name), since)
            assert isinstance(found, CannotTell)
            assert found.why


@pytest.mark.parametrize("posted", [True, False], ids=["posted", "not posted"])
async def test_a_lookup_that_fails_never_claims_to_know(world: World, fault: Fault, posted: bool) -> None:
    since, channel = just_now(), await world.channel()
    ref = await post(world, channel, notice(), "notice") if posted else Absent()
    await world.break_next(fault)
    try:
        found: object = await world.platform.find(Place(channel), key("notice"), since)
    except PlatformError:
        found = None
    # An adapter may ask again by itself; what it then says must be true.
    assert found is None or found == ref or isinstance(found, CannotTell)
    assert await world.platform.find(Place(channel), key("notice"), since) == ref


@pytest.mark.parametrize("broken", [Fault.LOST_BEFORE, Fault.LOST_AFTER], ids=["before", "after"])
async def test_a_lookup_tells_what_became_of_a_lost_answer(world: World, broken: Fault) -> None:
    since, channel = just_now(), await world.channel()
    await world.break_next(broken)
    with pytest.raises(PlatformError):
        await post(world, channel, headline(), "headline")
    found = await world.platform.find(Place(channel), key("headline"), since)
    seen = await world.messages(channel)
    assert [one.ref for one in seen] == ([found] if isinstance(found, MessageRef) else [])
    assert isinstance(found, MessageRef) == (broken is Fault.LOST_AFTER)
