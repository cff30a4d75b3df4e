"""What the adapter does where Discord's channels differ: forums, threads, direct messages, refusals, limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.adapter import direct
from adapters.discord.finding import snowflake
from adapters.discord.platform import DiscordPlatform, nonce
from adapters.discord.reactions import DiscordReactions, emoji_name
from adapters.discord.rest import Rest
from bot.errors import AmbiguousError, PermanentError, TransientError
from bot.models import Absent, CannotTell, ChannelKey, DeliveryKey, MessageRef, Notice, Place, Tally
from tests.conformance.parts import card, digest, entry, headline, key, notice
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Guild, Kind, Permission, User
from tests.support.discord_bots import read

SINCE = datetime.now(UTC) - timedelta(minutes=5)


@pytest.fixture
def lab(discord_double: DiscordDouble) -> Guild:
    discord_double.rates.enforced = False
    return discord_double.state.add_guild("Lab")


@pytest.fixture
async def rest(discord_double: DiscordDouble) -> AsyncIterator[Rest]:
    rest = Rest(discord_double.state.token)
    yield rest
    await rest.close()


@pytest.fixture
def platform(rest: Rest) -> DiscordPlatform:
    return DiscordPlatform(rest)


def place(channel: Channel, thread: MessageRef | None = None) -> Place:
    assert channel.guild
    return Place(ChannelKey("discord", f"{channel.guild.id}/{channel.id}"), thread)


# --- forums -----------------------------------------------------------------------------------


async def test_a_digest_in_a_forum_is_a_post_whose_cards_stand_in_it(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    forum = discord_double.state.add_channel(lab, "reading", Kind.FORUM)
    top = await platform.post(place(forum), headline(), key("headline"))
    first = await platform.post(place(forum, top), card(entry()), key("card:1"))
    thread = discord_double.state.channels[int(top.value.partition("/")[0])]
    assert thread.parent is forum
    assert [str(one.id) for one in thread.shown] == [ref.value.partition("/")[2] for ref in (top, first)]
    assert await platform.find(place(forum), key("headline"), SINCE) == top
    assert await platform.find(place(forum, top), key("card:1"), SINCE) == first
    assert await platform.find(place(forum), key("other"), SINCE) == Absent()
    await platform.edit(top, headline("en"))
    assert "Kawaraban" in read(thread.shown[0])


async def test_a_forum_that_is_known_is_asked_once(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    forum = discord_double.state.add_channel(lab, "reading", Kind.FORUM)
    await platform.post(place(forum), headline(), key("one"))
    tried = discord_double.rest.counts["POST /channels/{channel_id}/messages"]
    await platform.post(place(forum), headline(), key("two"))
    assert discord_double.rest.counts["POST /channels/{channel_id}/messages"] == tried == 1


async def test_a_post_that_was_archived_is_found(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform, ada: User
) -> None:
    forum = discord_double.state.add_channel(lab, "reading", Kind.FORUM)
    theirs = {"name": "theirs", "message": {"content": "x"}}
    discord_double.threads.in_forum(forum, ada, theirs)
    ref = await platform.post(place(forum), headline(), key("headline"))
    discord_double.state.archive(discord_double.state.channels[int(ref.value.partition("/")[0])])
    assert await platform.find(place(forum), key("headline"), SINCE) == ref


async def test_tags_are_those_of_the_papers_or_where_one_is_demanded_the_first(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    made = digest()
    about = replace(made.entries[0], paper=replace(made.entries[0].paper, categories=("cs.CL",)))
    part = replace(headline(), digest=replace(made, entries=(about,)))
    forum = discord_double.state.add_channel(lab, "reading", Kind.FORUM, "Events", "cs.cl", "Papers", "論文")
    ref = await platform.post(place(forum), part, key("a"))
    facts = discord_double.state.channels[int(ref.value.partition("/")[0])].thread
    assert facts
    assert {tag.name for tag in forum.tags if tag.id in facts.tags} == {"cs.cl", "Papers", "論文"}
    strict = discord_double.state.add_channel(lab, "strict", Kind.FORUM, "Events", "Other")
    strict.require_tag = True
    ref = await platform.post(place(strict), part, key("b"))
    facts = discord_double.state.channels[int(ref.value.partition("/")[0])].thread
    assert facts
    assert facts.tags == [strict.tags[0].id]


async def test_a_forum_whose_history_is_closed_cannot_tell(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    forum = discord_double.state.add_channel(lab, "reading", Kind.FORUM)
    await platform.post(place(forum), headline(), key("headline"))
    lab.everyone.permissions &= ~Permission.READ_MESSAGE_HISTORY
    assert isinstance(await platform.find(place(forum), key("headline"), SINCE), CannotTell)


# --- other places -----------------------------------------------------------------------------


@pytest.fixture
def ada(discord_double: DiscordDouble, lab: Guild) -> User:
    return discord_double.state.add_user("ada", lab)


async def test_a_person_is_written_to_alone(
    discord_double: DiscordDouble, platform: DiscordPlatform, ada: User, lab: Guild
) -> None:
    there = Place(direct(ChannelKey("discord", f"{lab.id}/1"), str(ada.id)))
    ref = await platform.post(there, notice(), key("told"))
    assert [str(one.id) for one in discord_double.state.dm(ada).shown] == [ref.value.partition("/")[2]]
    assert await platform.find(there, key("told"), SINCE) == ref
    ada.dms_open = False
    with pytest.raises(PermanentError) as refused:
        await platform.post(there, notice(), key("again"))
    assert refused.value.code == "platform.forbidden"


async def test_where_there_are_no_threads_cards_stand_beside_the_headline(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform, ada: User
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    thread = discord_double.threads.alone(room, ada, {"name": "reading group"})
    top = await platform.post(place(thread), headline(), key("headline"))
    first = await platform.post(place(thread, top), card(entry()), key("card:1"))
    assert first.value.startswith(f"{thread.id}/")
    assert await platform.find(place(thread, top), key("card:1"), SINCE) == first
    assert await platform.find(place(thread, top), key("card:2"), SINCE) == Absent()


async def test_a_thread_that_another_process_opened_is_used(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform, rest: Rest
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    top = await platform.post(place(room), headline(), key("headline"))
    await platform.post(place(room, top), card(entry()), key("card:1"))
    await DiscordPlatform(rest).post(place(room, top), card(entry(number=2)), key("card:2"))
    (message,) = room.shown
    assert message.thread
    assert len([one for one in message.thread.shown if one.type == 0]) == 2


async def test_a_thread_that_was_deleted_or_locked_concerns_its_messages_alone(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    top = await platform.post(place(room), headline(), key("headline"))
    await platform.post(place(room, top), card(entry()), key("card:1"))
    thread = room.shown[0].thread
    assert thread
    assert thread.thread
    thread.thread.locked = True
    with pytest.raises(PermanentError) as locked:
        await platform.post(place(room, top), card(entry()), key("card:2"))
    assert (locked.value.code, locked.value.whole_channel) == ("platform.archived", False)
    discord_double.faults.refuse(10003, "POST /channels/*/messages", times=1)
    thread.thread.locked = False
    with pytest.raises(PermanentError) as deleted:
        await platform.post(place(room, top), card(entry()), key("card:3"))
    assert (deleted.value.code, deleted.value.whole_channel) == ("platform.message_gone", False)


@pytest.mark.parametrize("kind", [Kind.VOICE, Kind.CATEGORY])
async def test_a_channel_that_takes_no_messages_stops(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform, kind: Kind
) -> None:
    silent = discord_double.state.add_channel(lab, "silent", kind)
    with pytest.raises(PermanentError) as refused:
        await platform.post(place(silent), headline(), key("headline"))
    assert (refused.value.code, refused.value.whole_channel) == ("platform.rejected", True)


# --- once and never twice -----------------------------------------------------------------------


async def test_the_same_message_sent_again_within_minutes_is_the_first_one(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    first = await platform.post(place(room), notice(), key("same"))
    assert await platform.post(place(room), notice(), key("same")) == first
    assert len(room.shown) == 1


def test_a_nonce_is_of_its_key_and_channel_and_short_enough() -> None:
    one, other = DeliveryKey("a" * 20), DeliveryKey("b" * 20)
    assert nonce(one, "1") == nonce(one, "1")
    assert len({nonce(one, "1"), nonce(one, "2"), nonce(other, "1")}) == 3
    assert len(nonce(one, "1")) <= 25


async def test_people_cannot_make_a_message_look_like_ours(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform, ada: User
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    theirs = discord_double.people.say(room, ada, "hello")
    theirs.components = [{"type": 1, "components": [{"type": 2, "custom_id": f"status:{key('x').value}:"}]}]
    assert await platform.find(place(room), key("x"), SINCE) == Absent()


async def test_a_channel_with_too_many_messages_cannot_tell(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapters.discord import finding

    monkeypatch.setattr(finding, "_PAGE", 2)
    monkeypatch.setattr(finding, "_PAGES", 3)
    room = discord_double.state.add_channel(lab, "papers")
    for number in range(5):
        discord_double.people.say(room, ada, f"{number}")
    assert await platform.find(place(room), key("x"), SINCE) == Absent()
    ref = await platform.post(place(room), notice(), key("x"))
    assert await platform.find(place(room), key("x"), SINCE) == ref
    discord_double.people.say(room, ada, "more")
    assert await platform.find(place(room), key("y"), SINCE) == CannotTell("platform.too_much")


def test_an_instant_is_the_least_id_of_what_came_then() -> None:
    assert snowflake(datetime(2015, 1, 1, tzinfo=UTC)) == 0
    assert snowflake(datetime(2016, 4, 30, 11, 18, 25, 796000, UTC)) == 175928847298985984 >> 22 << 22


# --- limits and reactions -----------------------------------------------------------------------


async def test_a_full_bucket_is_not_tried_and_says_when_it_empties(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    discord_double.rates.enforced = True
    discord_double.rates.pace = 20.0
    room, other = (discord_double.state.add_channel(lab, name) for name in ("papers", "other"))
    for number in range(5):
        await platform.post(place(room), notice(), key(f"{number}"))
    before = discord_double.rest.counts.total()
    with pytest.raises(TransientError) as full:
        await platform.post(place(room), notice(), key("6"))
    assert 0 < full.value.seconds <= 100
    assert not full.value.everywhere
    assert discord_double.rest.counts.total() == before
    await platform.post(place(other), notice(), key("7"))  # another channel has its own


async def test_custom_and_burst_emoji_are_read_over_pages(
    discord_double: DiscordDouble, lab: Guild, rest: Rest, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    ref = await platform.post(place(room), card(entry()), key("card"))
    (message,) = room.shown
    lab.emojis[77] = "shipit"
    people = [discord_double.state.add_user(f"p{number}", lab) for number in range(103)]
    for one in people:
        discord_double.messages.react(message, "🎉", one)
    discord_double.messages.react(message, "🎉", people[0], burst=True)
    discord_double.messages.react(message, "shipit:77", people[1])
    tally = await DiscordReactions(rest).read(ref)
    assert tally.complete
    assert {emoji: len(who) for emoji, who in tally.reactions} == {"🎉": 103, ":shipit:": 1}


async def test_only_the_bots_own_emoji_costs_one_request(
    discord_double: DiscordDouble, lab: Guild, rest: Rest, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    ref = await platform.post(place(room), card(entry()), key("card"))
    reactions = DiscordReactions(rest)
    for emoji in ("👍", "👎"):
        await reactions.seed(ref, emoji)
    before = discord_double.rest.counts.total()
    assert await reactions.read(ref) == Tally((), complete=True)
    assert discord_double.rest.counts.total() == before + 1


async def test_reading_back_leaves_room_below_what_discord_takes_of_a_bot(
    discord_double: DiscordDouble, lab: Guild, rest: Rest, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    ref = await platform.post(place(room), card(entry()), key("card"))
    reactions = DiscordReactions(rest)
    await asyncio.gather(*(reactions.read(ref) for _ in range(45)))
    assert discord_double.rates.busiest.most <= 40


def test_a_custom_emoji_that_was_deleted_keeps_a_name() -> None:
    assert emoji_name({"id": "5", "name": None}) == ":5:"
    assert emoji_name({"id": None, "name": "👍"}) == "👍"
    assert emoji_name({}) == ""


# --- the connection -----------------------------------------------------------------------------


async def test_nothing_is_sent_after_the_end(discord_double: DiscordDouble, lab: Guild, rest: Rest) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    platform = DiscordPlatform(rest)
    await platform.post(place(room), notice(), key("one"))
    await rest.close()
    with pytest.raises(TransientError):
        await platform.post(place(room), notice(), key("two"))
    assert len(room.shown) == 1


async def test_a_login_that_fails_took_nothing(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    discord_double.faults.add("lost_after", "GET /users/@me")
    with pytest.raises(TransientError):
        await platform.post(place(room), notice(), key("one"))
    await platform.post(place(room), notice(), key("one"))
    assert len(room.shown) == 1


async def test_an_answer_without_an_id_counts_as_lost(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    await platform.post(place(room), notice(), key("one"))
    discord_double.faults.add("garbled", "POST /channels/*/messages")
    with pytest.raises(AmbiguousError):
        await platform.post(place(room), notice(), key("two"))


async def test_a_reference_that_is_none_of_ours_is_gone(platform: DiscordPlatform) -> None:
    for value in ("", "1", "1/x", "C1/1700000000.000100"):
        with pytest.raises(PermanentError) as raised:
            await platform.edit(MessageRef("discord", value), notice())
        assert raised.value.code == "platform.message_gone"


async def test_a_notice_about_a_channel_names_it(
    discord_double: DiscordDouble, lab: Guild, platform: DiscordPlatform
) -> None:
    room = discord_double.state.add_channel(lab, "papers")
    told = Notice("digest.empty.weekend", "en", about=place(room).channel)
    await platform.post(place(room), told, key("told"))
    assert f"<#{room.id}>" in room.shown[0].content
    assert room.shown[0].mentions == []
