"""Votes: the bot's own emoji are one click away, and what people put there can be read back."""

from __future__ import annotations

import pytest

from bot.errors import PermanentError
from bot.models import MessageRef, Tally
from tests.conformance.parts import card, entry, headline, post
from tests.conformance.world import World


async def a_card(world: World) -> MessageRef:
    return await post(world, await world.channel(), card(entry()))


def voters(tally: Tally) -> dict[str, set[str]]:
    assert len({emoji for emoji, _ in tally.reactions}) == len(tally.reactions)
    return {emoji: {*people} for emoji, people in tally.reactions}


async def test_seeding_puts_an_emoji_there_once(reacting: World) -> None:
    ref = await a_card(reacting)
    for emoji in ("👍", "👎", "👍"):
        await reacting.reactions.seed(ref, emoji)
    assert await reacting.shown_reactions(ref) == {"👍": 1, "👎": 1}


async def test_numbers_can_be_seeded_on_a_headline(reacting: World) -> None:
    ref = await post(reacting, await reacting.channel(), headline())
    for emoji in ("1️⃣", "5️⃣"):
        await reacting.reactions.seed(ref, emoji)
    assert await reacting.shown_reactions(ref) == {"1️⃣": 1, "5️⃣": 1}


async def test_a_message_without_reactions_has_an_empty_tally(reacting: World) -> None:
    assert await reacting.reactions.read(await a_card(reacting)) == Tally((), complete=True)


async def test_the_bots_own_emoji_are_no_votes(reacting: World) -> None:
    ref = await a_card(reacting)
    await reacting.reactions.seed(ref, "👍")
    assert await reacting.reactions.read(ref) == Tally((), complete=True)


async def test_peoples_reactions_are_read(reacting: World) -> None:
    ref = await a_card(reacting)
    await reacting.reactions.seed(ref, "👍")
    await reacting.react(ref, "👍", ["U1", "U2"])
    await reacting.react(ref, "🎉", ["U2"])
    tally = await reacting.reactions.read(ref)
    assert tally.complete
    assert voters(tally) == {"👍": {"U1", "U2"}, "🎉": {"U2"}}


async def test_what_was_taken_away_is_not_read(reacting: World) -> None:
    ref = await a_card(reacting)
    await reacting.react(ref, "👎", ["U1", "U2"])
    await reacting.unreact(ref, "👎", ["U1"])
    assert voters(await reacting.reactions.read(ref)) == {"👎": {"U2"}}
    await reacting.unreact(ref, "👎", ["U2"])
    assert voters(await reacting.reactions.read(ref)) == {}


async def test_a_skin_tone_does_not_make_another_emoji(reacting: World) -> None:
    ref = await a_card(reacting)
    await reacting.react(ref, "👍", ["U1"])
    await reacting.react(ref, "👍🏽", ["U2", "U1"])
    await reacting.react(ref, "👍🏿", ["U3"])
    assert voters(await reacting.reactions.read(ref)) == {"👍": {"U1", "U2", "U3"}}


async def test_a_tally_without_all_voters_says_so(reacting: World) -> None:
    ref = await a_card(reacting)
    await reacting.react(ref, "👍", ["U1", "U2", "U3"])
    await reacting.hide_voters()
    tally = await reacting.reactions.read(ref)
    assert not tally.complete
    assert voters(tally).get("👍", set()) < {"U1", "U2", "U3"}


async def test_a_message_that_is_gone_has_no_reactions(reacting: World) -> None:
    ref = await a_card(reacting)
    await reacting.delete(ref)
    for attempt in (reacting.reactions.read(ref), reacting.reactions.seed(ref, "👍")):
        with pytest.raises(PermanentError) as raised:
            await attempt
        assert raised.value.code == "platform.message_gone"
        assert not raised.value.whole_channel


async def test_messages_keep_their_reactions_apart(reacting: World) -> None:
    channel = await reacting.channel()
    first, second = [await post(reacting, channel, card(entry(number=n)), f"card:{n}") for n in (1, 2)]
    await reacting.react(first, "👍", ["U1"])
    await reacting.react(second, "👎", ["U1"])
    assert voters(await reacting.reactions.read(first)) == {"👍": {"U1"}}
    assert voters(await reacting.reactions.read(second)) == {"👎": {"U1"}}
