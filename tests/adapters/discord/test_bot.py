"""What people meet on Discord: digests, votes, look-ups, forms, direct messages, servers that come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.models import ChannelState
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_filling import NotOffered
from tests.fakes.discord_model import Channel, Guild, Kind, Permission, User
from tests.support.discord_bots import Bot, digest_of, key, read, read_answer, running


@pytest.fixture
def len_(discord_double: DiscordDouble, lab: Guild) -> User:
    return discord_double.state.add_user("len", lab)


@pytest.fixture
async def kawaraban(discord_double: DiscordDouble, room: Channel, ada: User, len_: User) -> AsyncIterator[Bot]:
    async with running(discord_double) as at_work:
        general = next(one for one in discord_double.state.channels.values() if one.name == "general")
        await discord_double.until(lambda: general.shown)  # so it knows its servers
        yield at_work


async def test_a_digest_arrives_is_voted_on_and_the_votes_can_be_taken_back(
    kawaraban: Bot, ada: User, len_: User, room: Channel
) -> None:
    headline, first, *_ = await kawaraban.digest(room, ada)
    people = kawaraban.discord.people
    people.react(first, "👍🏽", ada)
    people.react(headline, "2️⃣", len_)
    people.react(first, "🎉", len_, burst=True)
    people.react(first, "👀", ada)
    await kawaraban.voted(room, 1.0, 4.0)
    people.unreact(first, "👍🏽", ada)
    people.unreact(first, "🎉", len_, burst=True)
    await kawaraban.voted(room, 1.0, 1.0)
    people.clear_emoji(first, "👀")
    await kawaraban.voted(room, 1.0)
    people.react(first, "👎", ada)
    await kawaraban.voted(room, 1.0, -1.0)
    people.clear(first)
    await kawaraban.voted(room, 1.0)
    assert {str(message.author.id) for message in digest_of(room)} == {str(kawaraban.discord.state.bot.id)}


async def test_a_thread_digest_of_five_costs_as_many_requests_as_the_capacity_says(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    await kawaraban.slash("digest channel size", room, ada, size=5)
    before = kawaraban.discord.rest.counts.copy()
    await kawaraban.slash("digest now", room, ada)
    await kawaraban.discord.until(lambda: len(digest_of(room)) == 6, 60)
    there = digest_of(room)
    await kawaraban.discord.until(
        lambda: len(there[0].reactions) == 5 and all(len(one.reactions) == 2 for one in there[1:])
    )
    spent = kawaraban.discord.rest.counts - before
    refused = sum(one.status == 429 for one in kawaraban.discord.rest.requests)
    posted = {line: count for line, count in spent.items() if "/channels/" in line}
    assert posted.pop("POST /channels/{channel_id}/messages") == 6
    assert posted.pop("POST /channels/{channel_id}/messages/{message_id}/threads") == 1
    assert posted.pop("PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me") == 15 + refused
    assert posted == {}


@pytest.mark.parametrize("layout", ["channel", "compact"])
async def test_other_layouts_open_no_thread(kawaraban: Bot, ada: User, room: Channel, layout: str) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    await kawaraban.slash("digest channel layout", room, ada, layout=layout)
    await kawaraban.slash("digest now", room, ada)
    expected = 1 if layout == "compact" else 3
    await kawaraban.discord.until(lambda: len(room.shown) == expected, 60)
    assert all(message.thread is None for message in room.shown)


async def test_a_forum_gets_a_post_a_day_with_its_tag(kawaraban: Bot, ada: User, lab: Guild) -> None:
    forum = kawaraban.discord.state.add_channel(lab, "reading", Kind.FORUM, "meetups", "論文")
    forum.require_tag = True
    tags = [str(forum.tags[0].id)]
    post, _ = kawaraban.discord.threads.in_forum(
        forum, ada, {"name": "Hello", "message": {"content": "first"}, "applied_tags": tags}
    )
    await kawaraban.slash("digest subscribe", post, ada)
    await kawaraban.slash("digest now", post, ada)

    def posts() -> list[Channel]:
        ours = kawaraban.discord.state.bot
        threads = [one for one in kawaraban.discord.state.channels.values() if one.parent is forum and one.thread]
        return [one for one in threads if one.thread and one.thread.owner is ours]

    await kawaraban.discord.until(lambda: posts() and len(posts()[0].shown) == 3, 60)
    (made,) = posts()
    assert made.thread
    assert made.name.startswith("瓦版 ")
    assert [tag.name for tag in forum.tags if tag.id in made.thread.tags] == ["論文"]
    first = made.shown[0]
    assert first.id == made.id
    await kawaraban.discord.until(lambda: all(message.reactions for message in made.shown))
    kawaraban.discord.people.react(made.shown[1], "👍", ada)
    await kawaraban.voted(forum, 1.0)


QUERY = "TideCache: Streaming Key-Value Caches That Forget on Schedule"


async def test_a_paper_is_looked_up_shared_and_voted_on(kawaraban: Bot, ada: User, len_: User, room: Channel) -> None:
    one = await kawaraban.settled(kawaraban.discord.people.slash("paper", room, len_, query=QUERY))
    assert one.ephemeral
    assert one.message
    assert room.shown == []
    assert "TideCache" in read(one.message)
    labels = [button["label"] for button in one.message.components[0]["components"]]
    assert labels[:4] == ["Share", "Details", "Ask", "BibTeX"]
    await kawaraban.settled(kawaraban.discord.people.click(one.message, one.message.custom_ids[0], len_))
    await kawaraban.discord.until(lambda: len(room.shown) == 1)
    (posted,) = room.shown
    assert "TideCache" in read(posted)
    await kawaraban.discord.until(lambda: len(posted.reactions) == 2)
    kawaraban.discord.people.react(posted, "🔥", ada)
    await kawaraban.discord.until(lambda: len(posted.reactions) == 3)
    again = await kawaraban.settled(kawaraban.discord.people.click(one.message, one.message.custom_ids[0], len_))
    assert "already shared in the channel today" in read_answer(again)
    assert len(room.shown) == 1


async def test_details_and_the_reference_of_a_paper_come_by_its_buttons(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    _, card, *_ = await kawaraban.digest(room, ada)
    details, _, cite = card.custom_ids[:3]
    told = await kawaraban.settled(kawaraban.discord.people.click(card, details, ada))
    assert told.ephemeral
    assert told.message
    assert len(told.message.embeds) >= 1
    cited = await kawaraban.settled(kawaraban.discord.people.click(card, cite, ada))
    assert "@misc" in read_answer(cited) or "@article" in read_answer(cited)


async def test_papers_are_offered_while_somebody_types(kawaraban: Bot, ada: User, len_: User, room: Channel) -> None:
    await kawaraban.digest(room, ada)
    lately = await kawaraban.discord.people.complete("paper", room, ada, "query").answered()
    titles = {one["name"].partition(" · ")[0] for one in lately.choices}
    assert len(titles) == 2
    found = await kawaraban.discord.people.complete("paper", room, ada, "query", query="tide").answered()
    assert [one["name"].startswith("TideCache") for one in found.choices] == [True]
    one = await kawaraban.settled(kawaraban.discord.people.slash("paper", room, ada, query=found.choices[0]["value"]))
    assert "TideCache" in read_answer(one)


@pytest.mark.parametrize(
    ("path", "option", "typed", "offered"),
    [
        ("digest channel time", "zone", "tok", "Asia/Tokyo"),
        ("digest channel language", "language", "日本", "ja"),
        ("digest channel topics", "topics", "cs.CL cs.A", "cs.CL cs.AI"),
        ("digest channel days", "days", "平", "平日"),
        ("digest subscribe", "language", "", "ja"),
    ],
)
async def test_options_are_offered_while_somebody_types(
    kawaraban: Bot, ada: User, room: Channel, path: str, option: str, typed: str, offered: str
) -> None:
    one = await kawaraban.discord.people.complete(path, room, ada, option, **{option: typed}).answered()
    assert one.choices[0]["value"] == offered


async def test_the_context_menu_finds_the_paper_of_a_message(kawaraban: Bot, len_: User, room: Channel) -> None:
    named = kawaraban.discord.people.say(room, len_, "look: <https://example.org/x> 「10.48550/arXiv.2602.99999」")
    told = await kawaraban.settled(kawaraban.discord.people.menu("Summarise this link", named, len_))
    assert "2602.99999" in read_answer(told)
    other = kawaraban.discord.people.say(room, len_, "nothing to see here")
    told = await kawaraban.settled(kawaraban.discord.people.menu("Summarise this link", other, len_))
    assert "no link to a paper" in read_answer(told)


async def test_settings_are_changed_by_whoever_may(kawaraban: Bot, ada: User, len_: User, room: Channel) -> None:
    assert "Manage Server" in await kawaraban.slash("digest subscribe", room, len_)
    await kawaraban.slash("digest subscribe", room, ada)
    for path, options in (
        ("channel time", {"at": "08:15", "zone": "Europe/Berlin"}),
        ("channel days", {"days": "平日"}),
        ("channel size", {"size": 3}),
        ("channel topics", {"topics": "cs.CV stat.ml"}),
        ("taste keywords", {"change": "+agents -survey"}),
        ("channel quiet", {"quiet": True}),
        ("taste emoji", {"values": "🍣 2"}),
        ("channel managers", {"add": str(len_.id)}),
    ):
        await kawaraban.slash(f"digest {path}", room, ada, **options)
    settings = (await kawaraban.channel(room)).settings
    assert (f"{settings.time:%H:%M}", settings.timezone, len(settings.days)) == ("08:15", "Europe/Berlin", 5)
    assert (settings.size, settings.topics, settings.quiet) == (3, ("cs.CV", "stat.ML"), True)
    assert (settings.keywords, settings.muted_keywords) == (("agents",), ("survey",))
    assert (settings.emoji, settings.managers) == ((("🍣", 2.0),), (str(len_.id),))
    await kawaraban.slash("digest channel size", room, len_, size=4)  # named by `managers`
    assert (await kawaraban.channel(room)).settings.size == 4
    assert f"<@{len_.id}>" in await kawaraban.slash("digest channel managers", room, len_)
    assert "08:15" in await kawaraban.slash("digest status", room, len_)
    helped = await kawaraban.settled(kawaraban.discord.people.slash("digest help", room, len_))
    await kawaraban.discord.until(lambda: "通常のメッセージは読み取れません" in read_answer(helped))
    assert "25:00" in await kawaraban.slash("digest channel time", room, ada, at="25:00")


async def test_a_client_with_the_commands_of_before_is_answered(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    for group, name, options, typed in (
        ("taste", "keywords", {"change": 3}, {"change": "+agents"}),
        ("channel", "size", {"size": 4}, {"size": 7}),
        ("channel", "managers", {"add": 6, "remove": 6}, {}),
    ):
        with pytest.raises(NotOffered):
            kawaraban.discord.people.slash(f"digest {name}", room, ada, **typed)
        below = [{"type": kind, "name": option} for option, kind in options.items()]
        before = {"options": [{"type": 1, "name": name, "options": below}]}
        one = kawaraban.discord.people.slash_from_cache(before, f"digest {name}", room, ada, **typed)
        answer = read_answer(await kawaraban.settled(one))
        assert f"digest {group} {name}" in answer if not typed else str(next(iter(typed.values()))).strip("+") in answer
    settings = (await kawaraban.channel(room)).settings
    assert (settings.keywords, settings.size) == (("agents",), 7)


async def test_a_servers_override_lets_somebody_change_settings(kawaraban: Bot, len_: User, room: Channel) -> None:
    kawaraban.discord.people.override("digest", len_, room, allowed=True)
    await kawaraban.slash("digest subscribe", room, len_)
    assert (await kawaraban.channel(room)).state is ChannelState.ACTIVE


async def test_the_form_subscribes_with_what_was_filled_in(kawaraban: Bot, ada: User, len_: User, lab: Guild) -> None:
    room = next(one for one in kawaraban.discord.state.channels.values() if one.name == "general")
    (greeting,) = room.shown
    assert "瓦版です" in read(greeting)
    form = greeting.custom_ids[0]
    refused = await kawaraban.settled(kawaraban.discord.people.click(greeting, form, len_))
    assert "Manage Server" in read_answer(refused)
    opened = await kawaraban.discord.people.click(greeting, form, ada).answered()
    sent = kawaraban.discord.people.submit(
        opened, language=["en"], time="9:30 UTC", topics="cs.CL", keywords="agents, -survey"
    )
    await kawaraban.settled(sent)
    channel = await kawaraban.channel(room)
    assert channel.state is ChannelState.ACTIVE
    assert (channel.settings.language, channel.settings.timezone, channel.settings.topics) == ("en", "UTC", ("cs.CL",))
    assert channel.settings.muted_keywords == ("survey",)
    bad = await kawaraban.discord.people.click(greeting, form, ada).answered()
    assert "noon" in read_answer(await kawaraban.settled(kawaraban.discord.people.submit(bad, time="noon")))


async def test_whoever_may_no_longer_manage_the_server_cannot_send_the_open_form(
    kawaraban: Bot, ada: User, lab: Guild
) -> None:
    room = next(one for one in kawaraban.discord.state.channels.values() if one.name == "general")
    (greeting,) = room.shown
    opened = await kawaraban.discord.people.click(greeting, greeting.custom_ids[0], ada).answered()
    lab.members[ada.id].roles.clear()
    sent = await kawaraban.settled(kawaraban.discord.people.submit(opened, time="9:30 UTC"))
    assert "サーバー管理" in read_answer(sent)
    assert await kawaraban.uses.channels.get(key(room)) is None


async def test_a_preview_is_for_the_asker_alone(kawaraban: Bot, ada: User, room: Channel) -> None:
    one = await kawaraban.settled(kawaraban.discord.people.slash("digest preview", room, ada))
    await kawaraban.discord.until(lambda: "瓦版" in read_answer(one))
    assert all(message.ephemeral for message in filter(None, [one.message, *one.followups]))
    assert room.shown == []


async def test_direct_messages_and_mentions_are_answered(kawaraban: Bot, len_: User, room: Channel) -> None:
    kawaraban.discord.people.dm(len_, QUERY)
    direct = kawaraban.discord.state.dm(len_)
    await kawaraban.discord.until(lambda: len(direct.shown) == 2 and "TideCache" in read(direct.shown[-1]))
    asked = kawaraban.discord.people.say(room, len_, QUERY, mentions_bot=True)
    await kawaraban.discord.until(lambda: len(room.shown) == 2 and "TideCache" in read(room.shown[-1]))
    answer = room.shown[-1]
    assert answer.reference is asked
    kawaraban.discord.people.say(room, len_, "nice!", reply_to=answer)  # which mentions the bot without naming it
    kawaraban.discord.people.dm(len_, "")
    await kawaraban.discord.until(lambda: len(direct.shown) == 4)
    assert "/paper" in read(direct.shown[-1])
    assert len(room.shown) == 3


async def test_a_person_who_installed_the_app_asks_anywhere(kawaraban: Bot, len_: User) -> None:
    elsewhere = kawaraban.discord.state.add_guild("Elsewhere", with_bot=False)
    kawaraban.discord.state.join(elsewhere, len_)
    room = kawaraban.discord.state.add_channel(elsewhere, "general")
    len_.installed = True
    one = await kawaraban.settled(kawaraban.discord.people.slash("paper", room, len_, query=QUERY))
    assert one.message
    labels = [button["label"] for button in one.message.components[0]["components"]]
    assert labels[:3] == ["Details", "Ask", "BibTeX"]  # where the bot is not, nothing can be shared


async def test_a_server_that_removes_the_bot_is_forgotten(kawaraban: Bot, ada: User, room: Channel, lab: Guild) -> None:
    await kawaraban.digest(room, ada)
    kawaraban.discord.state.remove_bot(lab)
    async with asyncio.timeout(300):
        while await kawaraban.uses.channels.get(key(room)) is not None:  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.01)
    assert await kawaraban.uses.installations.workspaces("discord") == ()


async def test_a_deleted_channel_stops_and_whoever_subscribed_it_is_told(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    kawaraban.discord.state.delete_channel(room)
    direct = kawaraban.discord.state.dm(ada)
    await kawaraban.discord.until(lambda: direct.shown)
    channel = await kawaraban.channel(room)
    assert (channel.state, channel.problem) == (ChannelState.STOPPED, "platform.channel_gone")


async def test_the_greeting_goes_where_the_bot_may_speak(kawaraban: Bot) -> None:
    closed = kawaraban.discord.state.add_guild("Closed", locale="fr", with_bot=False)
    first = kawaraban.discord.state.add_channel(closed, "rules")
    kawaraban.discord.state.allow(first, closed.everyone, deny=Permission.SEND_MESSAGES)
    second = kawaraban.discord.state.add_channel(closed, "talk")
    kawaraban.discord.state.add_bot(closed)
    await kawaraban.discord.until(lambda: second.shown)
    assert "This is Kawaraban" in read(second.shown[0])
    assert first.shown == []
