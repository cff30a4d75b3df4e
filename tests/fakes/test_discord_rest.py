"""The Discord double over HTTP, with the real discord.py: what it takes, what it refuses, and how."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Guild, Kind, Permission
from tests.support.discord_clients import logged_in


@pytest.fixture
def guild(discord_double: DiscordDouble) -> Guild:
    return discord_double.state.add_guild("Lab", locale="ja")


@pytest.fixture
def papers(discord_double: DiscordDouble, guild: Guild) -> Channel:
    return discord_double.state.add_channel(guild, "papers")


def place(client: discord.Client, channel: Channel) -> discord.PartialMessageable:
    return client.get_partial_messageable(channel.id, guild_id=channel.guild.id if channel.guild else None)


async def code_of(double: DiscordDouble, method: str, path: str, body: Any = None) -> tuple[int, int, Any]:
    """Status, JSON error code and form errors of a request without a client's own checks."""
    headers = {"Authorization": f"Bot {double.state.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, double.url + path, json=body) as answer,
    ):
        found = await answer.json()
        return answer.status, found.get("code"), found.get("errors")


async def test_a_message_is_posted_read_edited_and_deleted(discord_double: DiscordDouble, papers: Channel) -> None:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Details", custom_id="details:key0123456789"))
    view.add_item(discord.ui.Button(label="PDF", url="https://papers.example/1.pdf"))
    async with logged_in(discord_double) as client:
        embed = discord.Embed(
            title=" A title ", url="https://papers.example/1", description="x" * 4096, colour=0x123456
        )
        sent = await place(client, papers).send(embed=embed, view=view, nonce="key0123456789")
        [stored] = papers.shown

        assert (sent.id, sent.embeds[0].title) == (stored.id, "A title")
        assert stored.custom_ids == ["details:key0123456789"]
        assert stored.allowed_mentions == {"parse": []}
        read = await place(client, papers).fetch_message(sent.id)
        [row] = read.components
        assert isinstance(row, discord.ActionRow)
        assert [type(child) for child in row.children] == [discord.Button] * 2
        await sent.edit(content="changed", embed=None)
        assert (stored.content, stored.embeds, len(stored.edits)) == ("changed", [], 1)
        await sent.delete()
        assert papers.shown == []
        with pytest.raises(discord.NotFound) as gone:
            await sent.edit(content="again")
        assert gone.value.code == 10008
    assert discord_double.contract.checked > 0


async def test_a_nonce_posts_once_for_a_few_minutes(discord_double: DiscordDouble, papers: Channel) -> None:
    async with logged_in(discord_double) as client:
        first = await place(client, papers).send("one", nonce="key")
        again = await place(client, papers).send("two", nonce="key")
        assert (again.id, again.content) == (first.id, "one")
        await first.delete()
        with pytest.raises(discord.NotFound):
            await place(client, papers).send("three", nonce="key")
        discord_double.clock.advance(301)
        assert (await place(client, papers).send("four", nonce="key")).id > first.id


async def test_history_is_paged(discord_double: DiscordDouble, papers: Channel) -> None:
    ids = [discord_double.messages.post(papers, discord_double.state.bot, {"content": str(n)}).id for n in range(130)]
    async with logged_in(discord_double) as client:
        channel = place(client, papers)
        newest = [one.id async for one in channel.history(limit=None)]
        oldest = [one.id async for one in channel.history(limit=None, oldest_first=True, after=discord.Object(ids[9]))]
        around = [one.id async for one in channel.history(limit=5, around=discord.Object(ids[50]))]
    assert newest == ids[::-1]
    assert oldest == ids[10:]
    assert sorted(around) == ids[48:53]


async def test_text_of_others_is_hidden_without_the_intent(discord_double: DiscordDouble, papers: Channel) -> None:
    state = discord_double.state
    ada = state.add_user("ada")
    for text in ("a secret", f"<@{state.bot.id}> a question"):
        discord_double.messages.post(papers, ada, {"content": text})
    async with logged_in(discord_double) as client:
        seen = [one.content async for one in place(client, papers).history()]
        assert seen == [f"<@{state.bot.id}> a question", ""]
        state.application.privileged_intents = 1 << 15
        assert (await place(client, papers).fetch_message(papers.shown[0].id)).content == "a secret"


async def test_threads_under_messages(discord_double: DiscordDouble, papers: Channel) -> None:
    async with logged_in(discord_double) as client:
        headline = await place(client, papers).send("headline")
        begin = partial(
            client.http.start_thread_with_message, papers.id, headline.id, name="Papers", auto_archive_duration=1440
        )
        thread = await begin()
        assert thread["id"] == str(headline.id)
        with pytest.raises(discord.HTTPException) as twice:
            await begin()
        assert twice.value.code == 160004
        stored = discord_double.state.channels[headline.id]
        sent = await place(client, stored).send("a card")
        assert [one.type async for one in place(client, stored).history()] == [
            discord.MessageType.default,
            discord.MessageType.thread_starter_message,
        ]

        discord_double.clock.advance(86_400)
        with pytest.raises(discord.HTTPException) as archived:
            await sent.edit(content="late")
        assert archived.value.code == 50083
        assert papers.guild
        assert (await client.http.get_active_threads(papers.guild.id))["threads"] == []
        found = await client.http.get_public_archived_threads(papers.id)
        assert [one["id"] for one in found["threads"]] == [thread["id"]]
        await place(client, stored).send("wakes it")
        assert stored.thread
        assert not stored.thread.archived
        stored.thread.locked = True
        with pytest.raises(discord.Forbidden) as locked:
            await place(client, stored).send("no")
        assert locked.value.code == 160005


async def test_a_view_of_components_alone(discord_double: DiscordDouble, papers: Channel) -> None:
    view = discord.ui.LayoutView(timeout=None)
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(discord.ui.Button(label="Details", custom_id="details"))
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("**a card**"), row))
    async with logged_in(discord_double) as client:
        sent = await place(client, papers).send(view=view)
        [stored] = papers.shown
        assert stored.custom_ids == ["details"]
        assert sent.flags.components_v2
        with pytest.raises(discord.HTTPException) as mixed:
            await sent.edit(content="text")
        assert mixed.value.code == 50035
        nobody = discord.AllowedMentions.none()
        await sent.edit(view=view, allowed_mentions=nobody)
    assert len(stored.edits) == 1
    discord_double.contract.findings.clear()  # the description forbids the mixture too


async def test_channels_are_fetched(discord_double: DiscordDouble, guild: Guild, papers: Channel) -> None:
    state = discord_double.state
    forum = state.add_channel(guild, "forum", Kind.FORUM, "digest")
    news = state.add_channel(guild, "news", Kind.ANNOUNCEMENT)
    first = discord_double.messages.post(papers, state.bot, {"content": "headline"})
    talk = discord_double.threads.under(first, state.bot, {"name": "talk"})
    async with logged_in(discord_double) as client:
        found = [await client.fetch_channel(one.id) for one in (papers, forum, news, talk)]
        assert [type(one) for one in found] == [
            discord.TextChannel,
            discord.ForumChannel,
            discord.TextChannel,
            discord.Thread,
        ]
        thread = found[3]
        assert isinstance(thread, discord.Thread)
        await thread.edit(archived=True)
        assert talk.thread
        assert talk.thread.archived
        with pytest.raises(discord.Forbidden):
            await thread.edit(locked=True, archived=False)


async def test_posts_of_a_forum(discord_double: DiscordDouble, guild: Guild) -> None:
    forum = discord_double.state.add_channel(guild, "papers", Kind.FORUM, "digest", "news")
    forum.require_tag = True
    async with logged_in(discord_double) as client:
        found = await client.http.get_channel(forum.id)
        channel = discord.ForumChannel(
            state=client._connection,
            guild=discord.Object(guild.id),  # type: ignore[arg-type]  # it needs the id alone
            data=found,  # type: ignore[arg-type]  # of a forum
        )
        assert [tag.name for tag in channel.available_tags] == ["digest", "news"]
        with pytest.raises(discord.HTTPException) as untagged:
            await client.http.start_thread_in_forum(forum.id, params=forum_post("headline"))
        assert untagged.value.code == 40067
        made: Any = await client.http.start_thread_in_forum(forum.id, params=forum_post("headline", forum.tags[0].id))
        assert made["id"] == made["message"]["id"] == made["message"]["channel_id"]
        with pytest.raises(discord.HTTPException) as flat:
            await place(client, forum).send("no")
        assert flat.value.code == 40058
        active: Any = await client.http.get_active_threads(guild.id)
        assert [one["applied_tags"] for one in active["threads"]] == [[str(forum.tags[0].id)]]
        stored = discord_double.state.channels[int(made["id"])]
        assert [one.content for one in stored.shown] == ["headline"]


def forum_post(text: str, *tags: int) -> discord.http.MultipartParameters:
    return discord.http.handle_message_parameters(
        content=text,
        allowed_mentions=discord.AllowedMentions.none(),
        channel_payload={
            "name": "2026-02-27",
            "auto_archive_duration": 1440,
            "applied_tags": [str(tag) for tag in tags],
        },
    )


async def test_reactions_are_counted_and_paged(discord_double: DiscordDouble, papers: Channel, guild: Guild) -> None:
    state, messages = discord_double.state, discord_double.messages
    people = [state.add_user(f"reader{n}", guild) for n in range(120)]
    guild.emojis[77] = "paper"
    async with logged_in(discord_double) as client:
        sent = await place(client, papers).send("a card")
        for emoji in ("👍", "1️⃣", "paper:77"):
            await sent.add_reaction(emoji)
            await sent.add_reaction(emoji)
        [stored] = papers.shown
        for one in people:
            messages.react(stored, "👍", one)
        messages.react(stored, "👍", people[3], burst=True)
        read = await place(client, papers).fetch_message(sent.id)
        thumb, number, custom = read.reactions
        assert (thumb.count, thumb.normal_count, thumb.burst_count, thumb.me) == (122, 121, 1, True)
        assert (str(number.emoji), number.count, str(custom.emoji)) == ("1️⃣", 1, "<:paper:77>")
        voters = [user.id async for user in thumb.users(limit=None)]
        assert sorted(voters) == [state.bot.id, *(one.id for one in people)]
        burst = await client.http.get_reaction_users(papers.id, sent.id, "👍", 100, type=1)
        assert [one["id"] for one in burst] == [str(people[3].id)]
        await sent.remove_reaction("👍", discord.Object(state.bot.id))
        assert stored.reactions["👍"].normal == people
        with pytest.raises(discord.HTTPException) as letters:
            await sent.add_reaction("up")
        assert letters.value.code == 10014
        assert await client.http.get_reaction_users(papers.id, sent.id, "🎉", 100) == []
        other = state.add_guild("Other")
        other.emojis[78] = "strange"
        guild.everyone.permissions &= ~Permission.USE_EXTERNAL_EMOJIS
        with pytest.raises(discord.HTTPException) as strange:
            await sent.add_reaction("strange:78")
        assert strange.value.code == 10014


Setting = Callable[[DiscordDouble, Channel], None]


def leave(double: DiscordDouble, channel: Channel) -> None:
    assert channel.guild
    double.state.remove_bot(channel.guild)


def deny(*permissions: Permission) -> Setting:
    def set_it(double: DiscordDouble, channel: Channel) -> None:
        assert channel.guild
        for one in permissions:
            channel.guild.everyone.permissions &= ~one

    return set_it


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        (lambda double, channel: double.state.delete_channel(channel), 10003),
        (leave, 50001),
        (deny(Permission.VIEW_CHANNEL), 50001),
        (deny(Permission.SEND_MESSAGES), 50013),
        (deny(Permission.EMBED_LINKS), 50013),
        (lambda double, channel: double.faults.refuse(20028), 20028),
        (lambda double, channel: double.faults.refuse(130000), 130000),
    ],
)
async def test_why_a_post_is_refused(
    discord_double: DiscordDouble, papers: Channel, setting: Setting, code: int
) -> None:
    setting(discord_double, papers)
    body = {"embeds": [{"title": "t"}], "allowed_mentions": {"parse": []}}

    _, found, _ = await code_of(discord_double, "POST", f"/channels/{papers.id}/messages", body)

    assert found == code
    assert papers.shown == []


async def test_overwrites_of_a_channel_decide(discord_double: DiscordDouble, papers: Channel, guild: Guild) -> None:
    state = discord_double.state
    role = state.add_role(guild, "bots", Permission.MANAGE_GUILD, state.bot)
    state.allow(papers, guild.everyone, deny=Permission.SEND_MESSAGES | Permission.EMBED_LINKS)
    assert not state.may(state.bot, papers, Permission.SEND_MESSAGES)
    state.allow(papers, role, allow=Permission.SEND_MESSAGES)
    assert state.may(state.bot, papers, Permission.SEND_MESSAGES, Permission.MANAGE_GUILD)
    assert not state.may(state.bot, papers, Permission.EMBED_LINKS)
    state.allow(papers, state.bot, deny=Permission.SEND_MESSAGES)
    assert not state.may(state.bot, papers, Permission.SEND_MESSAGES)
    assert state.may(guild.owner, papers, Permission.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2001}, ("content",)),
        ({"nonce": "n" * 26, "content": "x"}, ("nonce",)),
        ({"embeds": [{"title": "x" * 257}]}, ("embeds", "0", "title")),
        ({"embeds": [{"title": "x", "url": "ftp://a"}]}, ("embeds", "0", "url")),
        ({"embeds": [{"fields": [{"name": " ", "value": "v"}]}]}, ("embeds", "0", "fields", "0", "name")),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, ("embeds",)),
        ({"embeds": [{}]}, ("embeds", "0", "description")),
        ({"components": [{"type": 2, "style": 1, "label": "a", "custom_id": "a"}]}, ("components", "0", "type")),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}]}]},
            ("components", "0", "components", "0", "label"),
        ),
        ({"flags": 1 << 15, "content": "x", "components": [{"type": 10, "content": "y"}]}, ("content",)),
        ({"flags": 1 << 15, "components": [{"type": 10, "content": "y" * 4001}]}, ("components",)),
    ],
)
async def test_a_body_out_of_bounds_is_refused_at_its_place(
    discord_double: DiscordDouble, papers: Channel, body: dict[str, Any], path: tuple[str, ...]
) -> None:
    status, code, errors = await code_of(discord_double, "POST", f"/channels/{papers.id}/messages", body)

    assert (status, code) == (400, 50035)
    for step in path:
        errors = errors[step]
    assert errors["_errors"][0]["code"]
    assert papers.shown == []
    discord_double.contract.findings.clear()  # the description forbids it too


async def test_direct_messages_may_be_closed(discord_double: DiscordDouble) -> None:
    ada = discord_double.state.add_user("ada")
    async with logged_in(discord_double) as client:
        user = await client.fetch_user(ada.id)
        await user.send("hello")
        assert [one.content for one in discord_double.state.dm(ada).shown] == ["hello"]
        ada.dms_open = False
        with pytest.raises(discord.Forbidden) as closed:
            await user.send("hello")
        assert closed.value.code == 50007


async def test_mentions_need_to_be_allowed(discord_double: DiscordDouble, papers: Channel, guild: Guild) -> None:
    ada = discord_double.state.add_user("ada", guild)
    guild.everyone.permissions |= Permission.MENTION_EVERYONE
    text = f"<@{ada.id}> @everyone"
    async with logged_in(discord_double) as client:
        await place(client, papers).send(text)
        await place(client, papers).send(text, allowed_mentions=discord.AllowedMentions(everyone=True, users=True))
    quiet, loud = papers.shown
    assert (quiet.mentions, quiet.mentions_everyone) == ([], False)
    assert (loud.mentions, loud.mentions_everyone) == ([ada], True)
    assert [one.rpartition(": ")[2] for one in discord_double.findings] == ["allowed_mentions parses everyone"]
    discord_double.contract.findings.clear()


async def test_who_the_bot_is(discord_double: DiscordDouble, papers: Channel) -> None:
    async with logged_in(discord_double) as client:
        assert client.user
        assert client.user.id == discord_double.state.bot.id
        info = await client.application_info()
        assert (info.id, info.name, info.guild_integration_config is not None) == (client.user.id, "Kawaraban", True)
        guild = await client.fetch_guild(papers.guild.id if papers.guild else 0)
        assert (guild.name, guild.preferred_locale) == ("Lab", discord.Locale.japanese)
        assert [one.name for one in await guild.fetch_channels()] == ["papers"]
        shards, address, limit = await client.http.get_bot_gateway()
        assert (shards, address[:15], limit["max_concurrency"]) == (1, "ws://127.0.0.1:", 1)
    async with discord.Client(intents=discord.Intents.none()) as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.login("another")
    assert await code_of(discord_double, "GET", "/nowhere") == (404, 0, None)
    assert discord_double.findings == ["GET /nowhere: unknown operation"]
    discord_double.contract.findings.clear()
