"""The Discord double's gateway with the real discord.py: what a session gets, how it ends, and how it goes on."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Guild, Message, Permission, User
from tests.support.discord_clients import at_once, connected

Seen = list[tuple[str, Any]]


class Listening(discord.AutoShardedClient):
    """Notes what it is told; `seen` has names and payloads in their order."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(at_once() | options))
        self.seen: Seen = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds for Discord's pace: the double's is shorter."""
        await asyncio.sleep(0 if initial else 0.06)

    def names(self) -> list[str]:
        return [name for name, _ in self.seen]

    def dispatch(self, event: str, /, *args: Any, **more: Any) -> None:
        super().dispatch(event, *args, **more)
        if event in NOTED:
            self.seen.append((event, args[0] if args else None))


NOTED = {
    "raw_reaction_add", "raw_reaction_remove", "raw_reaction_clear", "raw_reaction_clear_emoji", "message", "resumed",
    "raw_message_delete", "raw_message_edit", "guild_join", "guild_remove", "guild_channel_delete", "raw_thread_delete",
    "guild_channel_create", "guild_channel_update", "thread_create", "raw_thread_update", "disconnect", "shard_ready",
}  # fmt: skip


@pytest.fixture
def guild(discord_double: DiscordDouble) -> Guild:
    return discord_double.state.add_guild("Lab", locale="ja")


@pytest.fixture
def papers(discord_double: DiscordDouble, guild: Guild) -> Channel:
    return discord_double.state.add_channel(guild, "papers")


@pytest.fixture
def ada(discord_double: DiscordDouble, guild: Guild) -> User:
    return discord_double.state.add_user("ada", guild)


@pytest.fixture
def card(discord_double: DiscordDouble, papers: Channel) -> Message:
    return discord_double.messages.post(papers, discord_double.state.bot, {"content": "a card"})


async def test_a_client_is_told_where_it_is(discord_double: DiscordDouble, papers: Channel) -> None:
    async with connected(discord_double, Listening()) as client:
        [guild] = client.guilds
        assert (guild.name, [one.name for one in guild.text_channels]) == ("Lab", ["papers"])
        channel = client.get_channel(papers.id)
        assert isinstance(channel, discord.TextChannel)
        assert channel.permissions_for(guild.me).send_messages
        await channel.send("hello")
        assert [one.content for one in papers.shown] == ["hello"]


async def test_reactions_of_every_kind(discord_double: DiscordDouble, guild: Guild, ada: User, card: Message) -> None:
    guild.emojis[77] = "paper"
    people = discord_double.people
    async with connected(discord_double, client := Listening()):
        people.react(card, "👍", ada)
        people.react(card, "👍", ada)  # again: nothing happens
        people.react(card, "🔥", ada, burst=True)
        people.react(card, "paper:77", ada)
        people.unreact(card, "👍", ada)
        people.clear_emoji(card, "🔥")
        people.clear(card)
        await discord_double.until(lambda: "raw_reaction_clear" in client.names())

    assert [one for one in client.names() if one.startswith("raw_reaction")] == [
        "raw_reaction_add", "raw_reaction_add", "raw_reaction_add", "raw_reaction_remove", "raw_reaction_clear_emoji",
        "raw_reaction_clear",
    ]  # fmt: skip
    told = [one for name, one in client.seen if name in ("raw_reaction_add", "raw_reaction_remove")]
    assert [(str(one.emoji), one.user_id, one.burst) for one in told] == [
        ("👍", ada.id, False), ("🔥", ada.id, True), ("<:paper:77>", ada.id, False), ("👍", ada.id, False),
    ]  # fmt: skip
    assert told[0].member is not None
    assert told[0].message_author_id == discord_double.state.bot.id


async def test_text_comes_only_where_the_bot_is_meant(
    discord_double: DiscordDouble, papers: Channel, ada: User, card: Message
) -> None:
    async with connected(discord_double, client := Listening()):
        discord_double.people.say(papers, ada, "among ourselves")
        discord_double.people.say(papers, ada, "why?", mentions_bot=True)
        discord_double.people.say(papers, ada, "and this?", reply_to=card)
        discord_double.people.dm(ada, "in private")
        await discord_double.until(lambda: client.names().count("message") == 4)
    texts = [one.content for name, one in client.seen if name == "message"]
    assert texts == ["", f"<@{discord_double.state.bot.id}> why?", "and this?", "in private"]


async def test_a_reply_is_readable_while_it_pings_and_what_it_answers_is_not(
    discord_double: DiscordDouble, papers: Channel, ada: User
) -> None:
    """Without the message-content intent."""
    card = discord_double.messages.post(papers, discord_double.state.bot, {"content": "a card"})
    people = discord_double.people
    async with connected(discord_double, client := Listening()):
        people.say(papers, ada, "unheard", reply_to=card, pings=False)
        people.say(papers, ada, "heard", reply_to=card)
        own = people.say(papers, ada, "to somebody")
        people.say(papers, ada, "about that", mentions_bot=True, reply_to=own)
        await discord_double.until(lambda: len([one for name, one in client.seen if name == "message"]) == 4)
    seen = [one for name, one in client.seen if name == "message"]
    assert [one.content for one in seen[:2]] == ["", "heard"]
    assert seen[1].reference.resolved.content == "a card"
    assert seen[3].reference.resolved.content == ""


async def test_intents_decide_what_comes(
    discord_double: DiscordDouble, papers: Channel, guild: Guild, ada: User, card: Message
) -> None:
    async with connected(discord_double, client := Listening(intents=discord.Intents(guilds=True))):
        discord_double.people.say(papers, ada, "x", mentions_bot=True)
        discord_double.people.react(card, "👍", ada)
        discord_double.people.dm(ada, "x")
        discord_double.state.add_channel(guild, "more")
        await discord_double.until(lambda: "guild_channel_create" in client.names())
    assert "message" not in client.names()
    assert "raw_reaction_add" not in client.names()


async def test_what_happens_to_places(
    discord_double: DiscordDouble, papers: Channel, guild: Guild, ada: User, card: Message
) -> None:
    state = discord_double.state
    async with connected(discord_double, client := Listening()):
        thread = discord_double.threads.under(card, ada, {"name": "talk"})
        state.allow(papers, guild.everyone, deny=Permission.SEND_MESSAGES)
        discord_double.messages.edit(card, {"content": "changed"})
        discord_double.people.delete(discord_double.people.say(thread, ada, "x"))
        state.delete_channel(thread)
        discord_double.people.delete(card)
        state.delete_channel(papers)
        other = state.add_guild("Other")
        state.remove_bot(other)
        await discord_double.until(lambda: "guild_remove" in client.names())
        wanted = [
            "thread_create", "raw_message_edit", "guild_channel_update", "raw_message_edit", "message",
            "raw_message_delete", "raw_thread_delete", "raw_message_delete", "guild_channel_delete", "guild_join",
            "guild_remove",
        ]  # fmt: skip
        assert [one for one in client.names() if one != "shard_ready"] == wanted


async def test_nothing_comes_from_a_channel_that_the_bot_cannot_see(
    discord_double: DiscordDouble, papers: Channel, guild: Guild, ada: User
) -> None:
    secret = discord_double.state.add_channel(guild, "secret")
    discord_double.state.allow(secret, guild.everyone, deny=Permission.VIEW_CHANNEL)
    async with connected(discord_double, client := Listening()):
        discord_double.people.say(secret, ada, "x", mentions_bot=True)
        discord_double.people.say(papers, ada, "y", mentions_bot=True)
        await discord_double.until(lambda: "message" in client.names())
    assert [one.content[-1] for name, one in client.seen if name == "message"] == ["y"]


@pytest.mark.parametrize("how", ["drop", "reconnect", "close"])
async def test_a_lost_connection_is_resumed(discord_double: DiscordDouble, card: Message, ada: User, how: str) -> None:
    gateway = discord_double.gateway
    async with connected(discord_double, client := Listening()):
        if how == "close":
            gateway.close(4000)
        else:
            getattr(gateway, how)()
        await discord_double.until(lambda: how == "reconnect" or not gateway.connected or gateway.resumed)
        discord_double.people.react(card, "👍", ada)
        await discord_double.until(lambda: gateway.resumed == 1 and "raw_reaction_add" in client.names())
    assert (gateway.identified, client.names().count("raw_reaction_add")) == (1, 1)


async def test_an_invalid_session_begins_anew_and_misses_what_came_between(
    discord_double: DiscordDouble, card: Message, ada: User
) -> None:
    gateway = discord_double.gateway
    async with connected(discord_double, client := Listening()):
        gateway.invalidate()
        discord_double.people.react(card, "👍", ada)  # nobody is told
        await discord_double.until(lambda: gateway.identified == 2 and gateway.connected)
        discord_double.people.react(card, "🎉", ada)
        await discord_double.until(lambda: "raw_reaction_add" in client.names())
    assert [str(one.emoji) for name, one in client.seen if name == "raw_reaction_add"] == ["🎉"]
    assert gateway.start()["session_start_limit"]["remaining"] == 998


async def test_a_session_that_is_too_old_is_not_resumed(discord_double: DiscordDouble, card: Message) -> None:
    gateway = discord_double.gateway
    async with connected(discord_double, Listening()):
        gateway.forget()
        gateway.drop()
        await discord_double.until(lambda: gateway.identified == 2)
    assert gateway.resumed == 0


async def test_a_silent_session_looks_alive(discord_double: DiscordDouble, card: Message, ada: User) -> None:
    gateway = discord_double.gateway
    gateway.heartbeat_seconds = 0.02
    async with connected(discord_double, client := Listening()):
        gateway.silence()
        discord_double.people.react(card, "👍", ada)
        [session] = gateway.connected
        assert session.connection
        before = session.connection.received
        await discord_double.until(lambda: session.connection and session.connection.received > before + 2)
        assert "raw_reaction_add" not in client.names()
        assert client.latency < 10
        gateway.invalidate()
        await discord_double.until(lambda: gateway.identified == 2 and gateway.connected)
        discord_double.people.react(card, "🎉", ada)
        await discord_double.until(lambda: "raw_reaction_add" in client.names())


async def test_a_gateway_that_answers_no_heartbeat_is_left(discord_double: DiscordDouble, guild: Guild) -> None:
    gateway = discord_double.gateway
    gateway.heartbeat_seconds = 0.02
    async with connected(discord_double, Listening(heartbeat_timeout=0.2)):
        gateway.answers_heartbeats = False
        await discord_double.until(lambda: gateway.resumed)
        gateway.answers_heartbeats = True


async def test_events_can_be_compressed(discord_double: DiscordDouble, guild: Guild) -> None:
    unpacked, text = zlib.decompressobj(), ""
    address = discord_double.gateway_url + "?v=10&encoding=json&compress=zlib-stream"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        await socket.send_json({"op": 2, "d": {"token": discord_double.state.token, "intents": 1}})
        while "GUILD_CREATE" not in text:
            text += unpacked.decompress(await socket.receive_bytes()).decode()
    assert text.startswith('{"op": 10, "d": {"heartbeat_interval": 41250}')


async def test_shards_share_the_guilds(discord_double: DiscordDouble) -> None:
    state, gateway = discord_double.state, discord_double.gateway
    guilds = [state.add_guild(f"guild {n}") for n in range(7)]
    gateway.advised_shards = 3
    async with connected(discord_double, client := Listening(), shards=3):
        assert {one.id for one in client.guilds} == {one.id for one in guilds}
        shares = [sum(one.shard_id == number for one in client.guilds) for number in range(3)]
        assert sorted(shares) == [2, 2, 3]
        ada = state.add_user("ada", *guilds)
        for one in guilds:
            discord_double.people.say(state.add_channel(one, "talk"), ada, "x", mentions_bot=True)
        discord_double.people.dm(ada, "once")
        await discord_double.until(lambda: client.names().count("message") == 8)
    assert gateway.identified == 3


@pytest.mark.parametrize(
    ("setting", "value", "options", "error"),
    [
        ("guilds_per_shard", 0, {}, discord.ConnectionClosed),
        ("advised_shards", 1, {"intents": discord.Intents(message_content=True)}, discord.PrivilegedIntentsRequired),
        ("starts", 0, {}, discord.ConnectionClosed),
    ],
)
async def test_who_may_not_connect(
    discord_double: DiscordDouble, papers: Channel, setting: str, value: int, options: Any, error: type[Exception]
) -> None:
    setattr(discord_double.gateway, setting, value)
    with pytest.raises(error):
        async with connected(discord_double, Listening(**options)):
            pytest.fail("connected")
    assert discord_double.gateway.identified == 0


async def test_identifying_too_fast_is_an_invalid_session(discord_double: DiscordDouble, guild: Guild) -> None:
    discord_double.gateway.pace = 10.0
    async with connected(discord_double, Listening()):
        discord_double.gateway.advised_shards = 1
        async with aiohttp.ClientSession() as session, session.ws_connect(discord_double.gateway_url) as socket:
            hello = await socket.receive_json()
            await socket.send_json({"op": 2, "d": {"token": discord_double.state.token, "intents": 1}})
            refused = await socket.receive_json()
    assert (hello["op"], refused) == (10, {"op": 9, "d": False, "s": None, "t": None})


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("no json", 4002),
        ('{"op": 99}', 4003),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "x", "intents": 1}}', 4004),
        ('{"op": 6, "d": {"token": "x"}}', 4004),
        ('{"op": 2, "d": {"token": "TOKEN", "intents": 1, "shard": [2, 2]}}', 4010),
        ('{"op": 2, "d": {"token": "TOKEN", "intents": -1}}', 4013),
    ],
)
async def test_a_client_that_breaks_the_protocol_is_closed(discord_double: DiscordDouble, sent: str, code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(discord_double.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_str(sent.replace("TOKEN", discord_double.state.token))
        await socket.receive()
        assert socket.close_code == code
