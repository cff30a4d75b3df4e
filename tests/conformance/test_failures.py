"""What goes wrong on the platform arrives as one of three errors, and none of them lies."""

from __future__ import annotations

import pytest

from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError
from bot.words import words_for
from tests.conformance.parts import card, entry, headline, honest_entry, notice, post
from tests.conformance.world import Fault, World

CODES = {
    Fault.CHANNEL_GONE: "platform.channel_gone",
    Fault.NOT_MEMBER: "platform.not_member",
    Fault.ARCHIVED: "platform.archived",
    Fault.FORBIDDEN: "platform.forbidden",
    Fault.TOKEN: "platform.token",
    Fault.REJECTED: "platform.rejected",
}


async def test_a_transient_fault_took_nothing_and_says_when_to_come_back(world: World, transient: Fault) -> None:
    channel = await world.channel()
    await world.break_next(transient, seconds=7)
    with pytest.raises(TransientError) as raised:
        await post(world, channel, headline(), "headline")
    assert await world.messages(channel) == []
    assert raised.value.seconds >= 0
    if transient is not Fault.UNAVAILABLE:
        assert 7 <= raised.value.seconds <= 9
        assert raised.value.everywhere == (transient is Fault.RATE_LIMITED_EVERYWHERE)
    is_reported(raised.value, channel.platform)
    ref = await post(world, channel, headline(), "headline")
    assert [seen.ref for seen in await world.messages(channel)] == [ref]


async def test_an_ambiguous_fault_is_never_called_anything_else(world: World, ambiguous: Fault) -> None:
    channel = await world.channel()
    await world.break_next(ambiguous)
    with pytest.raises((AmbiguousError, TransientError)) as raised:
        await post(world, channel, headline(), "headline")
    is_reported(raised.value, channel.platform)
    # One request was made: nothing below the adapter has sent the message again by itself.
    taken = len(await world.messages(channel))
    assert taken <= 1
    if isinstance(raised.value, TransientError):
        assert taken == 0
    if ambiguous in (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.STALLED):
        assert isinstance(raised.value, AmbiguousError)


async def test_a_permanent_fault_says_what_and_whom_it_concerns(world: World, permanent: Fault) -> None:
    channel = await world.channel()
    await world.break_next(permanent)
    with pytest.raises(PermanentError) as raised:
        await post(world, channel, headline(), "headline")
    assert raised.value.code == CODES[permanent]
    assert raised.value.whole_channel == (permanent is not Fault.REJECTED)
    is_reported(raised.value, channel.platform)
    assert await world.messages(channel) == []


async def test_an_edit_that_fails_raises_ours_and_can_be_repeated(world: World, fault: Fault) -> None:
    channel = await world.channel()
    ref = await post(world, channel, card(honest_entry()))
    await world.break_next(fault)
    with pytest.raises((AmbiguousError, TransientError)):
        await world.platform.edit(ref, card(entry()))
    await world.platform.edit(ref, card(entry()))
    (seen,) = await world.messages(channel)
    assert seen.ref == ref


async def test_an_edit_may_be_refused(world: World, permanent: Fault) -> None:
    channel = await world.channel()
    ref = await post(world, channel, notice("ja"))
    await world.break_next(permanent)
    with pytest.raises(PermanentError) as raised:
        await world.platform.edit(ref, notice("en"))
    assert raised.value.whole_channel == (permanent is not Fault.REJECTED)


async def test_reactions_that_fail_raise_ours(reacting: World, fault: Fault) -> None:
    ref = await post(reacting, await reacting.channel(), notice())
    await reacting.break_next(fault)
    with pytest.raises((AmbiguousError, TransientError)):
        await reacting.reactions.seed(ref, "👍")
    await reacting.break_next(fault)
    with pytest.raises((AmbiguousError, TransientError)):
        await reacting.reactions.read(ref)


def is_reported(error: PlatformError, platform: str) -> None:
    """It names its platform, and there is a sentence for its code."""
    assert error.arguments["platform"] == platform
    for language in ("ja", "en"):
        assert f"error.{error.code}" in words_for(language)
